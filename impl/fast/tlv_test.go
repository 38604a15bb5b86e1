package fast

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func unhex(t testing.TB, digits string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What parses, and what is unexpected.
//
// Checks FAST-TLV-01 (must fail: request-action-not-understood).
// Checks FAST-TLV-05 (must fail: any-status).
// Checks FAST-TLV-07 (must fail: fatal-error-alone).
// Checks FAST-TLV-08 (must fail: any-tlv-twice).
// Checks FAST-TLV-11 (must fail: action-of-server-taken).
// Checks FAST-TLV-12 (must fail: nested-mandatory-taken).
func TestParseMessage(t *testing.T) {
	eapPacket := "01010005 01"
	for name, c := range map[string]struct {
		in     string
		server bool
		want   string // "" for ErrTLV
	}{
		"empty":                      {"", true, "none none 0"},
		"result success":             {"80030002 0001", true, "success none 0"},
		"result failure":             {"80030002 0002", true, "failure none 0"},
		"result of status 0":         {"80030002 0000", true, ""},
		"result of status 3":         {"80030002 0003", true, ""},
		"result of status ffff":      {"80030002 ffff", true, ""},
		"long result":                {"80030003 000100", true, ""},
		"two results":                {"80030002 0001 80030002 0001", true, ""},
		"two eap payloads":           {"80090005 " + eapPacket + "80090005" + eapPacket, true, ""},
		"two intermediate results":   {"800a0002 0001 800a0002 0001", true, ""},
		"two bindings":               {"800c0038" + strings.Repeat("00", 56) + "800c0038" + strings.Repeat("00", 56), true, ""},
		"two request-actions":        {"80130002 0001 80130002 0001", false, ""},
		"mandatory in nak":           {"8004000a 00000000 0063 80030000", true, ""},
		"optional in nak":            {"8004000a 00000000 0063 00030000", true, "none none 0 nak 99"},
		"eap payload":                {"80090005 " + eapPacket, true, "none none 0 eap"},
		"optional tlv behind eap":    {"80090009 " + eapPacket + "00070000", true, "none none 0 eap"},
		"mandatory tlv behind eap":   {"80090009 " + eapPacket + "80070000", true, ""},
		"eap payload cut off":        {"80090004 01010005", true, ""},
		"intermediate":               {"800a0002 0001", true, "none success 0"},
		"mandatory in intermediate":  {"800a0006 0001 80030000", true, ""},
		"optional in intermediate":   {"800a0006 0001 00030000", true, "none success 0"},
		"error with failure":         {"80050004 000007d2 80030002 0002", true, "failure none 2002"},
		"fatal error alone":          {"80050004 000007d2", true, ""},
		"warning alone":              {"80050004 000003e8", true, "none none 1000"},
		"request-action from server": {"80130002 0001", true, ""},
		"request-action from peer":   {"80130002 0001", false, "none none 0 action 1"},
		"action 3":                   {"80130002 0003", false, ""},
		"nak":                        {"80040006 00000000 0063", true, "none none 0 nak 99"},
		"nak beside result":          {"80040006 00000000 0063 80030002 0001", true, ""},
		"short nak":                  {"80040004 00000000", true, ""},
		"unknown optional":           {"00630001 aa 80030002 0001", true, "success none 0"},
		"unknown mandatory":          {"80630001 aa 80030002 0001", true, "success none 0 unknown 99"},
		"optional vendor":            {"00070004 00000009", true, "none none 0"},
		"mandatory vendor":           {"80070004 00000009", true, "none none 0 unknown 7"},
		"mandatory root":             {"80120002 0001", true, "none none 0"},
		"half a vendor":              {"00070002 0000", true, ""},
		"optional root":              {"00120002 0001", true, "none none 0"},
		"cut off":                    {"80030002 00", true, ""},
		"half a header":              {"8003", true, ""},
		"crypto-binding too short":   {"800c0037" + strings.Repeat("00", 55), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := ParseMessage(unhex(t, c.in))
			if err == nil {
				err = m.Check(c.server)
			}
			got := ""
			if err == nil {
				got = fmt.Sprintf("%v %v %d", m.Result, m.Intermediate, m.Error)
				if m.EAP != nil {
					got += " eap"
				}
				if m.Action != 0 {
					got += fmt.Sprintf(" action %d", m.Action)
				}
				if m.Nak != 0 {
					got += fmt.Sprintf(" nak %d", uint16(m.Nak))
				}
				if m.hasUnknown {
					got += fmt.Sprintf(" unknown %d", m.Unknown)
				}
			} else if !errors.Is(err, ErrTLV) {
				t.Errorf("%v is no ErrTLV", err)
			}
			if got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

// The order of TLVs can be asked for.
func TestOrder(t *testing.T) {
	m, err := ParseMessage(unhex(t, "80030002 0001 000b0006 000a0002 0001"))
	if err != nil || !m.before(Result, PACTLV) || m.before(PACTLV, Result) {
		t.Error(err, m)
	}
}

// Attributes of a PAC TLV.
//
// Checks FAST-PAC-06 (must fail: short-pac-key-parsed).
// Checks FAST-PAC-13 (must fail: half-a-pac-type-parsed).
func TestPACTLV(t *testing.T) {
	pac := &PAC{Type: TunnelPAC, Key: bytes.Repeat([]byte{7}, 32), Opaque: []byte("opaque"), AuthorityID: []byte("authority"),
		AuthorityInfo: "the cave", Identity: "ali", Expires: time.Unix(2_000_000_000, 0)}
	m, err := ParseMessage(appendPAC(nil, pac))
	if err != nil || len(m.PACs) != 1 {
		t.Fatal(err)
	}
	got, ok := parsePAC(m.PACs[0])
	if !ok || fmt.Sprint(got.PAC) != fmt.Sprint(*pac) || !got.hasInfo {
		t.Errorf("%+v, %v", got, ok)
	}
	for name, in := range map[string]string{
		"short key":      "00010004 01020304",
		"no opaque":      "00020000",
		"key in info":    "00090024 00010020" + strings.Repeat("00", 32),
		"long lifetime":  "00090009 00030005 0000000000",
		"cut off":        "0002000a 00",
		"half an ack":    "00080001 00",
		"info in info":   "00090004 00090000",
		"half of a type": "00090005 000a0001 00",
	} {
		if _, ok := parsePAC(unhex(t, in)); ok {
			t.Errorf("%s was taken", name)
		}
	}
	if p, ok := parsePAC(unhex(t, "8002000161 80090006 800a0002 0003")); !ok || p.Type != UserAuthorizationPAC {
		t.Errorf("attributes with the bit that some servers set (DEP-07): %+v, %v", p, ok)
	}
}

func FuzzTLV(f *testing.F) {
	f.Add(appendPAC(appendResult(nil, Success), &PAC{Type: TunnelPAC, Opaque: []byte("x"), AuthorityID: []byte("a")}))
	f.Add((&Binding{Version: 1}).appendTLV(nil, new([cmkSize]byte)))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := ParseMessage(in)
		if err != nil {
			if !errors.Is(err, ErrTLV) {
				t.Error(err)
			}
			return
		}
		m.Check(true)
		m.Check(false)
		for _, p := range m.PACs {
			parsePAC(p)
		}
		if m.Binding != nil && len(m.BindingTLV) != headerSize+bindingSize {
			t.Errorf("a binding of %d octets", len(m.BindingTLV))
		}
	})
}
