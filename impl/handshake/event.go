package handshake

// Event is what the caller of [Machine.Step] must do next.
type Event uint8

// The events. Those that want something stay until they are answered: Step
// returns them again. [Machine.Abort] answers each of them too.
const (
	// NeedInput: in holds no whole record. Send what was appended, and call
	// again with more.
	NeedInput Event = iota
	// Progress: call again, with what is left of in.
	Progress

	// SecretWanted: a ticket awaits a session secret. A client answers with
	// AcceptSecret, a server with that or with DeclineSecret. See
	// [Machine.Hello], [Machine.ClientRandom], [Machine.ServerRandom],
	// [Machine.Info].
	SecretWanted
	// SessionWanted: a server has been offered a session, by Session ID or by
	// RFC 5077 ticket: [Machine.Offered]. Answer with ResumeSession, NoSession.
	SessionWanted
	// CertificateWanted: a server needs a certificate for [Machine.Hello], a
	// client one for [Machine.CertificateRequest]. Answer with UseCertificate,
	// NoCertificate.
	CertificateWanted
	// VerifyWanted: the peer has sent [Machine.PeerChain]. Answer with
	// PeerVerified.
	VerifyWanted
	// SignWanted: the certificate's key must sign [Machine.ToSign]. Answer with
	// SignWith, Signature.
	SignWanted
	// DecryptWanted: the certificate's key must decrypt a premaster secret:
	// [Machine.ToDecrypt]. Answer with DecryptWith, Premaster.
	DecryptWanted
	// ConfirmWanted: the peer's Finished has verified, and nothing more has been
	// sent. It comes only where Config.Confirm is set. Answer with Confirm.
	ConfirmWanted
	// TicketWanted: a server is about to issue a ticket for [Machine.Session].
	// Answer with IssueTicket.
	TicketWanted

	// Established: both Finished are sent and verified. Application data may
	// flow.
	Established
	// SessionIssued: [Machine.Session] may be kept and resumed later, under its
	// Session ID at a server.
	SessionIssued
	// Data: application data has arrived: [Machine.Data].
	Data
	// Warning: a warning alert has arrived: [Machine.Alert].
	Warning
	// CloseNotify: the peer sends nothing more.
	CloseNotify
)

var eventNames = [...]string{
	NeedInput: "NeedInput", Progress: "Progress", SecretWanted: "SecretWanted", SessionWanted: "SessionWanted",
	CertificateWanted: "CertificateWanted", VerifyWanted: "VerifyWanted", SignWanted: "SignWanted",
	DecryptWanted: "DecryptWanted", ConfirmWanted: "ConfirmWanted", TicketWanted: "TicketWanted",
	Established: "Established", SessionIssued: "SessionIssued", Data: "Data", Warning: "Warning", CloseNotify: "CloseNotify",
}

// String returns the event's name.
func (e Event) String() string {
	if int(e) < len(eventNames) {
		return eventNames[e]
	}
	return "Event(?)"
}

// question reports whether the event stays until it is answered.
func (e Event) question() bool { return e >= SecretWanted && e <= TicketWanted }
