package kx

import (
	"bytes"
	"math/big"
	"sync"

	"filippo.io/bigmod"

	"github.com/sesame-tls/sesame/spec"
)

// The sizes of a finite-field group that Sesame computes in, in bits.
const (
	MinDHBits = 2048
	MaxDHBits = 8192
)

// DHGroup is a finite-field Diffie-Hellman group.
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
		return nil, fail(spec.InsufficientSecurity, "the server's group is smaller than 2048 bits", nil)
	case bits > MaxDHBits:
		return nil, fail(spec.IllegalParameter, "the server's group is larger than 8192 bits", nil)
	case p[len(p)-1]&1 == 0:
		return nil, fail(spec.IllegalParameter, "the server's modulus is even", nil)
	case !inRange(g, p):
		return nil, fail(spec.IllegalParameter, "the server's generator is out of range", nil)
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
		return nil, fail(spec.IllegalParameter, "the server's modulus", err)
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

var ffdheBits = [...]int{2048, 3072, 4096, 6144, 8192}

// RFC 7919, Appendices A.1 to A.5: what makes the prime a safe one, and private
// exponents of at least 225, 275, 325, 375 and 400 bits.
var ffdhe = [...]func() *DHGroup{
	sync.OnceValue(func() *DHGroup { return standard(spec.FFDHE2048, 2048, euler, 560316, 32) }),
	sync.OnceValue(func() *DHGroup { return standard(spec.FFDHE3072, 3072, euler, 2625351, 36) }),
	sync.OnceValue(func() *DHGroup { return standard(spec.FFDHE4096, 4096, euler, 5736041, 44) }),
	sync.OnceValue(func() *DHGroup { return standard(spec.FFDHE6144, 6144, euler, 15705020, 48) }),
	sync.OnceValue(func() *DHGroup { return standard(spec.FFDHE8192, 8192, euler, 10965728, 52) }),
}

// RFC 3526, Section 3. Its Section 8 puts the exponent at 220 to 320 bits.
var group14 = sync.OnceValue(func() *DHGroup { return standard(0, 2048, pi, 124476, 40) })

// standard makes the group with generator 2 and the prime
// 2^bits - 2^(bits-64) - 1 + 2^64 * ([2^(bits-130) * c] + x), which is the
// formula of both RFCs.
func standard(name spec.Group, bits uint, c func(uint) *big.Int, x int64, exponent int) *DHGroup {
	one := big.NewInt(1)
	p := c(bits - 130)
	p.Add(p, big.NewInt(x)).Lsh(p, 64)
	p.Add(p, new(big.Int).Lsh(one, bits))
	p.Sub(p, new(big.Int).Lsh(one, bits-64))
	p.Sub(p, one)
	g, err := newGroup(name, p.Bytes(), []byte{2}, exponent)
	if err != nil {
		panic(err)
	}
	return g
}

// guard is how many bits more than asked for the series below are computed to,
// so that their rounding does not reach the bits asked for.
const guard = 64

// euler returns [2^bits * e], by the series of 1/k!.
func euler(bits uint) *big.Int {
	term := new(big.Int).Lsh(big.NewInt(1), bits+guard)
	sum := new(big.Int)
	for k := int64(1); term.Sign() > 0; k++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(k))
	}
	return sum.Rsh(sum, guard)
}

// pi returns [2^bits * pi], by Machin's formula: 16 atan(1/5) - 4 atan(1/239).
func pi(bits uint) *big.Int {
	a := atanInverse(5, bits+guard)
	b := atanInverse(239, bits+guard)
	a.Lsh(a, 4).Sub(a, b.Lsh(b, 2))
	return a.Rsh(a, guard)
}

// atanInverse returns about 2^bits * atan(1/n).
func atanInverse(n int64, bits uint) *big.Int {
	power := new(big.Int).Lsh(big.NewInt(1), bits)
	power.Quo(power, big.NewInt(n))
	square := big.NewInt(n * n)
	sum, term := new(big.Int), new(big.Int)
	for k := int64(1); power.Sign() > 0; k += 2 {
		term.Quo(power, big.NewInt(k))
		if k%4 == 1 {
			sum.Add(sum, term)
		} else {
			sum.Sub(sum, term)
		}
		power.Quo(power, square)
	}
	return sum
}
