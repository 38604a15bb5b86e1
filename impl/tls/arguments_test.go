package tls_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// What the callbacks are told, and how often: each once.
func TestCallbackArguments(t *testing.T) {
	client, server := clientConfig(), serverConfig(testcert.RSA)
	client.OfferSessionID = true
	var requests, hellos, helloInfos int
	var atClient, atServer [2][]byte // client_random, server_random
	client.OfferTicket = func(_ context.Context, r *tls.TicketRequest) (*tls.TicketOffer, error) {
		requests++
		if r.ServerName != testcert.Name || r.Conn == nil {
			t.Errorf("%+v", r)
		}
		return &tls.TicketOffer{Ticket: testTicket, Secret: func(_ context.Context, h *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
			helloInfos++
			atClient = [2][]byte{bytes.Clone(h.ClientRandom), bytes.Clone(h.ServerRandom)}
			if h.Version != tls.VersionTLS12 || h.CipherSuite == 0 {
				t.Errorf("%+v", h)
			}
			return &tls.SessionSecret{Secret: make([]byte, 48), CipherSuite: tls.TLS_RSA_WITH_AES_128_CBC_SHA}, nil
		}}, nil
	}
	server.AcceptTicket = func(_ context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
		hellos++
		atServer = [2][]byte{bytes.Clone(h.ClientRandom), bytes.Clone(h.ServerRandom)}
		if !bytes.Equal(h.Ticket, testTicket) || h.Version != tls.VersionTLS12 || h.ServerName != testcert.Name ||
			len(h.SessionID) != 32 || !slices.Contains(h.CipherSuites, tls.TLS_RSA_WITH_AES_128_CBC_SHA) || h.Conn == nil {
			t.Errorf("%+v", h)
		}
		return &tls.SessionSecret{Secret: make([]byte, 48)}, nil
	}
	c, s := connect(t, client, server)
	if requests != 1 || hellos != 1 || helloInfos != 1 {
		t.Errorf("called %d, %d and %d times", requests, hellos, helloInfos)
	}
	for who, state := range map[string]tls.ConnectionState{"client": c.ConnectionState(), "server": s.ConnectionState()} {
		for name, randoms := range map[string][2][]byte{"client's callback": atClient, "server's callback": atServer} {
			if !bytes.Equal(randoms[0], state.ClientRandom) || !bytes.Equal(randoms[1], state.ServerRandom) {
				t.Errorf("the %s saw other randoms than the %s's state has", name, who)
			}
		}
	}
	// The client's preference is recorded, and decides nothing.
	if state := c.ConnectionState(); state.SessionSecretSuite != tls.TLS_RSA_WITH_AES_128_CBC_SHA || state.CipherSuite == state.SessionSecretSuite {
		t.Errorf("preferred %s, chosen %s", tls.CipherSuiteName(state.SessionSecretSuite), tls.CipherSuiteName(state.CipherSuite))
	}
}

// Without a ticket nobody calls anything.
func TestCallbacksWithoutTicket(t *testing.T) {
	client, server := clientConfig(), serverConfig(testcert.RSA)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(0) // asks for a ticket, with an empty one
	server.AcceptTicket = func(context.Context, *tls.TicketHello) (*tls.SessionSecret, error) {
		t.Error("AcceptTicket was called")
		return nil, nil
	}
	connect(t, client, server)
	client = client.Clone()
	client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) { return nil, nil }
	connect(t, client, server)
}

// The error of OfferTicket ends the handshake before anything is sent.
func TestOfferTicketError(t *testing.T) {
	errOwn := errors.New("no access to the store")
	client := clientConfig()
	client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) { return nil, errOwn }
	a, b := transports(t)
	if err := tls.Client(a, client).Handshake(); !errors.Is(err, errOwn) {
		t.Errorf("%v", err)
	}
	a.Close()
	if n, err := b.Read(make([]byte, 1)); n != 0 {
		t.Errorf("%d octets were sent (%v)", n, err)
	}
}

// The suite that a server's callback names: FAST-TLS-16, FAST-TLS-36.
func TestNamedSuite(t *testing.T) {
	for _, tt := range []struct {
		name  string
		suite uint16
		alert spec.AlertDescription
	}{
		{"offered", tls.TLS_RSA_WITH_AES_256_CBC_SHA, spec.AlertNone},
		{"not on the server's own list", tls.TLS_RSA_WITH_AES_128_CBC_SHA, spec.AlertNone},
		{"not offered", tls.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, spec.HandshakeFailure},
		{"anonymous", tls.TLS_DH_anon_WITH_AES_128_CBC_SHA, spec.HandshakeFailure},
		{"not implemented", 0x0005, spec.HandshakeFailure},
		{"a signalling value", 0x00ff, spec.HandshakeFailure},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := offering(clientConfig(), testPAC), accepting(serverConfig(testcert.RSA), testPAC)
			client.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA,
				tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_DH_anon_WITH_AES_128_CBC_SHA}
			client.AllowAnonymous = true
			server.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_CBC_SHA}
			accept := server.AcceptTicket
			server.AcceptTicket = func(ctx context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
				s, err := accept(ctx, h)
				s.CipherSuite = tt.suite
				return s, err
			}
			a, b := transports(t)
			c, s := tls.Client(a, client), tls.Server(b, server)
			clientErr, serverErr := handshakes(c, s)
			if tt.alert != spec.AlertNone {
				wantAlert(t, "server", serverErr, true, tt.alert)
				wantAlert(t, "client", clientErr, false, tt.alert)
				return
			}
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			if got := c.ConnectionState().CipherSuite; got != tt.suite {
				t.Errorf("%s", tls.CipherSuiteName(got))
			}
			talk(t, c, s)
		})
	}
}

// Other lengths than 48 octets need Config.AnySecretLength on both sides.
func TestAnySecretLength(t *testing.T) {
	for _, tt := range []struct {
		length int
		works  bool
	}{{0, false}, {1, true}, {47, true}, {48, true}, {512, true}, {513, false}} {
		t.Run(fmt.Sprint(tt.length), func(t *testing.T) {
			var log bytes.Buffer
			client, server := clientConfig(), serverConfig(testcert.RSA)
			client.AnySecretLength, server.AnySecretLength, client.KeyLogWriter = true, true, &log
			secret := &tls.SessionSecret{Secret: bytes.Repeat([]byte{7}, tt.length)}
			client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
				return &tls.TicketOffer{Ticket: testTicket, Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
					return secret, nil
				}}, nil
			}
			server.AcceptTicket = func(context.Context, *tls.TicketHello) (*tls.SessionSecret, error) { return secret, nil }
			a, b := transports(t)
			c, s := tls.Client(a, client), tls.Server(b, server)
			clientErr, serverErr := handshakes(c, s)
			if !tt.works {
				wantAlert(t, "server", serverErr, true, spec.InternalError)
				return
			}
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			talk(t, c, s)
			if (log.Len() > 0) != (tt.length == 48) {
				t.Errorf("key log %q", log.String())
			}
		})
	}
}

// The longest ticket that fits arrives whole.
func TestLongTicket(t *testing.T) {
	for _, length := range []int{1, 1000, 60_000} {
		ticket := bytes.Repeat([]byte{5}, length)
		client, server := clientConfig(), serverConfig(testcert.RSA)
		client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
			return &tls.TicketOffer{Ticket: ticket, Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
				return &tls.SessionSecret{Secret: make([]byte, 48)}, nil
			}}, nil
		}
		server.AcceptTicket = func(_ context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
			if !bytes.Equal(h.Ticket, ticket) {
				t.Errorf("a ticket of %d octets arrived changed", length)
			}
			return &tls.SessionSecret{Secret: make([]byte, 48)}, nil
		}
		c, _ := connect(t, client, server)
		if got := c.ConnectionState().ResumedBy; got != spec.BySessionSecret {
			t.Errorf("%v", got)
		}
	}
}
