package kx

import (
	"bytes"
	"math/big"

	"filippo.io/bigmod"

	"github.com/sesame-tls/sesame/spec"
)

// The sizes of a finite-field group that Sesame computes in, in bits.
const (
	MinDHBits = 2048
	MaxDHBits = 8192
)

// DHGroup is a finite-field Diffie-Hellman group. It is shared: P and G are not
// to be written to.
type DHGroup struct {
	P, G []byte     // big-endian, without leading zeros
	Name spec.Group // 0 for a group without a code point

	modulus  *bigmod.Modulus
	exponent int // length of private exponents, in octets
}

// Bits returns the size of the prime.
func (g *DHGroup) Bits() int { return g.modulus.BitLen() }

// FFDHE returns one of the groups of RFC 7919, Appendix A.
func FFDHE(name spec.Group) (*DHGroup, bool) {
	if name < spec.FFDHE2048 || name > spec.FFDHE8192 {
		return nil, false
	}
	return ffdhe[name-spec.FFDHE2048](), true
}

// Group14 returns the 2048-bit group of RFC 3526, Section 3, which EAP-FAST's
// anonymous provisioning prescribes.
func Group14() *DHGroup { return group14() }

// ReadDHGroup returns the group of a server's parameters, its generator
// included. One that is none of the known groups is taken from [MinDHBits] to
// [MaxDHBits]; a smaller one is insufficient_security (RFC 7919, Section 3),
// and what cannot be a group illegal_parameter. That the modulus is prime is
// not checked.
func ReadDHGroup(p, g []byte) (*DHGroup, error) {
	p, g = trim(p), trim(g)
	if known := knownGroup(p, g); known != nil {
		return known, nil
	}
	bits := new(big.Int).SetBytes(p).BitLen()
	switch {
	case bits < MinDHBits:
		return nil, fail(spec.InsufficientSecurity, "RFC 7919, Section 3", "the server's group is smaller than 2048 bits", nil)
	case bits > MaxDHBits:
		return nil, fail(spec.IllegalParameter, "RFC 7919, Section 3", "the server's group is larger than 8192 bits", nil)
	case p[len(p)-1]&1 == 0:
		return nil, fail(spec.IllegalParameter, "RFC 7919, Section 3", "the server's modulus is even", nil)
	case !inRange(g, p):
		return nil, fail(spec.IllegalParameter, "RFC 7919, Section 3", "the server's generator is out of range", nil)
	}
	// The order of g is unknown and may have small factors: only an exponent
	// as long as the modulus loses nothing to them (RFC 7919, Section 5.2).
	return newGroup(0, bytes.Clone(p), bytes.Clone(g), len(p))
}

// knownGroup returns the standard group with these parameters, or nil.
func knownGroup(p, g []byte) *DHGroup {
	if len(g) != 1 || g[0] != 2 {
		return nil
	}
	for i, bits := range ffdheBits {
		if len(p) == bits/8 {
			if known := ffdhe[i](); bytes.Equal(known.P, p) {
				return known
			}
		}
	}
	if len(p) == 256 && bytes.Equal(group14().P, p) {
		return group14()
	}
	return nil
}

func newGroup(name spec.Group, p, g []byte, exponent int) (*DHGroup, error) {
	m, err := bigmod.NewModulus(p)
	if err != nil {
		return nil, fail(spec.IllegalParameter, "RFC 7919, Section 3", "the server's modulus", err)
	}
	return &DHGroup{P: p, G: g, Name: name, modulus: m, exponent: exponent}, nil
}

// trim strips leading zeros.
func trim(n []byte) []byte { return bytes.TrimLeft(n, "\x00") }

// inRange reports whether 1 < y < p-1, for numbers without leading zeros and
// p odd. Neither is secret.
func inRange(y, p []byte) bool {
	if len(y) == 0 || len(y) == 1 && y[0] == 1 || len(y) > len(p) {
		return false
	}
	if len(y) < len(p) {
		return true
	}
	last := len(p) - 1
	c := bytes.Compare(y[:last], p[:last])
	// p is odd, so that p-1 differs in its last octet alone.
	return c < 0 || c == 0 && y[last] < p[last]-1
}
