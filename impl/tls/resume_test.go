package tls_test

import (
	stdtls "crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// resuming are the two ways to resume, as configurations of both sides.
func resuming(by spec.Shortening) (client, server *tls.Config) {
	client, server = clientConfig(), serverConfig(testcert.RSA, testcert.ECDSA)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	if by == spec.BySessionID {
		client.SessionTicketsDisabled, server.SessionTicketsDisabled = true, true
		server.ServerSessionCache = tls.NewLRUServerSessionCache(0)
	}
	return client, server
}

var bothWays = []spec.Shortening{spec.BySessionID, spec.ByTicket}

// resumed runs one handshake with data both ways, and says how it was shortened.
func resumed(t *testing.T, client, server *tls.Config) spec.Shortening {
	t.Helper()
	c, s := connect(t, client, server)
	talk(t, c, s)
	got, want := c.ConnectionState(), s.ConnectionState()
	if got.ResumedBy != want.ResumedBy || got.DidResume != (got.ResumedBy != spec.Full) {
		t.Fatalf("the client says %v, the server %v", got.ResumedBy, want.ResumedBy)
	}
	if len(got.PeerCertificates) == 0 || len(got.VerifiedChains) == 0 {
		t.Fatal("the client's state lacks the server's certificates")
	}
	c.Close()
	s.Close()
	return got.ResumedBy
}

func TestResumption(t *testing.T) {
	for _, by := range bothWays {
		t.Run(by.String(), func(t *testing.T) {
			client, server := resuming(by)
			if got := resumed(t, client, server); got != spec.Full {
				t.Fatalf("the first handshake: %v", got)
			}
			for range 3 {
				if got := resumed(t, client, server); got != by {
					t.Fatalf("a later handshake: %v", got)
				}
			}
		})
	}
}

// orderCache notes in kept that a session was kept.
type orderCache struct {
	tls.ServerSessionCache
	kept *bool
}

func (c orderCache) Put(id []byte, s *tls.Session) {
	*c.kept = *c.kept || s != nil
	c.ServerSessionCache.Put(id, s)
}

// keptFirst is a server's transport that looks, at each Write, whether the
// session has been kept.
type keptFirst struct {
	net.Conn
	kept *bool
	last bool // what it saw at the last Write
}

func (c *keptFirst) Write(p []byte) (int, error) {
	c.last = *c.kept
	return c.Conn.Write(p)
}

// A client that has read the server's Finished resumes the session at once: the
// server has kept it before.
func TestSessionIsKeptBeforeTheLastFlight(t *testing.T) {
	client, server := resuming(spec.BySessionID)
	var kept bool
	server.ServerSessionCache = orderCache{server.ServerSessionCache, &kept}
	a, b := transports(t)
	over := &keptFirst{Conn: b, kept: &kept}
	if clientErr, serverErr := handshakes(tls.Client(a, client), tls.Server(over, server)); clientErr != nil || serverErr != nil {
		t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
	}
	if !over.last {
		t.Error("the last flight was sent before the session was kept")
	}
}

// What must be the same for a session to be resumed, and is not.
func TestResumptionRefused(t *testing.T) {
	later := func(d time.Duration) func() time.Time { return func() time.Time { return testNow.Add(d) } }
	for _, tt := range []struct {
		name   string
		change func(client, server *tls.Config)
		want   func(by spec.Shortening) spec.Shortening // nil: a full handshake
	}{
		{"nothing changed", func(_, _ *tls.Config) {}, func(by spec.Shortening) spec.Shortening { return by }},
		{"an hour later", func(c, s *tls.Config) { c.Time, s.Time = later(time.Hour), later(time.Hour) },
			func(by spec.Shortening) spec.Shortening { return by }},
		{"a lifetime later", func(c, s *tls.Config) { c.Time, s.Time = later(25*time.Hour), later(25*time.Hour) }, nil},
		{"a lifetime later by the server's clock", func(_, s *tls.Config) { s.Time = later(25 * time.Hour) }, nil},
		{"another context", func(_, s *tls.Config) { s.SessionContext = "another" }, nil},
		{"another version", func(c, s *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
			s.MinVersion = tls.VersionTLS11
		}, nil},
		{"the suite is not offered any more", func(c, _ *tls.Config) {
			c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}, nil},
		{"the suite is not accepted any more", func(_, s *tls.Config) {
			s.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}, nil},
		{"the server requires a certificate now", func(c, s *tls.Config) {
			c.Certificates = []tls.Certificate{clientCertificate(testcert.ECDSA)}
			s.ClientAuth, s.ClientCAs = tls.RequireAndVerifyClientCert, testcert.Roots()
		}, nil},
		{"no extended master secret at the client any more", func(c, _ *tls.Config) { c.ExtendedMasterSecret = tls.Never }, nil},
	} {
		for _, by := range bothWays {
			t.Run(by.String()+"/"+tt.name, func(t *testing.T) {
				client, server := resuming(by)
				server.SetSessionTicketKeys([][32]byte{{1}}) // kept by Clone
				if got := resumed(t, client, server); got != spec.Full {
					t.Fatalf("the first handshake: %v", got)
				}
				client, server = client.Clone(), server.Clone()
				tt.change(client, server)
				want := spec.Full
				if tt.want != nil {
					want = tt.want(by)
				}
				if got := resumed(t, client, server); got != want {
					t.Errorf("%v, want %v", got, want)
				}
			})
		}
	}
}

// RFC 7627, Section 5.3: a session without extended master secret is resumed only
// where both sides allow it, and otherwise a full handshake follows: none fails.
func TestResumptionWithoutEMS(t *testing.T) {
	for _, by := range bothWays {
		for _, tt := range []struct {
			name           string
			client, server tls.Policy
			allowC, allowS bool
			want           spec.Shortening
		}{
			{"server never", tls.Offer, tls.Never, false, false, spec.Full},
			{"server never, allowed", tls.Offer, tls.Never, true, true, spec.Full},
			{"client never", tls.Never, tls.Offer, false, false, spec.Full},
			{"client never, client allows", tls.Never, tls.Offer, true, false, spec.Full},
			{"client never, server allows", tls.Never, tls.Offer, false, true, spec.Full},
			{"client never, allowed", tls.Never, tls.Offer, true, true, by},
			{"both never, allowed", tls.Never, tls.Never, true, true, by},
		} {
			t.Run(by.String()+"/"+tt.name, func(t *testing.T) {
				client, server := resuming(by)
				client.ExtendedMasterSecret, client.ResumeWithoutEMS = tt.client, tt.allowC
				server.ExtendedMasterSecret, server.ResumeWithoutEMS = tt.server, tt.allowS
				if got := resumed(t, client, server); got != spec.Full {
					t.Fatalf("the first handshake: %v", got)
				}
				for range 2 {
					if got := resumed(t, client, server); got != tt.want {
						t.Errorf("%v, want %v", got, tt.want)
					}
				}
			})
		}
	}
}

// A client offers a session only to a server that it would trust today.
func TestResumptionVerifiesAgain(t *testing.T) {
	for _, by := range bothWays {
		t.Run(by.String(), func(t *testing.T) {
			client, server := resuming(by)
			resumed(t, client, server)
			client = client.Clone()
			client.RootCAs = x509.NewCertPool()
			a, b := transports(t)
			clientErr, _ := handshakes(tls.Client(a, client), tls.Server(b, server))
			wantAlert(t, "client", clientErr, true, spec.UnknownCA)
		})
	}
}

// A session with a client certificate is resumed only while that verifies.
func TestResumptionOfClientCertificate(t *testing.T) {
	for _, by := range bothWays {
		t.Run(by.String(), func(t *testing.T) {
			client, server := resuming(by)
			server.SetSessionTicketKeys([][32]byte{{1}})
			client.Certificates = []tls.Certificate{clientCertificate(testcert.RSA)}
			server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, testcert.Roots()
			resumed(t, client, server)
			c, s := connect(t, client, server)
			state := s.ConnectionState()
			if state.ResumedBy != by || len(state.PeerCertificates) != 2 || len(state.VerifiedChains) == 0 {
				t.Errorf("resumed by %v with %d certificates", state.ResumedBy, len(state.PeerCertificates))
			}
			talk(t, c, s)
			server = server.Clone()
			server.ClientCAs = x509.NewCertPool()
			server.ClientCAs.AddCert(testcert.Root(testcert.Ed25519))
			a, b := transports(t)
			_, serverErr := handshakes(tls.Client(a, client), tls.Server(b, server))
			if serverErr == nil {
				t.Error("a client whose root is not trusted any more was let in")
			}
		})
	}
}

// RFC 6066, Section 3: no resumption under another name.
func TestResumptionUnderAnotherName(t *testing.T) {
	for _, by := range bothWays {
		t.Run(by.String(), func(t *testing.T) {
			client, server := resuming(by)
			resumed(t, client, server)
			client = client.Clone()
			session, ok := client.ClientSessionCache.Get(testcert.Name)
			if !ok {
				t.Fatal("no session is cached")
			}
			client.ServerName = "127.0.0.1"
			client.ClientSessionCache.Put("127.0.0.1", session)
			if got := resumed(t, client, server); got != spec.Full {
				t.Errorf("a session of %s was resumed for 127.0.0.1 (%v)", testcert.Name, got)
			}
		})
	}
}

// RFC 5246, Section 7.2: a fatal alert makes the session unusable.
func TestFatalAlertEndsSession(t *testing.T) {
	client, server := resuming(spec.BySessionID)
	resumed(t, client, server)
	c, s := connect(t, client, server)
	if got := s.ConnectionState().ResumedBy; got != spec.BySessionID {
		t.Fatal(got)
	}
	// An unprotected record after the handshake does not open.
	if _, err := c.NetConn().Write(append([]byte{23, 3, 3, 0, 32}, make([]byte, 32)...)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Read(make([]byte, 1))
	wantAlert(t, "server", err, true, spec.BadRecordMAC)
	_, err = c.Read(make([]byte, 1))
	wantAlert(t, "client", err, false, spec.BadRecordMAC)
	if got := resumed(t, client, server); got != spec.Full {
		t.Errorf("resumed by %v after a fatal alert", got)
	}
}

// FAST-TLS-08: beside a ticket the Session ID is not looked up, and a handshake
// with a session secret leaves the caches alone.
func TestSessionSecretLeavesCachesAlone(t *testing.T) {
	client, server := resuming(spec.BySessionID)
	resumed(t, client, server)
	before, _ := client.ClientSessionCache.Get(testcert.Name)
	pac := accepting(server.Clone(), testPAC)
	c, s := connect(t, offering(client.Clone(), testPAC), pac)
	if got := s.ConnectionState().ResumedBy; got != spec.BySessionSecret {
		t.Fatal(got)
	}
	talk(t, c, s)
	after, _ := client.ClientSessionCache.Get(testcert.Name)
	if before != after {
		t.Error("the client's cache has changed")
	}
	if got := resumed(t, client, server); got != spec.BySessionID {
		t.Errorf("the cached session is gone: %v", got)
	}
}

// While AcceptTicket is set, RFC 5077 tickets are neither opened nor issued.
func TestNoTicketsBesideTheCallback(t *testing.T) {
	client, server := resuming(spec.ByTicket)
	server.SetSessionTicketKeys([][32]byte{{1}})
	resumed(t, client, server)
	declines := declining(server.Clone())
	if got := resumed(t, client, declines); got != spec.Full {
		t.Errorf("a ticket was opened beside the callback: %v", got)
	}
	fresh := client.Clone()
	fresh.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	resumed(t, fresh, declines)
	if s, ok := fresh.ClientSessionCache.Get(testcert.Name); ok && len(s.Ticket) > 0 {
		t.Error("a ticket was issued beside the callback")
	}
}

// crypto/tls resumes by ticket, in both roles.
func TestResumptionWithStandardLibrary(t *testing.T) {
	t.Run("client", func(t *testing.T) {
		client, server := clientConfig(), stdServer(testcert.RSA)
		client.ClientSessionCache = tls.NewLRUClientSessionCache(0)
		for i := range 3 {
			a, b := transports(t)
			c, s := tls.Client(a, client), stdtls.Server(b, server)
			clientErr, serverErr := handshakes(c, s)
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			talk(t, c, s)
			if got := c.ConnectionState().ResumedBy; (got == spec.ByTicket) != (i > 0) || s.ConnectionState().DidResume != (i > 0) {
				t.Errorf("handshake %d: %v", i, got)
			}
		}
	})
	t.Run("server", func(t *testing.T) {
		client, server := stdClient(), serverConfig(testcert.RSA)
		client.ClientSessionCache = stdtls.NewLRUClientSessionCache(0)
		for i := range 3 {
			a, b := transports(t)
			c, s := stdtls.Client(a, client), tls.Server(b, server)
			clientErr, serverErr := handshakes(c, s)
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			talk(t, c, s)
			if got := s.ConnectionState().ResumedBy; (got == spec.ByTicket) != (i > 0) || c.ConnectionState().DidResume != (i > 0) {
				t.Errorf("handshake %d: %v", i, got)
			}
		}
	})
}

// A renewed ticket (RFC 5077, Section 3.3) does not make its session younger, so
// that no chain of resumptions outlives a lifetime. crypto/tls renews those of an
// older key.
func TestRenewedTicketKeepsItsDate(t *testing.T) {
	client, server := clientConfig(), stdServer(testcert.RSA)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	var sessions [2]*tls.Session
	for i, keys := range [][][32]byte{{{1}}, {{2}, {1}}} {
		client.Time = func() time.Time { return testTime().Add(time.Duration(i) * time.Hour) }
		server.SetSessionTicketKeys(keys)
		a, b := transports(t)
		c, s := tls.Client(a, client.Clone()), stdtls.Server(b, server)
		if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
			t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
		}
		talk(t, c, s)
		if got := c.ConnectionState().DidResume; got != (i > 0) {
			t.Fatalf("handshake %d is resumed: %v", i, got)
		}
		sessions[i], _ = client.ClientSessionCache.Get(testcert.Name)
	}
	first, renewed := sessions[0], sessions[1]
	if string(renewed.Ticket) == string(first.Ticket) || renewed.Created != first.Created || renewed.Created == 0 {
		t.Errorf("a session of %d is one of %d with a new ticket", first.Created, renewed.Created)
	}
}
