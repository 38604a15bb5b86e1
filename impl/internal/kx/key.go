package kx

import (
	"crypto/ecdh"
	"crypto/rand"
	"io"

	"github.com/sesame-tls/sesame/spec"
)

// Key is one side's ephemeral key, for one handshake.
type Key struct {
	ec *ecdh.PrivateKey

	group    *DHGroup
	exponent []byte

	public []byte
}

// GenerateKey makes an ephemeral key of a named group, elliptic or finite.
func GenerateKey(random io.Reader, g spec.Group) (*Key, error) {
	if dh, ok := FFDHE(g); ok {
		return GenerateDH(random, dh)
	}
	curve := curveOf(g)
	if curve == nil {
		return nil, fail(spec.InternalError, "", "no such group: "+g.String(), nil)
	}
	// ecdh.GenerateKey ignores the reader that it is given.
	octets := make([]byte, scalarLen(g))
	defer clear(octets)
	for range 64 {
		if err := draw(random, octets); err != nil {
			return nil, err
		}
		if g == spec.Secp521r1 {
			octets[0] &= 1 // the order has 521 bits
		}
		// A scalar outside of the order's range is refused, and drawn again.
		if k, err := curve.NewPrivateKey(octets); err == nil {
			return &Key{ec: k, public: k.PublicKey().Bytes()}, nil
		}
	}
	return nil, fail(spec.InternalError, "", "the source of randomness yields no private key", nil)
}

// Public returns the public value as it stands on the wire: a point, or Y
// padded to the length of the prime.
func (k *Key) Public() []byte { return k.public }

// Premaster appends the premaster secret that k and the peer's public value
// make (RFC 5246, Section 8.1.2; RFC 8422, Section 5.10).
//
// A peer's point that is not on the curve, or that leads to the all-zero
// X25519 result, is illegal_parameter (RFC 8422, Section 5.11); a finite-field
// value out of range is handshake_failure (RFC 7919, Sections 3 and 4).
//
// TLS before 1.3 strips the leading zeros of a finite-field result, so that its
// length shows in the time of what follows. That is harmless as long as no key
// is used twice, and Key is not made to be.
func (k *Key) Premaster(dst, peer []byte) ([]byte, error) {
	switch {
	case k.group != nil:
		return k.finite(dst, peer)
	case k.ec == nil:
		return nil, fail(spec.InternalError, "", "the key has been wiped", nil)
	}
	point, err := k.ec.Curve().NewPublicKey(peer)
	if err != nil {
		return nil, fail(spec.IllegalParameter, "RFC 8422, Section 5.11", "the peer's public key is not a point of the group", err)
	}
	// RFC 7748, Section 6.1: ECDH refuses the all-zero result.
	z, err := k.ec.ECDH(point)
	if err != nil {
		return nil, fail(spec.IllegalParameter, "RFC 8422, Section 5.11", "the peer's public key leads to no secret", err)
	}
	dst = append(dst, z...)
	clear(z)
	return dst, nil
}

// Wipe forgets the private key as far as Go lets one.
func (k *Key) Wipe() {
	clear(k.exponent)
	*k = Key{}
}

func curveOf(g spec.Group) ecdh.Curve {
	switch g {
	case spec.X25519:
		return ecdh.X25519()
	case spec.Secp256r1:
		return ecdh.P256()
	case spec.Secp384r1:
		return ecdh.P384()
	case spec.Secp521r1:
		return ecdh.P521()
	}
	return nil
}

func scalarLen(g spec.Group) int {
	switch g {
	case spec.Secp384r1:
		return 48
	case spec.Secp521r1:
		return 66
	}
	return 32
}

// draw fills b from random.
func draw(random io.Reader, b []byte) error {
	if _, err := io.ReadFull(source(random), b); err != nil {
		return fail(spec.InternalError, "", "no randomness", err)
	}
	return nil
}

// source returns random, or crypto/rand where it is nil.
func source(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}
