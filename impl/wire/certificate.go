package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// Certificate carries a side's chain (RFC 5246, Sections 7.4.2 and 7.4.6). A
// client that has none sends an empty one.
type Certificate struct {
	Chain Chain
}

// Append appends the message.
func (c *Certificate) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.Certificate)
	return end(appendVector(dst, 3, c.Chain), start, 3)
}

// Parse reads the body of the message. An empty chain parses.
func (c *Certificate) Parse(body []byte) bool {
	s := cryptobyte.String(body)
	return readItems(&s, 3, 3, &c.Chain) && s.Empty()
}
