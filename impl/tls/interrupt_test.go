package tls_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// handshakeKind is a handshake that is going to be interrupted.
type handshakeKind struct {
	name    string
	by      spec.Shortening
	configs func(t *testing.T) (client, server *tls.Config)
}

// Ed25519 signatures, tickets and Session IDs all have one length: a kind of
// handshake has the same octets' number each time.
var handshakeKinds = []handshakeKind{
	{"full", spec.Full, func(*testing.T) (client, server *tls.Config) {
		return clientConfig(), serverConfig(testcert.Ed25519)
	}},
	{"client certificate", spec.Full, func(*testing.T) (client, server *tls.Config) {
		client, server = clientConfig(), serverConfig(testcert.Ed25519)
		client.Certificates, server.ClientAuth = []tls.Certificate{clientCertificate(testcert.Ed25519)}, tls.RequireAnyClientCert
		return client, server
	}},
	{"session secret", spec.BySessionSecret, func(*testing.T) (client, server *tls.Config) {
		return offering(clientConfig(), testPAC), accepting(serverConfig(testcert.Ed25519), testPAC)
	}},
	{"declined", spec.Full, func(*testing.T) (client, server *tls.Config) {
		return offering(clientConfig(), testPAC), declining(serverConfig(testcert.Ed25519))
	}},
	{"Session ID", spec.BySessionID, func(t *testing.T) (client, server *tls.Config) { return resumable(t, spec.BySessionID) }},
	{"ticket", spec.ByTicket, func(t *testing.T) (client, server *tls.Config) { return resumable(t, spec.ByTicket) }},
}

// resumable returns configurations of both sides that have a session to resume.
func resumable(t *testing.T, by spec.Shortening) (client, server *tls.Config) {
	client, server = resuming(by)
	server.Certificates = serverConfig(testcert.Ed25519).Certificates
	connect(t, client, server)
	return client, server
}

// interrupted calls f, within a bubble, for every kind of handshake, role, and
// places spread over what the role reads. run runs the handshake up to there and
// returns the role's error.
func interrupted(t *testing.T, f func(t *testing.T, run func(ctx context.Context, silent bool) error)) {
	for _, kind := range handshakeKinds {
		for _, role := range []spec.Role{spec.Client, spec.Server} {
			total := kind.length(t, role)
			for _, n := range cuts(total) {
				t.Run(fmt.Sprintf("%s/%v/%d of %d octets", kind.name, role, n, total), func(t *testing.T) {
					client, server := kind.configs(t)
					synctest.Test(t, func(t *testing.T) {
						f(t, func(ctx context.Context, silent bool) error {
							_, err := handshakeWith(ctx, role, client, server, &cutConn{left: n, silent: silent})
							return err
						})
					})
				})
			}
		}
	}
}

// The context ends the handshake wherever it stands.
func TestHandshakeContext(t *testing.T) {
	interrupted(t, func(t *testing.T, run func(context.Context, bool) error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := run(ctx, true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
	a, b := net.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tls.Client(a, clientConfig()).HandshakeContext(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended before: %v", err)
	}
	b.Close()
}

// A socket that is closed at any step is a truncation.
func TestSocketClosedAtEachStep(t *testing.T) {
	interrupted(t, func(t *testing.T, run func(context.Context, bool) error) {
		if err := run(t.Context(), false); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v", err)
		}
	})
}

// An interrupted handshake takes nobody's session away: the next one resumes it.
func TestInterruptedResumption(t *testing.T) {
	for _, by := range bothWays {
		for _, role := range []spec.Role{spec.Client, spec.Server} {
			t.Run(fmt.Sprintf("%v/%v", by, role), func(t *testing.T) {
				client, server := resumable(t, by)
				ctx, cancel := context.WithCancel(t.Context())
				cut := &cutConn{left: 20, silent: true, reached: cancel}
				if _, err := handshakeWith(ctx, role, client, server, cut); !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if got := resumed(t, client, server); got != by {
					t.Errorf("then resumed by %v", got)
				}
			})
		}
	}
}

// The callbacks get the context, and may wait for its end.
func TestHandshakeContextInCallbacks(t *testing.T) {
	for name, tt := range map[string]struct {
		role spec.Role
		wait func(client, server *tls.Config)
	}{
		"OfferTicket": {spec.Client, func(c, _ *tls.Config) {
			c.OfferTicket = func(ctx context.Context, _ *tls.TicketRequest) (*tls.TicketOffer, error) { return nil, end(ctx) }
		}},
		"Secret": {spec.Client, func(c, s *tls.Config) {
			accepting(s, testPAC)
			c.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
				return &tls.TicketOffer{Ticket: testTicket, Secret: func(ctx context.Context, _ *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
					return nil, end(ctx)
				}}, nil
			}
		}},
		"AcceptTicket": {spec.Server, func(c, s *tls.Config) {
			offering(c, testPAC)
			s.AcceptTicket = func(ctx context.Context, _ *tls.TicketHello) (*tls.SessionSecret, error) { return nil, end(ctx) }
		}},
		"GetCertificate": {spec.Server, func(_, s *tls.Config) {
			s.GetCertificate = func(ctx context.Context, _ *tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, end(ctx) }
		}},
		"GetClientCertificate": {spec.Client, func(c, s *tls.Config) {
			s.ClientAuth = tls.RequestClientCert
			c.GetClientCertificate = func(ctx context.Context, _ *tls.CertificateRequestInfo) (*tls.Certificate, error) {
				return nil, end(ctx)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := clientConfig(), serverConfig(testcert.Ed25519)
				tt.wait(client, server)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := handshakeWith(ctx, tt.role, client, server, &cutConn{left: 1 << 20}); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

// end waits for the context's end.
func end(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// cutConn is a transport whose peer sends no more than so many octets. Then it
// is silent, or closes.
type cutConn struct {
	net.Conn
	left    int
	silent  bool
	reached func() // called when nothing is left; may be nil
	read    int
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.left == 0 && !c.silent {
		c.Conn.Close()
		return 0, io.EOF
	}
	if c.left == 0 {
		if c.reached != nil {
			c.reached()
		}
		p = make([]byte, 1) // what comes is lost
		for {
			if _, err := c.Conn.Read(p); err != nil {
				return 0, err
			}
		}
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	c.read += n
	return n, err
}

// handshakeWith runs a handshake in which one role reads from cut, and returns
// what that role knows at its end, and its error.
func handshakeWith(ctx context.Context, role spec.Role, client, server *tls.Config, cut *cutConn) (tls.ConnectionState, error) {
	a, b := net.Pipe()
	cut.Conn = a
	own, peer := tls.Client(cut, client), tls.Server(b, server)
	if role == spec.Server {
		own, peer = tls.Server(cut, server), tls.Client(b, client)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if peer.Handshake() != nil {
			peer.Close()
		}
	}()
	err := own.HandshakeContext(ctx)
	a.Close()
	<-done
	peer.Close()
	return own.ConnectionState(), err
}

// length is how many octets a role reads in a handshake that is not interrupted.
func (k *handshakeKind) length(t *testing.T, role spec.Role) int {
	t.Helper()
	client, server := k.configs(t)
	cut := &cutConn{left: 1 << 20}
	state, err := handshakeWith(t.Context(), role, client, server, cut)
	if err != nil || state.ResumedBy != k.by {
		t.Fatalf("%s: resumed by %v, %v", k.name, state.ResumedBy, err)
	}
	return cut.read
}

// cuts are places spread over a handshake, its ends among them.
func cuts(total int) []int {
	all := []int{0, 1, 4, 5, 6, 9, total - 46, total - 45, total - 40, total - 1}
	for n := 20; n < total-50; n += total / 20 {
		all = append(all, n)
	}
	return all
}
