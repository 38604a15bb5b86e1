package kx

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// keys are one of each kind, by name.
var keys = sync.OnceValue(func() map[string]crypto.Signer {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return map[string]crypto.Signer{
		"RSA 2048": rsaKey(), "RSA 1024": newRSA(1024),
		"P-256": newECDSA(elliptic.P256()), "P-384": newECDSA(elliptic.P384()), "P-521": newECDSA(elliptic.P521()),
		"Ed25519": edwards,
		"P-224":   newECDSA(elliptic.P224()),
	}
})

func newECDSA(c elliptic.Curve) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// fitting says which schemes each key signs in under TLS 1.2.
var fitting = map[string][]spec.SignatureScheme{
	"RSA 2048": {spec.RSAPSSRSAESHA256, spec.RSAPSSRSAESHA384, spec.RSAPSSRSAESHA512,
		spec.RSAPKCS1SHA256, spec.RSAPKCS1SHA384, spec.RSAPKCS1SHA512, spec.RSAPKCS1SHA1},
	"RSA 1024": {spec.RSAPSSRSAESHA256, spec.RSAPSSRSAESHA384, // 2*64+2 octets do not fit into 128
		spec.RSAPKCS1SHA256, spec.RSAPKCS1SHA384, spec.RSAPKCS1SHA512, spec.RSAPKCS1SHA1},
	"P-256":   {spec.ECDSASecp256r1SHA256, spec.ECDSASecp384r1SHA384, spec.ECDSASecp521r1SHA512, spec.ECDSASHA1},
	"P-384":   {spec.ECDSASecp256r1SHA256, spec.ECDSASecp384r1SHA384, spec.ECDSASecp521r1SHA512, spec.ECDSASHA1},
	"P-521":   {spec.ECDSASecp256r1SHA256, spec.ECDSASecp384r1SHA384, spec.ECDSASecp521r1SHA512, spec.ECDSASHA1},
	"Ed25519": {spec.Ed25519},
	"P-224":   {},
}

// input makes the input of a scheme, or ends the test.
func input(t *testing.T, s spec.SignatureScheme, parts ...[]byte) []byte {
	t.Helper()
	in, err := Input(nil, s, parts...)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestSchemes signs and verifies with every key in every scheme: what fits
// verifies, other content and another signature do not, and what does not fit is
// refused on both sides.
func TestSchemes(t *testing.T) {
	for name, key := range keys() {
		for _, s := range Schemes() {
			in := input(t, s, []byte("client"), []byte("server"), []byte("params"))
			sig, err := Sign(key, s, in)
			if !slices.Contains(fitting[name], s) {
				wantAlert(t, name+", signing "+s.String(), err, spec.InternalError)
				wantAlert(t, name+", verifying "+s.String(), Verify(spec.TLS12, key.Public(), s, in, nil), spec.IllegalParameter)
				continue
			}
			if err != nil {
				t.Errorf("%s, %v: %v", name, s, err)
				continue
			}
			if err := Verify(spec.TLS12, key.Public(), s, in, sig); err != nil {
				t.Errorf("%s, %v: %v", name, s, err)
			}
			other := input(t, s, []byte("client"), []byte("server"), []byte("Params"))
			wantAlert(t, name+", other content", Verify(spec.TLS12, key.Public(), s, other, sig), spec.DecryptError)
			sig[len(sig)-1] ^= 1
			wantAlert(t, name+", a bit flipped", Verify(spec.TLS12, key.Public(), s, in, sig), spec.DecryptError)
			wantAlert(t, name+", no signature", Verify(spec.TLS12, key.Public(), s, in, nil), spec.DecryptError)
		}
	}
}

// TestVersions signs in what each version prescribes or allows.
func TestVersions(t *testing.T) {
	tests := []struct {
		key     string
		version spec.Version
		scheme  spec.SignatureScheme
		ok      bool
	}{
		{"RSA 2048", spec.TLS10, spec.MD5SHA1, true},
		{"RSA 2048", spec.TLS11, spec.MD5SHA1, true},
		{"RSA 2048", spec.TLS12, spec.MD5SHA1, false},
		{"RSA 2048", spec.TLS11, spec.RSAPKCS1SHA1, false},
		{"RSA 2048", spec.TLS11, spec.RSAPSSRSAESHA256, false},
		{"P-256", spec.TLS10, spec.ECDSASHA1, true},
		{"P-256", spec.TLS11, spec.ECDSASecp256r1SHA256, false},
		{"P-256", spec.TLS12, spec.ECDSASHA1, true},
		{"Ed25519", spec.TLS11, spec.Ed25519, false},
	}
	for _, tt := range tests {
		key := keys()[tt.key]
		in := input(t, tt.scheme, []byte("content"))
		sig, err := Sign(key, tt.scheme, in)
		if err != nil {
			t.Fatal(err)
		}
		err = Verify(tt.version, key.Public(), tt.scheme, in, sig)
		what := tt.key + ", " + tt.version.String() + ", " + tt.scheme.String()
		if tt.ok && err != nil {
			t.Errorf("%s: %v", what, err)
		} else if !tt.ok {
			wantAlert(t, what, err, spec.IllegalParameter)
		}
	}
}

// Checks TLS-BASE-19 (must fail: any-scheme-signed).
func TestChooseScheme(t *testing.T) {
	all := wire.MakeList(Schemes()...)
	sha1Only := wire.MakeList(spec.RSAPKCS1SHA1, spec.ECDSASHA1)
	tests := []struct {
		name    string
		version spec.Version
		key     string
		own     []spec.SignatureScheme
		peer    wire.List[spec.SignatureScheme]
		want    spec.SignatureScheme // 0: handshake_failure
	}{
		{"RSA, all", spec.TLS12, "RSA 2048", Schemes(), all, spec.RSAPSSRSAESHA256},
		{"own order", spec.TLS12, "RSA 2048", Schemes(), wire.MakeList(spec.RSAPKCS1SHA512, spec.RSAPSSRSAESHA384), spec.RSAPSSRSAESHA384},
		{"small RSA key passes PSS-512 by", spec.TLS12, "RSA 1024", Schemes(), wire.MakeList(spec.RSAPSSRSAESHA512, spec.RSAPKCS1SHA512), spec.RSAPKCS1SHA512},
		{"small RSA key, PSS-512 only", spec.TLS12, "RSA 1024", Schemes(), wire.MakeList(spec.RSAPSSRSAESHA512), 0},
		{"own curve first", spec.TLS12, "P-384", Schemes(), all, spec.ECDSASecp384r1SHA384},
		{"another curve's name", spec.TLS12, "P-521", Schemes(), wire.MakeList(spec.ECDSASecp384r1SHA384, spec.ECDSASecp256r1SHA256), spec.ECDSASecp256r1SHA256},
		{"Ed25519", spec.TLS12, "Ed25519", Schemes(), all, spec.Ed25519},
		{"Ed25519 not listed", spec.TLS12, "Ed25519", Schemes(), sha1Only, 0},
		{"SHA-1 when there is nothing else", spec.TLS12, "P-256", Schemes(), sha1Only, spec.ECDSASHA1},
		{"own list decides", spec.TLS12, "RSA 2048", []spec.SignatureScheme{spec.RSAPKCS1SHA384}, all, spec.RSAPKCS1SHA384},
		{"own list is disjoint", spec.TLS12, "RSA 2048", []spec.SignatureScheme{spec.RSAPKCS1SHA384}, sha1Only, 0},
		{"MD5SHA1 on the wire", spec.TLS12, "RSA 2048", []spec.SignatureScheme{spec.MD5SHA1}, wire.MakeList(spec.MD5SHA1), 0},
		{"unknown ones", spec.TLS12, "RSA 2048", Schemes(), wire.MakeList[spec.SignatureScheme](0x0101, 0xfefe), 0},
		{"curve without a use", spec.TLS12, "P-224", Schemes(), all, 0},

		{"no extension, RSA", spec.TLS12, "RSA 2048", Schemes(), nil, spec.RSAPKCS1SHA1},
		{"no extension, ECDSA", spec.TLS12, "P-384", Schemes(), nil, spec.ECDSASHA1},
		{"no extension, and SHA-1 not enabled", spec.TLS12, "P-384", []spec.SignatureScheme{spec.ECDSASecp384r1SHA384}, nil, 0},
		{"no extension, Ed25519", spec.TLS12, "Ed25519", Schemes(), nil, 0},
		{"no extension, P-224", spec.TLS12, "P-224", Schemes(), nil, 0},
		{"TLS 1.1, RSA", spec.TLS11, "RSA 2048", Schemes(), all, spec.MD5SHA1},
		{"TLS 1.0, ECDSA", spec.TLS10, "P-256", Schemes(), nil, spec.ECDSASHA1},
		{"TLS 1.0, Ed25519", spec.TLS10, "Ed25519", Schemes(), all, 0},
	}
	for _, tt := range tests {
		got, err := ChooseScheme(tt.version, keys()[tt.key].Public(), tt.own, tt.peer)
		if tt.want == 0 {
			wantAlert(t, tt.name, err, spec.HandshakeFailure)
		} else if got != tt.want || err != nil {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
	_, err := ChooseScheme(spec.TLS12, nil, Schemes(), all)
	wantAlert(t, "no key", err, spec.HandshakeFailure)
}

// TestInput holds what is signed against known digests of "abc" (RFC 1321,
// Section A.5; FIPS 180-4's examples).
func TestInput(t *testing.T) {
	const (
		md5    = "900150983cd24fb0d6963f7d28e17f72"
		sha1   = "a9993e364706816aba3e25717850c26c9cd0d89d"
		sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	)
	tests := []struct {
		scheme spec.SignatureScheme
		want   []byte
	}{
		{spec.MD5SHA1, unhex(md5 + sha1)}, {spec.ECDSASHA1, unhex(sha1)}, {spec.RSAPKCS1SHA1, unhex(sha1)},
		{spec.RSAPSSRSAESHA256, unhex(sha256)}, {spec.Ed25519, []byte("abc")},
	}
	for _, tt := range tests {
		if got, err := Input([]byte{1}, tt.scheme, []byte("a"), nil, []byte("bc")); err != nil || !bytes.Equal(got, append([]byte{1}, tt.want...)) {
			t.Errorf("%v: %x, %v", tt.scheme, got, err)
		}
	}
	for _, s := range []spec.SignatureScheme{0, 0x0101, 0xfefe} {
		_, err := Input(nil, s, []byte("abc"))
		wantAlert(t, s.String(), err, spec.IllegalParameter)
		if Options(s) != nil {
			t.Errorf("Options(%v) is not nil", s)
		}
		wantAlert(t, s.String(), Verify(spec.TLS12, rsaKey().Public(), s, nil, nil), spec.IllegalParameter)
	}
}

// TestSaltLength makes a PSS signature with a salt of another length than the
// digest's.
func TestSaltLength(t *testing.T) {
	in := input(t, spec.RSAPSSRSAESHA256, []byte("content"))
	for _, length := range []int{20, 31, 32, 33, 64} {
		sig, err := rsa.SignPSS(rand.Reader, rsaKey(), crypto.SHA256, in, &rsa.PSSOptions{SaltLength: length})
		if err != nil {
			t.Fatal(err)
		}
		err = Verify(spec.TLS12, rsaKey().Public(), spec.RSAPSSRSAESHA256, in, sig)
		if length == 32 && err != nil {
			t.Errorf("salt of 32 octets: %v", err)
		} else if length != 32 {
			wantAlert(t, "another salt", err, spec.DecryptError)
		}
	}
}

func TestSmallKeyVerifies(t *testing.T) {
	pub := &rsa.PublicKey{N: new(big.Int).SetBytes(odd(768)), E: 3}
	err := Verify(spec.TLS12, pub, spec.RSAPKCS1SHA256, make([]byte, 32), make([]byte, 96))
	wantAlert(t, "RSA of 768 bits", err, spec.InsufficientSecurity)
}

// broken is a signer that fails.
type broken struct{ crypto.Signer }

var errBroken = errors.New("broken")

func (broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errBroken }

func TestSignerFails(t *testing.T) {
	_, err := Sign(broken{rsaKey()}, spec.RSAPKCS1SHA256, make([]byte, 32))
	wantAlert(t, "a signer that fails", err, spec.InternalError)
	if !errors.Is(err, errBroken) || err.Error() != "kx: signing: broken" {
		t.Errorf("error %q", err)
	}
}

func TestAuthenticates(t *testing.T) {
	want := map[string][]spec.KeyExchange{
		"RSA 2048": {spec.RSA, spec.DHERSA, spec.ECDHERSA}, "P-256": {spec.ECDHEECDSA}, "Ed25519": {spec.ECDHEECDSA},
		"P-224": {},
	}
	for name, exchanges := range want {
		for x := spec.RSA; x <= spec.DHAnon; x++ {
			if got := Authenticates(keys()[name].Public(), x); got != slices.Contains(exchanges, x) {
				t.Errorf("Authenticates(%s, %v) = %v", name, x, got)
			}
		}
	}
	if Authenticates(nil, spec.RSA) {
		t.Error("no key authenticates")
	}
}
