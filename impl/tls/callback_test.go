package tls_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

var (
	testTicket = []byte("a ticket that only the server understands")
	testPAC    = []byte("0123456789abcdef0123456789abcdef")
)

// pacSecret is the secret that both sides make of a PAC-Key.
func pacSecret(key, serverRandom, clientRandom []byte) *tls.SessionSecret {
	s := &tls.SessionSecret{Secret: make([]byte, 48)}
	new(prf.PRF).SessionSecret(s.Secret, key, serverRandom, clientRandom)
	return s
}

// offering makes a client offer the ticket with a PAC-Key.
func offering(c *tls.Config, key []byte) *tls.Config {
	c.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
		return &tls.TicketOffer{
			Ticket: testTicket,
			Secret: func(_ context.Context, h *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
				s := pacSecret(key, h.ServerRandom, h.ClientRandom)
				s.State = "client's"
				return s, nil
			},
		}, nil
	}
	return c
}

// accepting makes a server open that ticket.
func accepting(c *tls.Config, key []byte) *tls.Config {
	c.AcceptTicket = func(_ context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
		if !bytes.Equal(h.Ticket, testTicket) {
			return nil, nil
		}
		s := pacSecret(key, h.ServerRandom, h.ClientRandom)
		s.State = "server's"
		return s, nil
	}
	return c
}

// declining makes a server open no ticket.
func declining(c *tls.Config) *tls.Config {
	c.AcceptTicket = func(context.Context, *tls.TicketHello) (*tls.SessionSecret, error) { return nil, nil }
	return c
}

func TestSessionSecretAccepted(t *testing.T) {
	for _, id := range []bool{false, true} {
		client := offering(clientConfig(), testPAC)
		client.OfferSessionID = id
		// No certificate is needed for it.
		c, s := connect(t, client, accepting(&tls.Config{Time: testTime}, testPAC))
		for who, state := range map[string]tls.ConnectionState{"client": c.ConnectionState(), "server": s.ConnectionState()} {
			if !state.HandshakeComplete || !state.DidResume || state.ResumedBy != spec.BySessionSecret {
				t.Errorf("%s: resumed by %v", who, state.ResumedBy)
			}
			if state.TicketState != who+"'s" {
				t.Errorf("%s: ticket state %v", who, state.TicketState)
			}
			if state.ExtendedMasterSecret || len(state.PeerCertificates) != 0 {
				t.Errorf("%s: extended master secret or a certificate in a handshake with a session secret", who)
			}
			// RFC 5077, Section 3.4: echo the Session ID.
			if want := map[bool]int{false: 0, true: 32}[id]; len(state.SessionID) != want {
				t.Errorf("%s: a Session ID of %d octets, want %d", who, len(state.SessionID), want)
			}
		}
		talk(t, c, s)
	}
}

func TestSessionSecretDeclined(t *testing.T) {
	for name, server := range map[string]*tls.Config{
		"declined":       declining(serverConfig(testcert.RSA)),
		"callback unset": serverConfig(testcert.RSA),
	} {
		t.Run(name, func(t *testing.T) {
			c, s := connect(t, offering(clientConfig(), testPAC), server)
			for who, state := range map[string]tls.ConnectionState{"client": c.ConnectionState(), "server": s.ConnectionState()} {
				if state.DidResume || state.ResumedBy != spec.Full || state.TicketState != nil {
					t.Errorf("%s: resumed by %v, ticket state %v", who, state.ResumedBy, state.TicketState)
				}
			}
			if len(c.ConnectionState().VerifiedChains) == 0 {
				t.Error("no chain was verified")
			}
			talk(t, c, s)
		})
	}
}

// A different secret shows at the first protected record.
func TestSessionSecretsDiffer(t *testing.T) {
	a, b := transports(t)
	other := bytes.Repeat([]byte{9}, 32)
	clientErr, serverErr := handshakes(
		tls.Client(a, offering(clientConfig(), testPAC)),
		tls.Server(b, accepting(serverConfig(testcert.RSA), other)))
	wantAlert(t, "client", clientErr, true, spec.BadRecordMAC)
	wantAlert(t, "server", serverErr, false, spec.BadRecordMAC)
	var alert *tls.AlertError
	if errors.As(clientErr, &alert) && !alert.TicketAccepted {
		t.Error("the client's error does not say that its ticket had been accepted")
	}
}

func TestSessionSecretCallbackErrors(t *testing.T) {
	errBroken := errors.New("the store is down")
	answers := map[string]struct {
		secret *tls.SessionSecret
		err    error
	}{
		"error":     {nil, errBroken},
		"too short": {&tls.SessionSecret{Secret: make([]byte, 47)}, nil},
		"too long":  {&tls.SessionSecret{Secret: make([]byte, 49)}, nil},
		"empty":     {&tls.SessionSecret{}, nil},
		"nil":       {nil, nil}, // a server declines by it
	}
	for name, answer := range answers {
		t.Run("client/"+name, func(t *testing.T) {
			client := clientConfig()
			client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
				return &tls.TicketOffer{Ticket: testTicket, Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
					return answer.secret, answer.err
				}}, nil
			}
			// The server is about to decline; a client fails nevertheless.
			a, b := transports(t)
			clientErr, serverErr := handshakes(tls.Client(a, client), tls.Server(b, declining(serverConfig(testcert.RSA))))
			wantAlert(t, "client", clientErr, true, spec.InternalError)
			wantAlert(t, "server", serverErr, false, spec.InternalError)
			if answer.err != nil && !errors.Is(clientErr, errBroken) {
				t.Errorf("%v does not wrap the callback's error", clientErr)
			}
		})
		if name == "nil" {
			continue
		}
		t.Run("server/"+name, func(t *testing.T) {
			server := serverConfig(testcert.RSA)
			server.AcceptTicket = func(context.Context, *tls.TicketHello) (*tls.SessionSecret, error) {
				return answer.secret, answer.err
			}
			a, b := transports(t)
			clientErr, serverErr := handshakes(tls.Client(a, offering(clientConfig(), testPAC)), tls.Server(b, server))
			wantAlert(t, "server", serverErr, true, spec.InternalError)
			wantAlert(t, "client", clientErr, false, spec.InternalError)
			if answer.err != nil && !errors.Is(serverErr, errBroken) {
				t.Errorf("%v does not wrap the callback's error", serverErr)
			}
		})
	}
}

// A bad offer is an error before anything is sent.
func TestTicketOfferRefused(t *testing.T) {
	for name, offer := range map[string]*tls.TicketOffer{
		"empty":     {Ticket: []byte{}, Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) { return nil, nil }},
		"too long":  {Ticket: make([]byte, 1<<16), Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) { return nil, nil }},
		"no secret": {Ticket: testTicket},
	} {
		t.Run(name, func(t *testing.T) {
			client := clientConfig()
			client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) { return offer, nil }
			a, b := transports(t)
			if err := tls.Client(a, client).Handshake(); err == nil {
				t.Error("no error")
			}
			a.Close()
			if n, err := b.Read(make([]byte, 1)); n != 0 {
				t.Errorf("%d octets were sent (%v)", n, err)
			}
		})
	}
}
