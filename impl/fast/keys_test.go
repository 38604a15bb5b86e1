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

// FAST-KEY-02, FAST-KEY-03, FAST-KEY-04: from session_key_seed to MSK and EMSK.
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
		})
	}
}

// FAST-TLS-38.
func TestSessionID(t *testing.T) {
	v := vectors.ByName("eap-fast-session-id")
	if got := sessionID(v.Octets("client_random"), v.Octets("server_random")); !bytes.Equal(got, v.Octets("output")) {
		t.Errorf("%x", got)
	}
}

// FAST-CB-01, FAST-CB-03.
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

// FAST-CB-04: each field by itself; a reflected request.
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

// FAST-KEY-01: the offset of session_key_seed and its PRF, by text and as deployed.
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
		})
	}
}
