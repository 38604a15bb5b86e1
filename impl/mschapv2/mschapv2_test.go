package mschapv2

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/sesame-tls/sesame/spec/vectors"
)

func exchange(v vectors.Vector) *Exchange {
	return &Exchange{
		Authenticator: [16]byte(v.Octets("authenticator_challenge")),
		Peer:          [16]byte(v.Octets("peer_challenge")),
		User:          v.Text("user_name"),
	}
}

// RFC 2759, Section 9.2.
//
// Checks FAST-INN-07 (must fail: challenge-hash-the-other-way-round, proof-of-another-constant).
func TestResponses(t *testing.T) {
	for _, v := range vectors.For("MSCHAPv2") {
		h, err := HashPassword(v.Text("password"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(h[:], v.Octets("password_hash")) {
			t.Errorf("%s: password hash %x", v.Name, h)
		}
		x := exchange(v)
		if c := x.challenge(); !bytes.Equal(c[:], v.Octets("challenge")) {
			t.Errorf("%s: challenge hash %x", v.Name, c)
		}
		r := h.Respond(x)
		if !bytes.Equal(r[:], v.Octets("nt_response")) {
			t.Errorf("%s: NT-Response %x", v.Name, r)
		}
		if !h.Verify(x, r) {
			t.Errorf("%s: the right response does not verify", v.Name)
		}
		want := v.Text("authenticator_response")
		if got := h.AuthenticatorResponse(x, r); got != want {
			t.Errorf("%s: authenticator response %s", v.Name, got)
		}
		for _, message := range []string{want, want + " M=welcome"} {
			if !h.Authenticates(x, r, message) {
				t.Errorf("%s: %q is refused", v.Name, message)
			}
		}
		for _, message := range []string{"", want[:41], want + "0", "S=" + want[3:] + "0", " " + want} {
			if h.Authenticates(x, r, message) {
				t.Errorf("%s: %q is taken", v.Name, message)
			}
		}
	}
}

// Each input of the response matters: one flipped bit of any of them fails.
//
// Checks FAST-INN-07 (must fail: domain-hashed).
func TestVerifyRefuses(t *testing.T) {
	v := vectors.For("MSCHAPv2")[0]
	h, _ := HashPassword(v.Text("password"))
	right := *exchange(v)
	response := h.Respond(&right)
	domain := right
	domain.User = `REALM\` + right.User
	if !h.Verify(&domain, response) {
		t.Error("the domain before the user name is hashed (RFC 2759, Section 4)")
	}
	tests := map[string]func(h *Hash, x *Exchange, r *[24]byte){
		"response":      func(_ *Hash, _ *Exchange, r *[24]byte) { r[23] ^= 1 },
		"password":      func(h *Hash, _ *Exchange, _ *[24]byte) { h[0] ^= 2 },
		"authenticator": func(_ *Hash, x *Exchange, _ *[24]byte) { x.Authenticator[15] ^= 1 },
		"peer":          func(_ *Hash, x *Exchange, _ *[24]byte) { x.Peer[0] ^= 1 },
		"user":          func(_ *Hash, x *Exchange, _ *[24]byte) { x.User += "x" },
	}
	for name, change := range tests {
		h, x, r := h, right, response
		change(&h, &x, &r)
		if h.Verify(&x, r) {
			t.Errorf("a changed %s still verifies", name)
		}
	}
}

// RFC 2759, Section 9.3.
func TestDESKeys(t *testing.T) {
	for _, v := range vectors.For("DES parity") {
		h, err := HashPassword(v.Text("password"))
		if err != nil || !bytes.Equal(h[:], v.Octets("password_hash")) {
			t.Errorf("%s: password hash %x, %v", v.Name, h, err)
		}
		for _, n := range []string{"1", "2"} {
			got := desKey([7]byte(v.Octets("raw_key" + n)))
			if !bytes.Equal(got[:], v.Octets("parity_key"+n)) {
				t.Errorf("%s: key %s is %x", v.Name, n, got)
			}
		}
	}
}

// RFC 3079, Section 3.5.3, and the order of RFC 5422, Section 3.2.3.
//
// Checks FAST-INN-06 (must fail: inner-key-the-other-way-round).
func TestKeys(t *testing.T) {
	for _, v := range vectors.For("MSCHAPv2 keys") {
		h, _ := HashPassword(v.Text("password"))
		master := h.MasterKey([24]byte(v.Octets("nt_response")))
		if !bytes.Equal(master[:], v.Octets("master_key")) {
			t.Errorf("%s: master key %x", v.Name, master)
		}
		want := v.Octets("send_start_key")
		if got := ServerSendKey(master); !bytes.Equal(got[:len(want)], want) {
			t.Errorf("%s: send key %x", v.Name, got)
		}
	}
	for _, v := range vectors.For("MSCHAPv2 ISK") {
		master := [16]byte(v.Octets("master_key"))
		if got := InnerSessionKey(master); !bytes.Equal(got[:], v.Octets("isk")) {
			t.Errorf("%s: ISK %x", v.Name, got)
		}
		if got := MSK(master); !bytes.Equal(got[:], v.Octets("msk_of_plain_eap_mschapv2")) {
			t.Errorf("%s: MSK %x", v.Name, got)
		}
	}
}

func TestPackets(t *testing.T) {
	tests := map[string]struct {
		packet Packet
		hex    string
	}{
		"challenge": {Packet{Op: OpChallenge, ID: 7, Challenge: [16]byte{1, 15: 2}, Name: "nas"},
			"01070018" + "10" + "01000000000000000000000000000002" + "6e6173"},
		"response": {Packet{Op: OpResponse, ID: 7, Peer: [16]byte{3}, NTResponse: [24]byte{4}, Name: "u"},
			"02070037" + "31" + "03000000000000000000000000000000" + "0000000000000000" +
				"040000000000000000000000000000000000000000000000" + "00" + "75"},
		"success":     {Packet{Op: OpSuccess, ID: 1, Message: "S=00"}, "03010008" + "533d3030"},
		"failure":     {Packet{Op: OpFailure, ID: 1, Message: "E=691"}, "04010009" + "453d363931"},
		"success ack": {Packet{Op: OpSuccess, Ack: true}, "03"},
		"failure ack": {Packet{Op: OpFailure, Ack: true}, "04"},
	}
	for name, test := range tests {
		encoded := test.packet.Append(nil)
		if got := hex.EncodeToString(encoded); got != test.hex {
			t.Errorf("%s: %s, want %s", name, got, test.hex)
		}
		if got, err := Parse(encoded); err != nil || got != test.packet {
			t.Errorf("%s: parsed as %+v, %v", name, got, err)
		}
		for n := range len(encoded) {
			if got, err := Parse(encoded[:n]); err == nil && !got.Ack {
				t.Errorf("%s: cut to %d octets, it parses", name, n)
			}
		}
		if test.packet.Ack {
			continue
		}
		if _, err := Parse(append(encoded, 0)); err == nil {
			t.Errorf("%s: with an octet too many, it parses", name)
		}
	}
}

func TestFailure(t *testing.T) {
	f := Failure{Code: FailureAuthentication, Retry: true, Text: "wrong password"}
	if got := ParseFailure(f.Message([16]byte{})); got != f {
		t.Errorf("%+v comes back as %+v", f, got)
	}
	for _, odd := range []string{"", "E", "E=", "X=1 E=691", "E=691 R=1 M="} {
		ParseFailure(odd) // must not panic
	}
	if got := ParseFailure("X=1 E=691 R=0 M=a b"); got != (Failure{Code: 691, Text: "a b"}) {
		t.Errorf("%+v", got)
	}
}

func TestPasswords(t *testing.T) {
	if _, err := HashPassword("\xff"); err == nil {
		t.Error("a password that is no UTF-8 is hashed")
	}
	if _, err := HashPassword(string(bytes.Repeat([]byte("x"), 257))); err == nil {
		t.Error("a password of 257 units is hashed")
	}
	if _, err := ParseHash("00"); err == nil {
		t.Error("a hash of two digits is taken")
	}
	h, _ := HashPassword("clientPass")
	if got, err := ParseHash(hex.EncodeToString(h[:])); err != nil || got != h {
		t.Errorf("ParseHash: %x, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range []Packet{{Op: OpChallenge, Name: "n"}, {Op: OpResponse, Name: "n"}, {Op: OpSuccess, Message: "S="}} {
		f.Add(p.Append(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Parse(p.Append(nil))
		if err != nil || again != p {
			t.Errorf("%x: %+v comes back as %+v, %v", data, p, again, err)
		}
	})
}
