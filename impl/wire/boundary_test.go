package wire

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestHostNameLetters: RFC 1123, Section 2.1: every letter and digit, and the
// neighbours of each range in ASCII not.
func TestHostNameLetters(t *testing.T) {
	for c := range 256 {
		name := []byte{'x', byte(c), 'x'}
		good := c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
		if h := (ClientHello{ServerName: name}); h.ValidServerName() != good {
			t.Errorf("%q is a host name: %v", name, !good)
		}
	}
}

// TestMaxLengths: the longest body of each message.
func TestMaxLengths(t *testing.T) {
	for m, want := range map[spec.Message]int{
		spec.HelloRequest: 64, spec.ServerHelloDone: 64, spec.Finished: 64,
		spec.ClientHello: 131396, spec.ServerHello: 65607,
		spec.Certificate: 1 << 18, spec.ServerKeyExchange: 16384, spec.CertificateVerify: 16384, spec.ClientKeyExchange: 4096,
		spec.CertificateRequest: 131329, spec.NewSessionTicket: 65541,
		spec.Alert: 0, spec.NoMessage: 0,
	} {
		if got := MaxLength(m); got != want {
			t.Errorf("%v: %d octets, want %d", m, got, want)
		}
	}
}

// TestParseForgets: what a value held before it was used for another message is
// gone.
func TestParseForgets(t *testing.T) {
	ecdhe := ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: spec.TLS12}
	first := ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: spec.TLS12, Group: spec.X25519, Public: make([]byte, 32), Scheme: 0x0804, Signature: []byte{1}}
	if !ecdhe.Parse(first.Append(nil)[HeaderLen:]) || ecdhe.Parse([]byte{curveTypeNamed}) {
		t.Fatal("the bodies are not parsed as they must be")
	}
	if ecdhe.Public != nil || ecdhe.Signature != nil || ecdhe.Group != 0 || ecdhe.KeyExchange != spec.ECDHERSA || ecdhe.Version != spec.TLS12 {
		t.Errorf("ServerKeyExchange keeps %+v", ecdhe)
	}
	request := CertificateRequest{Version: spec.TLS12, Types: []byte{1}, Authorities: MakeNames([]byte("a"))}
	if request.Parse([]byte{9}) || request.Types != nil || request.Authorities != nil || request.Version != spec.TLS12 {
		t.Errorf("CertificateRequest keeps %+v", request)
	}
	verify := CertificateVerify{Version: spec.TLS12, Scheme: 0x0804, Signature: []byte{1}}
	if verify.Parse([]byte{4}) || verify.Scheme != 0 || verify.Signature != nil || verify.Version != spec.TLS12 {
		t.Errorf("CertificateVerify keeps %+v", verify)
	}
}

// TestServerHelloBeforeExtensions: the length of the extensions touches nothing
// before it.
func TestServerHelloBeforeExtensions(t *testing.T) {
	h := ServerHello{Version: spec.TLS12, Suite: 0x002f, Compression: 7, Ticket: true}
	var got ServerHello
	if !got.Parse(h.Append(nil)[HeaderLen:]) || got.Compression != 7 || !got.Ticket {
		t.Errorf("%+v", got)
	}
}

// TestManyExtensionsTwice: among many, every one of them is found again.
func TestManyExtensionsTwice(t *testing.T) {
	const n = 200
	var x Extensions
	for i := range n {
		x = AppendExtension(x, spec.Extension(1<<16-n+i), nil)
	}
	if !x.wellFormed() {
		t.Errorf("%d of them are refused", n)
	}
	for i := range n {
		if twice := AppendExtension(slices.Clip(x), spec.Extension(1<<16-n+i), nil); twice.wellFormed() {
			t.Errorf("number %d comes twice", i)
		}
	}
}

// TestNoHandshakeMessage: what has no type cannot be begun.
func TestNoHandshakeMessage(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || fmt.Sprint(p) != "wire: Alert is no handshake message" {
			t.Errorf("panics with %v", p)
		}
	}()
	begin(nil, spec.Alert)
}
