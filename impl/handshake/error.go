package handshake

import (
	"github.com/sesame-tls/sesame/spec"
)

// Error is why a machine has failed.
type Error struct {
	Alert    spec.AlertDescription // AlertNone where none was sent or received
	Sent     bool                  // the alert was sent
	Received bool                  // the alert came from the peer
	State    spec.State            // where the machine stood
	Message  spec.Message          // what it was handling; NoMessage outside of messages
	Section  string                // what was offended, for instance "RFC 5246, Section 7.4.9"
	Text     string                // what was wrong, without place and section

	// Requirement is the id of what was offended in package spec/requirements,
	// for instance "FAST-TLS-22"; "" for alerts that were received, and where the
	// list has none: what this side itself has got wrong, and what extensions
	// other than EAP-FAST's require.
	Requirement string

	// TicketAccepted says that the peer had taken the ticket when the handshake
	// failed (RFC 5077, Section 3.2): at a client, ChangeCipherSpec had come
	// directly after ServerHello, which nobody has vouched for yet (FAST-TLS-29).
	TicketAccepted bool

	Err error // what a callback, a primitive or the record layer said; may be nil
}

// Error returns for instance "tls: unexpected Certificate in AwaitFinished (RFC
// 5246, Section 7.4.9; FAST-TLS-22)".
func (e *Error) Error() string {
	text := "tls: " + e.Text + " in " + e.State.String()
	if e.TicketAccepted {
		text += ", the ticket accepted"
	}
	switch {
	case e.Section != "" && e.Requirement != "":
		text += " (" + e.Section + "; " + e.Requirement + ")"
	case e.Section+e.Requirement != "":
		text += " (" + e.Section + e.Requirement + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
