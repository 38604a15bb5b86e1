package wire

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// curveTypeNamed is named_curve (RFC 8422, Section 5.4).
const curveTypeNamed = 3

// ServerKeyExchange carries the server's ephemeral key, signed unless the suite
// is anonymous (RFC 5246, Section 7.4.3; RFC 8422, Section 5.4).
type ServerKeyExchange struct {
	KeyExchange spec.KeyExchange // set before Parse
	Version     spec.Version     // set before Parse

	// The parameters of DHERSA and DHAnon: numbers, big-endian.
	P, G []byte
	// The parameter of ECDHERSA and ECDHEECDSA. An explicit curve, which RFC
	// 8422 has withdrawn, parses as group 0 without a public key, and can so
	// be refused as any group that was not offered.
	Group spec.Group
	// Public is the server's public key: Ys, or a point.
	Public []byte

	// Params is what the signature covers beside the randoms. Parse sets it;
	// Append does not look at it.
	Params    []byte
	Scheme    spec.SignatureScheme // TLS 1.2 only
	Signature []byte               // not for DHAnon
}

// AppendParams appends the parameters alone: what a server signs behind the
// two randoms.
func (k *ServerKeyExchange) AppendParams(dst []byte) []byte {
	if k.finiteField() {
		dst = appendVector(dst, 2, k.P)
		dst = appendVector(dst, 2, k.G)
		return appendVector(dst, 2, k.Public)
	}
	dst = append(dst, curveTypeNamed)
	dst = appendUint16(dst, k.Group)
	return appendVector(dst, 1, k.Public)
}

// Append appends the message.
func (k *ServerKeyExchange) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.ServerKeyExchange)
	dst = k.AppendParams(dst)
	if !k.KeyExchange.Anonymous() {
		dst = appendSignature(dst, k.Version, k.Scheme, k.Signature)
	}
	return end(dst, start, 3)
}

// Parse reads the body of the message.
func (k *ServerKeyExchange) Parse(body []byte) bool {
	*k = ServerKeyExchange{KeyExchange: k.KeyExchange, Version: k.Version}
	s := cryptobyte.String(body)
	if k.finiteField() {
		// RFC 5246, Section 7.4.3: each of the numbers has an octet at least.
		if !readFilled(&s, 2, &k.P) || !readFilled(&s, 2, &k.G) || !readFilled(&s, 2, &k.Public) {
			return false
		}
	} else {
		var curveType uint8
		if !s.ReadUint8(&curveType) {
			return false
		}
		if curveType != curveTypeNamed {
			return true
		}
		if !s.ReadUint16((*uint16)(&k.Group)) || !readFilled(&s, 1, &k.Public) {
			return false
		}
	}
	k.Params = slices.Clip(body[:len(body)-len(s)])
	if k.KeyExchange.Anonymous() {
		return s.Empty()
	}
	return readSignature(&s, k.Version, &k.Scheme, &k.Signature)
}

func (k *ServerKeyExchange) finiteField() bool {
	return k.KeyExchange == spec.DHERSA || k.KeyExchange == spec.DHAnon
}
