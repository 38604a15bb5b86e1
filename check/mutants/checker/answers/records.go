package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
	"golang.org/x/crypto/chacha20poly1305"
)

// protection is one way to protect records.
type protection struct {
	version spec.Version
	suite   spec.SuiteID
	etm     bool
}

func (p protection) String() string {
	return fmt.Sprintf("%v, %v, encrypt-then-MAC %v", p.version, p.suite, p.etm)
}

var protections = []protection{
	{spec.TLS10, 0x002f, false}, {spec.TLS10, 0x0035, true}, {spec.TLS11, 0x002f, false}, {spec.TLS12, 0x0035, true},
	{spec.TLS12, 0x003c, false}, {spec.TLS12, 0xc028, false}, {spec.TLS12, 0xc028, true},
	{spec.TLS12, 0x009c, false}, {spec.TLS12, 0x009d, false}, {spec.TLS12, 0xcca8, false},
}

// direction seals and opens by the RFCs' formulas.
type direction struct {
	protection
	spec.Suite
	keys record.Keys
	seq  uint64
	last []byte // the last block that was sealed, under TLS 1.0
}

// split cuts a key block (RFC 5246, Section 6.3), and returns the client's part.
func (p protection) split(block []byte) (d direction) {
	s, _ := spec.SuiteByID(p.suite)
	iv := s.FixedIV
	if !s.Cipher.AEAD() && p.version > spec.TLS10 {
		iv = 0
	}
	macs, keys := block[:2*s.MACKey], block[2*s.MACKey:]
	d = direction{protection: p, Suite: s, keys: record.Keys{MAC: macs[:s.MACKey], Key: keys[:s.Key], IV: keys[2*s.Key : 2*s.Key+iv]}}
	d.last = d.keys.IV
	return d
}

// seal returns the next record. A CBC record's explicit IV is given; its
// padding is as long as asked, and its last-but-one octet as wrong.
func (d *direction) seal(t spec.ContentType, data, iv []byte, padding int, wrong byte) []byte {
	body := d.aead(t, data)
	if body == nil {
		body = d.cbc(t, data, iv, padding, wrong)
	}
	d.seq++
	header := []byte{byte(t), byte(d.version >> 8), byte(d.version), byte(len(body) >> 8), byte(len(body))}
	return append(header, body...)
}

func (d *direction) aead(t spec.ContentType, data []byte) []byte {
	number := associated(d.seq, t, d.version, len(data))[:8]
	switch d.Cipher {
	case spec.AES128GCM, spec.AES256GCM: // RFC 5288, Section 3
		aead, err := cipher.NewGCM(d.block())
		must(err)
		return aead.Seal(bytes.Clone(number), append(bytes.Clone(d.keys.IV), number...), data, associated(d.seq, t, d.version, len(data)))
	case spec.ChaCha20Poly1305: // RFC 7905, Section 2
		nonce := bytes.Clone(d.keys.IV)
		for i, octet := range number {
			nonce[4+i] ^= octet
		}
		aead, err := chacha20poly1305.New(d.keys.Key)
		must(err)
		return aead.Seal(nil, nonce, data, associated(d.seq, t, d.version, len(data)))
	}
	return nil
}

// cbc: RFC 5246, Section 6.2.3.2; RFC 7366, Section 3.
func (d *direction) cbc(t spec.ContentType, data, iv []byte, padding int, wrong byte) []byte {
	h := map[spec.Hash]func() hash.Hash{spec.SHA1: sha1.New, spec.SHA256: sha256.New, spec.SHA384: sha512.New384}[d.MAC]
	plain := bytes.Clone(data)
	if !d.etm {
		plain = append(plain, mac(h, d.keys.MAC, associated(d.seq, t, d.version, len(data)), data)...)
	}
	n := aes.BlockSize - len(plain)%aes.BlockSize + padding*aes.BlockSize
	plain = append(plain, bytes.Repeat([]byte{byte(n - 1)}, n)...)
	if n > 1 {
		plain[len(plain)-2] ^= wrong
	}
	out := bytes.Clone(iv)
	if d.version == spec.TLS10 {
		iv, out = d.last, nil
	}
	cipher.NewCBCEncrypter(d.block(), iv).CryptBlocks(plain, plain)
	d.last = plain[len(plain)-aes.BlockSize:]
	if out = append(out, plain...); d.etm {
		out = append(out, mac(h, d.keys.MAC, associated(d.seq, t, d.version, len(out)), out)...)
	}
	return out
}

func (d *direction) block() cipher.Block {
	b, err := aes.NewCipher(d.keys.Key)
	must(err)
	return b
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// records holds sealing and opening against the formulas.
func records() error {
	for _, p := range protections {
		for _, f := range []func(protection) error{sealed, opened, refused} {
			if err := f(p); err != nil {
				return fmt.Errorf("%v: %w", p, err)
			}
		}
	}
	return nil
}

// halves returns the client's direction three times: by the formulas, and ours
// for writing and reading.
func (p protection) halves() (plain direction, w, r *record.Half) {
	s, _ := spec.SuiteByID(p.suite)
	block := numbered(11, record.KeyBlockSize(p.version, s))
	client, _ := record.SplitKeyBlock(block, p.version, s)
	w, r = new(record.Half), new(record.Half)
	must(w.PrepareWrite(p.version, s, client, p.etm))
	must(r.PrepareRead(p.version, s, client, p.etm))
	must(w.Activate())
	must(r.Activate())
	return p.split(block), w, r
}

// lengths of data that end in all ways in a block, and one of many blocks.
var lengths = []int{0, 1, 11, 12, 15, 16, 17, 31, 32, 300, record.MaxPlaintext}

func sealed(p protection) error {
	plain, w, _ := p.halves()
	for _, n := range lengths {
		iv := numbered(byte(n), aes.BlockSize)
		w.Rand = bytes.NewReader(iv)
		got, err := w.Seal(nil, spec.ContentApplicationData, numbered(17, n))
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("%d octets sealed", n), got, plain.seal(spec.ContentApplicationData, numbered(17, n), iv, 0, 0)); err != nil {
			return err
		}
	}
	return nil
}

func opened(p protection) error {
	plain, _, r := p.halves()
	for i, n := range lengths {
		padding := i % 15 // as long as it may be (RFC 5246, Section 6.2.3.2)
		if n == record.MaxPlaintext {
			padding = 0
		}
		in := plain.seal(spec.ContentHandshake, numbered(17, n), numbered(byte(n), aes.BlockSize), padding, 0)
		t, got, _, err := r.Open(in)
		if err != nil || t != spec.ContentHandshake {
			return fmt.Errorf("%d octets with a long padding: type %d: %w", n, t, err)
		}
		if err := same(fmt.Sprintf("%d octets opened", n), got, numbered(17, n)); err != nil {
			return err
		}
	}
	return nil
}

// refused changes a good record in every way that must be found.
func refused(p protection) error {
	const n = 40
	good := func(skip uint64, padding int, wrong byte) []byte {
		plain, _, _ := p.halves()
		plain.seq = skip
		return plain.seal(spec.ContentApplicationData, numbered(17, n), numbered(3, aes.BlockSize), padding, wrong)
	}
	all := map[string][]byte{"the second record first": good(1, 0, 0)}
	for i := range good(0, 0, 0) {
		if i != 3 && i != 4 { // the length: another one is another record, or waits
			changed := good(0, 0, 0)
			changed[i] ^= 4
			all[fmt.Sprintf("octet %d changed", i)] = changed
		}
	}
	if s, _ := spec.SuiteByID(p.suite); !s.Cipher.AEAD() {
		all["a wrong padding"] = good(0, 2, 1)
	}
	for what, in := range all {
		_, _, r := p.halves()
		if _, data, _, err := r.Open(in); err == nil {
			return fmt.Errorf("%s: opened to %x", what, data)
		}
	}
	plain, _, r := p.halves()
	if _, _, _, err := r.Open(plain.seal(spec.ContentApplicationData, numbered(17, record.MaxPlaintext+1), numbered(3, aes.BlockSize), 0, 0)); err == nil {
		return fmt.Errorf("a record of more than 2^14 octets is opened")
	}
	twice := good(0, 0, 0)
	_, _, r = p.halves()
	if _, _, _, err := r.Open(bytes.Clone(twice)); err != nil {
		return err
	}
	if _, _, _, err := r.Open(twice); err == nil {
		return fmt.Errorf("a record is opened twice")
	}
	return nil
}
