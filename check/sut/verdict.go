package sut

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Kind is what became of a shim in a connection.
type Kind uint8

// The kinds.
const (
	Reported Kind = iota // it has told what it saw
	Refused              // it cannot be what it was told to be; there was no connection
	Crashed              // it has ended, by a signal or by itself
	Hung                 // it has said nothing in time
	Lied                 // it has printed what is no verdict, or too much
)

// String returns the kind's name: "reported", "refused", "crashed", "hung" or
// "lied".
func (k Kind) String() string {
	return [...]string{"reported", "refused", "crashed", "hung", "lied"}[k]
}

// Verdict is the outcome of a connection.
type Verdict struct {
	Kind   Kind
	Report Report // if it is Reported or Refused

	Signal    string // of a crash: "segmentation fault"; empty: it ended by itself
	Status    int    // of a crash: the exit status
	Sanitizer string // what AddressSanitizer says, in a line; empty: nothing
	Stderr    string // the last of what it wrote there
	Why       string // of one that lied or hung: what it printed, what it was waited for
}

// String tells a verdict in a line.
func (v Verdict) String() string {
	switch {
	case v.Sanitizer != "":
		return "crashed: " + v.Sanitizer
	case v.Kind == Reported:
		return v.Report.String()
	case v.Kind == Refused:
		return "refused: " + v.Report.Refused
	case v.Kind == Crashed && v.Signal != "":
		return "crashed: " + v.Signal
	case v.Kind == Crashed:
		return fmt.Sprintf("crashed: exit status %d: %s", v.Status, firstLine(v.Stderr))
	}
	return v.Kind.String() + ": " + v.Why
}

// Fault is the error of a shim that does not connect.
type Fault struct {
	Name    string // the system's
	Verdict Verdict
}

// Error tells the verdict in a line.
func (f *Fault) Error() string { return fmt.Sprintf("sut: %s %v", f.Name, f.Verdict) }

// Greeting is a shim's first line.
type Greeting struct {
	Shim    int      `json:"shim"`    // the version of the protocol
	Library string   `json:"library"` // in the library's own words
	Can     []string `json:"can"`     // what it can do; see Capabilities
}

// Capabilities are the words that a greeting may have.
var Capabilities = []Doc{
	{Name: "client", Text: "It can be a client."},
	{Name: "server", Text: "It can be a server."},
	{Name: "callback", Text: "It has the session-secret callback."},
	{Name: "named", Text: "A server's callback can name a suite."},
	{Name: "length", Text: "A callback can give a secret of any length."},
	{Name: "tls1.0", Text: "It has TLS 1.0 and 1.1."},
	{Name: "session-id", Text: "It resumes by Session ID, as a server and as a client."},
	{Name: "ticket", Text: "It resumes by tickets of RFC 5077."},
	{Name: "etm", Text: "It has encrypt_then_mac."},
	{Name: "ems-off", Text: "It can go without extended_master_secret."},
	{Name: "rsa", Text: "It has suites with RSA key transport."},
	{Name: "anonymous", Text: "It has DH_anon suites."},
	{Name: "client-auth", Text: "It can ask for certificates, and have one as a client."},
	{Name: "alpn", Text: "It has ALPN."},
}

// Report is the line with which a shim tells what it saw of a connection.
type Report struct {
	Connection int    `json:"connection"` // the number that it was given
	Refused    string `json:"refused,omitempty"`

	Established     int `json:"established"`
	Version         int `json:"version"`
	Suite           int `json:"suite"`
	Reused          int `json:"reused"`
	EMS             int `json:"ems"`
	PeerCertificate int `json:"peer_certificate"`
	Closed          int `json:"closed"`

	Sent       [][2]int `json:"sent"`
	Received   [][2]int `json:"received"`
	Messages   []string `json:"messages,omitempty"`
	Extensions []int    `json:"extensions,omitempty"`
	Tickets    []int    `json:"tickets,omitempty"`
	Calls      int      `json:"calls"`
	Room       int      `json:"room,omitempty"`
	ClientID   string   `json:"client_id,omitempty"`
	ServerID   string   `json:"server_id,omitempty"`

	ALPN    string `json:"alpn"`
	Secret  string `json:"secret,omitempty"`
	Octets  int    `json:"octets"`
	Error   string `json:"error"`
	Session string `json:"session"`
}

// ReportDocs describes the members of a report.
var ReportDocs = []Doc{
	{Name: "connection", Text: "The number that the line had. Required: a verdict with another number is taken for none."},
	{Name: "refused", Text: "The option that the shim or its library cannot honour; there was no connection then."},
	{Name: "established", Text: "1 if the handshake was completed. Required."},
	{Name: "version, suite", Text: "What was negotiated, in decimal."},
	{Name: "reused", Text: "1 if the library says that it was no full handshake."},
	{Name: "ems", Text: "1 if extended_master_secret was negotiated."},
	{Name: "peer_certificate", Text: "1 if the peer has shown a certificate."},
	{Name: "closed", Text: "1 if the peer's close_notify came."},
	{Name: "sent, received", Text: "Alerts, each as [level, description]."},
	{Name: "messages", Text: "Messages in order: > sent, < received, then the handshake type in decimal or ccs."},
	{Name: "extensions", Text: "The types of ServerHello's extensions."},
	{Name: "tickets", Text: "The lengths of the SessionTicket extensions that a server's ticket callback saw."},
	{Name: "calls, room", Text: "How often the session-secret callback was called, and the length that it was handed."},
	{Name: "client_id, server_id", Text: "The Session IDs of the hellos, in hexadecimal."},
	{Name: "alpn", Text: "The protocol that was agreed on."},
	{Name: "secret", Text: "The master secret, in hexadecimal. These are tests: it protects nothing."},
	{Name: "octets", Text: "How many octets of data came and were right; -1: others than were sent."},
	{Name: "error", Text: "The library's own words for why it failed; empty: it did not."},
	{Name: "session", Text: "A word, without spaces, for the session that was made; it is good for as long as the shim runs."},
}

// String tells a report in a line.
func (r *Report) String() string {
	end := "failed"
	switch {
	case r.Established == 1 && r.Reused == 1:
		end = "established, resumed"
	case r.Established == 1:
		end = "established"
	}
	if a := Fatal(r.Sent); a != spec.AlertNone {
		end += ", sent " + a.String()
	}
	if a := Fatal(r.Received); a != spec.AlertNone {
		end += ", received " + a.String()
	}
	if r.Error != "" {
		end += ": " + r.Error
	}
	return end
}

// Fatal returns the first fatal alert of a list, AlertNone if it has none.
func Fatal(alerts [][2]int) spec.AlertDescription {
	for _, a := range alerts {
		if spec.AlertLevel(a[0]) == spec.LevelFatal {
			return spec.AlertDescription(a[1])
		}
	}
	return spec.AlertNone
}

// sanitizer returns the line in which AddressSanitizer sums up what it found.
func sanitizer(stderr string) string {
	for line := range strings.Lines(stderr) {
		if rest, ok := strings.CutPrefix(line, "SUMMARY: AddressSanitizer: "); ok {
			return "AddressSanitizer: " + strings.TrimSpace(rest)
		}
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
