package record

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
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
	"golang.org/x/crypto/chacha20poly1305"
)

// protection is one way to protect records: a suite, a version and
// encrypt-then-MAC or not.
type protection struct {
	suite   spec.Suite
	version spec.Version
	etm     bool
}

func (p protection) String() string {
	name := fmt.Sprintf("%v %v", p.version, p.suite.ID)
	if p.etm {
		name += " encrypt-then-MAC"
	}
	return name
}

func (p protection) cbc() bool     { return !p.suite.Cipher.AEAD() }
func (p protection) chained() bool { return p.cbc() && p.version == spec.TLS10 }

// protections returns every way: all suites under all of their versions.
func protections() (all []protection) {
	for _, s := range spec.Suites() {
		for v := s.MinVersion; v <= spec.TLS12; v++ {
			all = append(all, protection{s, v, false})
			if !s.Cipher.AEAD() {
				all = append(all, protection{s, v, true})
			}
		}
	}
	return all
}

// distinct returns the ways that differ in what the record layer does: one
// suite for each cipher and MAC.
func distinct() (all []protection) {
	seen := map[string]bool{}
	for _, p := range protections() {
		key := fmt.Sprint(p.suite.Cipher, p.suite.MAC, p.version, p.etm)
		if !seen[key] {
			seen[key] = true
			all = append(all, p)
		}
	}
	return all
}

// testKeys returns keys that differ in every octet.
func testKeys(p protection) Keys {
	block := make([]byte, KeyBlockSize(p.version, p.suite))
	for i := range block {
		block[i] = byte(0x40 + i)
	}
	client, _ := SplitKeyBlock(block, p.version, p.suite)
	return client
}

// reference is the record layer written plainly, after the RFCs' formulas and
// without regard to time. It holds a direction's state: the sequence number and
// TLS 1.0's IV.
type reference struct {
	protection
	keys Keys
	seq  uint64
	iv   []byte
}

func newReference(p protection) *reference {
	k := testKeys(p)
	return &reference{protection: p, keys: k, iv: slices.Clone(k.IV)}
}

func (r *reference) header(t spec.ContentType, n int) []byte {
	h := []byte{byte(t)}
	h = binary.BigEndian.AppendUint16(h, uint16(r.version))
	return binary.BigEndian.AppendUint16(h, uint16(n))
}

// additional is seq_num + type + version + length (RFC 5246, Section 6.2.3.3).
func (r *reference) additional(t spec.ContentType, n int) []byte {
	return append(binary.BigEndian.AppendUint64(nil, r.seq), r.header(t, n)...)
}

func (r *reference) mac(parts ...[]byte) []byte {
	m := hmac.New(map[spec.Hash]func() hash.Hash{
		spec.SHA1: sha1.New, spec.SHA256: sha256.New, spec.SHA384: sha512.New384,
	}[r.suite.MAC], r.keys.MAC)
	for _, part := range parts {
		m.Write(part)
	}
	return m.Sum(nil)
}

func (r *reference) aead() cipher.AEAD {
	if r.suite.Cipher == spec.ChaCha20Poly1305 {
		a, err := chacha20poly1305.New(r.keys.Key)
		return must(a, err)
	}
	a, err := cipher.NewGCM(r.aes())
	return must(a, err)
}

func (r *reference) aes() cipher.Block {
	b, err := aes.NewCipher(r.keys.Key)
	return must(b, err)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// nonce returns the AEAD nonce and what of it is sent.
func (r *reference) nonce() (nonce, sent []byte) {
	seq := binary.BigEndian.AppendUint64(nil, r.seq)
	if r.suite.Cipher != spec.ChaCha20Poly1305 {
		return append(slices.Clone(r.keys.IV), seq...), seq // RFC 5288, Section 3
	}
	nonce = append(make([]byte, 4), seq...) // RFC 7905, Section 2
	for i, octet := range r.keys.IV {
		nonce[i] ^= octet
	}
	return nonce, nil
}

// seal makes one record. For CBC, explicit is its IV and pad the padding length
// octet's value: -1 for the least.
func (r *reference) seal(t spec.ContentType, data, explicit []byte, pad int) []byte {
	if !r.cbc() {
		nonce, sent := r.nonce()
		sealed := r.aead().Seal(nil, nonce, data, r.additional(t, len(data)))
		r.seq++
		return slices.Concat(r.header(t, len(sent)+len(sealed)), sent, sealed)
	}
	plain := slices.Clone(data)
	if !r.etm {
		plain = append(plain, r.mac(r.additional(t, len(data)), data)...)
	}
	if pad < 0 {
		pad = 15 - len(plain)%16
	}
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad+1)...)
	return r.sealPlain(t, plain, explicit)
}

// sealPlain encrypts what it is given, whole blocks, as the inside of a CBC record.
func (r *reference) sealPlain(t spec.ContentType, plain, explicit []byte) []byte {
	iv := r.iv
	if !r.chained() {
		iv = explicit
	}
	sealed := make([]byte, len(plain))
	cipher.NewCBCEncrypter(r.aes(), iv).CryptBlocks(sealed, plain)
	if r.chained() {
		r.iv = sealed[len(sealed)-16:]
	} else {
		sealed = append(slices.Clone(explicit), sealed...)
	}
	if r.etm {
		sealed = append(sealed, r.mac(r.additional(t, len(sealed)), sealed)...) // RFC 7366, Section 3
	}
	r.seq++
	return append(r.header(t, len(sealed)), sealed...)
}

// openPlain says what the inside of a CBC record under MAC-then-encrypt holds,
// and false if padding or MAC are wrong.
func (r *reference) openPlain(t spec.ContentType, plain []byte) ([]byte, bool) {
	size := r.suite.MACKey
	pad := int(plain[len(plain)-1])
	n := len(plain) - 1 - pad - size
	if n < 0 || !bytes.Equal(plain[len(plain)-1-pad:], bytes.Repeat([]byte{byte(pad)}, pad+1)) {
		return nil, false
	}
	return plain[:n], bytes.Equal(plain[n:n+size], r.mac(r.additional(t, n), plain[:n]))
}

// counting is a Rand whose octets count up.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(*c)
		*c++
	}
	return len(p), nil
}

func newWriter(t testing.TB, p protection) *Half {
	t.Helper()
	return writerWith(t, p, testKeys(p))
}

func writerWith(t testing.TB, p protection, k Keys) *Half {
	t.Helper()
	h := &Half{Rand: new(counting)}
	return activate(t, h, h.PrepareWrite(p.version, p.suite, k, p.etm))
}

func newReader(t testing.TB, p protection) *Half {
	t.Helper()
	return readerWith(t, p, testKeys(p))
}

func readerWith(t testing.TB, p protection, k Keys) *Half {
	t.Helper()
	h := new(Half)
	return activate(t, h, h.PrepareRead(p.version, p.suite, k, p.etm))
}

func activate(t testing.TB, h *Half, err error) *Half {
	t.Helper()
	if err == nil {
		err = h.Activate()
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// text returns n octets.
func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*31 + i>>8)
	}
	return b
}

// alertOf returns the alert of an error, and none for nil.
func alertOf(t testing.TB, err error) spec.AlertDescription {
	t.Helper()
	if err == nil {
		return spec.AlertNone
	}
	e, ok := err.(*Error)
	if !ok || e.Reason == "" || e.Section == "" {
		t.Fatalf("not a whole record.Error: %#v", err)
	}
	return e.Alert
}
