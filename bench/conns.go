package bench

import (
	"context"
	stdtls "crypto/tls"
	"errors"
	"io"
	"net"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// connection is what a TLS stack calls a connection.
type connection interface {
	net.Conn
	Handshake() error
}

// stack makes both ends of connections of one TLS stack.
type stack interface {
	client(net.Conn) connection
	server(net.Conn) connection
	// kind is which handshake a connection has had.
	kind(connection) spec.Shortening
}

// conns does handshakes of a stack over a pipe, the server in a goroutine of its
// own, and closes the connections, as users do.
type conns struct {
	stack
	want  spec.Shortening
	pipe  *pipe
	serve chan connection
	done  chan error
}

func newConns(s stack, want spec.Shortening) *conns {
	return &conns{stack: s, want: want, pipe: newPipe(), serve: make(chan connection), done: make(chan error)}
}

var errKind = errors.New("the handshake is of another kind than the one that is measured")

// run does n handshakes.
func (c *conns) run(n int) error {
	go func() {
		for s := range c.serve {
			c.done <- s.Handshake()
		}
	}()
	defer func() { close(c.serve); c.serve = make(chan connection) }()
	for range n {
		client, server, err := c.connect()
		if err != nil {
			return err
		}
		if c.kind(client) != c.want {
			return errKind
		}
		client.Close()
		server.Close()
	}
	return nil
}

// connect does one handshake.
func (c *conns) connect() (client, server connection, err error) {
	c.pipe.reset()
	client, server = c.client(&c.pipe.a), c.server(&c.pipe.b)
	c.serve <- server
	err = client.Handshake()
	if err != nil {
		c.pipe.a.Close() // so that the server ends as well
	}
	return client, server, errors.Join(err, <-c.done)
}

// transfer returns work that writes n times so many octets to the client and
// reads them from the server.
func (c *conns) transfer(octets int) (func(n int) error, error) {
	go func() { c.done <- (<-c.serve).Handshake() }()
	client, server, err := c.connect()
	if err != nil {
		return nil, err
	}
	out, in := make([]byte, octets), make([]byte, octets)
	return func(n int) error {
		for range n {
			if _, err := client.Write(out); err != nil {
				return err
			}
			if _, err := io.ReadFull(server, in); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// sesame is our stack with PACs.
type sesame struct {
	*pacs
	cc, sc *tls.Config
	offer  tls.TicketOffer
	secret [2]tls.SessionSecret
}

// newSesame returns our stack for one version and suite. With PACs, every
// handshake is shortened by one; without, every handshake is a full one.
func newSesame(v spec.Version, suite spec.SuiteID, withPACs bool) (*sesame, error) {
	id, err := identity()
	if err != nil {
		return nil, err
	}
	base := tls.Config{
		MinVersion: uint16(v), MaxVersion: uint16(v), CipherSuites: []uint16{uint16(suite)},
		EncryptThenMAC: tls.Never, Groups: []spec.Group{spec.X25519},
		SessionTicketsDisabled: true,
	}
	s := &sesame{cc: base.Clone(), sc: base.Clone()}
	s.cc.ServerName, s.cc.RootCAs = serverName, id.roots
	s.sc.Certificates = []tls.Certificate{{Certificate: id.chain, PrivateKey: id.key}}
	if !withPACs {
		return s, nil
	}
	if s.pacs, err = newPACs(); err != nil {
		return nil, err
	}
	s.cc.OfferTicket, s.sc.AcceptTicket = s.offerTicket, s.acceptTicket
	return s, nil
}

// offerTicket hands out a PAC's ticket. One handshake runs at a time, so that
// what it returns can be used anew.
func (s *sesame) offerTicket(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
	c := s.take()
	s.offer.Ticket = c.opaque
	s.offer.Secret = func(_ context.Context, h *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
		s.secret[0].Secret = s.offered(c, h.ServerRandom, h.ClientRandom)
		return &s.secret[0], nil
	}
	return &s.offer, nil
}

func (s *sesame) acceptTicket(_ context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
	secret, err := s.accepted(h.Ticket, h.ServerRandom, h.ClientRandom)
	s.secret[1].Secret = secret
	return &s.secret[1], err
}

func (s *sesame) client(c net.Conn) connection { return tls.Client(c, s.cc) }
func (s *sesame) server(c net.Conn) connection { return tls.Server(c, s.sc) }

func (s *sesame) kind(c connection) spec.Shortening { return c.(*tls.Conn).ConnectionState().ResumedBy }

// standard is crypto/tls.
type standard struct{ cc, sc *stdtls.Config }

// newStandard returns crypto/tls for one version and suite. With tickets, every
// handshake but the first resumes by one.
func newStandard(v spec.Version, suite spec.SuiteID, tickets bool) (*standard, error) {
	id, err := identity()
	if err != nil {
		return nil, err
	}
	base := stdtls.Config{
		MinVersion: uint16(v), MaxVersion: uint16(v), CipherSuites: []uint16{uint16(suite)},
		CurvePreferences:       []stdtls.CurveID{stdtls.X25519},
		SessionTicketsDisabled: !tickets, DynamicRecordSizingDisabled: true,
	}
	s := &standard{base.Clone(), base.Clone()}
	s.cc.ServerName, s.cc.RootCAs = serverName, id.roots
	s.sc.Certificates = []stdtls.Certificate{{Certificate: id.chain, PrivateKey: id.key}}
	if !tickets {
		return s, nil
	}
	s.cc.ClientSessionCache = stdtls.NewLRUClientSessionCache(1)
	return s, newConns(s, spec.Full).run(1) // a full handshake, which leaves the first ticket
}

func (s *standard) client(c net.Conn) connection { return stdtls.Client(c, s.cc) }
func (s *standard) server(c net.Conn) connection { return stdtls.Server(c, s.sc) }

func (s *standard) kind(c connection) spec.Shortening {
	if c.(*stdtls.Conn).ConnectionState().DidResume {
		return spec.ByTicket
	}
	return spec.Full
}
