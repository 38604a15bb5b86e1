package spec

// Observation is what one step of an endpoint shows: everything that the model
// and an implementation are compared on. The two agree on a step when their
// observations are equal by == on all fields but Sent, and Sent is equal
// element by element.
type Observation struct {
	Role  Role
	Event Event
	State State // after the step

	Sent     []Sent    // in order, alerts included
	Received AlertSeen // the alert that this step read, if it read one
	Call     Call      // the callback call that this step made, if it made one

	Read      Secret     // what incoming records are opened with; NoSecret: in the clear
	Write     Secret     // what outgoing records are sealed with
	Secret    Secret     // the master secret in force
	Resumed   Shortening // how the handshake is being shortened, as far as decided
	Pending   bool       // a ticket awaits the next message (client)
	Version   Version    // negotiated; zero before the peer's hello has been read
	Suite     SuiteID    // negotiated; zero before that
	ID        ID         // ServerHello's Session ID: empty, echo or fresh
	Promised  bool       // ServerHello announces NewSessionTicket
	EMS       bool       // the extension is negotiated
	EtM       bool       // the extension is negotiated
	PeerAuth  bool       // the peer's certificate, or its Finished under a PAC, has been verified
	Cache     CacheOp    // what the step did to the session cache
	Delivered int        // octets-worth of application data: 1 for one record's, 0 for none
	Failure   Failure    // why the endpoint failed, once it has
}

// Sent is one message that an endpoint put on the wire. Fields that do not
// belong to the message are zero; an alert has Level and Alert.
type Sent struct {
	Message    Message
	Version    Version     // of ClientHello and ServerHello: the version field of the body
	Suite      SuiteID     // of ServerHello
	ID         ID          // of a hello: the Session ID's class
	Ticket     Ticket      // of ClientHello: TicketAbsent and so on
	Extensions []Extension // of a hello, in the order of the wire
	Keyed      Secret      // what the record is sealed with; NoSecret: in the clear
	Level      AlertLevel
	Alert      AlertDescription // of an alert; zero otherwise
}

// AlertSeen is an alert that was read. The zero value says that none was.
type AlertSeen struct {
	Level       AlertLevel
	Description AlertDescription
}

// Call is one call of a session-secret callback.
type Call struct {
	Made   bool
	Ticket Ticket   // what it was shown
	Result Callback // what it answered: accept, decline, fail or wrong-length
	Named  Named    // the suite that it named
}

// CacheOp is what a step did to a session cache.
type CacheOp uint8

// The operations (RFC 5246, Sections 7.2.2 and 7.3).
const (
	CacheNone   CacheOp = iota
	CacheLookup         // by Session ID, whatever came of it
	CacheAdd
	CacheRemove
)

// String returns the operation's name.
func (c CacheOp) String() string {
	return nameOf([]string{"none", "lookup", "add", "remove"}, int(c), "CacheOp")
}

// Failure is why an endpoint failed.
type Failure uint8

// The reasons. An alert that was both due and sent is FailureSentAlert.
const (
	NoFailure Failure = iota
	FailureSentAlert
	FailureReceivedAlert
	FailureEndOfStream
	FailureTimeout
)

// String returns the reason's name.
func (f Failure) String() string {
	return nameOf([]string{"none", "sent alert", "received alert", "end of stream", "timeout"}, int(f), "Failure")
}
