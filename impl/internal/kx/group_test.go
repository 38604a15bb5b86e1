package kx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// ffdheSums are the SHA-256 sums of the primes as RFC 7919, Appendix A prints
// them.
var ffdheSums = map[spec.Group]string{
	spec.FFDHE2048: "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966",
	spec.FFDHE3072: "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17",
	spec.FFDHE4096: "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e",
	spec.FFDHE6144: "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7",
	spec.FFDHE8192: "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833",
}

func TestPrimes(t *testing.T) {
	for name, want := range ffdheSums {
		g, ok := FFDHE(name)
		sum := sha256.Sum256(g.P)
		if !ok || hex.EncodeToString(sum[:]) != want || !bytes.Equal(g.G, []byte{2}) || g.Name != name {
			t.Errorf("%v: %x", name, g.P)
		}
	}
	if g := Group14(); !bytes.Equal(g.P, vectors.ByName("group-14").Octets("p")) || g.Bits() != 2048 {
		t.Errorf("group 14: %x", g.P)
	}
	for _, name := range []spec.Group{255, 261, spec.X25519} {
		if _, ok := FFDHE(name); ok {
			t.Errorf("FFDHE(%v) exists", name)
		}
	}
}

// minus returns n - d.
func minus(n []byte, d int64) []byte {
	return new(big.Int).Sub(new(big.Int).SetBytes(n), big.NewInt(d)).Bytes()
}

// TestRange goes to both ends of 1 < Y < p-1.
//
// Checks TLS-BASE-11 (must fail: public-value-told-otherwise).
func TestRange(t *testing.T) {
	p := Group14().P
	tests := []struct {
		name string
		y    []byte
		ok   bool
	}{
		{"nothing", nil, false},
		{"0", []byte{0}, false},
		{"0, padded", make([]byte, 256), false},
		{"1", []byte{1}, false},
		{"1, padded", append(make([]byte, 255), 1), false},
		{"2", []byte{2}, true},
		{"2, padded to more than p", append(make([]byte, 300), 2), true},
		{"p-3", minus(p, 3), true},
		{"p-2", minus(p, 2), true},
		{"p-1", minus(p, 1), false},
		{"p", p, false},
		{"p+1", minus(p, -1), false},
		{"2^2048", append([]byte{1}, make([]byte, 256)...), false},
		{"2^8192", append([]byte{1}, make([]byte, 1024)...), false},
	}
	k, err := GenerateDH(seeded(1), Group14())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		_, err := k.Premaster(nil, tt.y)
		if tt.ok && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if !tt.ok {
			wantAlert(t, tt.name, err, spec.HandshakeFailure)
		}
	}
}

// TestLeadingZeros makes the peer value that leads to 2^1000, whose leading
// octets are zero, and expects them gone.
//
// Checks TLS-BASE-10 (must fail: leading-zeros-kept).
func TestLeadingZeros(t *testing.T) {
	k, err := GenerateDH(seeded(3), Group14())
	if err != nil {
		t.Fatal(err)
	}
	p := new(big.Int).SetBytes(Group14().P)
	q := new(big.Int).Rsh(p, 1)
	inverse := new(big.Int).ModInverse(new(big.Int).SetBytes(k.exponent), q)
	z := new(big.Int).Lsh(big.NewInt(1), 1000) // a square, so of order q
	y := new(big.Int).Exp(z, inverse, p)
	got, err := k.Premaster(nil, y.Bytes())
	if err != nil || !bytes.Equal(got, z.Bytes()) || len(got) != 126 {
		t.Errorf("premaster %x, %v", got, err)
	}
}

// TestExponentiation holds the exchange against math/big.
func TestExponentiation(t *testing.T) {
	for _, name := range []spec.Group{spec.FFDHE2048, spec.FFDHE3072} {
		k := generate(t, seeded(4), name)
		g, _ := FFDHE(name)
		p, x := new(big.Int).SetBytes(g.P), new(big.Int).SetBytes(k.exponent)
		y := new(big.Int).Exp(big.NewInt(2), x, p)
		if !bytes.Equal(k.Public(), y.FillBytes(make([]byte, len(g.P)))) {
			t.Errorf("%v: Y = %x", name, k.Public())
		}
		z, err := k.Premaster(nil, []byte{5})
		if want := new(big.Int).Exp(big.NewInt(5), x, p); err != nil || !bytes.Equal(z, want.Bytes()) {
			t.Errorf("%v: Z = %x, %v", name, z, err)
		}
	}
}

// odd returns a number of so many bits with both ends set.
func odd(bits int) []byte {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.Add(n, big.NewInt(1)).Bytes()
}

// Checks TLS-BASE-11 (must fail: small-group-taken).
func TestReadDHGroup(t *testing.T) {
	group14 := Group14().P
	ffdhe3072, _ := FFDHE(spec.FFDHE3072)
	tests := []struct {
		name string
		p, g []byte
		want spec.AlertDescription
	}{
		{"group 14", group14, []byte{2}, spec.AlertNone},
		{"group 14, padded", append([]byte{0, 0}, group14...), []byte{0, 2}, spec.AlertNone},
		{"group 14, another generator", group14, []byte{5}, spec.AlertNone},
		{"2048 bits", odd(2048), []byte{3}, spec.AlertNone},
		{"2049 bits", odd(2049), []byte{3}, spec.AlertNone},
		{"8192 bits", odd(8192), []byte{3}, spec.AlertNone},
		{"2047 bits", odd(2047), []byte{3}, spec.InsufficientSecurity},
		{"1024 bits", odd(1024), []byte{3}, spec.InsufficientSecurity},
		{"2047 bits in 256 octets", append([]byte{0}, odd(2047)...), []byte{3}, spec.InsufficientSecurity},
		{"zero", make([]byte, 256), []byte{2}, spec.InsufficientSecurity},
		{"nothing", nil, []byte{2}, spec.InsufficientSecurity},
		{"8193 bits", odd(8193), []byte{3}, spec.IllegalParameter},
		{"even", minus(group14, 1), []byte{2}, spec.IllegalParameter},
		{"generator 0", group14, []byte{0}, spec.IllegalParameter},
		{"no generator", group14, nil, spec.IllegalParameter},
		{"generator 1", group14, []byte{1}, spec.IllegalParameter},
		{"generator p-1", group14, minus(group14, 1), spec.IllegalParameter},
		{"generator p", group14, group14, spec.IllegalParameter},
	}
	for _, tt := range tests {
		_, err := ReadDHGroup(tt.p, tt.g)
		if tt.want != spec.AlertNone {
			wantAlert(t, tt.name, err, tt.want)
		} else if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if g, err := ReadDHGroup(ffdhe3072.P, []byte{2}); g != ffdhe3072 {
		t.Errorf("ffdhe3072 is not recognised: %v", err)
	}
	if g, err := ReadDHGroup(group14, []byte{2}); g != Group14() {
		t.Errorf("group 14 is not recognised: %v", err)
	}
}

// TestCustomGroup exchanges keys in a group of the server's making.
func TestCustomGroup(t *testing.T) {
	// A safe prime would take long to find; 5 in group 14 will do.
	g, err := ReadDHGroup(Group14().P, []byte{5})
	if err != nil || g == Group14() {
		t.Fatal(err)
	}
	client, err := GenerateDH(seeded(1), g)
	if err != nil || len(client.exponent) != len(g.P) {
		t.Fatalf("exponent of %d octets, %v", len(client.exponent), err)
	}
	x := big.NewInt(0x123456789)
	p := new(big.Int).SetBytes(g.P)
	z, err := client.Premaster(nil, new(big.Int).Exp(big.NewInt(5), x, p).Bytes())
	want := new(big.Int).Exp(new(big.Int).SetBytes(client.Public()), x, p)
	if err != nil || !bytes.Equal(z, want.Bytes()) {
		t.Errorf("Z = %x, %v", z, err)
	}
}

// TestSmallOrder has a modulus in which a value in range has order 2: with an
// even exponent it leads to 1, and as a generator it generates 1.
func TestSmallOrder(t *testing.T) {
	a, b := new(big.Int).SetBytes(odd(1025)), new(big.Int).Add(new(big.Int).SetBytes(odd(1025)), big.NewInt(2))
	p := new(big.Int).Mul(a, b)
	// y = 1 mod a, -1 mod b: y = 1 + a*((-2/a) mod b).
	y := new(big.Int).ModInverse(a, b)
	y.Mul(y, big.NewInt(-2)).Mod(y, b).Mul(y, a).Add(y, big.NewInt(1))
	g, err := ReadDHGroup(p.Bytes(), []byte{3})
	if err != nil {
		t.Fatal(err)
	}
	k, err := GenerateDH(zeroReader{}, g) // an even exponent
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Premaster(nil, y.Bytes())
	wantAlert(t, "as a public value", err, spec.HandshakeFailure)

	g, err = ReadDHGroup(p.Bytes(), y.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	_, err = GenerateDH(zeroReader{}, g)
	wantAlert(t, "as a generator", err, spec.IllegalParameter)
}

func TestChooseCurve(t *testing.T) {
	all := Groups()
	tests := []struct {
		name   string
		own    []spec.Group
		listed wire.List[spec.Group]
		want   spec.Group
	}{
		{"own order", all, wire.MakeList(spec.Secp521r1, spec.Secp256r1), spec.Secp256r1},
		{"the one in common", []spec.Group{spec.Secp384r1, spec.X25519}, wire.MakeList(spec.X25519), spec.X25519},
		{"no list", all, nil, spec.Secp256r1},
		{"no list, no P-256", []spec.Group{spec.FFDHE2048, spec.Secp384r1}, nil, spec.Secp384r1},
		{"unknown ones only", all, wire.MakeList[spec.Group](1, 0x11ec), 0},
		{"finite fields only", all, wire.MakeList(spec.FFDHE2048), 0},
		{"none of its own", []spec.Group{spec.FFDHE2048}, nil, 0},
	}
	for _, tt := range tests {
		if got, ok := ChooseCurve(tt.own, tt.listed); got != tt.want || ok != (tt.want != 0) {
			t.Errorf("%s: %v, %v", tt.name, got, ok)
		}
	}
}

func TestChooseFFDHE(t *testing.T) {
	all := Groups()
	tests := []struct {
		name   string
		own    []spec.Group
		listed wire.List[spec.Group]
		bits   int
		want   int // bits; 0 for none
		custom bool
	}{
		{"no list", all, nil, 3072, 2048, true},
		{"curves only", all, wire.MakeList(spec.X25519), 0, 2048, true},
		{"own order", all, wire.MakeList(spec.FFDHE4096, spec.FFDHE2048), 2048, 2048, false},
		{"as strong as the key", all, wire.MakeList(spec.FFDHE2048, spec.FFDHE4096), 3072, 4096, false},
		{"none as strong", all, wire.MakeList(spec.FFDHE2048, spec.FFDHE3072), 4096, 3072, false},
		{"none in common", []spec.Group{spec.FFDHE2048}, wire.MakeList(spec.FFDHE3072), 0, 0, false},
		{"an unknown one", all, wire.MakeList(spec.X25519, 300), 0, 0, false},
		{"the last code point", all, wire.MakeList[spec.Group](511), 0, 0, false},
		{"beyond the code points", all, wire.MakeList[spec.Group](512, 255), 0, 2048, true},
	}
	for _, tt := range tests {
		g, ok := ChooseFFDHE(tt.own, tt.listed, tt.bits)
		if ok != (tt.want != 0) || ok && (g.Bits() != tt.want || (g.Name == 0) != tt.custom) {
			t.Errorf("%s: %+v, %v", tt.name, g, ok)
		}
	}
}
