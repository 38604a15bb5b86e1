package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Client is a client that connects, each time that it is asked to.
type Client struct {
	remote
	accept func(context.Context) (net.Conn, error)
	pac    []byte
	hello  string // the class of the first hello
}

// NewClient meets a client: its hello tells what it offers. accept waits for its
// next connection, or makes it connect.
func NewClient(ctx context.Context, accept func(context.Context) (net.Conn, error), c mapper.Config, p Pace) (*Client, error) {
	s := &Client{accept: accept}
	if c.PAC != nil {
		s.pac = c.PAC.Opaque
	}
	s.init(spec.Client, c, p)
	var err error
	if s.inputs, err = alphabet(spec.Client, spec.Scenario{}.WithDefaults()); err != nil {
		return nil, err
	}
	s.index = byName(s.inputs)
	defer s.end()
	return s, s.Reset(ctx)
}

// Reset waits for a new connection and reads the hello.
func (s *Client) Reset(ctx context.Context) error {
	s.end()
	bounded, cancel := context.WithTimeout(ctx, s.pace.Limit)
	defer cancel()
	conn, err := s.accept(bounded)
	if err != nil {
		return fmt.Errorf("target: waiting for the client: %w", err)
	}
	s.begin(conn)
	s.quick = true // it may take its time until it speaks
	answer, err := s.listen(ctx, "")
	s.quick = false
	if err != nil {
		return err
	}
	h := s.mapper.Hello()
	if h == nil {
		return fmt.Errorf("target: the client did not begin with a ClientHello but with %s", answer)
	}
	sc := s.offers(h)
	hello := fmt.Sprintf("ticket=%v sid=%v", sc.Ticket, sc.SessionID)
	if s.hello == "" {
		s.hello = hello
	}
	if s.hello != hello {
		return fmt.Errorf("target: the client's hello was %s, and is now %s; let it keep no session", s.hello, hello)
	}
	return nil
}

// Prove asks for the last answer to a word, whose others are known, and waits
// longer than usual.
func (s *Client) Prove(ctx context.Context, word, known []string) (string, error) {
	if err := s.Reset(ctx); err != nil {
		return "", err
	}
	return s.prove(ctx, s.Step, word, known)
}

// offers says what a hello offers, in the words of a scenario.
func (s *Client) offers(h *wire.ClientHello) (sc spec.Scenario) {
	sc.Ticket, sc.SessionID = spec.TicketAbsent, spec.IDFresh
	switch {
	case !h.HasTicket:
	case len(h.Ticket) == 0:
		sc.Ticket = spec.TicketEmpty
	case bytes.Equal(h.Ticket, s.pac):
		sc.Ticket = spec.TicketPAC
	default:
		sc.Ticket = spec.TicketSession
	}
	if len(h.SessionID) == 0 {
		sc.SessionID = spec.IDEmpty
	}
	return sc
}

// Scenario returns the scenario that the client is in, as far as it shows, with
// its callback doing what is said.
func (s *Client) Scenario(callback spec.Callback) spec.Scenario {
	sc := s.offers(s.mapper.Hello())
	sc.ClientCallback, sc.ServerTickets = callback, spec.On
	if callback == spec.CallbackDecline {
		sc.ClientCallback = spec.CallbackFail // a client cannot decline
	}
	sc.Exchange = exchangeOf(s.mapper.Chosen())
	return sc.WithDefaults()
}

func exchangeOf(suite spec.Suite) spec.Exchange {
	if suite.KeyExchange == spec.RSA && suite.ID != 0 {
		return spec.ExchangeRSA
	}
	return spec.ExchangeEphemeral
}

// Commander makes a client connect by running a command for each connection: it
// is an accept function of [NewClient].
type Commander struct {
	Listener *net.TCPListener
	// Command is the program and its arguments, in which {} stands for the
	// listener's address; empty: the client connects by itself.
	Command []string

	running *command
}

// Accept ends the last command, starts the next, and waits for its connection.
func (c *Commander) Accept(ctx context.Context) (net.Conn, error) {
	c.Stop()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(DefaultLimit)
	}
	if err := c.Listener.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if err := c.start(); err != nil {
		return nil, err
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		c.Listener.SetDeadline(time.Unix(1, 0))
	})
	defer func() {
		if !stop() {
			<-interrupted // or it would interrupt the next Accept
		}
	}()
	conn, err := c.Listener.Accept()
	if err == nil {
		return conn, nil
	}
	if c.running != nil && c.running.over() {
		return nil, fmt.Errorf("%s ended without connecting: %v: %s", c.Command[0], c.running.err, firstLine(c.running.stderr.String()))
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return nil, fmt.Errorf("nobody has connected to %v in time", c.Listener.Addr())
	}
	return nil, err
}

// command is a program that runs, and what becomes of it.
type command struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	mu     sync.Mutex    // held from when the listener is told of its end until ended is closed
	ended  chan struct{} // closed when it has ended
	err    error         // how; valid then
}

func (c *command) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

func (c *Commander) start() error {
	if len(c.Command) == 0 {
		return nil
	}
	args := make([]string, len(c.Command))
	for i, a := range c.Command {
		args[i] = strings.ReplaceAll(a, "{}", c.Listener.Addr().String())
	}
	p := &command{cmd: exec.Command(args[0], args[1:]...), ended: make(chan struct{})}
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = time.Second
	// Some clients end with their standard input: it stays open.
	if _, err := p.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	c.running = p
	go func() {
		p.err = p.cmd.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		// It may have connected before: then Accept returns at once.
		c.Listener.SetDeadline(time.Now().Add(10 * time.Millisecond))
		close(p.ended) // and not before: the next Accept has a deadline of its own
	}()
	return nil
}

// Stop ends the command, if one runs.
func (c *Commander) Stop() {
	if c.running != nil {
		_ = c.running.cmd.Process.Kill() // it may have ended by itself
		<-c.running.ended
		c.running = nil
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
