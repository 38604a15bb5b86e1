package endpoint

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/impl/tls"
)

// facts describes a connection, a fact on each line.
func facts(s tls.ConnectionState) string {
	var b strings.Builder
	fact := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-22s %s\n", name, fmt.Sprintf(format, args...))
	}
	fact("version", "%s", tls.VersionName(s.Version))
	fact("suite", "%s", tls.CipherSuiteName(s.CipherSuite))
	fact("resumed by", "%v", s.ResumedBy)
	if s.TicketState != nil {
		fact("session secret", "%v", s.TicketState)
	}
	if s.Group != 0 {
		fact("group", "%v", s.Group)
	}
	if s.SignatureScheme != 0 {
		fact("signature", "%v", s.SignatureScheme)
	}
	fact("extended master secret", "%s", yesNo(s.ExtendedMasterSecret))
	fact("encrypt-then-MAC", "%s", yesNo(s.EncryptThenMAC))
	fact("secure renegotiation", "%s", yesNo(s.SecureRenegotiation))
	if s.ServerName != "" {
		fact("server name", "%s", s.ServerName)
	}
	if s.NegotiatedProtocol != "" {
		fact("protocol", "%s", s.NegotiatedProtocol)
	}
	for _, c := range s.PeerCertificates {
		fact("peer's certificate", "%s", c.Subject)
	}
	if len(s.SessionID) > 0 {
		fact("session ID", "%x", s.SessionID)
	}
	return b.String()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// brief is the same in one line.
func brief(s tls.ConnectionState) string {
	return fmt.Sprintf("established %s %s resumed=%v", tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite), s.ResumedBy)
}
