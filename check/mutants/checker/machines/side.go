package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

var key = sync.OnceValue(func() *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return k
})

var (
	ticket = []byte("an opaque ticket")
	secret = slices.Repeat([]byte{0x5e}, 48) // of the ticket
)

// side is a machine with whoever answers it: its peer's chain, whatever it is,
// belongs to the one key.
type side struct {
	*handshake.Machine
	leaf     crypto.PublicKey // of the peer
	secret   []byte           // of the ticket
	sessions map[string]*handshake.Session
	events   []handshake.Event
	err      error
}

func newSide(m *handshake.Machine) *side {
	return &side{Machine: m, leaf: key().Public(), secret: secret, sessions: map[string]*handshake.Session{}}
}

// count returns how often an event has come.
func (s *side) count(ev handshake.Event) (n int) {
	for _, e := range s.events {
		if e == ev {
			n++
		}
	}
	return n
}

// step runs the machine on some octets, and returns what it sends.
func (s *side) step(in []byte) (out []byte) {
	for range 1 << 12 {
		var n int
		var ev handshake.Event
		if out, n, ev, s.err = s.Step(out, in); s.err != nil {
			return out
		}
		in = in[n:]
		s.events = append(s.events, ev)
		if ev == handshake.NeedInput || ev == handshake.CloseNotify && len(in) == 0 {
			return out
		}
		s.answer(ev)
	}
	s.err = errors.New("there is no end of events")
	return out
}

func (s *side) answer(ev handshake.Event) {
	switch ev {
	case handshake.SecretWanted:
		if s.State() == spec.AwaitServerHello || len(s.Hello().Ticket) == len(ticket) { // a client cannot decline
			s.AcceptSecret(s.secret, 0)
		} else {
			s.DeclineSecret()
		}
	case handshake.SessionWanted:
		id, ticket := s.Offered()
		if found := s.sessions[string(id)+string(ticket)]; found != nil {
			s.ResumeSession(found)
		} else {
			s.NoSession()
		}
	case handshake.CertificateWanted:
		s.UseCertificate(handshake.Certificate{Chain: wire.MakeChain([]byte("a certificate")), PublicKey: key().Public()})
	case handshake.VerifyWanted:
		s.PeerVerified(s.leaf)
	case handshake.SignWanted:
		s.SignWith(key())
	case handshake.ConfirmWanted:
		s.Confirm()
	case handshake.TicketWanted:
		s.sessions["ticket"] = s.Session()
		s.IssueTicket(3600, []byte("ticket"))
	case handshake.SessionIssued:
		s.sessions[string(s.Session().ID)] = s.Session()
	}
}

// flow is a kind of handshake.
type flow struct {
	name           string
	client, server func() *handshake.Config
	params         func() *handshake.ClientParams
	sessions       map[string]*handshake.Session // the server's
}

// begin makes both sides.
func (f *flow) begin() (client, server *side, err error) {
	c, err := handshake.NewClient(f.client(), f.params())
	if err != nil {
		return nil, nil, err
	}
	client, server = newSide(c), newSide(handshake.NewServer(f.server()))
	if f.sessions != nil {
		server.sessions = f.sessions
	}
	return client, server, nil
}

// talk lets both sides talk to the end. What either sends goes through tap,
// record by record, which returns what arrives; nil leaves all as it is.
func talk(client, server *side, tap func(to *side, record []byte) []byte) {
	for from, to, flight := client, server, client.step(nil); len(flight) > 0; from, to = to, from {
		var answer []byte
		for _, r := range records(flight) {
			if tap != nil {
				r = tap(to, r)
			}
			if answer = append(answer, to.step(r)...); to.err != nil {
				from.step(answer)
				return
			}
		}
		flight = answer
	}
}

// records cuts octets into records.
func records(b []byte) (all [][]byte) {
	for len(b) >= 5 {
		n := 5 + int(b[3])<<8 + int(b[4])
		all = append(all, b[:n:n])
		b = b[n:]
	}
	return all
}

// inClear makes a record of TLS 1.2.
func inClear(t spec.ContentType, content []byte) []byte {
	return append([]byte{byte(t), 3, 3, byte(len(content) >> 8), byte(len(content))}, content...)
}

// established is nil if both sides are.
func established(client, server *side) error {
	for _, s := range []*side{client, server} {
		if s.err != nil || s.State() != spec.Established {
			return fmt.Errorf("in %v: %w", s.State(), s.err)
		}
	}
	return nil
}

// refuses is nil if a side has failed with this alert.
func (s *side) refuses(alert spec.AlertDescription) error {
	var e *handshake.Error
	if !errors.As(s.err, &e) || !e.Sent || e.Alert != alert {
		return fmt.Errorf("in %v, want %v; it has %w", s.State(), alert, s.err)
	}
	return nil
}

// allFlows are all kinds of handshake. The last ones resume what the first left.
func allFlows() ([]*flow, error) {
	plain := func(change ...func(*handshake.Config)) func() *handshake.Config {
		return func() *handshake.Config {
			c := &handshake.Config{Suites: []spec.SuiteID{0xc02b}}
			for _, f := range change {
				f(c)
			}
			return c
		}
	}
	tickets := func(c *handshake.Config) { c.Tickets = true }
	ids := func(c *handshake.Config) { c.SessionIDs = true }
	asks := func(c *handshake.Config) { c.ClientAuth = handshake.RequireClientAuth }
	secrets := func(c *handshake.Config) { c.SessionSecrets = true }
	params := func(p handshake.ClientParams) func() *handshake.ClientParams {
		return func() *handshake.ClientParams { return &p }
	}
	byTicket := &flow{"full, with a ticket", plain(tickets), plain(tickets), params(handshake.ClientParams{}), nil}
	byID := &flow{"full, with a Session ID", plain(), plain(ids), params(handshake.ClientParams{}), nil}
	flows := []*flow{
		byTicket, byID,
		{"full, with a client certificate", plain(), plain(asks), params(handshake.ClientParams{}), nil},
		{"full, with a client certificate and a ticket", plain(tickets), plain(tickets, asks), params(handshake.ClientParams{}), nil},
		{"a PAC", plain(), plain(secrets), params(handshake.ClientParams{Ticket: ticket, HasSecret: true}), nil},
		{"a PAC, declined", plain(), plain(secrets), params(handshake.ClientParams{Ticket: append(ticket, 0), HasSecret: true}), nil},
	}
	for _, f := range []*flow{byTicket, byID} {
		client, server, err := f.begin()
		if err != nil {
			return nil, err
		}
		talk(client, server, nil)
		if err := established(client, server); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if client.count(handshake.SessionIssued) != 1 || server.count(handshake.SessionIssued)+server.count(handshake.TicketWanted) != 1 {
			return nil, fmt.Errorf("%s: no session is issued", f.name)
		}
		session := client.Session()
		choices := []handshake.IDChoice{handshake.DefaultID}
		if f == byTicket {
			choices = append(choices, handshake.EmptyID)
		}
		for _, id := range choices {
			flows = append(flows, &flow{fmt.Sprintf("resumed after %s, Session ID choice %d", f.name, id), f.client, f.server,
				params(handshake.ClientParams{Session: session, SessionID: id}), server.sessions})
		}
	}
	return flows, nil
}
