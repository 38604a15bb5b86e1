package kx

import (
	"io"

	"filippo.io/bigmod"

	"github.com/sesame-tls/sesame/spec"
)

// GenerateDH makes an ephemeral key of a finite-field group.
func GenerateDH(random io.Reader, g *DHGroup) (*Key, error) {
	x := make([]byte, g.exponent)
	if err := draw(random, x); err != nil {
		return nil, err
	}
	x[0] |= 0x80 // RFC 7919, Section 5.2: an exponent of exactly so many bits.
	base, err := bigmod.NewNat().SetBytes(g.G, g.modulus)
	if err != nil {
		return nil, fail(spec.IllegalParameter, "RFC 7919, Section 3", "the generator", err)
	}
	y := bigmod.NewNat().Exp(base, x, g.modulus).Bytes(g.modulus)
	// Only a generator of tiny order leads here.
	if !inRange(trim(y), g.P) {
		return nil, fail(spec.IllegalParameter, "RFC 7919, Section 3", "the generator generates nothing", nil)
	}
	return &Key{group: g, exponent: x, public: y}, nil
}

// finite is Premaster for a finite field.
func (k *Key) finite(dst, peer []byte) ([]byte, error) {
	g := k.group
	// RFC 7919, Sections 3 and 4: 1 < Y < p-1.
	y := trim(peer)
	if !inRange(y, g.P) {
		return nil, fail(spec.HandshakeFailure, "RFC 7919, Section 4", "the peer's public value is out of range", nil)
	}
	base, err := bigmod.NewNat().SetBytes(y, g.modulus)
	if err != nil {
		return nil, fail(spec.HandshakeFailure, "RFC 7919, Section 4", "the peer's public value", err)
	}
	n := bigmod.NewNat().Exp(base, k.exponent, g.modulus)
	if n.IsZero()|n.IsOne()|n.IsMinusOne(g.modulus) == 1 {
		return nil, fail(spec.HandshakeFailure, "RFC 7919, Section 4", "the peer's public value leads to no secret", nil)
	}
	z := n.Bytes(g.modulus)
	// RFC 5246, Section 8.1.2: leading octets that are all zero are stripped.
	dst = append(dst, trim(z)...)
	clear(z)
	clear(n.Bits())
	return dst, nil
}
