package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// stack connects impl/tls with itself where one side must refuse the other: no
// rung has a peer that does these things.
func stack(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	a, err := newAuthority()
	if err != nil {
		return err
	}
	for _, r := range refusals() {
		if err := r.play(ctx, a); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	for _, s := range sequels {
		if err := s.play(ctx, a); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// link is one connection: how either side is configured, and what happens to
// what it writes.
type link struct {
	client, server     tls.Config
	toServer, toClient func([]byte) []byte   // changes the first write; nil: not
	truncated          bool                  // the server's transport ends without close_notify
	after              func(*tls.Conn) error // asked of the client once it is established; nil: nothing
}

// outcome is what one side got.
type outcome struct {
	state tls.ConnectionState
	err   error
}

// newLink returns a connection that succeeds.
func newLink(a *authority) *link {
	l := new(link)
	now := func() time.Time { return a.now }
	l.client.Time, l.client.RootCAs, l.client.ServerName = now, a.pool, serverName
	l.server.Time, l.server.ClientCAs = now, a.pool
	l.server.Certificates = []tls.Certificate{a.issue(serverName, x509.ExtKeyUsageServerAuth, a.now.Add(time.Hour))}
	return l
}

// run makes the connection. The server says a word, and ends.
func (l *link) run(ctx context.Context) (client, server outcome) {
	near, far, err := sockets()
	if err != nil {
		return outcome{err: err}, outcome{err: err}
	}
	done := make(chan outcome, 1)
	go func() {
		defer far.Close()
		c := tls.Server(&bent{Conn: far, change: l.toClient}, &l.server)
		o := outcome{err: c.HandshakeContext(ctx)}
		if o.state = c.ConnectionState(); o.err == nil {
			if _, o.err = c.Write([]byte(word)); o.err == nil && !l.truncated {
				o.err = c.CloseWrite()
			}
		}
		done <- o
	}()
	c := tls.Client(&bent{Conn: near, change: l.toServer}, &l.client)
	client.err = c.HandshakeContext(ctx)
	if client.state = c.ConnectionState(); client.err == nil {
		var got []byte
		if got, client.err = io.ReadAll(c); client.err == nil && string(got) != word {
			client.err = fmt.Errorf("read %q", got)
		}
		if client.err == nil && l.after != nil {
			client.err = l.after(c)
		}
	}
	near.Close()
	return client, <-done
}

const word = "a word"

// sockets returns the two ends of a connection over loopback.
func sockets() (near, far net.Conn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if near, err = net.Dial("tcp", l.Addr().String()); err != nil {
		return nil, nil, err
	}
	if far, err = l.Accept(); err != nil {
		near.Close()
	}
	return near, far, err
}

// bent is a transport that changes the first write.
type bent struct {
	net.Conn
	change func([]byte) []byte
}

func (b *bent) Write(p []byte) (int, error) {
	if b.change == nil {
		return b.Conn.Write(p)
	}
	changed := b.change(bytes.Clone(p))
	b.change = nil
	if _, err := b.Conn.Write(changed); err != nil {
		return 0, err
	}
	return len(p), nil
}

// refusal is a link that one side must refuse.
type refusal struct {
	name  string
	by    spec.Role
	alert spec.AlertDescription // that it sends; AlertNone: both are content
	make  func(a *authority, l *link)
}

func (r refusal) play(ctx context.Context, a *authority) error {
	l := newLink(a)
	r.make(a, l)
	client, server := l.run(ctx)
	if r.alert == spec.AlertNone {
		return errors.Join(client.err, server.err)
	}
	got := client.err
	if r.by == spec.Server {
		got = server.err
	}
	var alert *tls.AlertError
	if !errors.As(got, &alert) || !alert.Sent || alert.Alert != r.alert {
		return fmt.Errorf("the %v must send %v; it has %w", r.by, r.alert, got)
	}
	return nil
}

func refusals() []refusal {
	const none = spec.AlertNone
	clientCert := func(a *authority, l *link, usage x509.ExtKeyUsage) {
		l.server.ClientAuth = tls.RequireAndVerifyClientCert
		l.client.Certificates = []tls.Certificate{a.issue("client.test", usage, a.now.Add(time.Hour))}
	}
	return []refusal{
		{"nothing wrong", spec.Client, none, func(*authority, *link) {}},
		{"a client certificate", spec.Server, none, func(a *authority, l *link) { clientCert(a, l, x509.ExtKeyUsageClientAuth) }},
		{"a certificate for another name", spec.Client, spec.BadCertificate, func(_ *authority, l *link) { l.client.ServerName = "other.test" }},
		{"an unknown authority", spec.Client, spec.UnknownCA, func(_ *authority, l *link) { l.client.RootCAs = x509.NewCertPool() }},
		{"an expired certificate", spec.Client, spec.CertificateExpired, func(a *authority, l *link) {
			l.server.Certificates[0] = a.issue(serverName, x509.ExtKeyUsageServerAuth, a.now.Add(-time.Minute))
		}},
		{"a client's certificate at the server", spec.Client, spec.UnsupportedCertificate, func(a *authority, l *link) {
			l.server.Certificates[0] = a.issue(serverName, x509.ExtKeyUsageClientAuth, a.now.Add(time.Hour))
		}},
		{"ServerKeyExchange with a wrong signature", spec.Client, spec.DecryptError, func(_ *authority, l *link) { lie(&l.server.Certificates[0]) }},
		{"CertificateVerify with a wrong signature", spec.Server, spec.DecryptError, func(a *authority, l *link) {
			clientCert(a, l, x509.ExtKeyUsageClientAuth)
			lie(&l.client.Certificates[0])
		}},
		{"no client certificate", spec.Server, spec.HandshakeFailure, func(_ *authority, l *link) { l.server.ClientAuth = tls.RequireAndVerifyClientCert }},
		{"a client with a server's certificate", spec.Server, spec.UnsupportedCertificate, func(a *authority, l *link) { clientCert(a, l, x509.ExtKeyUsageServerAuth) }},
		{"a client of an unknown authority", spec.Server, spec.UnknownCA, func(a *authority, l *link) {
			clientCert(a, l, x509.ExtKeyUsageClientAuth)
			l.server.ClientCAs = x509.NewCertPool()
		}},
		{"no common suite", spec.Server, spec.HandshakeFailure, func(_ *authority, l *link) {
			l.client.CipherSuites, l.server.CipherSuites = []uint16{0xc02b}, []uint16{0xc02c}
		}},
		{"no common version", spec.Server, spec.ProtocolVersion, func(_ *authority, l *link) {
			l.client.MinVersion, l.client.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
		}},
		{"no common protocol", spec.Server, spec.NoApplicationProtocol, func(_ *authority, l *link) {
			l.client.NextProtos, l.server.NextProtos = []string{"a"}, []string{"b"}
		}},
		{"the versions are lowered on the way", spec.Client, spec.IllegalParameter, func(_ *authority, l *link) {
			l.client.MinVersion, l.server.MinVersion = tls.VersionTLS11, tls.VersionTLS11
			l.toServer = func(b []byte) []byte { b[10] = 2; return b } // RFC 8446, Section 4.1.3: client_version of ClientHello
		}},
		{"a client that has fallen back", spec.Server, spec.InappropriateFallback, func(_ *authority, l *link) {
			l.client.MinVersion, l.client.MaxVersion, l.client.Fallback = tls.VersionTLS11, tls.VersionTLS11, true
			l.server.MinVersion = tls.VersionTLS11
		}},
		{"renegotiation_info of a renegotiation", spec.Server, spec.HandshakeFailure, func(_ *authority, l *link) { l.toServer = renegotiates }},
		{"a required extended_master_secret", spec.Server, spec.HandshakeFailure, func(_ *authority, l *link) {
			l.client.ExtendedMasterSecret, l.server.ExtendedMasterSecret = tls.Never, tls.Require
		}},
	}
}

// renegotiates puts an octet into ClientHello's renegotiation_info (RFC 5746,
// Section 3.6).
func renegotiates(b []byte) []byte {
	at := bytes.LastIndex(b, []byte{0xff, 0x01, 0, 1, 0})
	if at < 0 {
		panic("checker: ClientHello has no renegotiation_info")
	}
	b = append(b[:at:at], append([]byte{0xff, 0x01, 0, 2, 1, 0}, b[at+5:]...)...)
	for _, length := range []int{3, 7, extensionsAt(b)} {
		if b[length+1]++; b[length+1] == 0 {
			b[length]++
		}
	}
	return b
}

// extensionsAt returns where ClientHello's extensions begin, in a record.
func extensionsAt(b []byte) int {
	at := 5 + 4 + 2 + 32
	at += 1 + int(b[at])
	at += 2 + int(b[at])<<8 + int(b[at+1])
	return at + 1 + int(b[at])
}

// liar signs something else.
type liar struct{ crypto.Signer }

func (l liar) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	digest = bytes.Clone(digest)
	digest[0] ^= 1
	return l.Signer.Sign(r, digest, o)
}

func lie(c *tls.Certificate) { c.PrivateKey = liar{c.PrivateKey} }
