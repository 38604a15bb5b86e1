package wire

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// NewSessionTicket issues a ticket (RFC 5077, Section 3.3).
type NewSessionTicket struct {
	LifetimeHint uint32 // in seconds; 0: unspecified
	Ticket       []byte // empty: none after all
}

// Append appends the message.
func (t *NewSessionTicket) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.NewSessionTicket)
	dst = binary.BigEndian.AppendUint32(dst, t.LifetimeHint)
	return end(appendVector(dst, 2, t.Ticket), start, 3)
}

// Parse reads the body of the message.
func (t *NewSessionTicket) Parse(body []byte) bool {
	s := cryptobyte.String(body)
	return s.ReadUint32(&t.LifetimeHint) && readVector(&s, 2, &t.Ticket) && s.Empty()
}
