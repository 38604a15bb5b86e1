package kx

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// seeded returns a reproducible source of octets.
func seeded(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

// wantAlert checks that err names alert.
func wantAlert(t *testing.T, what string, err error, alert spec.AlertDescription) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("%s: error %v, not an *Error", what, err)
	} else if e.Alert != alert {
		t.Errorf("%s: %v (%v), want %v", what, e.Alert, err, alert)
	}
}

// generate makes a key, or ends the test.
func generate(t *testing.T, random io.Reader, g spec.Group) *Key {
	t.Helper()
	k, err := GenerateKey(random, g)
	if err != nil {
		t.Fatalf("GenerateKey(%v): %v", g, err)
	}
	return k
}

// TestECDHVectors holds the curves against published answers. The one of P-521
// begins with a zero octet, which stays (RFC 8422, Section 5.10).
func TestECDHVectors(t *testing.T) {
	tests := []struct {
		source                        string
		group                         spec.Group
		private, public, peer, secret string
	}{
		{"RFC 7748, Section 6.1", spec.X25519,
			"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
			"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
			"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
		{"NIST CAVP, KAS ECC CDH, P-256", spec.Secp256r1,
			"7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
			"04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230" +
				"28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141",
			"04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287" +
				"db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
			"46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"},
		{"NIST CAVP, KAS ECC CDH, P-521", spec.Secp521r1,
			"017eecc07ab4b329068fba65e56a1f8890aa935e57134ae0ffcce802735151f4eac6564f6ee9974c5e6887a1fefee5743ae2241bfeb95d5ce31ddcb6f9edb4d6fc47",
			"0400602f9d0cf9e526b29e22381c203c48a886c2b0673033366314f1ffbcba240ba42f4ef38a76174635f91e6b4ed34275eb01c8467d05ca80315bf1a7bbd945f550a5" +
				"01b7c85f26f5d4b2d7355cf6b02117659943762b6d1db5ab4f1dbc44ce7b2946eb6c7de342962893fd387d1b73d7a8672d1f236961170b7eb3579953ee5cdc88cd2d",
			"0400685a48e86c79f0f0875f7bc18d25eb5fc8c0b07e5da4f4370f3a9490340854334b1e1b87fa395464c60626124a4e70d0f785601d37c09870ebf176666877a2046d" +
				"01ba52c56fc8776d9e8f5db4f0cc27636d0b741bbe05400697942e80b739884a83bde99e0f6716939e632bc8986fa18dccd443a348b6c3e522497955a4f3c302f676",
			"005fc70477c3e63bc3954bd0df3ea0d1f41ee21746ed95fc5e1fdf90930d5e136672d72cc770742d1711c3c3a4c334a0ad9759436a4d3c5bf6e74b9578fac148c831"},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			k := generate(t, bytes.NewReader(unhex(tt.private)), tt.group)
			if !bytes.Equal(k.Public(), unhex(tt.public)) {
				t.Errorf("public %x", k.Public())
			}
			got, err := k.Premaster([]byte{0xfe}, unhex(tt.peer))
			if err != nil || !bytes.Equal(got, append([]byte{0xfe}, unhex(tt.secret)...)) {
				t.Errorf("premaster %x, %v", got, err)
			}
		})
	}
}

// TestBothEndsAgree exchanges keys in every group, and again from the same
// octets.
func TestBothEndsAgree(t *testing.T) {
	for _, g := range Groups() {
		t.Run(g.String(), func(t *testing.T) {
			a, b := generate(t, seeded(1), g), generate(t, seeded(2), g)
			ours, err := a.Premaster(nil, b.Public())
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := b.Premaster(nil, a.Public())
			if err != nil {
				t.Fatal(err)
			}
			if len(ours) == 0 || !bytes.Equal(ours, theirs) {
				t.Errorf("premaster %x and %x", ours, theirs)
			}
			if bytes.Equal(a.Public(), b.Public()) {
				t.Error("different octets, the same key")
			}
			if again := generate(t, seeded(1), g); !bytes.Equal(again.Public(), a.Public()) {
				t.Error("the same octets, another key")
			}
		})
	}
	if a, b := generate(t, nil, spec.X25519), generate(t, nil, spec.X25519); bytes.Equal(a.Public(), b.Public()) {
		t.Error("crypto/rand yields one key twice")
	}
}

func TestRefusedPoints(t *testing.T) {
	zeros := func(n int) []byte { return make([]byte, n) }
	one := append([]byte{1}, zeros(31)...)
	for _, g := range []spec.Group{spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.Secp521r1} {
		k := generate(t, seeded(1), g)
		good := generate(t, seeded(2), g).Public()
		bad := map[string][]byte{"empty": {}, "cut off": good[:len(good)-1], "too long": append(bytes.Clone(good), 0)}
		if g == spec.X25519 {
			bad["zero"], bad["one"] = zeros(32), one
			// RFC 7748, Section 6.1: a point of small order leads to zero.
			bad["order 8"] = unhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
		} else {
			off := bytes.Clone(good)
			off[len(off)-1] ^= 1
			half := len(good) / 2
			bad["off the curve"] = off
			bad["infinity"] = []byte{0}
			bad["(0, 0)"] = append([]byte{4}, zeros(2*half)...)
			bad["compressed"] = append([]byte{2 + good[len(good)-1]&1}, good[1:1+half]...)
			bad["hybrid"] = append([]byte{6 + good[len(good)-1]&1}, good[1:]...)
		}
		if _, err := k.Premaster(nil, good); err != nil {
			t.Errorf("%v: a good point: %v", g, err)
		}
		for name, point := range bad {
			_, err := k.Premaster(nil, point)
			wantAlert(t, g.String()+", "+name, err, spec.IllegalParameter)
		}
	}
}

// TestRandomness reads from sources that run dry, or that yield nothing that
// can be a key.
func TestRandomness(t *testing.T) {
	for _, g := range []spec.Group{spec.X25519, spec.Secp521r1, spec.FFDHE2048} {
		_, err := GenerateKey(bytes.NewReader(make([]byte, 7)), g)
		wantAlert(t, g.String()+", 7 octets", err, spec.InternalError)
	}
	_, err := GenerateKey(zeroReader{}, spec.Secp256r1)
	wantAlert(t, "only zeros", err, spec.InternalError)
	if _, err := GenerateKey(zeroReader{}, spec.FFDHE2048); err != nil {
		t.Errorf("only zeros, ffdhe2048: %v", err)
	}
	_, err = GenerateKey(nil, 22)
	wantAlert(t, "secp256k1", err, spec.InternalError)
}

// zeroReader yields zeros without end.
type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWipe(t *testing.T) {
	for _, g := range []spec.Group{spec.X25519, spec.FFDHE2048} {
		k := generate(t, seeded(1), g)
		peer := bytes.Clone(k.Public())
		k.Wipe()
		_, err := k.Premaster(nil, peer)
		wantAlert(t, g.String(), err, spec.InternalError)
	}
}
