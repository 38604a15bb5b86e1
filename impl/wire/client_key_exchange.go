package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// ClientKeyExchange carries the client's part of the key exchange (RFC 5246,
// Section 7.4.7; RFC 8422, Section 5.7).
type ClientKeyExchange struct {
	KeyExchange spec.KeyExchange // set before Parse

	// ExchangeKeys is the encrypted premaster secret under RSA, Yc or a point
	// under the others.
	ExchangeKeys []byte
}

// Append appends the message.
func (k *ClientKeyExchange) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.ClientKeyExchange)
	return end(appendVector(dst, k.width(), k.ExchangeKeys), start, 3)
}

// Parse reads the body of the message.
func (k *ClientKeyExchange) Parse(body []byte) bool {
	s := cryptobyte.String(body)
	if !readVector(&s, k.width(), &k.ExchangeKeys) || !s.Empty() {
		return false
	}
	// RFC 5246, Section 7.4.7.1: an encrypted premaster secret may be empty by
	// its syntax; dh_Yc<1..2^16-1> and a point may not.
	return len(k.ExchangeKeys) > 0 || k.KeyExchange == spec.RSA
}

// width returns the length of the length field.
func (k *ClientKeyExchange) width() int {
	if k.KeyExchange == spec.ECDHERSA || k.KeyExchange == spec.ECDHEECDSA {
		return 1
	}
	return 2
}
