package spec

// State is where an endpoint stands in the handshake: it names the message
// that is waited for. Abbreviated marks the waits of a shortened handshake, in
// which the server's Finished comes first (RFC 5246, Section 7.3, Figure 2), so
// that the active keys follow from the role and the state alone:
// see [State.ReadProtected] and [State.WriteProtected].
type State uint8

// The states of both roles. Start and Deciding are left without input from the
// wire; Established and Failed are the ends.
const (
	// Start: a client that has not sent ClientHello.
	Start State = iota

	// AwaitServerHello: the client has sent ClientHello.
	AwaitServerHello
	// AwaitServerFlight: ServerHello did not name an offered session. The next
	// message says which handshake it is (RFC 4851, Section 3.2.3).
	AwaitServerFlight
	// AwaitServerKeyExchange: Certificate was taken; the suite is ephemeral.
	AwaitServerKeyExchange
	// AwaitCertificateRequest: CertificateRequest or ServerHelloDone is next.
	AwaitCertificateRequest
	// AwaitServerHelloDone: CertificateRequest was taken.
	AwaitServerHelloDone
	// AwaitNewSessionTicket: the client has sent its Finished in a full
	// handshake, and ServerHello has announced a ticket (RFC 5077, Section 3.3).
	AwaitNewSessionTicket
	// AwaitNewSessionTicketAbbreviated: a session is being resumed, and
	// ServerHello has announced a ticket.
	AwaitNewSessionTicketAbbreviated

	// AwaitClientHello: a server at its start.
	AwaitClientHello
	// AwaitClientCertificate: the server has asked for a certificate.
	AwaitClientCertificate
	// AwaitClientKeyExchange: and no CertificateVerify after it.
	AwaitClientKeyExchange
	// AwaitClientKeyExchangeVerify: a non-empty client certificate came, so that
	// CertificateVerify follows ClientKeyExchange.
	AwaitClientKeyExchangeVerify
	// AwaitCertificateVerify: ClientKeyExchange was taken after a certificate.
	AwaitCertificateVerify

	// AwaitChangeCipherSpec: the other side's, in a full handshake.
	AwaitChangeCipherSpec
	// AwaitFinished: the other side's, in a full handshake.
	AwaitFinished
	// AwaitChangeCipherSpecAbbreviated: the other side's, in a shortened handshake.
	AwaitChangeCipherSpecAbbreviated
	// AwaitFinishedAbbreviated: the other side's, in a shortened handshake.
	AwaitFinishedAbbreviated

	// Established: both Finished are sent and verified.
	Established
	// Failed: a fatal alert was sent or received, or the transport ended.
	Failed

	// States counts the values above.
	States = int(Failed) + 1
)

var stateNames = []string{
	Start: "Start", AwaitServerHello: "AwaitServerHello", AwaitServerFlight: "AwaitServerFlight",
	AwaitServerKeyExchange: "AwaitServerKeyExchange", AwaitCertificateRequest: "AwaitCertificateRequest",
	AwaitServerHelloDone: "AwaitServerHelloDone", AwaitNewSessionTicket: "AwaitNewSessionTicket",
	AwaitNewSessionTicketAbbreviated: "AwaitNewSessionTicketAbbreviated", AwaitClientHello: "AwaitClientHello",
	AwaitClientCertificate: "AwaitClientCertificate", AwaitClientKeyExchange: "AwaitClientKeyExchange",
	AwaitClientKeyExchangeVerify: "AwaitClientKeyExchangeVerify", AwaitCertificateVerify: "AwaitCertificateVerify",
	AwaitChangeCipherSpec: "AwaitChangeCipherSpec", AwaitFinished: "AwaitFinished",
	AwaitChangeCipherSpecAbbreviated: "AwaitChangeCipherSpecAbbreviated",
	AwaitFinishedAbbreviated:         "AwaitFinishedAbbreviated", Established: "Established", Failed: "Failed",
}

// String returns the state's name, for instance "AwaitServerFlight".
func (s State) String() string { return nameOf(stateNames, int(s), "State") }

// ParseState is the inverse of [State.String].
func ParseState(text string) (State, error) {
	i, err := parseName(stateNames, text, "state")
	return State(i), err
}

// Ended reports whether s is Established or Failed.
func (s State) Ended() bool { return s == Established || s == Failed }

// ReadProtected reports whether an endpoint in this state opens incoming
// records with keys: from the other side's ChangeCipherSpec on. In Failed
// nothing is read.
func (s State) ReadProtected() bool {
	return s == AwaitFinished || s == AwaitFinishedAbbreviated || s == Established
}

// WriteProtected reports whether an endpoint of role r in this state seals
// what it sends: from its own ChangeCipherSpec on (RFC 5246, Section 7.3,
// Figures 1 and 2). What Failed was reached from decides there.
func (s State) WriteProtected(r Role) bool {
	switch s {
	case Established:
		return true
	case AwaitNewSessionTicket, AwaitChangeCipherSpec, AwaitFinished:
		return r == Client
	case AwaitChangeCipherSpecAbbreviated, AwaitFinishedAbbreviated:
		return r == Server
	}
	return false
}
