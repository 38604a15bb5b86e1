package cases

import (
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// byAlert are the requirements that say what an alert is for.
var byAlert = map[spec.AlertDescription]string{
	spec.UnexpectedMessage: "TLS-ALERT-01", spec.BadRecordMAC: "TLS-ALERT-02", spec.HandshakeFailure: "TLS-ALERT-04",
	spec.BadCertificate: "TLS-ALERT-05", spec.UnknownCA: "TLS-ALERT-05", spec.IllegalParameter: "TLS-ALERT-06",
	spec.DecodeError: "TLS-ALERT-07", spec.DecryptError: "TLS-ALERT-08", spec.ProtocolVersion: "TLS-ALERT-09",
	spec.UnsupportedExtension: "TLS-BASE-06", spec.InternalError: "FAST-TLS-13",
}

// about returns the requirement that an edge of the machine is about.
func about(r spec.Role, before model.Endpoint, in model.Input, shown spec.Observation) string {
	if shown.State == spec.Failed {
		return refusal(r, before, in, shown)
	}
	switch in.Message.Type {
	case spec.ClientHello:
		if before.State == spec.Established {
			return "TLS-BASE-23"
		}
		return ofClientHello(in.Message.Hello, shown)
	case spec.ServerHello:
		return "FAST-TLS-09"
	case spec.HelloRequest:
		if before.State == spec.Established {
			return "TLS-BASE-23"
		}
		return "TLS-BASE-18"
	case spec.ChangeCipherSpec, spec.Finished:
		return "FAST-TLS-20"
	case spec.NewSessionTicket:
		return "FAST-TLS-28"
	case spec.Certificate:
		if before.Pending {
			return "FAST-TLS-19"
		}
		return "TLS-BASE-09"
	case spec.Alert:
		return "TLS-ALERT-01"
	case spec.ApplicationData:
		return "FAST-TLS-23"
	}
	return "TLS-BASE-17"
}

// refusal is about a message that ends the handshake.
func refusal(r spec.Role, before model.Endpoint, in model.Input, shown spec.Observation) string {
	alert := spec.AlertNone
	for _, s := range shown.Sent {
		if s.Message == spec.Alert {
			alert = s.Alert
		}
	}
	afterHello := r == spec.Client && before.State == spec.AwaitServerFlight
	switch m := in.Message.Type; {
	case alert == spec.AlertNone:
		return "TLS-ALERT-13"
	case alert != spec.UnexpectedMessage:
		if alert == spec.DecryptError && m == spec.Finished {
			return "FAST-TLS-21"
		}
		return byAlert[alert]
	case m == spec.EmptyHandshake:
		return "TLS-BASE-13"
	case m == spec.NewSessionTicket && r == spec.Client:
		return "FAST-TLS-28"
	case m == spec.ApplicationData:
		return "FAST-TLS-23"
	case afterHello && m == spec.ChangeCipherSpec:
		return "FAST-TLS-12"
	case before.Pending:
		return "FAST-TLS-11"
	case m == spec.ChangeCipherSpec, m == spec.Finished, before.State == spec.AwaitFinished, before.State == spec.AwaitFinishedAbbreviated:
		return "FAST-TLS-22"
	}
	return "TLS-ALERT-01"
}

func ofClientHello(h model.Hello, shown spec.Observation) string {
	resumed := slices.ContainsFunc(shown.Sent, func(s spec.Sent) bool { return s.Message == spec.ChangeCipherSpec })
	switch {
	case h.Ticket == model.TicketGood && resumed && h.ID != spec.IDEmpty:
		return "FAST-TLS-07"
	case resumed && h.Ticket != model.TicketStripped && h.Ticket != model.TicketEmptied:
		return "FAST-TLS-16"
	case resumed:
		return "FAST-TLS-30"
	case h.ID == spec.IDCached && h.Ticket == model.TicketGarbage:
		return "FAST-TLS-08"
	case h.Ticket == model.TicketGarbage, h.Ticket == model.TicketGood:
		return "FAST-TLS-17"
	}
	return "FAST-TLS-27"
}

// weigh returns the grade of an edge, and the reason of one below MUST.
func weigh(r spec.Role, before model.Endpoint, in model.Input, id string) (Grade, string) {
	switch m := in.Message.Type; {
	case m == spec.EmptyHandshake:
		return NotRequired, "RFC 5246, Section 6.2.1 forbids to send empty records of a handshake, and does not say what becomes of them"
	case m == spec.Alert && in.Message.Level == spec.LevelWarning:
		return NotRequired, "RFC 5246, Section 7.2.2 leaves it to the receiver what becomes of a warning"
	case m == spec.Alert && before.State == spec.AwaitClientHello:
		return NotRequired, "no RFC says what an alert before the first hello is"
	}
	return gradeOf(id)
}

// gradeOf returns the grade that follows from a requirement's levels, and why it
// is not MUST.
func gradeOf(id string) (Grade, string) {
	r, ok := requirements.ByID(id)
	if !ok {
		panic("cases: no requirement " + id)
	}
	for _, l := range r.Levels {
		switch l {
		case requirements.Must, requirements.MustNot, requirements.ShallNot, requirements.NeededMust, requirements.Definition:
			return Must, ""
		}
	}
	return NotRequired, fmt.Sprintf("%s says %s", r.Sources[0], r.Levels[0])
}

// allowed returns what the RFCs allow beside the model's own answer to a
// message.
func (s *script) allowed(want Outcome, last Message) []Outcome {
	for i := range want.Answers {
		a := &want.Answers[i]
		switch {
		case a.Message == "ServerHello":
			a.SessionIDs = sessionIDs(a.SessionIDs[0], last)
		case a.Message == "Alert" && s.role() == spec.Client && last.Message == "Certificate" && a.Alerts[0] != "unexpected_message":
			a.Alerts = union(a.Alerts, ofCertificates)
		case a.Message == "Alert" && a.Level == "":
			a.Alerts = append(a.Alerts, instead[a.Alerts[0]]...)
		}
	}
	return append([]Outcome{want}, s.besides(want, last)...)
}

// besides are outcomes of another shape than the model's.
func (s *script) besides(want Outcome, last Message) []Outcome {
	first := want.Answers
	switch {
	case len(first) == 1 && slices.Equal(first[0].Alerts, []string{"no_renegotiation"}):
		// With renegotiation_info it may be done (RFC 5746, Section 4.2); an empty one
		// in a second hello is refused (Sections 3.5 and 3.7).
		if s.role() == spec.Client {
			return []Outcome{outcome(Answer{Message: "ClientHello"}), alerts("no_renegotiation", "handshake_failure")}
		}
		return []Outcome{alerts("handshake_failure", "unexpected_message", "no_renegotiation")}
	case len(first) == 3 && first[0].Message == "ServerHello" && (last.Hello.Ticket == "empty" || last.Hello.Ticket == "session"):
		// RFC 5077, Sections 3.1 and 3.3: it may issue a new ticket.
		return []Outcome{outcome(append([]Answer{{Message: "ServerHello", SessionIDs: first[0].SessionIDs, Has: []string{"session_ticket"}}},
			heard("NewSessionTicket", "ChangeCipherSpec", "Finished")...)...)}
	}
	return nil
}

// sessionIDs widens the class of ServerHello's Session ID: to a client that sent
// none a server may give one or none (RFC 5246, Section 7.4.1.3; RFC 5077,
// Section 3.4), and a session that is not to be resumed has none.
func sessionIDs(is string, hello Message) []string {
	if is == "fresh" || is == "empty" && hello.Hello.SessionID == "" {
		return []string{is, map[string]string{"fresh": "empty", "empty": "fresh"}[is]}
	}
	return []string{is}
}

// union returns the first list with what the second has beside it.
func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// ofCertificates are the alerts for what may be wrong with a certificate: RFC
// 5246, Section 7.2.2 has many, and leaves the choice.
var ofCertificates = []string{"bad_certificate", "unsupported_certificate", "certificate_unknown", "unknown_ca", "handshake_failure", "decode_error", "illegal_parameter"}

// instead are the alerts that the RFCs allow for one that this project sends.
var instead = map[string][]string{
	// RFC 7919, Section 4 and RFC 7465, Section 2.
	"insufficient_security": {"handshake_failure"},
	// RFC 5246, Section 7.4.1.3 names no alert for a suite that was not offered.
	"illegal_parameter": {"handshake_failure"},
}

// silence closes a case whose last words have no answer: a fatal alert of the
// player's ends it, and nothing but the end of the stream may come.
func (s *script) silence() {
	s.unsaid = append(s.unsaid, Message{Message: "Alert", Level: "fatal", Alert: spec.HandshakeFailure.String()})
	s.steps = append(s.steps, Step{Send: s.unsaid, Allow: []Outcome{{Closed: true}}})
	s.unsaid = nil
}
