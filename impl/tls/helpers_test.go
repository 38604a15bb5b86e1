package tls_test

import (
	stdtls "crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// testNow is when the tests' certificates and sessions are looked at.
var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func testTime() time.Time { return testNow }

// hangs bounds a test that would otherwise hang; nothing waits for it to pass.
const hangs = 30 * time.Second

// serverConfig is a server with chains of the kinds.
func serverConfig(kinds ...testcert.Kind) *tls.Config {
	c := &tls.Config{Time: testTime}
	for _, k := range kinds {
		chain := testcert.Server(k)
		c.Certificates = append(c.Certificates, tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key})
	}
	return c
}

// clientConfig is a client that trusts the servers.
func clientConfig() *tls.Config {
	return &tls.Config{Time: testTime, RootCAs: testcert.Roots(), ServerName: testcert.Name}
}

// transports returns the two ends of a TCP connection over loopback.
func transports(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			c = nil
		}
		accepted <- c
	}()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server = <-accepted; server == nil {
		t.Fatal("no connection was accepted")
	}
	for _, c := range []net.Conn{client, server} {
		c.SetDeadline(time.Now().Add(hangs))
		t.Cleanup(func() { c.Close() })
	}
	return client, server
}

// endpoint is a connection of this package or of crypto/tls.
type endpoint interface {
	net.Conn
	Handshake() error
}

// handshakes runs both, and closes the transport of a side that fails, as a
// caller would.
func handshakes(client, server endpoint) (clientErr, serverErr error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if serverErr = server.Handshake(); serverErr != nil {
			server.Close()
		}
	}()
	if clientErr = client.Handshake(); clientErr != nil {
		client.Close()
	}
	<-done
	return clientErr, serverErr
}

// connect returns a connection between two endpoints of this package, with the
// handshake done.
func connect(t testing.TB, client, server *tls.Config) (*tls.Conn, *tls.Conn) {
	t.Helper()
	a, b := transports(t)
	c, s := tls.Client(a, client), tls.Server(b, server)
	clientErr, serverErr := handshakes(c, s)
	if clientErr != nil || serverErr != nil {
		t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
	}
	return c, s
}

// talk sends data both ways.
func talk(t testing.TB, a, b net.Conn) {
	t.Helper()
	for _, size := range []int{1, 100, 1 << 14, 1<<14 + 1, 100_000} {
		send(t, a, b, size)
		send(t, b, a, size)
	}
}

func send(t testing.TB, from, to net.Conn, size int) {
	t.Helper()
	sent := make([]byte, size)
	for i := range sent {
		sent[i] = byte(i * 7)
	}
	done := make(chan error, 1)
	go func() {
		_, err := from.Write(sent)
		done <- err
	}()
	got := make([]byte, size)
	if _, err := io.ReadFull(to, got); err != nil {
		t.Fatalf("reading %d octets: %v", size, err)
	}
	if err := <-done; err != nil {
		t.Fatalf("writing %d octets: %v", size, err)
	}
	if string(got) != string(sent) {
		t.Fatalf("%d octets arrived changed", size)
	}
}

// wantAlert checks that err is an alert, who sent it, and which.
func wantAlert(t testing.TB, who string, err error, sent bool, alert spec.AlertDescription) {
	t.Helper()
	var a *tls.AlertError
	if !errors.As(err, &a) {
		t.Errorf("%s: %v, want %v", who, err, alert)
		return
	}
	if a.Alert != alert || a.Sent != sent {
		t.Errorf("%s: %v (sent: %v), want %v (sent: %v)", who, err, a.Sent, alert, sent)
	}
}

// stdServer is crypto/tls's server with chains of the kinds.
func stdServer(kinds ...testcert.Kind) *stdtls.Config {
	c := &stdtls.Config{Time: testTime, MinVersion: stdtls.VersionTLS10, MaxVersion: stdtls.VersionTLS12}
	for _, k := range kinds {
		chain := testcert.Server(k)
		c.Certificates = append(c.Certificates, stdtls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key})
	}
	return c
}

// stdClient is crypto/tls's client that trusts the servers.
func stdClient() *stdtls.Config {
	return &stdtls.Config{
		Time: testTime, RootCAs: testcert.Roots(), ServerName: testcert.Name,
		MinVersion: stdtls.VersionTLS10, MaxVersion: stdtls.VersionTLS12,
	}
}

// stdClientCertificate is a client's chain for crypto/tls.
func stdClientCertificate(kind testcert.Kind) stdtls.Certificate {
	chain := testcert.Client(kind)
	return stdtls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key}
}

func clientCertificate(kind testcert.Kind) tls.Certificate {
	chain := testcert.Client(kind)
	return tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key}
}
