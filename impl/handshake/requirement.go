package handshake

import "github.com/sesame-tls/sesame/spec"

// offence is what an error is told by: the alert, and the section that was
// offended.
type offence struct {
	alert   spec.AlertDescription
	section string
}

// byOffence are the requirements (package spec/requirements) that say more than
// the alert does.
var byOffence = map[offence]string{
	{spec.UnexpectedMessage, "RFC 5246, Section 6.2.1"}:      "TLS-BASE-13",
	{spec.UnexpectedMessage, "RFC 5246, Section 7.1"}:        "FAST-TLS-22",
	{spec.UnexpectedMessage, "RFC 5246, Section 7.4.9"}:      "FAST-TLS-22",
	{spec.UnexpectedMessage, "RFC 5746, Section 4.2"}:        "TLS-BASE-23",
	{spec.IllegalParameter, "RFC 5422, Section 3.1.2"}:       "FAST-TLS-36",
	{spec.IllegalParameter, "RFC 5246, Section 7.4.1.3"}:     "TLS-BASE-07",
	{spec.IllegalParameter, "RFC 5246, Section 7.4.3"}:       "TLS-BASE-19",
	{spec.HandshakeFailure, "RFC 5246, Section 7.4.4"}:       "TLS-BASE-09",
	{spec.HandshakeFailure, "RFC 5746, Section 3.4"}:         "TLS-BASE-20",
	{spec.HandshakeFailure, "RFC 5746, Section 3.6"}:         "TLS-BASE-21",
	{spec.HandshakeFailure, "RFC 7627, Section 5.2"}:         "TLS-BASE-25",
	{spec.HandshakeFailure, "RFC 7627, Section 5.3"}:         "TLS-BASE-26",
	{spec.HandshakeFailure, "RFC 7919, Section 3"}:           "TLS-BASE-11",
	{spec.HandshakeFailure, "RFC 7919, Section 4"}:           "TLS-BASE-11",
	{spec.InsufficientSecurity, "RFC 7919, Section 3"}:       "TLS-BASE-11",
	{spec.InsufficientSecurity, "RFC 7919, Section 4"}:       "TLS-BASE-11",
	{spec.DecryptError, "RFC 5246, Section 7.4.9"}:           "FAST-TLS-21",
	{spec.UnsupportedExtension, "RFC 5246, Section 7.4.1.4"}: "TLS-BASE-06",
	{spec.InternalError, "RFC 5246, Section 8.1"}:            "FAST-TLS-13",
	{spec.AlertNone, "RFC 5246, Section 7.2.1"}:              "TLS-BASE-28",
}

// byAlert are the requirements that say what an alert is for.
var byAlert = map[spec.AlertDescription]string{
	spec.UnexpectedMessage:      "TLS-ALERT-01",
	spec.BadRecordMAC:           "TLS-ALERT-02",
	spec.RecordOverflow:         "TLS-ALERT-03",
	spec.HandshakeFailure:       "TLS-ALERT-04",
	spec.BadCertificate:         "TLS-ALERT-05",
	spec.UnsupportedCertificate: "TLS-ALERT-05",
	spec.CertificateRevoked:     "TLS-ALERT-05",
	spec.CertificateExpired:     "TLS-ALERT-05",
	spec.CertificateUnknown:     "TLS-ALERT-05",
	spec.UnknownCA:              "TLS-ALERT-05",
	spec.AccessDenied:           "TLS-ALERT-05",
	spec.IllegalParameter:       "TLS-ALERT-06",
	spec.DecodeError:            "TLS-ALERT-07",
	spec.DecryptError:           "TLS-ALERT-08",
	spec.ProtocolVersion:        "TLS-ALERT-09",
	spec.InsufficientSecurity:   "TLS-ALERT-10",
	spec.UnsupportedExtension:   "TLS-ALERT-12",
}

// requirement returns the requirement that was offended, "" where the list has
// none for it. What a peer has found, it keeps to itself.
func (m *Machine) requirement(e *Error) string {
	switch {
	case e.Received:
		return ""
	case e.Alert == spec.UnexpectedMessage && e.Section == sectionDecision:
		return m.decisionRequirement()
	case e.Alert == spec.UnexpectedMessage && m.on == spec.ApplicationData && m.state != spec.Established:
		return "FAST-TLS-23"
	case e.Alert == spec.UnexpectedMessage && m.on == spec.NewSessionTicket && m.role == spec.Client:
		return "FAST-TLS-28"
	case e.Alert == spec.ProtocolVersion && e.Section == "RFC 5246, Appendix E.1":
		return map[spec.Role]string{spec.Client: "TLS-BASE-04", spec.Server: "TLS-BASE-03"}[m.role]
	}
	if id, ok := byOffence[offence{e.Alert, e.Section}]; ok {
		return id
	}
	return byAlert[e.Alert]
}

// decisionRequirement is about the message after ServerHello, which decides.
func (m *Machine) decisionRequirement() string {
	switch {
	case m.on == spec.NewSessionTicket:
		return "FAST-TLS-28"
	case m.on == spec.ChangeCipherSpec && !m.pending:
		return "FAST-TLS-12"
	}
	return "FAST-TLS-11"
}
