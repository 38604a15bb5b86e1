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

	// TicketAccepted says that the peer had taken the ticket when the handshake
	// failed (RFC 5077, Section 3.2): at a client, ChangeCipherSpec had come
	// directly after ServerHello, which nobody has vouched for yet.
	TicketAccepted bool

	Err error // what a callback, a primitive or the record layer said; may be nil
}

// Error returns for instance "tls: unexpected Certificate in AwaitFinished (RFC
// 5246, Section 7.4.9)".
func (e *Error) Error() string {
	text := "tls: " + e.Text + " in " + e.State.String()
	if e.Section != "" {
		text += " (" + e.Section + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
