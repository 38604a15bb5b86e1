package kx

import (
	"math/big"
	"sync"

	"github.com/sesame-tls/sesame/spec"
)

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
