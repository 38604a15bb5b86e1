package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Stock is the openssl command: s_server against our client, s_client against
// our server. It has no session-secret callback.
type Stock struct {
	program string
	version string
	dir     string // for parameters and sessions
	servers map[serverKey]*stockServer
	saved   int
}

// serverKey is what an s_server is told; all else is the client's choice.
type serverKey struct {
	cert string
	ask  spec.ClientAuth
}

// NewStock looks for the openssl command. Its files go to dir.
func NewStock(ctx context.Context, dir string) (*Stock, error) {
	program, err := exec.LookPath("openssl")
	if err != nil {
		return nil, fmt.Errorf("interop: %w: the openssl command; install openssl", cc.ErrMissing)
	}
	version, err := exec.CommandContext(ctx, program, "version").Output()
	if err != nil {
		return nil, fmt.Errorf("interop: openssl version: %w", err)
	}
	s := &Stock{program: program, version: strings.TrimSpace(string(version)), dir: dir, servers: map[serverKey]*stockServer{}}
	// What s_server chooses by itself for DH_anon has 1024 bits.
	return s, s.command(ctx, "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:modp_2048", "-out", s.group()).Run()
}

// Name returns "openssl s_client, s_server".
func (s *Stock) Name() string { return "openssl s_client, s_server" }

// Library returns what "openssl version" prints.
func (s *Stock) Library() string { return s.version }

// Close ends every server.
func (s *Stock) Close() error {
	for _, server := range s.servers {
		server.end()
	}
	return nil
}

func (s *Stock) group() string { return filepath.Join(s.dir, "group14.pem") }

func (s *Stock) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.program, args...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	cmd.WaitDelay = time.Second
	return cmd
}

// Meet implements [Peer].
func (s *Stock) Meet(ctx context.Context, setup Setup) (net.Conn, func() Outcome, error) {
	if setup.Role == spec.Client {
		return s.meetClient(ctx, setup)
	}
	key := serverKey{setup.Identity.CertFile, setup.Ask}
	server := s.servers[key]
	if server == nil {
		var err error
		if server, err = s.startServer(setup); err != nil {
			return nil, nil, err
		}
		s.servers[key] = server
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", server.addr)
	if err != nil {
		return nil, nil, fmt.Errorf("interop: s_server: %w\n%s", err, server.log.String())
	}
	return conn, func() Outcome { return Outcome{Partial: true} }, nil
}

// stockServer is a running s_server. It takes one connection at a time and
// answers a line with its reverse.
type stockServer struct {
	cmd  *exec.Cmd
	addr string
	stop context.CancelFunc
	log  bytes.Buffer
}

var acceptLine = regexp.MustCompile(`ACCEPT .*:(\d+)\n`)

func (s *Stock) startServer(setup Setup) (*stockServer, error) {
	args := []string{"s_server", "-accept", "127.0.0.1:0", "-rev", "-no_tls1_3", "-dhparam", s.group(), "-CAfile", setup.PKI.CAFile,
		"-cipher", "ALL:@SECLEVEL=0", "-verify_return_error"}
	if setup.Identity.Key != nil {
		args = append(args, "-cert", setup.Identity.CertFile, "-key", setup.Identity.KeyFile)
	} else {
		args = append(args, "-nocert")
	}
	switch setup.Ask {
	case spec.ClientAuthRequest:
		args = append(args, "-verify", "1")
	case spec.ClientAuthRequire:
		args = append(args, "-Verify", "1")
	}
	ctx, stop := context.WithCancel(context.Background())
	server := &stockServer{cmd: s.command(ctx, args...), stop: stop}
	server.cmd.Stderr = &server.log
	out, err := server.cmd.StdoutPipe()
	if err == nil {
		err = server.cmd.Start()
	}
	if err != nil {
		stop()
		return nil, err
	}
	port, err := readPort(out)
	if err != nil {
		server.end()
		return nil, fmt.Errorf("interop: s_server: %w\n%s", err, server.log.String())
	}
	server.addr = "127.0.0.1:" + port
	go io.Copy(io.Discard, out) // ends with the process
	return server, nil
}

func (s *stockServer) end() {
	s.stop()
	_ = s.cmd.Wait() // it was killed
}

func readPort(out io.Reader) (string, error) {
	var text []byte
	for b := make([]byte, 256); ; {
		n, err := out.Read(b)
		text = append(text, b[:n]...)
		if m := acceptLine.FindSubmatch(text); m != nil {
			return string(m[1]), nil
		}
		if err != nil {
			return "", errors.Join(errors.New("it names no port"), err)
		}
	}
}

// meetClient starts an s_client, which sends the payload and closes once the
// reply is there.
func (s *Stock) meetClient(ctx context.Context, setup Setup) (net.Conn, func() Outcome, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if err := l.SetDeadline(time.Now().Add(sut.DefaultLimit)); err != nil {
		return nil, nil, err
	}
	s.saved++
	saved := filepath.Join(s.dir, fmt.Sprintf("session-%d.pem", s.saved))
	args := []string{"s_client", "-connect", l.Addr().String(), "-quiet", "-no_ign_eof", "-servername", ServerName,
		"-CAfile", setup.PKI.CAFile, "-verify_return_error", "-cipher", opensslSuites(setup.Suites), "-sess_out", saved, versionFlag(setup.Max)}
	if setup.Identity.Key != nil {
		args = append(args, "-cert", setup.Identity.CertFile, "-key", setup.Identity.KeyFile)
	}
	if !setup.Tickets {
		args = append(args, "-no_ticket")
	}
	if in, ok := setup.Session.(string); ok {
		args = append(args, "-sess_in", in)
	}
	cmd := s.command(ctx, args...)
	var log bytes.Buffer
	cmd.Stderr = &log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, nil, err
	}
	outcome := make(chan Outcome, 1)
	go func() {
		o := Outcome{Partial: true, Sent: spec.AlertNone, Received: spec.AlertNone, Session: saved}
		got := make([]byte, len(setup.Reply))
		if _, err := stdin.Write(setup.Payload); err == nil {
			_, err = io.ReadFull(stdout, got)
			o.Established = err == nil
		}
		o.DataOK = o.Established && bytes.Equal(got, setup.Reply)
		stdin.Close() // s_client sends close_notify
		io.Copy(io.Discard, stdout)
		if err := cmd.Wait(); err != nil {
			o.Established, o.Err = false, fmt.Sprintf("s_client: %v: %s", err, log.String())
			l.SetDeadline(time.Now()) // nobody will connect any more
		}
		outcome <- o
	}()
	conn, err := l.Accept()
	if err != nil {
		return nil, nil, fmt.Errorf("interop: s_client did not connect: %w: %s", err, (<-outcome).Err)
	}
	return conn, func() Outcome { return <-outcome }, nil
}

func versionFlag(v spec.Version) string {
	return map[spec.Version]string{spec.TLS10: "-tls1", spec.TLS11: "-tls1_1", spec.TLS12: "-tls1_2"}[v]
}

// reversed returns what an s_server that runs with -rev answers to a line.
func reversed(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := len(line) - 2; i >= 0; i-- {
		out = append(out, line[i])
	}
	return append(out, '\n')
}
