package interop

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/spec"
)

// Shim is a running program that speaks peer/shim.h: one connection for each
// line of options. It connects to a socket that this package listens on,
// whatever its role in TLS. It may crash, hang or lie: that is an outcome.
type Shim struct {
	name    string
	library string
	cmd     *exec.Cmd
	stdin   *os.File
	lines   chan string // what it prints; closed when it ends
	listen  *net.TCPListener
	mu      sync.Mutex // held during a connection
	stderr  strings.Builder
}

// shimTimeout bounds a single read, write or accept of the program.
const shimTimeout = 10 * time.Second

// StartShim starts a program that drives a library. It ends with ctx, or by
// Close. The name is the peer's in reports.
func StartShim(ctx context.Context, name, program string) (*Shim, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s := &Shim{name: name, listen: l, stdin: out, lines: make(chan string, 4)}
	s.cmd = exec.CommandContext(ctx, program)
	// The machine's own configuration may forbid versions and suites.
	s.cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	s.cmd.Stdin, s.cmd.Stderr = in, &s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		l.Close()
		out.Close()
		return nil, fmt.Errorf("interop: %s: %w", program, err)
	}
	go func() {
		defer close(s.lines)
		r := bufio.NewScanner(stdout)
		r.Buffer(nil, 1<<20)
		for r.Scan() {
			s.lines <- r.Text()
		}
	}()
	var hello struct{ Library string }
	if err := s.read(ctx, &hello); err != nil {
		s.Close()
		return nil, err
	}
	s.library = hello.Library
	return s, nil
}

// Name returns the name that the shim was started under.
func (s *Shim) Name() string { return s.name }

// Library returns the library's own words, such as "OpenSSL 3.0.19 27 Jan 2026".
func (s *Shim) Library() string { return s.library }

// Close ends the program and waits for it.
func (s *Shim) Close() error {
	s.stdin.Close()
	s.listen.Close()
	done := time.AfterFunc(shimTimeout, func() { _ = s.cmd.Process.Kill() })
	defer done.Stop()
	for range s.lines { // until its standard output ends
	}
	return s.cmd.Wait()
}

// read decodes the program's next line.
func (s *Shim) read(ctx context.Context, into any) error {
	select {
	case line, ok := <-s.lines:
		if !ok {
			return fmt.Errorf("interop: %s ended: %s", s.name, strings.TrimSpace(s.stderr.String()))
		}
		if err := json.Unmarshal([]byte(line), into); err != nil {
			return fmt.Errorf("interop: %s printed %q: %w", s.name, line, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("interop: %s: %w", s.name, ctx.Err())
	}
}

// Meet implements [Peer].
func (s *Shim) Meet(ctx context.Context, setup Setup) (net.Conn, func() Outcome, error) {
	return s.meet(ctx, shimOptions(setup), len(setup.Payload))
}

func (s *Shim) meet(ctx context.Context, options []string, octets int) (net.Conn, func() Outcome, error) {
	s.mu.Lock()
	options = append(options, fmt.Sprintf("connect=%v", s.listen.Addr()), fmt.Sprintf("timeout=%d", shimTimeout/time.Second))
	if _, err := fmt.Fprintln(s.stdin, strings.Join(options, " ")); err != nil {
		s.mu.Unlock()
		return nil, nil, fmt.Errorf("interop: %s: %w", s.name, err)
	}
	conn, err := s.accept(ctx)
	if err != nil {
		s.mu.Unlock()
		return nil, nil, err
	}
	return conn, func() Outcome {
		defer s.mu.Unlock()
		var r shimReport
		if err := s.read(ctx, &r); err != nil {
			return failed("%v", err)
		}
		return r.outcome(octets)
	}, nil
}

// accept waits for the program's connection, or for the line with which it says
// that there will be none.
func (s *Shim) accept(ctx context.Context) (net.Conn, error) {
	type accepted struct {
		conn net.Conn
		err  error
	}
	if err := s.listen.SetDeadline(time.Now().Add(shimTimeout)); err != nil {
		return nil, err
	}
	got := make(chan accepted, 1)
	go func() {
		conn, err := s.listen.Accept()
		got <- accepted{conn, err}
	}()
	giveUp := func(err error) (net.Conn, error) {
		s.listen.SetDeadline(time.Now())
		if a := <-got; a.conn != nil {
			a.conn.Close()
		}
		return nil, err
	}
	select {
	case a := <-got:
		return a.conn, a.err
	case line := <-s.lines:
		return giveUp(fmt.Errorf("interop: %s did not connect: %s", s.name, line))
	case <-ctx.Done():
		return giveUp(ctx.Err())
	}
}

// shimReport is the program's line on a connection.
type shimReport struct {
	Established, Reused, EMS, Closed int
	PeerCertificate                  int `json:"peer_certificate"`
	Version, Suite, Calls, Octets    int
	Sent, Received                   [][2]int // level, description
	Tickets                          []int    // the lengths that the ticket callback saw
	ALPN, Error, Session             string
}

func (r *shimReport) outcome(octets int) Outcome {
	o := Outcome{
		Established: r.Established == 1, Version: spec.Version(r.Version), Suite: spec.SuiteID(r.Suite), EMS: r.EMS == 1,
		ALPN: r.ALPN, Sent: fatal(r.Sent), Received: fatal(r.Received), Calls: r.Calls, PeerCertificate: r.PeerCertificate == 1,
		DataOK: r.Octets == octets, Closed: r.Closed == 1, Err: r.Error,
	}
	if r.Session != "" {
		o.Session = r.Session
	}
	switch {
	case r.Reused == 1 && r.Calls > 0:
		o.Resumed = spec.BySessionSecret
	case r.Reused == 1:
		o.Resumed = spec.BySessionID // or by a ticket: libssl does not say which
	}
	return o
}

func fatal(alerts [][2]int) spec.AlertDescription {
	for _, a := range alerts {
		if spec.AlertLevel(a[0]) == spec.LevelFatal {
			return spec.AlertDescription(a[1])
		}
	}
	return spec.AlertNone
}

// shimOptions returns a setup as options of peer/openssl.c.
func shimOptions(s Setup) []string {
	options := []string{
		"role=" + strings.ToLower(s.Role.String()), fmt.Sprintf("min=%d", s.Min), fmt.Sprintf("max=%d", s.Max),
		"suites=" + opensslSuites(s.Suites), "callback=" + callbackOption(s), "pac_key=" + hex.EncodeToString(s.PACKey),
		fmt.Sprintf("data=%d", len(s.Payload)), "save=1",
	}
	set := func(when bool, format string, args ...any) {
		if when {
			options = append(options, fmt.Sprintf(format, args...))
		}
	}
	set(len(s.PACOpaque) > 0, "pac_opaque=%x", s.PACOpaque)
	set(s.Absent, "absent=accept")
	set(s.Named != 0, "named=%d", s.Named)
	set(!s.EMS, "ems=off")
	set(!s.EtM, "etm=off")
	set(!s.Tickets, "tickets=off")
	set(s.Session != nil, "session=%v", s.Session)
	set(s.Identity.Key != nil, "cert=%s pkey=%s", s.Identity.CertFile, s.Identity.KeyFile)
	set(s.ALPN != "", "alpn=%s", s.ALPN)
	set(s.Ask == spec.ClientAuthRequest, "verify=request ca=%s", s.PKI.CAFile)
	set(s.Ask == spec.ClientAuthRequire, "verify=require ca=%s", s.PKI.CAFile)
	set(s.Role == spec.Client, "name=%s ca=%s verify=request", serverName, s.PKI.CAFile)
	return options
}

func callbackOption(s Setup) string {
	switch s.Callback {
	case spec.CallbackAccept:
		return "accept"
	case spec.CallbackDecline, spec.CallbackFail:
		return "decline"
	case spec.CallbackWrongLength:
		return fmt.Sprint(s.Length)
	}
	return "unset"
}

// opensslSuites returns a cipher list for libssl, in this order, with the
// security level that TLS 1.0 and anonymous suites need.
func opensslSuites(ids []spec.SuiteID) string {
	names := make([]string, 0, len(ids)+1)
	for _, id := range ids {
		if s, ok := spec.SuiteByID(id); ok {
			names = append(names, opensslName(s))
		}
	}
	return strings.Join(append(names, "@SECLEVEL=0"), ":")
}

// opensslName returns OpenSSL's name of a suite, such as ECDHE-RSA-AES128-GCM-SHA256.
func opensslName(s spec.Suite) string {
	exchange := map[spec.KeyExchange]string{
		spec.RSA: "", spec.DHERSA: "DHE-RSA-", spec.DHAnon: "ADH-", spec.ECDHERSA: "ECDHE-RSA-", spec.ECDHEECDSA: "ECDHE-ECDSA-",
	}[s.KeyExchange]
	switch s.Cipher {
	case spec.ChaCha20Poly1305:
		return exchange + "CHACHA20-POLY1305"
	case spec.AES128GCM:
		return exchange + "AES128-GCM-SHA256"
	case spec.AES256GCM:
		return exchange + "AES256-GCM-SHA384"
	case spec.AES128CBC:
		return exchange + "AES128-" + s.MAC.String()
	}
	return exchange + "AES256-" + s.MAC.String()
}
