package handshake_test

import (
	"crypto"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/spec"
)

// stream is one direction of a connection in memory, which takes any amount.
type stream struct {
	mu     sync.Mutex
	more   sync.Cond
	data   []byte
	closed bool
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = append(s.data, p...)
	s.more.Broadcast()
	return len(p), nil
}

func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.data) == 0 {
		if s.closed {
			return 0, io.EOF
		}
		s.more.Wait()
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

func (s *stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.more.Broadcast()
	return nil
}

// end is one end of a connection in memory. It has what crypto/tls uses of a
// net.Conn.
type end struct {
	net.Conn
	from, to *stream
}

func (e end) Read(p []byte) (int, error)       { return e.from.Read(p) }
func (e end) Write(p []byte) (int, error)      { return e.to.Write(p) }
func (e end) Close() error                     { e.from.Close(); return e.to.Close() }
func (e end) SetWriteDeadline(time.Time) error { return nil }

func memory() (here, there end) {
	a, b := new(stream), new(stream)
	a.more.L, b.more.L = &a.mu, &b.mu
	return end{from: a, to: b}, end{from: b, to: a}
}

// meet runs the handshake of own with crypto/tls, and an echo of one line.
func meet(t *testing.T, own *side, client bool, config *tls.Config) (state tls.ConnectionState, goErr error) {
	t.Helper()
	here, there := memory()
	done := make(chan error, 1)
	conn := tls.Server(there, config)
	if client {
		conn = tls.Client(there, config)
	}
	go func() {
		defer there.Close()
		err := conn.Handshake()
		if err == nil && client {
			_, err = conn.Write([]byte("ping"))
		}
		var b [4]byte
		if err == nil {
			_, err = io.ReadFull(conn, b[:])
		}
		if err == nil && !client {
			_, err = conn.Write(b[:])
		}
		if err == nil {
			err = conn.CloseWrite()
		}
		done <- err
	}()
	converse(own, here, !client)
	here.Close()
	goErr = <-done
	return conn.ConnectionState(), goErr
}

// converse moves octets until the peer ends. A client says ping, a server
// repeats what it hears.
func converse(own *side, transport end, client bool) {
	buf := make([]byte, 1<<15)
	var in []byte
	said := 0
	for {
		var out []byte
		out, in = own.step(in)
		if own.err == nil && own.State() == spec.Established {
			var say []byte
			switch {
			case !client:
				say = own.data[said:] // under TLS 1.0 it arrives in two records
			case said == 0:
				say = []byte("ping")
			}
			if len(say) > 0 {
				out, own.err = own.Seal(out, say)
				said += len(say)
			}
		}
		if len(out) > 0 {
			if _, err := transport.Write(out); err != nil {
				return
			}
		}
		if own.err != nil {
			return
		}
		n, err := transport.Read(buf)
		if err != nil {
			return
		}
		in = append(in, buf[:n]...)
	}
}

func goCertificate(c testcert.Chain) tls.Certificate {
	return tls.Certificate{Certificate: c.DER, PrivateKey: c.Key.(crypto.PrivateKey), Leaf: c.Leaf}
}

// goSuites are the suites that crypto/tls has too.
func goSuites() (ids []spec.SuiteID) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if _, ok := spec.SuiteByID(spec.SuiteID(s.ID)); ok {
			ids = append(ids, spec.SuiteID(s.ID))
		}
	}
	slices.Sort(ids)
	return ids
}

// goConfig is crypto/tls's counterpart.
func goConfig(v spec.Version, suite spec.SuiteID) *tls.Config {
	return &tls.Config{
		MinVersion: uint16(v), MaxVersion: uint16(v), CipherSuites: []uint16{uint16(suite)},
		Certificates: []tls.Certificate{goCertificate(testcert.Server(testcert.RSA)), goCertificate(testcert.Server(testcert.ECDSA))},
		RootCAs:      testcert.Roots(), ClientCAs: testcert.Roots(), ServerName: testcert.Name, NextProtos: []string{"h2", "http/1.1"},
	}
}

// Checks TLS-BASE-25 (must fail: ems-not-derived).
// Checks TLS-BASE-17 (must fail: finished-labels-swapped).
// Checks FAST-TLS-15 (must fail: old-prf-for-tls12).
func TestCryptoTLS(t *testing.T) {
	for _, v := range []spec.Version{spec.TLS10, spec.TLS11, spec.TLS12} {
		for _, id := range goSuites() {
			suite, _ := spec.SuiteByID(id)
			if suite.MinVersion > v {
				continue
			}
			for _, auth := range []tls.ClientAuthType{tls.NoClientCert, tls.RequestClientCert, tls.RequireAndVerifyClientCert} {
				for _, client := range []bool{false, true} {
					name := fmt.Sprintf("%v/%v/auth=%d/client=%v", v, id, auth, client)
					t.Run(name, func(t *testing.T) { testCryptoTLS(t, v, id, auth, client) })
				}
			}
		}
	}
}

func testCryptoTLS(t *testing.T, v spec.Version, id spec.SuiteID, auth tls.ClientAuthType, client bool) {
	config := &handshake.Config{
		MinVersion: v, MaxVersion: v, Suites: []spec.SuiteID{id}, Protocols: []string{"http/1.1"},
		ClientAuth: map[tls.ClientAuthType]handshake.ClientAuth{
			tls.NoClientCert: handshake.NoClientAuth, tls.RequestClientCert: handshake.RequestClientAuth,
			tls.RequireAndVerifyClientCert: handshake.RequireClientAuth,
		}[auth],
	}
	other := goConfig(v, id)
	var own *side
	if client {
		c, err := handshake.NewClient(config, &handshake.ClientParams{ServerName: testcert.Name})
		if err != nil {
			t.Fatal(err)
		}
		own = newSide(c)
		other.ClientAuth = auth
		if auth == tls.RequireAndVerifyClientCert {
			own.certs = []testcert.Chain{testcert.Client(testcert.RSA)}
		}
	} else {
		own = newSide(handshake.NewServer(config), testcert.Server(testcert.RSA), testcert.Server(testcert.ECDSA))
		other.Certificates = nil
		if auth == tls.RequireAndVerifyClientCert {
			other.Certificates = []tls.Certificate{goCertificate(testcert.Client(testcert.ECDSA))}
		}
	}
	defer own.Release()
	state, err := meet(t, own, !client, other)
	if err != nil || own.err != nil {
		t.Fatalf("crypto/tls: %v\nown: %v", err, own.err)
	}
	info := own.Info()
	if string(own.data) != "ping" || info.Protocol != "http/1.1" || state.NegotiatedProtocol != "http/1.1" ||
		state.CipherSuite != uint16(info.Suite) || !info.ExtendedMasterSecret || !info.SecureRenegotiation {
		t.Errorf("data %q, %+v", own.data, info)
	}
	if !client && auth == tls.RequireAndVerifyClientCert && !info.PeerAuthenticated {
		t.Error("the client's certificate went unnoticed")
	}
	var exported [20]byte
	if err := own.Export(exported[:], "EXPORTER-test", []byte("context")); err != nil {
		t.Fatal(err)
	}
	theirs, err := state.ExportKeyingMaterial("EXPORTER-test", []byte("context"), len(exported))
	if err != nil || string(theirs) != string(exported[:]) {
		t.Errorf("exported %x and %x: %v", exported, theirs, err)
	}
}

func TestCryptoTLSTickets(t *testing.T) {
	const suite = spec.SuiteID(0xc02f)
	config := &handshake.Config{Suites: []spec.SuiteID{suite}, Tickets: true}

	t.Run("own client", func(t *testing.T) {
		other := goConfig(spec.TLS12, suite)
		var session *handshake.Session
		for i, want := range []spec.Shortening{spec.Full, spec.ByTicket, spec.ByTicket} {
			c, err := handshake.NewClient(config, &handshake.ClientParams{ServerName: testcert.Name, Session: session})
			if err != nil {
				t.Fatal(err)
			}
			own := newSide(c)
			state, err := meet(t, own, false, other)
			if err != nil || own.err != nil || own.Info().Resumed != want || state.DidResume != (want != spec.Full) {
				t.Fatalf("handshake %d: %v, %v, %+v", i, err, own.err, own.Info())
			}
			if !slices.Contains(own.events, handshake.SessionIssued) {
				t.Fatalf("handshake %d: no session: %v", i, own.events)
			}
			session = own.Session()
			own.Release()
		}
	})

	t.Run("own server", func(t *testing.T) {
		other := goConfig(spec.TLS12, suite)
		other.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		sessions := map[string]*handshake.Session{}
		for i, want := range []spec.Shortening{spec.Full, spec.ByTicket, spec.ByTicket} {
			own := newSide(handshake.NewServer(config), testcert.Server(testcert.RSA))
			own.sessions = sessions
			state, err := meet(t, own, true, other)
			if err != nil || own.err != nil || own.Info().Resumed != want || state.DidResume != (want != spec.Full) {
				t.Fatalf("handshake %d: %v, %v, %+v", i, err, own.err, own.Info())
			}
			own.Release()
		}
	})
}
