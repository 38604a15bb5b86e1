package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

const (
	chHead = "0303" + clientRandomHex
	chPlan = chHead + "00 0002 002f 01 00" // all before the extensions
	shHead = "0303" + serverRandomHex
	shPlan = shHead + "00 002f 00"
)

// block returns a hello's extension block.
func block(octets string) string {
	b := unhex(octets)
	return fmt.Sprintf("%04x", len(b)) + octets
}

// TestRefuse lists bodies that break the syntax, and beside each the nearest
// one that does not, so that it is the fault that is refused.
//
// Checks TLS-ALERT-07 (must fail: octets-left-over-taken).
func TestRefuse(t *testing.T) {
	ch := func() message { return new(ClientHello) }
	sh := func() message { return new(ServerHello) }
	ske := func(x spec.KeyExchange) func() message {
		return func() message { return &ServerKeyExchange{KeyExchange: x, Version: spec.TLS12} }
	}
	cke := func(x spec.KeyExchange) func() message {
		return func() message { return &ClientKeyExchange{KeyExchange: x} }
	}
	id := func(n int) string { return fmt.Sprintf("%02x%0*x", n, 2*n, 0) }
	tests := []struct {
		name      string
		message   func() message
		good, bad string
	}{
		{"Session ID of 33 octets", ch, chHead + id(32) + "0002 002f 01 00", chHead + id(33) + "0002 002f 01 00"},
		{"no suites", ch, chPlan, chHead + "00 0000 01 00"},
		{"half a suite", ch, chPlan, chHead + "00 0003 002f00 01 00"},
		{"no compression methods", ch, chPlan, chHead + "00 0002 002f 00"},
		{"block too short", ch, chPlan + "0004 0017 0000", chPlan + "0003 0017 0000"},
		{"block too long", ch, chPlan + "0004 0017 0000", chPlan + "0005 0017 0000"},
		{"extension too long", ch, chPlan + block("7777 0001 00"), chPlan + block("7777 0002 00")},
		{"type cut off", ch, chPlan + "0000", chPlan + block("77")},
		{"length cut off", ch, chPlan + "0000", chPlan + block("7777 00")},
		{"duplicate", ch, chPlan + block("0017 0000 0016 0000"), chPlan + block("0017 0000 0017 0000")},
		{"duplicate of an unknown one", ch, chPlan + block("7777 0000 7778 0000"), chPlan + block("7777 0000 0016 0000 7777 0000")},
		{"SNI empty", ch, chPlan + block("0000 0006 0004 00 0001 61"), chPlan + block("0000 0000")},
		{"SNI with an empty list", ch, chPlan + block("0000 0006 0004 00 0001 61"), chPlan + block("0000 0002 0000")},
		{"SNI with an empty host_name", ch, chPlan + block("0000 0006 0004 00 0001 61"), chPlan + block("0000 0005 0003 00 0000")},
		{"SNI with a name cut off", ch, chPlan + block("0000 0006 0004 00 0001 61"), chPlan + block("0000 0006 0004 00 0002 61")},
		{"SNI with trailing octets", ch, chPlan + block("0000 0006 0004 00 0001 61"), chPlan + block("0000 0007 0004 00 0001 61 00")},
		{"groups empty", ch, chPlan + block("000a 0004 0002 0017"), chPlan + block("000a 0002 0000")},
		{"half a group", ch, chPlan + block("000a 0004 0002 0017"), chPlan + block("000a 0005 0003 001700")},
		{"groups with trailing octets", ch, chPlan + block("000a 0004 0002 0017"), chPlan + block("000a 0005 0002 0017 00")},
		{"point formats empty", ch, chPlan + block("000b 0002 01 00"), chPlan + block("000b 0001 00")},
		{"point formats with trailing octets", ch, chPlan + block("000b 0002 01 00"), chPlan + block("000b 0003 01 00 00")},
		{"signature_algorithms empty", ch, chPlan + block("000d 0004 0002 0401"), chPlan + block("000d 0002 0000")},
		{"half a scheme", ch, chPlan + block("000d 0004 0002 0401"), chPlan + block("000d 0005 0003 040100")},
		{"ALPN with an empty list", ch, chPlan + block("0010 0004 0002 01 78"), chPlan + block("0010 0002 0000")},
		{"ALPN with an empty name", ch, chPlan + block("0010 0004 0002 01 78"), chPlan + block("0010 0005 0003 01 78 00")},
		{"ALPN with trailing octets", ch, chPlan + block("0010 0004 0002 01 78"), chPlan + block("0010 0005 0002 01 78 00")},
		{"encrypt_then_mac with data", ch, chPlan + block("0016 0000"), chPlan + block("0016 0001 00")},
		{"extended_master_secret with data", ch, chPlan + block("0017 0000"), chPlan + block("0017 0001 00")},
		{"renegotiation_info without a length", ch, chPlan + block("ff01 0001 00"), chPlan + block("ff01 0000")},
		{"renegotiation_info with trailing octets", ch, chPlan + block("ff01 0001 00"), chPlan + block("ff01 0002 00 00")},

		{"server's Session ID of 33 octets", sh, shHead + id(32) + "002f 00", shHead + id(33) + "002f 00"},
		{"server's duplicate", sh, shPlan + block("0017 0000 0016 0000"), shPlan + block("0017 0000 0017 0000")},
		{"server_name with data", sh, shPlan + block("0000 0000"), shPlan + block("0000 0001 00")},
		{"ticket in ServerHello", sh, shPlan + block("0023 0000"), shPlan + block("0023 0001 00")},
		{"server's encrypt_then_mac with data", sh, shPlan + block("0016 0000"), shPlan + block("0016 0001 00")},
		{"server's extended_master_secret with data", sh, shPlan + block("0017 0000"), shPlan + block("0017 0001 00")},
		{"server's point formats empty", sh, shPlan + block("000b 0002 01 00"), shPlan + block("000b 0001 00")},
		{"ALPN answered with two names", sh, shPlan + block("0010 0004 0002 01 78"), shPlan + block("0010 0006 0004 01 78 01 79")},
		{"ALPN answered with none", sh, shPlan + block("0010 0004 0002 01 78"), shPlan + block("0010 0002 0000")},
		{"ALPN answered with an empty name", sh, shPlan + block("0010 0004 0002 01 78"), shPlan + block("0010 0003 0001 00")},
		{"server's renegotiation_info cut off", sh, shPlan + block("ff01 0001 00"), shPlan + block("ff01 0001 01")},

		{"an empty certificate", func() message { return new(Certificate) }, "000004 000001 aa", "000003 000000"},
		{"no certificate types", func() message { return &CertificateRequest{Version: spec.TLS11} }, "01 01 0000", "00 0000"},
		{"no schemes", func() message { return &CertificateRequest{Version: spec.TLS12} }, "01 01 0002 0401 0000", "01 01 0000 0000"},
		{"half a scheme requested", func() message { return &CertificateRequest{Version: spec.TLS12} }, "01 01 0002 0401 0000", "01 01 0003 040100 0000"},
		{"an empty authority", func() message { return &CertificateRequest{Version: spec.TLS11} }, "01 01 0003 0001 30", "01 01 0002 0000"},

		{"p empty", ske(spec.DHAnon), "0001 17 0001 05 0001 08", "0000 0001 05 0001 08"},
		{"g empty", ske(spec.DHAnon), "0001 17 0001 05 0001 08", "0001 17 0000 0001 08"},
		{"Ys empty", ske(spec.DHAnon), "0001 17 0001 05 0001 08", "0001 17 0001 05 0000"},
		{"DH_anon with a signature", ske(spec.DHAnon), "0001 17 0001 05 0001 08", "0001 17 0001 05 0001 08 0401 0001 aa"},
		{"DHE without one", ske(spec.DHERSA), "0001 17 0001 05 0001 08 0401 0001 aa", "0001 17 0001 05 0001 08"},
		{"an empty point", ske(spec.ECDHERSA), "03 0017 01 04 0401 0001 aa", "03 0017 00 0401 0001 aa"},
		{"ECDHE without a signature", ske(spec.ECDHERSA), "03 0017 01 04 0401 0001 aa", "03 0017 01 04"},

		{"Yc empty", cke(spec.DHERSA), "0001 08", "0000"},
		{"a client's empty point", cke(spec.ECDHERSA), "01 04", "00"},
		{"premaster without a length", cke(spec.RSA), "0001 aa", "aabb"},

		{"HelloRequest with a body", func() message { return new(HelloRequest) }, "", "00"},
		{"ServerHelloDone with a body", func() message { return new(ServerHelloDone) }, "", "00"},
		{"ChangeCipherSpec of type 2", func() message { return new(ChangeCipherSpec) }, "01", "02"},
		{"ChangeCipherSpec of type 0", func() message { return new(ChangeCipherSpec) }, "01", "00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.message().Parse(unhex(tt.good)) {
				t.Errorf("refused without the fault: %s", tt.good)
			}
			if tt.message().Parse(unhex(tt.bad)) {
				t.Errorf("accepted: %s", tt.bad)
			}
		})
	}
}

// TestIgnore lists what a server does not know and must not mind (RFC 5246,
// Sections 7.4.1.2 and 7.4.1.4; RFC 6066, Section 3).
//
// Checks TLS-BASE-05 (must fail: unknown-extension-refused).
func TestIgnore(t *testing.T) {
	tests := []struct{ name, body string }{
		{"an unknown suite", chHead + "00 0004 1a1a 002f 01 00"},
		{"an unknown compression method", chHead + "00 0002 002f 02 40 00"},
		{"unknown extensions", chPlan + block("1a1a 0000 002b 0003 02 0304 fafa 0001 00")},
		{"an unknown group and scheme", chPlan + block("000a 0004 0002 11ec 000d 0004 0002 fefe")},
		{"an unknown point format", chPlan + block("000b 0003 02 07 00")},
		{"an unknown type of name", chPlan + block("0000 0006 0004 01 0001 61")},
		{"an unknown type of name that is empty", chPlan + block("0000 0009 0007 01 0000 00 0001 61")},
		{"an unknown protocol", chPlan + block("0010 0004 0002 01 ff")},
		{"an empty block", chPlan + "0000"},
		{"the inner length of RFC 4507", chPlan + block("0023 0002 0000")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h ClientHello
			if !h.Parse(unhex(tt.body)) {
				t.Fatal("refused")
			}
			if got := h.Append(nil)[HeaderLen:]; string(got) != string(unhex(tt.body)) {
				t.Errorf("Append of what was parsed\n got %x\nwant %x", got, unhex(tt.body))
			}
		})
	}
}

// TestManyExtensions crosses the border at which duplicates are looked for in
// another way.
func TestManyExtensions(t *testing.T) {
	for _, n := range []int{31, 32, 33, 100, 16383} {
		var x Extensions
		for i := range n {
			x = AppendExtension(x, spec.Extension(0x4000+i), nil)
		}
		h := ClientHello{Suites: MakeList[spec.SuiteID](0x2f), Compression: []byte{0}, Extensions: x}
		if !new(ClientHello).Parse(h.Append(nil)[HeaderLen:]) {
			t.Errorf("%d different extensions: refused", n)
		}
		copy(x[len(x)-4:], x[:2])
		if new(ClientHello).Parse(h.Append(nil)[HeaderLen:]) {
			t.Errorf("%d extensions, the last like the first: accepted", n)
		}
	}
}

func TestValidServerName(t *testing.T) {
	tests := []struct {
		name  string
		data  string
		valid bool
	}{
		{"a host name", "0009 00 0006 612e74657374", true},
		{"an underscore", "0007 00 0004 5f2e6162", true},
		{"another type of name", "0004 01 0001 00", true},
		{"two types", "0008 00 0001 61 01 0001 00", true},
		{"two host names", "0008 00 0001 61 00 0001 62", false},
		{"two names of an unknown type", "0008 09 0001 61 09 0001 62", false},
		{"NUL", "0006 00 0003 610062", false},
		{"UTF-8", "0005 00 0002 c485", false},
		{"a trailing dot", "0005 00 0002 612e", false},
		{"an empty label", "0007 00 0004 612e2e62", false},
		{"a label of 64 octets", "0043 00 0040" + strings.Repeat("61", 64), false},
		{"a label of 63 octets", "0042 00 003f" + strings.Repeat("61", 63), true},
		{"254 octets", "0101 00 00fe" + strings.Repeat("612e", 126) + "6161", false},
		{"253 octets", "0100 00 00fd" + strings.Repeat("612e", 126) + "61", true},
		{"an IPv6 literal", "0006 00 0003 3a3a31", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h ClientHello
			if !h.Parse(unhex(chPlan + block("0000"+block(tt.data)))) {
				t.Fatal("does not parse")
			}
			if h.ValidServerName() != tt.valid {
				t.Errorf("ValidServerName() = %v", !tt.valid)
			}
		})
	}
	if h := new(ClientHello); !h.ValidServerName() {
		t.Error("without the extension: invalid")
	}
}
