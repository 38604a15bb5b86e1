package vectors

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"math/big"
	"strings"
	"testing"
)

// Example shows how a test reads its vectors.
func Example() {
	v := ByName("t-prf-master-secret")
	fmt.Println(v.Source)
	fmt.Printf("%q, %d octets of seed\n", v.Text("label"), len(v.Octets("seed")))
	fmt.Printf("%x…\n", v.Octets("output")[:8])
	// Output:
	// RFC 4851, Appendix B.1
	// "PAC to master secret label hash", 64 octets of seed
	// 4a1a512c0160bc02…
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range All() {
		if seen[v.Name] {
			t.Errorf("two vectors are named %q", v.Name)
		}
		seen[v.Name] = true
		if v.Derived == strings.HasPrefix(v.Source, "RFC") {
			t.Errorf("%s: derived is %v, but its source is %q", v.Name, v.Derived, v.Source)
		}
	}
	if want := 70; len(seen) < want {
		t.Errorf("%d vectors, want at least %d", len(seen), want)
	}
}

// The computations below are written plainly, from the standard library alone,
// so that the vectors are checked before anything is checked against them.

func mac(h func() hash.Hash, key []byte, parts ...[]byte) []byte {
	m := hmac.New(h, key)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

func TestHMAC(t *testing.T) {
	for algorithm, h := range map[string]func() hash.Hash{
		"HMAC-MD5": md5.New, "HMAC-SHA-1": sha1.New, "HMAC-SHA-256": sha256.New, "HMAC-SHA-384": sha512.New384,
	} {
		for _, v := range For(algorithm) {
			want := v.Octets("digest")
			if got := mac(h, v.Octets("key"), v.Octets("data"))[:len(want)]; !bytes.Equal(got, want) {
				t.Errorf("%s: %x, want %x", v.Name, got, want)
			}
		}
	}
}

// tprf is RFC 4851, Section 5.5.
func tprf(secret []byte, label string, seed []byte, n int) []byte {
	s := append(append([]byte(label), 0), seed...)
	var out, block []byte
	for i := byte(1); len(out) < n; i++ {
		block = mac(sha1.New, secret, block, s, binary.BigEndian.AppendUint16(nil, uint16(n)), []byte{i})
		out = append(out, block...)
	}
	return out[:n]
}

func TestTPRF(t *testing.T) {
	for _, v := range For("T-PRF") {
		want := v.Octets("output")
		if got := tprf(v.Octets("secret"), v.Text("label"), v.Octets("seed"), len(want)); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", v.Name, got, want)
		}
	}
	for _, v := range For("T-PRF first block") {
		got := append(append([]byte(v.Text("label")), 0), v.Octets("seed")...)
		got = append(binary.BigEndian.AppendUint16(got, uint16(v.Number("length"))), 1)
		if want := v.Octets("input"); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", v.Name, got, want)
		}
	}
}

// phash is RFC 5246, Section 5.
func phash(h func() hash.Hash, secret, seed []byte, n int) []byte {
	var out []byte
	for a := seed; len(out) < n; {
		a = mac(h, secret, a)
		out = append(out, mac(h, secret, a, seed)...)
	}
	return out[:n]
}

func prf(algorithm string, secret []byte, label string, seed []byte, n int) []byte {
	s := append([]byte(label), seed...)
	switch algorithm {
	case "PRF-SHA256":
		return phash(sha256.New, secret, s, n)
	case "PRF-SHA384":
		return phash(sha512.New384, secret, s, n)
	}
	half := (len(secret) + 1) / 2 // RFC 2246, Section 5
	a, b := phash(md5.New, secret[:half], s, n), phash(sha1.New, secret[len(secret)-half:], s, n)
	for i := range a {
		a[i] ^= b[i]
	}
	return a
}

func TestPRF(t *testing.T) {
	for _, algorithm := range []string{"PRF-MD5-SHA1", "PRF-SHA256", "PRF-SHA384"} {
		for _, v := range For(algorithm) {
			off, want := v.Number("offset"), v.Octets("output")
			got := prf(algorithm, v.Octets("secret"), v.Text("label"), v.Octets("seed"), off+len(want))[off:]
			if !bytes.Equal(got, want) {
				t.Errorf("%s: %x, want %x", v.Name, got, want)
			}
		}
	}
}

func TestSessionKeySeed(t *testing.T) {
	for _, v := range For("session_key_seed") {
		off := 2 * (v.Number("mac_key") + v.Number("key") + v.Number("iv"))
		if off != v.Number("offset") {
			t.Errorf("%s: the lengths give offset %d, not %d", v.Name, off, v.Number("offset"))
		}
		want := append(append(v.Octets("session_key_seed"), v.Octets("server_challenge")...), v.Octets("client_challenge")...)
		seed := append(v.Octets("server_random"), v.Octets("client_random")...)
		got := prf(v.Text("prf"), v.Octets("master_secret"), "key expansion", seed, off+len(want))[off:]
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", v.Name, got, want)
		}
	}
}

func TestCryptoBinding(t *testing.T) {
	for _, v := range For("Crypto-Binding") {
		tlv, want := v.Octets("tlv"), v.Octets("mac")
		if !bytes.Equal(tlv[8:40], v.Octets("nonce")) || !bytes.Equal(tlv[40:], want) {
			t.Errorf("%s: nonce or mac are not those of the TLV", v.Name)
		}
		clear(tlv[40:])
		if got := mac(sha1.New, v.Octets("cmk"), tlv); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", v.Name, got, want)
		}
	}
}

func TestRC4Samples(t *testing.T) {
	for _, v := range For("MSCHAPv2 keys") {
		c, err := rc4.NewCipher(v.Octets("send_session_key"))
		if err != nil {
			t.Fatal(err)
		}
		got := []byte("test message")
		c.XORKeyStream(got, got)
		if want := v.Octets("rc4_test_message"); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", v.Name, got, want)
		}
	}
}

func TestGroup14IsASafePrime(t *testing.T) {
	p := new(big.Int).SetBytes(ByName("group-14").Octets("p"))
	q := new(big.Int).Rsh(p, 1)
	if p.BitLen() != 2048 || !p.ProbablyPrime(4) || !q.ProbablyPrime(4) {
		t.Error("p is not a safe prime of 2048 bits")
	}
}

func TestMalformedFilesAreRefused(t *testing.T) {
	for name, data := range map[string]string{
		"unknown field": `[{"name":"a","algorithm":"b","source":"c","octet":{}}]`,
		"odd digits":    `[{"name":"a","algorithm":"b","source":"c","octets":{"k":"abc"}}]`,
		"no source":     `[{"name":"a","algorithm":"b"}]`,
	} {
		if _, err := parse([]byte(data)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestUnknownFieldPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an unknown field was answered")
		}
	}()
	ByName("group-14").Octets("q")
}
