package record

import (
	"fmt"

	"github.com/sesame-tls/sesame/spec"
)

// Error is a record that is refused, or one that cannot be made.
type Error struct {
	Alert   spec.AlertDescription // what the peer is to be told
	Reason  string                // what was wrong, for instance "bad record MAC"
	Section string                // what it offends, for instance "RFC 5246, Section 6.2.3"
}

// Error returns "record: ", the reason and the section.
func (e *Error) Error() string { return fmt.Sprintf("record: %s (%s)", e.Reason, e.Section) }

// ErrExhausted is returned by [Half.Seal] when the keys have protected as much
// application data as they may. close_notify can still be sealed, and is due.
var ErrExhausted = &Error{spec.CloseNotify, "the keys have protected as many records as they may", "RFC 9325, Section 4.4"}

// One error for a wrong MAC, wrong padding and a wrong length, so that nothing
// tells them apart (RFC 5246, Section 7.2.2: bad_record_mac).
var errBadRecordMAC = &Error{spec.BadRecordMAC, "the record does not authenticate", "RFC 5246, Section 6.2.3"}

var errOverflow = &Error{spec.RecordOverflow, "the record holds more than 16384 octets", "RFC 5246, Section 6.2.1"}

func errorf(alert spec.AlertDescription, section, format string, args ...any) error {
	return &Error{alert, fmt.Sprintf(format, args...), section}
}
