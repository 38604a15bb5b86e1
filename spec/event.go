package spec

// Event is one action of the system: an endpoint takes one message (and calls
// its callback, if that is its moment, and sends its flight), or the attacker
// makes one move. Its name is the action's in the model, in TLA+, in traces
// and in the documentation.
type Event uint8

// The events. Receive events are the legal ones; Reject is their exact
// complement: whatever else an endpoint may read.
const (
	NoEvent Event = iota

	ClientStart // sends ClientHello
	ClientReceiveHelloRequest
	ClientReceiveServerHello
	ClientReceiveCertificate
	ClientReceiveServerKeyExchange
	ClientReceiveCertificateRequest
	ClientReceiveServerHelloDone
	ClientReceiveNewSessionTicket
	ClientReceiveChangeCipherSpec
	ClientReceiveFinished
	ClientReceiveApplicationData
	ClientReceiveWarning
	ClientReceiveFatalAlert
	ClientReceiveEndOfStream
	ClientReject
	ClientSendApplicationData
	ClientTimeout

	ServerReceiveClientHello
	ServerReceiveCertificate
	ServerReceiveClientKeyExchange
	ServerReceiveCertificateVerify
	ServerReceiveChangeCipherSpec
	ServerReceiveFinished
	ServerReceiveApplicationData
	ServerReceiveWarning
	ServerReceiveFatalAlert
	ServerReceiveEndOfStream
	ServerReject
	ServerSendApplicationData
	ServerTimeout

	AttackerDrop
	AttackerDuplicate
	AttackerReorder
	AttackerReflect
	AttackerReplay
	AttackerInject
	AttackerStripTicket
	AttackerReplaceTicket
	AttackerChangeVersion
	AttackerChangeSuites
	AttackerChangeSuite
	AttackerChangeSessionID
	AttackerChangeExtendedMasterSecret
	AttackerChangeEncryptThenMAC
	AttackerChangeRenegotiationInfo
	AttackerChangeRandom

	// Events counts the values above.
	Events = int(AttackerChangeRandom) + 1
)

var eventNames = []string{
	NoEvent: "NoEvent", ClientStart: "ClientStart", ClientReceiveHelloRequest: "ClientReceiveHelloRequest",
	ClientReceiveServerHello: "ClientReceiveServerHello", ClientReceiveCertificate: "ClientReceiveCertificate",
	ClientReceiveServerKeyExchange:  "ClientReceiveServerKeyExchange",
	ClientReceiveCertificateRequest: "ClientReceiveCertificateRequest",
	ClientReceiveServerHelloDone:    "ClientReceiveServerHelloDone",
	ClientReceiveNewSessionTicket:   "ClientReceiveNewSessionTicket",
	ClientReceiveChangeCipherSpec:   "ClientReceiveChangeCipherSpec", ClientReceiveFinished: "ClientReceiveFinished",
	ClientReceiveApplicationData: "ClientReceiveApplicationData", ClientReceiveWarning: "ClientReceiveWarning",
	ClientReceiveFatalAlert: "ClientReceiveFatalAlert", ClientReceiveEndOfStream: "ClientReceiveEndOfStream",
	ClientReject: "ClientReject", ClientSendApplicationData: "ClientSendApplicationData", ClientTimeout: "ClientTimeout",
	ServerReceiveClientHello: "ServerReceiveClientHello", ServerReceiveCertificate: "ServerReceiveCertificate",
	ServerReceiveClientKeyExchange: "ServerReceiveClientKeyExchange",
	ServerReceiveCertificateVerify: "ServerReceiveCertificateVerify",
	ServerReceiveChangeCipherSpec:  "ServerReceiveChangeCipherSpec", ServerReceiveFinished: "ServerReceiveFinished",
	ServerReceiveApplicationData: "ServerReceiveApplicationData", ServerReceiveWarning: "ServerReceiveWarning",
	ServerReceiveFatalAlert: "ServerReceiveFatalAlert", ServerReceiveEndOfStream: "ServerReceiveEndOfStream",
	ServerReject: "ServerReject", ServerSendApplicationData: "ServerSendApplicationData", ServerTimeout: "ServerTimeout",
	AttackerDrop: "AttackerDrop", AttackerDuplicate: "AttackerDuplicate", AttackerReorder: "AttackerReorder",
	AttackerReflect: "AttackerReflect", AttackerReplay: "AttackerReplay", AttackerInject: "AttackerInject",
	AttackerStripTicket: "AttackerStripTicket", AttackerReplaceTicket: "AttackerReplaceTicket",
	AttackerChangeVersion: "AttackerChangeVersion", AttackerChangeSuites: "AttackerChangeSuites",
	AttackerChangeSuite: "AttackerChangeSuite", AttackerChangeSessionID: "AttackerChangeSessionID",
	AttackerChangeExtendedMasterSecret: "AttackerChangeExtendedMasterSecret",
	AttackerChangeEncryptThenMAC:       "AttackerChangeEncryptThenMAC",
	AttackerChangeRenegotiationInfo:    "AttackerChangeRenegotiationInfo", AttackerChangeRandom: "AttackerChangeRandom",
}

// String returns the event's name, which is the TLA+ action's.
func (e Event) String() string { return nameOf(eventNames, int(e), "Event") }

// ParseEvent is the inverse of [Event.String].
func ParseEvent(s string) (Event, error) {
	i, err := parseName(eventNames, s, "event")
	return Event(i), err
}

// Role returns who acts.
func (e Event) Role() Role {
	switch {
	case e >= AttackerDrop:
		return Attacker
	case e >= ServerReceiveClientHello:
		return Server
	}
	return Client
}

// Receive returns the event in which role r legally takes m, and that role's
// Reject event where the protocol has none.
func Receive(r Role, m Message) Event {
	if e, ok := receiveEvents[r][m]; ok {
		return e
	}
	if r == Server {
		return ServerReject
	}
	return ClientReject
}

var receiveEvents = map[Role]map[Message]Event{
	Client: {
		HelloRequest: ClientReceiveHelloRequest, ServerHello: ClientReceiveServerHello, Certificate: ClientReceiveCertificate,
		ServerKeyExchange: ClientReceiveServerKeyExchange, CertificateRequest: ClientReceiveCertificateRequest,
		ServerHelloDone: ClientReceiveServerHelloDone, NewSessionTicket: ClientReceiveNewSessionTicket,
		ChangeCipherSpec: ClientReceiveChangeCipherSpec, Finished: ClientReceiveFinished,
		ApplicationData: ClientReceiveApplicationData, EndOfStream: ClientReceiveEndOfStream,
	},
	Server: {
		ClientHello: ServerReceiveClientHello, Certificate: ServerReceiveCertificate,
		ClientKeyExchange: ServerReceiveClientKeyExchange, CertificateVerify: ServerReceiveCertificateVerify,
		ChangeCipherSpec: ServerReceiveChangeCipherSpec, Finished: ServerReceiveFinished,
		ApplicationData: ServerReceiveApplicationData, EndOfStream: ServerReceiveEndOfStream,
	},
}
