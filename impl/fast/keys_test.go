package fast

import (
	"bytes"
	"crypto"
	"errors"
	"testing"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// From session_key_seed to MSK and EMSK, and on to a second inner method.
//
// Checks FAST-KEY-02 (must fail: chain-with-another-label, chain-forgets-the-first).
// Checks FAST-KEY-03 (must fail: inner-key-cut-short).
// Checks FAST-KEY-04 (must fail: msk-of-another-label).
func TestKeySchedule(t *testing.T) {
	for _, v := range vectors.For("EAP-FAST keys") {
		t.Run(v.Name, func(t *testing.T) {
			var p prf.PRF
			var c chain
			c.begin(v.Octets("session_key_seed"))
			c.add(&p, [iskSize]byte(v.Octets("isk")))
			msk, emsk := c.sessionKeys(&p)
			for name, got := range map[string][]byte{"s_imck1": c.simck[:], "cmk1": c.cmk[:], "msk": msk, "emsk": emsk} {
				if want := v.Octets(name); !bytes.Equal(got, want) {
					t.Errorf("%s is %x, want %x", name, got, want)
				}
			}
			second := vectors.ByName("t-prf-imck-2")
			c.add(&p, [iskSize]byte(second.Octets("seed")))
			if got, want := append(c.simck[:], c.cmk[:]...), second.Octets("output"); !bytes.Equal(got, want) {
				t.Errorf("IMCK[2] is %x, want %x", got, want)
			}
		})
	}
}

// Checks FAST-TLS-38 (must fail: session-id-the-other-way-round).
func TestSessionID(t *testing.T) {
	v := vectors.ByName("eap-fast-session-id")
	if got := sessionID(v.Octets("client_random"), v.Octets("server_random")); !bytes.Equal(got, v.Octets("output")) {
		t.Errorf("%x", got)
	}
}

// Checks FAST-CB-01 (must fail: compound-mac-without-header).
// Checks FAST-CB-03 (must fail: response-nonce-plus-one).
func TestBindingVectors(t *testing.T) {
	request := vectors.ByName("eap-fast-crypto-binding-request")
	for _, v := range vectors.For("Crypto-Binding") {
		t.Run(v.Name, func(t *testing.T) {
			tlv := v.Octets("tlv")
			m, err := ParseMessage(tlv)
			if err != nil {
				t.Fatal(err)
			}
			cmk := [cmkSize]byte(v.Octets("cmk"))
			b := *m.Binding
			b.MAC = [20]byte{}
			if got := b.appendTLV(nil, &cmk); !bytes.Equal(got, tlv) {
				t.Errorf("built %x, want %x", got, tlv)
			}
			var nonce *[32]byte
			if b.Subtype == bindingResponse {
				n := [32]byte(request.Octets("nonce"))
				nonce = &n
			}
			if err := m.Binding.check(m.BindingTLV, &cmk, b.Subtype, 1, nonce); err != nil {
				t.Error(err)
			}
		})
	}
}

// Each field by itself; a reflected request.
//
// Checks FAST-CB-04 (must fail: any-direction, any-nonce, rollback-unnoticed, compound-mac-unchecked).
func TestBindingCheckFinds(t *testing.T) {
	var cmk [cmkSize]byte
	request := Binding{Version: 1, Received: 1}
	request.Nonce[0] = 7
	response := Binding{Version: 1, Received: 1, Subtype: bindingResponse, Nonce: responseNonce(request.Nonce)}
	verify := func(b Binding, flip int) error {
		tlv := b.appendTLV(nil, &cmk)
		if flip >= 0 {
			tlv[flip] ^= 1
		}
		m, err := ParseMessage(tlv)
		if err != nil || m.Binding == nil {
			return ErrBinding
		}
		return m.Binding.check(m.BindingTLV, &cmk, bindingResponse, 1, &request.Nonce)
	}
	if err := verify(response, -1); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Binding){
		"version":           func(b *Binding) { b.Version = 2 },
		"received version":  func(b *Binding) { b.Received = 2 },
		"subtype":           func(b *Binding) { b.Subtype = bindingRequest },
		"nonce":             func(b *Binding) { b.Nonce[0]++ },
		"nonce bit":         func(b *Binding) { b.Nonce[31] ^= 1 },
		"reflected request": func(b *Binding) { *b = request },
	} {
		b := response
		change(&b)
		if err := verify(b, -1); !errors.Is(err, ErrBinding) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range headerSize + bindingSize {
		if err := verify(response, i); !errors.Is(err, ErrBinding) {
			t.Errorf("octet %d flipped: %v", i, err)
		}
	}
	other := [cmkSize]byte{1}
	tlv := response.appendTLV(nil, &other)
	m, _ := ParseMessage(tlv)
	if err := m.Binding.check(m.BindingTLV, &cmk, bindingResponse, 1, &request.Nonce); err == nil {
		t.Error("another tunnel's binding holds")
	}
}

// The offset of session_key_seed and its PRF, by text and as deployed, and what
// is there.
//
// Checks FAST-KEY-01 (must fail: seed-of-another-place).
// Checks FAST-PAC-27 (must fail: seed-of-another-place).
func TestSeedPlace(t *testing.T) {
	for name, c := range map[string]struct {
		version     spec.Version
		suite       spec.SuiteID
		deployed    int
		text        int
		sha256Quirk bool
	}{
		"session-key-seed-tls10-aes128-cbc-sha":    {spec.TLS10, 0x002f, 104, 104, false},
		"session-key-seed-tls11-aes128-cbc-sha":    {spec.TLS11, 0x002f, 104, 72, false},
		"session-key-seed-tls12-aes128-cbc-sha":    {spec.TLS12, 0x002f, 104, 72, true},
		"session-key-seed-tls12-aes128-gcm-sha256": {spec.TLS12, 0xc02f, 40, 40, true},
		"session-key-seed-tls12-aes256-gcm-sha384": {spec.TLS12, 0xc030, 72, 72, true},
		"chacha20": {spec.TLS12, 0xcca8, 88, 88, true},
	} {
		t.Run(name, func(t *testing.T) {
			suite, _ := spec.SuiteByID(c.suite)
			offset, h := Quirks{}.seedPlace(c.version, suite)
			if offset != c.deployed || (h == crypto.SHA256) != c.sha256Quirk {
				t.Errorf("deployed: %d, %v", offset, h)
			}
			if offset, h := RFC.seedPlace(c.version, suite); offset != c.text || h != 0 {
				t.Errorf("text: %d, %v", offset, h)
			}
			for practice, q := range map[string]Quirks{"": {}, "-deployed": {}, "-rfc": RFC} {
				if v, ok := vectorNamed(name + practice); ok {
					checkSeed(t, v, q, c.version, suite)
				}
			}
		})
	}
}

func vectorNamed(name string) (vectors.Vector, bool) {
	for _, v := range vectors.All() {
		if v.Name == name {
			return v, true
		}
	}
	return vectors.Vector{}, false
}

// checkSeed derives what is behind TLS's own keys: the seed and the challenges
// of MSCHAPv2.
func checkSeed(t *testing.T, v vectors.Vector, q Quirks, version spec.Version, suite spec.Suite) {
	t.Helper()
	offset, h := q.seedPlace(version, suite)
	hash := prf.Of(version, suite)
	if h == crypto.SHA256 {
		hash = prf.SHA256
	}
	block := make([]byte, offset+72)
	new(prf.PRF).KeyBlock(block, hash, v.Octets("master_secret"), v.Octets("server_random"), v.Octets("client_random"))
	for field, got := range map[string][]byte{
		"session_key_seed": block[offset : offset+40], "server_challenge": block[offset+40 : offset+56], "client_challenge": block[offset+56:],
	} {
		if want := v.Octets(field); !bytes.Equal(got, want) {
			t.Errorf("%s: %s is %x, want %x", v.Name, field, got, want)
		}
	}
}
