package wire

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

const recordHeader = 5

// TestParseOthersClientHello parses what crypto/tls sends.
func TestParseOthersClientHello(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		defer far.Close()
		tls.Client(far, &tls.Config{
			ServerName: "a.test", NextProtos: []string{"h2", "x"}, MaxVersion: tls.VersionTLS12,
			ClientSessionCache: tls.NewLRUClientSessionCache(1),
		}).Handshake()
	}()
	record := make([]byte, recordHeader)
	if _, err := io.ReadFull(near, record); err != nil {
		t.Fatal(err)
	}
	message := make([]byte, int(record[3])<<8|int(record[4]))
	if _, err := io.ReadFull(near, message); err != nil {
		t.Fatal(err)
	}
	h, ok := ParseHeader(message)
	if !ok || h.Message != spec.ClientHello || h.Length != len(message)-HeaderLen {
		t.Fatalf("header %+v", h)
	}
	var hello ClientHello
	if !hello.Parse(message[HeaderLen:]) {
		t.Fatal("does not parse")
	}
	if hello.Version != spec.TLS12 || string(hello.ServerName) != "a.test" || !hello.ValidServerName() ||
		!slices.Equal(hello.ALPN, MakeProtocols("h2", "x")) || !hello.Suites.Contains(0xc02f) ||
		!hello.Groups.Contains(spec.X25519) || !hello.Schemes.Contains(spec.RSAPSSRSAESHA256) ||
		!hello.ExtendedMasterSecret || !hello.HasTicket || !hello.HasRenegotiationInfo || len(hello.RenegotiationInfo) != 0 {
		t.Errorf("read as %+v", hello)
	}
}

// TestOthersParseClientHello has crypto/tls parse what Append writes.
func TestOthersParseClientHello(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	seen := make(chan *tls.ClientHelloInfo, 1)
	enough := errors.New("seen")
	go func() {
		defer far.Close()
		tls.Server(far, &tls.Config{GetConfigForClient: func(i *tls.ClientHelloInfo) (*tls.Config, error) {
			seen <- i
			return nil, enough
		}}).Handshake()
		close(seen)
	}()
	message := fullClientHello.Append(nil)
	record := append([]byte{22, 3, 1, byte(len(message) >> 8), byte(len(message))}, message...)
	if _, err := near.Write(record); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, near)
	info := <-seen
	if info == nil {
		t.Fatal("crypto/tls refuses the hello")
	}
	if info.ServerName != "a.test" || !slices.Equal(info.SupportedProtos, []string{"h2", "x"}) ||
		!slices.Equal(info.CipherSuites, []uint16{0xc02f, 0x002f, 0x00ff}) ||
		!slices.Equal(info.SupportedCurves, []tls.CurveID{tls.X25519, 256}) ||
		!slices.Equal(info.SignatureSchemes, []tls.SignatureScheme{tls.PSSWithSHA256, tls.Ed25519}) ||
		!slices.Equal(info.SupportedPoints, []uint8{0}) {
		t.Errorf("read as %+v", info)
	}
	for _, e := range []spec.Extension{spec.SessionTicket, spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.RenegotiationInfo} {
		if !slices.Contains(info.Extensions, uint16(e)) {
			t.Errorf("%v is not seen", e)
		}
	}
}
