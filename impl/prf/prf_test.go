package prf

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/mac"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

var names = map[Hash]string{MD5SHA1: "PRF-MD5-SHA1", SHA256: "PRF-SHA256", SHA384: "PRF-SHA384"}

func TestVectors(t *testing.T) {
	var p PRF
	for h, name := range names {
		for _, v := range vectors.For(name) {
			off, want, seed := v.Number("offset"), v.Octets("output"), v.Octets("seed")
			got := make([]byte, off+len(want))
			p.Fill(got, h, v.Octets("secret"), v.Text("label"), seed[:32], seed[32:])
			if !bytes.Equal(got[off:], want) {
				t.Errorf("%s: %x, want %x", v.Name, got[off:], want)
			}
		}
	}
}

// Checks FAST-TLS-13 (must fail: session-secret-of-swapped-randoms).
// Checks FAST-TLS-14 (must fail: t-prf-without-zero-octet, t-prf-without-length).
func TestTPRFVectors(t *testing.T) {
	var p PRF
	for _, v := range vectors.For("T-PRF") {
		want := v.Octets("output")
		got := make([]byte, len(want))
		p.TPRF(got, v.Octets("secret"), v.Text("label"), v.Octets("seed"), nil)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", v.Name, got, want)
		}
	}
	v := vectors.ByName("t-prf-master-secret")
	got, seed := make([]byte, MasterSecretSize), v.Octets("seed")
	if p.SessionSecret(got, v.Octets("secret"), seed[:32], seed[32:]); !bytes.Equal(got, v.Octets("output")) {
		t.Errorf("%s: the master secret is %x", v.Name, got)
	}
}

// TestKeyDerivation runs all of RFC 4851, Appendix B.1.
//
// Checks FAST-TLS-15 (must fail: key-block-of-swapped-randoms).
func TestKeyDerivation(t *testing.T) {
	var p PRF
	for _, v := range vectors.For("EAP-FAST keys") {
		serverRandom, clientRandom := v.Octets("server_random"), v.Octets("client_random")
		check := func(field string, n int, fill func(out []byte)) []byte {
			got := make([]byte, n)
			fill(got)
			if want := v.Octets(field); !bytes.Equal(got, want) {
				t.Errorf("%s: %s: %x, want %x", v.Name, field, got, want)
			}
			return got
		}
		master := check("master_secret", 48, func(out []byte) {
			p.SessionSecret(out, v.Octets("pac_key"), serverRandom, clientRandom)
		})
		block := check("key_block", 112, func(out []byte) {
			p.KeyBlock(out, MD5SHA1, master, serverRandom, clientRandom)
		})
		seed := check("session_key_seed", 40, func(out []byte) { copy(out, block[72:]) })
		imck := check("imck1", 60, func(out []byte) {
			p.TPRF(out, seed, "Inner Methods Compound Keys", v.Octets("isk"), nil)
		})
		check("msk", 64, func(out []byte) { p.TPRF(out, imck[:40], "Session Key Generating Function", nil, nil) })
		check("emsk", 64, func(out []byte) { p.TPRF(out, imck[:40], "Extended Session Key Generating Function", nil, nil) })
	}
}

// The computations below are the RFCs' formulas, written plainly.

func plainMAC(h func() hash.Hash, key []byte, parts ...[]byte) []byte {
	m := hmac.New(h, key)
	for _, part := range parts {
		m.Write(part)
	}
	return m.Sum(nil)
}

func plainExpand(h func() hash.Hash, secret []byte, label string, seed []byte, n int) (out []byte) {
	s := append([]byte(label), seed...)
	for a := s; len(out) < n; {
		a = plainMAC(h, secret, a)
		out = append(out, plainMAC(h, secret, a, s)...)
	}
	return out[:n]
}

func plain(h Hash, secret []byte, label string, seed []byte, n int) []byte {
	switch h {
	case SHA256:
		return plainExpand(sha256.New, secret, label, seed, n)
	case SHA384:
		return plainExpand(sha512.New384, secret, label, seed, n)
	}
	half := (len(secret) + 1) / 2
	out := plainExpand(md5.New, secret[:half], label, seed, n)
	for i, octet := range plainExpand(sha1.New, secret[len(secret)-half:], label, seed, n) {
		out[i] ^= octet
	}
	return out
}

func plainTPRF(secret []byte, label string, seed []byte, n int) (out []byte) {
	s := append(append([]byte(label), 0), seed...)
	for block := []byte(nil); len(out) < n; out = append(out, block...) {
		block = plainMAC(sha1.New, secret, block, s, binary.BigEndian.AppendUint16(nil, uint16(n)), []byte{byte(len(out)/20 + 1)})
	}
	return out[:n]
}

// TestAgainstFormulas compares with the formulas for secrets, labels, seeds and
// outputs of many lengths: every length of secret from 1 to 512 octets is among
// them.
func TestAgainstFormulas(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	octets := func(n int) []byte {
		b := make([]byte, n)
		random.Read(b)
		return b
	}
	upTo := func(n int) int { return int(random.Uint64() % uint64(n+1)) }
	var p PRF
	for n := range 512 {
		secret, label := octets(n+1), string(octets(upTo(40)))
		seed1, seed2, size := octets(upTo(70)), octets(upTo(70)), 1+upTo(200)
		if n%16 == 0 {
			seed2, size = octets(upTo(3000)), 1+upTo(5099)
		}
		seed := append(bytes.Clone(seed1), seed2...)
		got := octets(size) // what was in it must not matter
		for h := range names {
			p.Fill(got, h, secret, label, seed1, seed2)
			if want := plain(h, secret, label, seed, size); !bytes.Equal(got, want) {
				t.Fatalf("%v: secret of %d octets, label %d, seeds %d and %d, output %d: %x, want %x",
					h, len(secret), len(label), len(seed1), len(seed2), size, got, want)
			}
		}
		p.TPRF(got, secret, label, seed1, seed2)
		if want := plainTPRF(secret, label, seed, size); !bytes.Equal(got, want) {
			t.Fatalf("T-PRF: secret of %d octets, label %d, seeds %d and %d, output %d: %x, want %x",
				len(secret), len(label), len(seed1), len(seed2), size, got, want)
		}
	}
}

func TestLongestTPRF(t *testing.T) {
	var p PRF
	out := make([]byte, 5101)
	p.TPRF(out[:5100], []byte("key"), "label", nil, nil)
	if want := plainTPRF([]byte("key"), "label", nil, 5100); !bytes.Equal(out[:5100], want) {
		t.Error("5100 octets are wrong")
	}
	mustPanic(t, "5101 octets", func() { p.TPRF(out, []byte("key"), "label", nil, nil) })
}

// TestDerivations says which label and which order of seeds each derivation
// has; a mistake that both ends share shows here.
//
// Checks TLS-BASE-17 (must fail: finished-labels-swapped).
func TestDerivations(t *testing.T) {
	var p PRF
	client, server := bytes.Repeat([]byte{0xc1}, 32), bytes.Repeat([]byte{0x5e}, 32)
	secret, sum := []byte("a secret of some length"), bytes.Repeat([]byte{7}, 48)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, c := range []struct {
		name  string
		size  int
		label string
		seed  []byte
		fill  func(h Hash, out []byte)
	}{
		{"MasterSecret", 48, "master secret", join(client, server),
			func(h Hash, out []byte) { p.MasterSecret(out, h, secret, client, server) }},
		{"ExtendedMasterSecret", 48, "extended master secret", sum,
			func(h Hash, out []byte) { p.ExtendedMasterSecret(out, h, secret, sum) }},
		{"KeyBlock", 136, "key expansion", join(server, client),
			func(h Hash, out []byte) { p.KeyBlock(out, h, secret, server, client) }},
		{"VerifyData of the client", 12, "client finished", sum,
			func(h Hash, out []byte) { p.VerifyData(out, h, secret, spec.Client, sum) }},
		{"VerifyData of the server", 12, "server finished", sum,
			func(h Hash, out []byte) { p.VerifyData(out, h, secret, spec.Server, sum) }},
		{"Export without context", 20, "EXPORTER", join(client, server),
			func(h Hash, out []byte) { p.Export(out, h, secret, "EXPORTER", client, server, nil) }},
		{"Export with an empty context", 20, "EXPORTER", join(client, server, []byte{0, 0}),
			func(h Hash, out []byte) { p.Export(out, h, secret, "EXPORTER", client, server, []byte{}) }},
		{"Export with a context", 20, "EXPORTER", join(client, server, []byte{0, 3}, []byte("abc")),
			func(h Hash, out []byte) { p.Export(out, h, secret, "EXPORTER", client, server, []byte("abc")) }},
	} {
		for h := range names {
			got := make([]byte, c.size)
			c.fill(h, got)
			if want := plain(h, secret, c.label, c.seed, c.size); !bytes.Equal(got, want) {
				t.Errorf("%s, %v: %x, want %x", c.name, h, got, want)
			}
		}
	}
	mustPanic(t, "a context that is too long", func() {
		p.Export(make([]byte, 1), SHA256, secret, "EXPORTER", client, server, make([]byte, 1<<16))
	})
}

func TestReserved(t *testing.T) {
	for _, label := range []string{
		"client finished", "server finished", "master secret", "key expansion", "extended master secret",
	} {
		if !Reserved(label) {
			t.Errorf("%q is not reserved", label)
		}
	}
	if Reserved("EXPORTER_EAP_TLS_Key_Material") || Reserved("") {
		t.Error("a label of no derivation is reserved")
	}
}

func TestOf(t *testing.T) {
	for _, s := range spec.Suites() {
		want := SHA256
		if bytes.HasSuffix([]byte(s.Name), []byte("SHA384")) {
			want = SHA384
		}
		if got := Of(spec.TLS12, s); got != want {
			t.Errorf("%v: %v, want %v", s.ID, got, want)
		}
		for _, v := range []spec.Version{spec.TLS10, spec.TLS11} {
			if got := Of(v, s); got != MD5SHA1 {
				t.Errorf("%v under %v: %v", s.ID, v, got)
			}
		}
	}
}

func TestHashNames(t *testing.T) {
	got := fmt.Sprint(MD5SHA1, SHA256, SHA384, Hash(0), MD5SHA1.Size(), SHA256.Size(), SHA384.Size(), Hash(9).Size())
	if want := "MD5-SHA1 SHA256 SHA384 Hash(0) 36 32 48 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestUnknownHashPanics(t *testing.T) {
	mustPanic(t, "Fill", func() { new(PRF).Fill(make([]byte, 1), 0, nil, "", nil, nil) })
	mustPanic(t, "Choose", func() { new(Transcript).Choose(9) })
}

// TestSetSecret: a secret that was set serves until another one is given, and
// is not mistaken for that.
func TestSetSecret(t *testing.T) {
	secret, seed := []byte("a secret"), []byte("seed")
	for h := range names {
		var p PRF
		out := make([]byte, 60)
		p.SetSecret(h, secret)
		for _, label := range []string{"one", "two"} {
			p.Expand(out, label, seed, nil)
			if want := plain(h, secret, label, seed, len(out)); !bytes.Equal(out, want) {
				t.Errorf("%v, %s: got %x, want %x", h, label, out, want)
			}
		}
		for name, other := range map[string]func(){
			"Fill":     func() { p.Fill(out, h, []byte("other"), "l", nil, nil) },
			"TPRF":     func() { p.TPRF(out, []byte("other"), "l", nil, nil) },
			"Wipe":     func() { p.Wipe() },
			"KeyBlock": func() { p.KeyBlock(out, h, []byte("other"), seed, seed) },
		} {
			p.SetSecret(h, secret)
			other()
			mustPanic(t, "Expand after "+name, func() { p.Expand(out, "l", nil, nil) })
		}
	}
}

func TestWipe(t *testing.T) {
	var p PRF
	out := make([]byte, 64)
	for h := range names {
		p.Fill(out, h, bytes.Repeat([]byte{0xee}, 48), "label", out[:32], out[32:])
	}
	p.Export(out, SHA256, out[:48], "label", out[:32], out[32:], nil)
	p.Wipe()
	if fresh := (PRF{mac: p.mac, sha1: p.sha1}); p != fresh {
		t.Error("something is left")
	}
	// What Wipe does to the MAC is its own package's affair; that it is done is ours.
	for _, m := range []*mac.HMAC{&p.mac, p.sha1} {
		if key := reflect.ValueOf(m).Elem().FieldByName("inner"); !key.IsZero() {
			t.Error("a key is left")
		}
	}
	p.Fill(out, SHA256, []byte("s"), "l", nil, nil)
	if want := plain(SHA256, []byte("s"), "l", nil, 64); !bytes.Equal(out, want) {
		t.Error("a wiped PRF computes something else")
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}
