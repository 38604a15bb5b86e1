package sut

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ProtocolVersion is the version of the line protocol.
const ProtocolVersion = 1

// DefaultLimit bounds each wait for a shim: for its greeting, its connection and
// its verdict.
const DefaultLimit = 10 * time.Second

// Program says how a shim is run.
type Program struct {
	Name string // in reports
	Path string
	Args []string
	Env  []string // NAME=VALUE, beside this process's own
	// Limit bounds each wait; 0: DefaultLimit. The shim is told of it, so that it
	// waits no longer for us.
	Limit time.Duration
}

// System is a system under test. It makes one connection at a time; its methods
// may be called from several goroutines.
type System struct {
	program  Program
	greeting Greeting
	listen   *net.TCPListener
	ctx      context.Context

	mu       sync.Mutex // held during a connection
	process  *process   // nil: to be started
	number   int        // of the last connection
	restarts int

	open atomic.Pointer[Conn] // the connection, while there is one
}

// Start runs a shim and reads its greeting. It ends with ctx, or by Close. A shim
// that does not greet is a [Fault].
func Start(ctx context.Context, p Program) (*System, error) {
	if p.Limit == 0 {
		p.Limit = DefaultLimit
	}
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	s := &System{program: p, listen: l, ctx: ctx}
	if err := s.start(ctx); err != nil {
		l.Close()
		return nil, err
	}
	return s, nil
}

// start runs the shim, for the first time or again.
func (s *System) start(ctx context.Context) error {
	p, err := startProcess(s.ctx, s.program)
	if err != nil {
		return err
	}
	line, bad := s.await(ctx, p, nil, "its greeting")
	if bad != nil {
		return bad
	}
	var g Greeting
	if err := json.Unmarshal([]byte(line), &g); err != nil || g.Shim == 0 {
		return s.fault(p.verdict(Lied, "its greeting is "+quote(line)))
	}
	if g.Shim != ProtocolVersion {
		return s.fault(p.verdict(Lied, fmt.Sprintf("it speaks version %d of the protocol, and this is version %d", g.Shim, ProtocolVersion)))
	}
	s.greeting, s.process = g, p
	return nil
}

// Name returns the name that the program was started under.
func (s *System) Name() string { return s.program.Name }

// Library returns the library's own words, such as "OpenSSL 3.0.19 27 Jan 2026".
func (s *System) Library() string { return s.greeting.Library }

// Can reports whether the shim has a capability, one of [Capabilities].
func (s *System) Can(capability string) bool { return slices.Contains(s.greeting.Can, capability) }

// Restarts returns how often the shim had to be started anew.
func (s *System) Restarts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restarts
}

// Close ends the shim, which it lets end by itself, and waits for it. The error
// is a [Fault] if it did not end well. A connection that is open is closed before.
func (s *System) Close() error {
	if c := s.open.Load(); c != nil {
		c.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen.Close()
	p := s.process
	if s.process = nil; p == nil {
		return nil
	}
	p.stdin.Close()
	limit := time.NewTimer(s.program.Limit)
	defer limit.Stop()
	select {
	case <-p.ended:
		if p.cmd.ProcessState.Success() {
			return nil
		}
		return s.fault(p.verdict(Crashed, ""))
	case <-limit.C:
		return s.fault(p.verdict(Hung, "it does not end with its standard input"))
	case <-p.flooded:
		return s.fault(p.verdict(Lied, p.flood))
	}
}

func (s *System) fault(v Verdict) error { return &Fault{s.program.Name, v} }

// drop forgets a shim that is of no use any more.
func (s *System) drop(kind Kind, why string) error {
	p := s.process
	s.process = nil
	return s.fault(p.verdict(kind, why))
}

// Connect lets the shim make a connection. The error is a [Fault] where it does
// not, and ctx's where that has ended.
func (s *System) Connect(ctx context.Context, o Options) (*Conn, error) {
	s.mu.Lock()
	conn, err := s.connect(ctx, o)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	return conn, nil
}

func (s *System) connect(ctx context.Context, o Options) (*Conn, error) {
	if s.process == nil {
		if s.number > 0 {
			s.restarts++
		}
		if err := s.start(ctx); err != nil {
			return nil, err
		}
	}
	p := s.process
	select {
	case line := <-p.lines:
		return nil, s.drop(Lied, "between connections it printed "+quote(line))
	case <-p.ended:
		return nil, s.drop(Crashed, "between connections")
	default:
	}
	s.number++
	line := fmt.Sprintf("%v connection=%d connect=%v timeout=%d", o, s.number, s.listen.Addr(), max(1, int(s.program.Limit/time.Second)))
	if err := p.tell(line, s.program.Limit); err != nil && !p.over() {
		return nil, s.drop(Hung, "it does not read its options")
	}
	conn, err := s.accept(ctx, p)
	if err != nil {
		return nil, err
	}
	c := &Conn{TCPConn: conn, system: s, process: p, number: s.number}
	s.open.Store(c)
	return c, nil
}

// accept waits for the shim's connection, or for the line with which it says that
// there will be none.
func (s *System) accept(ctx context.Context, p *process) (*net.TCPConn, error) {
	if err := s.listen.SetDeadline(time.Now().Add(2 * s.program.Limit)); err != nil {
		return nil, err
	}
	got := make(chan *net.TCPConn, 1)
	go func() {
		conn, _ := s.listen.AcceptTCP() // nil at the deadline
		got <- conn
	}()
	line, err := s.await(ctx, p, got, "a connection")
	var come connected
	if errors.As(err, &come) {
		return come.conn, nil
	}
	// What the shim has done first, to connect, may be seen last. Only a refusal
	// says that there is no connection to wait for.
	deadline := time.Unix(1, 0)
	if ctx.Err() == nil && !(err == nil && refuses(line)) {
		deadline = time.Now().Add(grace)
	}
	_ = s.listen.SetDeadline(deadline) // the listener is open
	if conn := <-got; conn != nil && ctx.Err() == nil {
		if err == nil {
			p.early = append(p.early, line)
		}
		return conn, nil
	} else if conn != nil {
		conn.Close()
	}
	if err != nil {
		s.process = nil
		return nil, err
	}
	r, err := s.report(p, s.number, line)
	if err != nil {
		return nil, err
	}
	if r.Refused == "" {
		return nil, s.drop(Lied, "without a connection it printed "+quote(line))
	}
	return nil, s.fault(Verdict{Kind: Refused, Report: *r})
}

// grace is how long a connection that was made is looked for.
const grace = 200 * time.Millisecond

// refuses reports whether a line is a refusal.
func refuses(line string) bool {
	var r Report
	return json.Unmarshal([]byte(line), &r) == nil && r.Refused != ""
}

// connected is how await ends with a connection.
type connected struct{ conn *net.TCPConn }

func (connected) Error() string { return "connected" }

// await waits for the shim's next line, or for a connection.
func (s *System) await(ctx context.Context, p *process, conn <-chan *net.TCPConn, what string) (string, error) {
	if len(p.early) > 0 {
		line := p.early[0]
		p.early = p.early[1:]
		return line, nil
	}
	limit := time.NewTimer(s.program.Limit)
	defer limit.Stop()
	select {
	case line := <-p.lines:
		return line, nil
	case c := <-conn:
		if c == nil {
			return "", s.fault(p.verdict(Hung, "waited for "+what))
		}
		return "", connected{c}
	case <-p.ended:
		select {
		case line := <-p.lines: // its last words
			return line, nil
		default:
		}
		return "", s.fault(p.verdict(Crashed, ""))
	case <-p.flooded:
		return "", s.fault(p.verdict(Lied, p.flood))
	case <-limit.C:
		return "", s.fault(p.verdict(Hung, "waited for "+what))
	case <-ctx.Done():
		p.kill()
		return "", fmt.Errorf("sut: %s: %w", s.program.Name, ctx.Err())
	}
}

// report reads a verdict.
func (s *System) report(p *process, number int, line string) (*Report, error) {
	var r Report
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		return nil, s.drop(Lied, "it printed "+quote(line))
	}
	if r.Connection != number {
		return nil, s.drop(Lied, fmt.Sprintf("it told of connection %d, and this was %d", r.Connection, number))
	}
	return &r, nil
}

// Conn is our end of a connection. Reading and writing are the transport's.
type Conn struct {
	*net.TCPConn
	system  *System
	process *process
	number  int

	once    sync.Once
	verdict Verdict
}

// Close closes the connection and waits for the verdict, which [Conn.Verdict]
// returns then. A second Close does nothing.
func (c *Conn) Close() (err error) {
	c.once.Do(func() {
		defer c.system.mu.Unlock()
		err = c.TCPConn.Close()
		c.verdict = c.system.hear(c)
		c.system.open.Store(nil)
	})
	return err
}

// Verdict closes the connection, if that has not been done, and returns what
// became of the shim.
func (c *Conn) Verdict() Verdict {
	c.Close()
	return c.verdict
}

// hear waits for the verdict on a connection. Its context is the system's: a
// caller that has given up still leaves a system that can be used.
func (s *System) hear(c *Conn) Verdict {
	line, err := s.await(s.ctx, c.process, nil, "its verdict")
	if err != nil {
		s.process = nil
	}
	var r *Report
	if err == nil {
		r, err = s.report(c.process, c.number, line)
	}
	var f *Fault
	switch {
	case errors.As(err, &f):
		return f.Verdict
	case err != nil:
		return Verdict{Kind: Hung, Why: err.Error()}
	}
	return Verdict{Kind: Reported, Report: *r}
}
