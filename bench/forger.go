package bench

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"math/rand/v2"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// forger makes the first record of a connection under one protection, good or
// bad.
type forger struct {
	suite spec.Suite
	etm   bool
	keys  record.Keys
	half  record.Half
}

// name is the protection's.
func (f *forger) name() string {
	switch {
	case f.suite.Cipher.AEAD():
		return f.suite.Cipher.String()
	case f.etm:
		return fmt.Sprintf("%v %v, encrypt-then-MAC", f.suite.Cipher, f.suite.MAC)
	}
	return fmt.Sprintf("%v %v", f.suite.Cipher, f.suite.MAC)
}

// What is in a record: so many octets, of a plaintext in whole blocks.
const forgedSize = 512

// pairs are the classes that must not be told apart.
func (f *forger) pairs() []pair {
	spoil := func(seal func(*rand.Rand) []byte, from int) func(*rand.Rand) []byte {
		return func(r *rand.Rand) []byte {
			b := seal(r)
			b[(from+len(b))%len(b)] ^= 1 << r.IntN(8)
			return b
		}
	}
	if f.suite.Cipher.AEAD() {
		return []pair{
			{"first and last octet of the tag wrong", [2]func(*rand.Rand) []byte{spoil(f.sealAEAD, -16), spoil(f.sealAEAD, -1)}, false},
			{"first and last octet of the text wrong", [2]func(*rand.Rand) []byte{spoil(f.sealAEAD, -16-forgedSize), spoil(f.sealAEAD, -17)}, false},
		}
	}
	cbc := func(pad int, spoilt string) func(*rand.Rand) []byte {
		return func(r *rand.Rand) []byte { return f.sealCBC(r, pad, spoilt) }
	}
	size := f.newMAC().Size()
	least, most := 0, 255 // the plaintext has forgedSize octets, whatever the padding
	if f.etm {
		return []pair{
			{"first and last octet of the MAC wrong", [2]func(*rand.Rand) []byte{spoil(cbc(least, ""), -size), spoil(cbc(least, ""), -1)}, false},
			{"opens: shortest and longest padding", [2]func(*rand.Rand) []byte{cbc(least, ""), cbc(most, "")}, true},
		}
	}
	return []pair{
		{"wrong MAC: shortest and longest padding", [2]func(*rand.Rand) []byte{cbc(least, "MAC"), cbc(most, "MAC")}, false},
		{"wrong MAC, and wrong padding", [2]func(*rand.Rand) []byte{cbc(least, "MAC"), cbc(most, "padding")}, false},
		{"opens: shortest and longest padding", [2]func(*rand.Rand) []byte{cbc(least, ""), cbc(most, "")}, true},
	}
}

func (f *forger) newMAC() hash.Hash {
	h := map[spec.Hash]func() hash.Hash{spec.SHA1: sha1.New, spec.SHA256: sha256.New, spec.SHA384: sha512.New384}[f.suite.MAC]
	return hmac.New(h, f.keys.MAC)
}

// additional is what authenticates beside the text (RFC 5246, Section 6.2.3.3).
func additional(n int) []byte {
	b := make([]byte, 8, 13)
	b = append(b, byte(spec.ContentApplicationData), 3, 3)
	return binary.BigEndian.AppendUint16(b, uint16(n))
}

func header(n int) []byte { return additional(n)[8:] }

func octets(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func (f *forger) sealAEAD(r *rand.Rand) []byte {
	text := octets(r, forgedSize)
	if f.suite.Cipher == spec.ChaCha20Poly1305 {
		aead, err := chacha20poly1305.New(f.keys.Key)
		if err != nil {
			panic(err) // the key has 32 octets
		}
		return aead.Seal(header(len(text)+aead.Overhead()), f.keys.IV, text, additional(len(text))) // RFC 7905: record 0
	}
	aead := newGCM(f.keys.Key)
	out := append(header(8+len(text)+aead.Overhead()), make([]byte, 8)...)
	return aead.Seal(out, append(append([]byte(nil), f.keys.IV...), make([]byte, 8)...), text, additional(len(text)))
}

// sealCBC makes a record with so much padding, in which the MAC or the padding
// is wrong, or nothing.
func (f *forger) sealCBC(r *rand.Rand, pad int, spoilt string) []byte {
	mac := f.newMAC()
	n := forgedSize - pad - 1
	if !f.etm {
		n -= mac.Size()
	}
	plain := octets(r, n)
	if !f.etm {
		mac.Write(additional(n))
		mac.Write(plain)
		plain = mac.Sum(plain)
	}
	if spoilt == "MAC" {
		plain[n] ^= 1
	}
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad+1)...)
	if spoilt == "padding" {
		plain[len(plain)-2] ^= 1
	}
	body := append(octets(r, aes.BlockSize), plain...)
	block, err := aes.NewCipher(f.keys.Key)
	if err != nil {
		panic(err) // the key is one of AES
	}
	cipher.NewCBCEncrypter(block, body[:aes.BlockSize]).CryptBlocks(body[aes.BlockSize:], plain)
	if f.etm {
		mac.Write(additional(len(body)))
		mac.Write(body)
		body = mac.Sum(body)
	}
	return append(header(len(body)), body...)
}

// leak opens a record of MAC-then-encrypt as one should not: it looks at the
// MAC only where the padding is right, and for only as long as it takes.
func (f *forger) leak(in []byte) (time.Duration, bool, error) {
	block, err := aes.NewCipher(f.keys.Key)
	if err != nil {
		return 0, false, err
	}
	body := in[record.HeaderSize:]
	mode, mac := cipher.NewCBCDecrypter(block, body[:aes.BlockSize]), f.newMAC()
	start := time.Now()
	plain := body[aes.BlockSize:]
	mode.CryptBlocks(plain, plain)
	pad := int(plain[len(plain)-1])
	for _, octet := range plain[len(plain)-pad-1:] {
		if int(octet) != pad {
			return time.Since(start), false, nil
		}
	}
	n := len(plain) - pad - 1 - mac.Size()
	mac.Write(additional(n))
	mac.Write(plain[:n])
	good := bytes.Equal(mac.Sum(nil), plain[n:n+mac.Size()])
	return time.Since(start), good, nil
}
