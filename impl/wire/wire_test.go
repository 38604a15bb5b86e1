package wire

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

func TestParseHeader(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want Header
		ok   bool
	}{
		{"three octets", []byte{1, 0, 0}, Header{}, false},
		{"ClientHello", []byte{1, 0, 1, 2, 3}, Header{1, spec.ClientHello, 258}, true},
		{"16 MiB", []byte{11, 0xff, 0xff, 0xff}, Header{11, spec.Certificate, 1<<24 - 1}, true},
		{"unknown type", []byte{24, 0, 0, 1}, Header{24, spec.NoMessage, 1}, true},
	}
	for _, tt := range tests {
		if got, ok := ParseHeader(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %+v, %v", tt.name, got, ok)
		}
	}
}

// TestMaxLength fills the vectors that decide: what is legal and sent passes,
// and nothing is let through that is far beyond.
func TestMaxLength(t *testing.T) {
	id := make([]byte, MaxSessionID)
	longest := map[spec.Message]int{
		spec.ClientHello: len((&ClientHello{SessionID: id, Suites: make(List[spec.SuiteID], 1<<16-2),
			Compression: make([]byte, 255), Extensions: make(Extensions, 1<<16-1)}).Append(nil)) - HeaderLen,
		spec.ServerHello:      len((&ServerHello{SessionID: id, Extensions: make(Extensions, 1<<16-1)}).Append(nil)) - HeaderLen,
		spec.NewSessionTicket: len((&NewSessionTicket{Ticket: make([]byte, MaxTicket)}).Append(nil)) - HeaderLen,
		spec.CertificateRequest: len((&CertificateRequest{Version: spec.TLS12, Types: make([]byte, 255),
			Schemes: make(List[spec.SignatureScheme], 1<<16-2), Authorities: make(Names, MaxAuthorities)}).Append(nil)) - HeaderLen,
		spec.Certificate: len((&Certificate{make(Chain, MaxChain)}).Append(nil)) - HeaderLen,
	}
	for m, n := range longest {
		if MaxLength(m) != n {
			t.Errorf("MaxLength(%v) = %d, the longest is %d", m, MaxLength(m), n)
		}
	}
	for m := range spec.Message(spec.Messages) {
		_, handshake := m.HandshakeType()
		if n := MaxLength(m); handshake != (n > 0) || n > 1<<18 {
			t.Errorf("MaxLength(%v) = %d", m, n)
		}
	}
}

func TestViews(t *testing.T) {
	suites := MakeList[spec.SuiteID](0x2f, 0xc014)
	if suites.Len() != 2 || suites.At(1) != 0xc014 || !suites.Contains(0x2f) || suites.Contains(0x2fc0) {
		t.Errorf("List: %x", suites)
	}
	if got := slices.Collect(suites.All()); !slices.Equal(got, []spec.SuiteID{0x2f, 0xc014}) {
		t.Errorf("List.All: %v", got)
	}
	chain := MakeChain([]byte("one"), []byte("two"))
	names := MakeNames([]byte("one"), []byte("two"))
	if chain.Len() != 2 || names.Len() != 2 {
		t.Errorf("Len: %d, %d", chain.Len(), names.Len())
	}
	for _, items := range [][][]byte{slices.Collect(chain.All()), slices.Collect(names.All())} {
		if len(items) != 2 || string(items[0]) != "one" || string(items[1]) != "two" {
			t.Errorf("All: %q", items)
		}
	}
	protocols := MakeProtocols("h2", "http/1.1")
	if !protocols.Contains([]byte("h2")) || protocols.Contains([]byte("h")) || MakeProtocols() != nil {
		t.Errorf("Protocols: %x", protocols)
	}
	for e := range fullWire.All() {
		if !fullWire.Has(e) {
			t.Errorf("Has(%v) = false", e)
		}
	}
	if fullWire.Has(0x1234) {
		t.Error("Has an extension that is not there")
	}
}

// TestMalformedViews ends the iteration where a view that was never parsed does
// not hold together.
func TestMalformedViews(t *testing.T) {
	if n := (Chain{0, 0, 1, 0xaa, 0, 0, 9}).Len(); n != 1 {
		t.Errorf("Chain.Len() = %d", n)
	}
	if n := (List[spec.SuiteID]{0, 1, 0}).Len(); n != 1 {
		t.Errorf("List.Len() = %d", n)
	}
	if x := (Extensions{0, 23, 0, 0, 0, 22, 0, 1}); !x.Has(spec.ExtendedMasterSecret) || x.Has(spec.EncryptThenMAC) {
		t.Errorf("Extensions %x", []byte(x))
	}
}

// TestConstants holds extensions against the octets that their RFCs print.
//
// Checks FAST-TLS-04 (must fail: ticket-with-inner-length).
func TestConstants(t *testing.T) {
	ticket := append([]byte{0xff, 0xff}, make([]byte, 254)...)
	tests := []struct {
		vector string
		hello  ClientHello
		is     bool // or is an erroneous form, which must not come out
	}{
		{"wire-renegotiation-info-empty", ClientHello{HasRenegotiationInfo: true}, true},
		{"wire-extended-master-secret", ClientHello{ExtendedMasterSecret: true}, true},
		{"wire-session-ticket-empty", ClientHello{HasTicket: true}, true},
		{"wire-session-ticket-empty-rfc4507-legacy", ClientHello{HasTicket: true}, false},
		{"wire-session-ticket-256-prefix", ClientHello{HasTicket: true, Ticket: ticket}, true},
		{"wire-session-ticket-256-prefix-rfc4507-legacy", ClientHello{HasTicket: true, Ticket: ticket}, false},
	}
	for _, tt := range tests {
		block := tt.hello.appendExtensions(nil)[2:]
		if got := bytes.HasPrefix(block, vectors.ByName(tt.vector).Octets("octets")); got != tt.is {
			t.Errorf("%s: %x", tt.vector, block)
		}
	}
}

// fullWire is the block of fullClientHello.
var fullWire = func() Extensions {
	var h ClientHello
	if !h.Parse(fullClientHello.Append(nil)[HeaderLen:]) {
		panic("fullClientHello does not parse")
	}
	return h.Extensions
}()

func TestOrderIsObservable(t *testing.T) {
	var got []string
	for e := range fullWire.All() {
		got = append(got, e.String())
	}
	want := "server_name supported_groups ec_point_formats signature_algorithms " +
		"application_layer_protocol_negotiation encrypt_then_mac extended_master_secret session_ticket renegotiation_info"
	if strings.Join(got, " ") != want {
		t.Errorf("order: %v", got)
	}
	x := AppendExtension(AppendExtension(nil, spec.RenegotiationInfo, []byte{0}), spec.ExtendedMasterSecret, nil)
	var h ClientHello
	if !h.Parse((&ClientHello{Suites: MakeList[spec.SuiteID](1), Compression: []byte{0}, Extensions: x}).Append(nil)[HeaderLen:]) {
		t.Fatal("does not parse")
	}
	if string(h.Extensions) != string(x) || !h.ExtendedMasterSecret || !h.HasRenegotiationInfo {
		t.Errorf("another order is lost: %x", h.Extensions)
	}
}

// TestFits takes the longest ticket that fits beside the other extensions, and
// one that is an octet longer.
func TestFits(t *testing.T) {
	for name, h := range map[string]ClientHello{"alone": {HasTicket: true}, "beside all others": fullClientHello} {
		h.Ticket = nil
		h.Ticket = make([]byte, 1<<16-1-h.extensionsLen())
		if !h.Fits() {
			t.Errorf("%s: %d octets do not fit", name, len(h.Ticket))
		}
		h.Append(nil)
		h.Ticket = append(h.Ticket, 0)
		if h.Fits() {
			t.Errorf("%s: %d octets fit", name, len(h.Ticket))
		}
		if !panics(func() { h.Append(nil) }) {
			t.Errorf("%s: Append writes a wrong length", name)
		}
		h.Extensions = make(Extensions, 1<<16)
		if h.Fits() {
			t.Errorf("%s: a raw block of 2^16 octets fits", name)
		}
	}
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

// TestClipped appends to what Parse yielded: the input is not written to.
func TestClipped(t *testing.T) {
	body := fullClientHello.Append(nil)[HeaderLen:]
	kept := string(body)
	var h ClientHello
	h.Parse(body)
	for _, v := range [][]byte{h.SessionID, h.Suites, h.Compression, h.ServerName, h.Groups, h.PointFormats, h.Schemes, h.ALPN, h.Ticket, h.RenegotiationInfo, h.Extensions} {
		_ = append(v, 0xff)
	}
	if string(body) != kept {
		t.Error("appending to a field writes to the message")
	}
}

func TestExplicitCurve(t *testing.T) {
	for _, curveType := range []string{"01", "02", "00"} {
		k := ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: spec.TLS12}
		if !k.Parse(unhex(curveType+"0001 17")) || k.Group != 0 || k.Public != nil {
			t.Errorf("curve type %s: group %v", curveType, k.Group)
		}
	}
}

// TestAllocations reads and writes hellos as a server does for each connection.
func TestAllocations(t *testing.T) {
	hello := fullClientHello.Append(nil)
	server := fullServerHello.Append(nil)
	var ch ClientHello
	var sh ServerHello
	buffer := make([]byte, 0, 1<<10)
	found := 0
	tests := []struct {
		name string
		f    func()
	}{
		{"parse ClientHello", func() { ch.Parse(hello[HeaderLen:]) }},
		{"append ClientHello", func() { buffer = fullClientHello.Append(buffer[:0]) }},
		{"parse ServerHello", func() { sh.Parse(server[HeaderLen:]) }},
		{"append ServerHello", func() { buffer = fullServerHello.Append(buffer[:0]) }},
		{"range over suites", func() {
			for s := range ch.Suites.All() {
				found += int(s)
			}
		}},
		{"range over extensions", func() {
			for e := range ch.Extensions.All() {
				found += int(e)
			}
		}},
		{"look for a protocol", func() {
			if ch.ALPN.Contains(sh.ALPN) {
				found++
			}
		}},
		{"check the name", func() { ch.ValidServerName() }},
	}
	for _, tt := range tests {
		if n := testing.AllocsPerRun(100, tt.f); n != 0 {
			t.Errorf("%s: %v allocations", tt.name, n)
		}
	}
}

// TestExtensionsAgain: a sequence of extensions can be gone through again.
func TestExtensionsAgain(t *testing.T) {
	all := AppendExtension(nil, spec.ExtendedMasterSecret, nil).All()
	for range 2 {
		n := 0
		for range all {
			n++
		}
		if n != 1 {
			t.Errorf("%d extensions, not one", n)
		}
	}
}
