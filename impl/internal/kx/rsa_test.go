package kx

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"sync"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })

func newRSA(bits int) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return k
}

// encrypt is the bare RSA operation on a padded block.
func encrypt(pub *rsa.PublicKey, block []byte) []byte {
	c := new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(pub.E)), pub.N)
	return c.FillBytes(make([]byte, pub.Size()))
}

// padded returns 00 02, padding that is not zero, 00 and the secret: a block of
// PKCS #1 v1.5, made by hand.
func padded(pub *rsa.PublicKey, secret []byte) []byte {
	block := bytes.Repeat([]byte{0x5a}, pub.Size())
	block[0], block[1] = 0, 2
	at := len(block) - len(secret)
	block[at-1] = 0
	copy(block[at:], secret)
	return block
}

// secretFor returns a premaster secret of so many octets that names v.
func secretFor(v spec.Version, n int) []byte {
	s := bytes.Repeat([]byte{0x77}, n)
	s[0], s[1] = byte(v>>8), byte(v)
	return s
}

func TestPremasterRoundTrip(t *testing.T) {
	for _, v := range []spec.Version{spec.TLS10, spec.TLS12, spec.TLS13} {
		secret, ciphertext, err := EncryptPremaster(seeded(1), &rsaKey().PublicKey, v)
		if err != nil {
			t.Fatal(err)
		}
		if len(secret) != PremasterLen || secret[0] != 3 || secret[1] != byte(v) {
			t.Errorf("%v: premaster %x", v, secret)
		}
		got, err := DecryptPremaster(nil, rsaKey(), ciphertext, v)
		if err != nil || !bytes.Equal(got, secret) {
			t.Errorf("%v: decrypted to %x, %v", v, got, err)
		}
		again, _, _ := EncryptPremaster(seeded(1), &rsaKey().PublicKey, v)
		if !bytes.Equal(again, secret) {
			t.Errorf("%v: the same octets, another premaster", v)
		}
	}
	got, err := DecryptPremaster(seeded(2), rsaKey(), encrypt(&rsaKey().PublicKey, padded(&rsaKey().PublicKey, secretFor(spec.TLS12, 48))), spec.TLS12)
	if err != nil || !bytes.Equal(got, secretFor(spec.TLS12, 48)) {
		t.Errorf("a block made by hand decrypts to %x, %v", got, err)
	}
}

// TestBleichenbacher sends what is wrong in each way that there is. All of it
// ends in the secret that was drawn beforehand, without an error.
//
// Checks TLS-BASE-12 (must fail: oracle-of-padding, premaster-of-any-version).
func TestBleichenbacher(t *testing.T) {
	pub := &rsaKey().PublicKey
	good := func() []byte { return padded(pub, secretFor(spec.TLS12, 48)) }
	with := func(at int, octet byte) []byte {
		b := good()
		b[at] = octet
		return encrypt(pub, b)
	}
	n := pub.N.FillBytes(make([]byte, pub.Size()))
	tests := []struct {
		name       string
		ciphertext []byte
	}{
		{"first octet not 0", encrypt(pub, append([]byte{1}, good()[1:]...))},
		{"second octet not 2", with(1, 1)},
		{"zero in the first octet of padding", with(2, 0)},
		{"zero in the eighth", with(9, 0)},
		{"zero in the last", with(pub.Size()-50, 0)},
		{"no zero before the secret", with(pub.Size()-49, 1)},
		{"secret of 47 octets", encrypt(pub, padded(pub, secretFor(spec.TLS12, 47)))},
		{"secret of 49 octets", encrypt(pub, padded(pub, secretFor(spec.TLS12, 49)))},
		{"no secret", encrypt(pub, padded(pub, nil))},
		{"the negotiated version", encrypt(pub, padded(pub, secretFor(spec.TLS11, 48)))},
		{"major version 2", encrypt(pub, padded(pub, secretFor(0x0203, 48)))},
		{"all zeros", make([]byte, pub.Size())},
		{"one", append(make([]byte, pub.Size()-1), 1)},
		{"the modulus", n},
		{"more than the modulus", bytes.Repeat([]byte{0xff}, pub.Size())},
		{"an octet short", encrypt(pub, good())[1:]},
		{"an octet long", append(encrypt(pub, good()), 0)},
		{"nothing", nil},
	}
	drawn := make([]byte, PremasterLen)
	io.ReadFull(seeded(7), drawn)
	for _, tt := range tests {
		got, err := DecryptPremaster(seeded(7), rsaKey(), tt.ciphertext, spec.TLS12)
		if err != nil || !bytes.Equal(got, drawn) {
			t.Errorf("%s: %x, %v", tt.name, got, err)
		}
	}
	if got, _ := DecryptPremaster(seeded(7), rsaKey(), encrypt(pub, good()), spec.TLS12); bytes.Equal(got, drawn) {
		t.Error("a good ciphertext yields the drawn secret")
	}
}

// decrypter stands for a key held elsewhere.
type decrypter struct {
	public crypto.PublicKey
	plain  []byte
	err    error
}

func (d decrypter) Public() crypto.PublicKey { return d.public }
func (d decrypter) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return d.plain, d.err
}

func TestForeignDecrypter(t *testing.T) {
	pub := &rsaKey().PublicKey
	tests := []struct {
		name string
		key  decrypter
	}{
		{"an error", decrypter{pub, nil, errors.New("no")}},
		{"an error beside a secret", decrypter{pub, secretFor(spec.TLS12, 48), errors.New("no")}},
		{"too short", decrypter{pub, secretFor(spec.TLS12, 47), nil}},
		{"nothing", decrypter{pub, nil, nil}},
	}
	drawn := make([]byte, PremasterLen)
	io.ReadFull(seeded(7), drawn)
	for _, tt := range tests {
		if got, err := DecryptPremaster(seeded(7), tt.key, nil, spec.TLS12); err != nil || !bytes.Equal(got, drawn) {
			t.Errorf("%s: %x, %v", tt.name, got, err)
		}
	}
	edwards, _, _ := ed25519.GenerateKey(nil)
	_, err := DecryptPremaster(nil, decrypter{public: edwards}, nil, spec.TLS12)
	wantAlert(t, "a key that is not RSA", err, spec.InternalError)
	_, err = DecryptPremaster(bytes.NewReader(nil), rsaKey(), nil, spec.TLS12)
	wantAlert(t, "no randomness", err, spec.InternalError)
	_, _, err = EncryptPremaster(bytes.NewReader(nil), pub, spec.TLS12)
	wantAlert(t, "no randomness for a client", err, spec.InternalError)
	_, _, err = EncryptPremaster(nil, &rsa.PublicKey{N: new(big.Int).SetBytes(odd(768)), E: 3}, spec.TLS12)
	wantAlert(t, "a key of 768 bits", err, spec.InsufficientSecurity)
}
