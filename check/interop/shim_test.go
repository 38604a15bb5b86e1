package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// testPKI is made once, since RSA keys take their time.
var testPKI *PKI

func TestMain(m *testing.M) {
	beShim()
	dir, err := os.MkdirTemp("", "interop-")
	if err == nil {
		testPKI, err = NewPKI(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func buildForTest(t *testing.T) string {
	t.Helper()
	program, err := sut.BuildSystem(t.Context())
	if errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func startShim(t *testing.T, name, program string) *Shim {
	t.Helper()
	s, err := StartShim(context.WithoutCancel(t.Context()), name, program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	return s
}

// shimEnd makes an End of a shim, by passing on what it sends and receives.
type shimEnd struct{ *Shim }

func (e shimEnd) Connect(ctx context.Context, conn net.Conn, s Setup) Outcome {
	own, wait, err := e.Meet(ctx, s)
	if err != nil {
		return failed("%v", err)
	}
	var both sync.WaitGroup
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		held{to}.Close()
	}
	both.Go(func() { pass(own, conn) })
	both.Go(func() { pass(conn, own) })
	both.Wait()
	own.Close()
	conn.Close()
	return wait()
}

func clientSetup(pki *PKI) Setup {
	return Setup{
		Role: spec.Client, Min: spec.TLS12, Max: spec.TLS12, Suites: []spec.SuiteID{0xc02f}, PKI: pki,
		Callback: spec.CallbackAccept, PACKey: pacKey, PACOpaque: pacOpaque, EMS: true, EtM: true, Tickets: true,
		Payload: payload(20000), Reply: payload(20000),
	}
}

func serverSetup(pki *PKI) Setup {
	s := clientSetup(pki)
	s.Role, s.PACOpaque, s.Identity = spec.Server, nil, pki.Server(RSA2048)
	return s
}

// TestOpenSSLWithItself shows that the program does what was seen of OpenSSL,
// with the program at both ends: the names are those of the runs that were
// recorded.
func TestOpenSSLWithItself(t *testing.T) {
	program, pki := buildForTest(t), testPKI
	client, server := shimEnd{startShim(t, "client", program)}, startShim(t, "server", program)
	none := spec.AlertNone
	for _, test := range []struct {
		name           string
		change         func(c, s *Setup)
		resumed        spec.Shortening
		established    bool
		alert          spec.AlertDescription // that the client sends
		calls, srvCall int
	}{
		{"T1 both accept", func(c, s *Setup) {}, spec.BySessionSecret, true, none, 1, 1},
		{"T2 the client's callback fails", func(c, s *Setup) { c.Callback = spec.CallbackFail }, 0, false, spec.InternalError, 1, 1},
		{"T3a the client's secret is empty", func(c, s *Setup) { c.Callback = spec.CallbackWrongLength }, 0, false, spec.InternalError, 1, 1},
		{"T4b the lengths differ", func(c, s *Setup) { c.Callback, c.Length = spec.CallbackWrongLength, 47 }, 0, false, spec.BadRecordMAC, 1, 1},
		{"T5 the server declines", func(c, s *Setup) { s.Callback = spec.CallbackDecline }, spec.Full, true, none, 1, 1},
		{"T5b the server's secret is empty", func(c, s *Setup) { s.Callback = spec.CallbackWrongLength }, spec.Full, true, none, 1, 1},
		{"T6 the server has no callback", func(c, s *Setup) { s.Callback = spec.CallbackUnset }, spec.Full, true, none, 1, 0},
		{"T7 the client has no callback", func(c, s *Setup) { c.Callback = spec.CallbackUnset }, 0, false, spec.UnexpectedMessage, 0, 1},
		{"T8 the client has no ticket", func(c, s *Setup) { c.PACOpaque = nil }, 0, false, spec.UnexpectedMessage, 0, 1},
		{"T8 with a server that looks", func(c, s *Setup) { c.PACOpaque, s.PACOpaque = nil, pacOpaque }, spec.Full, true, none, 0, 1},
		{"T9 the named suite is not offered", func(c, s *Setup) { s.Named = 0xc030 }, 0, false, spec.IllegalParameter, 1, 1},
		{"T20 no extended master secret", func(c, s *Setup) { c.EMS = false }, spec.BySessionSecret, true, none, 1, 1},
		{"T24 the keys differ", func(c, s *Setup) { c.PACKey = otherKey }, 0, false, spec.BadRecordMAC, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, s := clientSetup(pki), serverSetup(pki)
			test.change(&c, &s)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			m := meet(ctx, client, c, server, s)
			co, so := m.ours, m.theirs
			if co.Established != test.established || so.Established != test.established {
				t.Fatalf("established: client %v (%s), server %v (%s)", co.Established, co.Err, so.Established, so.Err)
			}
			if co.Sent != test.alert || so.Received != test.alert || co.Received != none || so.Sent != none {
				t.Errorf("client sent %v and received %v, server sent %v and received %v", co.Sent, co.Received, so.Sent, so.Received)
			}
			if co.Calls != test.calls || so.Calls != test.srvCall {
				t.Errorf("%d and %d calls", co.Calls, so.Calls)
			}
			if test.established && (co.Resumed != test.resumed || so.Resumed != test.resumed) {
				t.Errorf("resumed by %v and %v", co.Resumed, so.Resumed)
			}
			if test.established && !(co.DataOK && so.DataOK && co.Closed && so.Closed) {
				t.Errorf("data or close_notify did not come: %+v %+v", co, so)
			}
		})
	}
}

// TestShimResumes shows that sessions last from one connection to the next, by
// Session ID and by ticket.
func TestShimResumes(t *testing.T) {
	program, pki := buildForTest(t), testPKI
	client, server := shimEnd{startShim(t, "client", program)}, startShim(t, "server", program)
	for name, tickets := range map[string]bool{"session ID": false, "ticket": true} {
		t.Run(name, func(t *testing.T) {
			c, s := clientSetup(pki), serverSetup(pki)
			c.PACOpaque, c.Callback, s.Callback = nil, spec.CallbackUnset, spec.CallbackUnset
			c.Tickets = tickets
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			first := meet(ctx, client, c, server, s).ours
			c.Session = first.Session
			m := meet(ctx, client, c, server, s)
			co, so := m.ours, m.theirs
			if first.Resumed != spec.Full || co.Resumed == spec.Full || so.Resumed == spec.Full {
				t.Errorf("first %+v\nthen %+v\nand %+v", first, co, so)
			}
		})
	}
}

// TestShimListens shows the program's other way to a socket, by its arguments.
func TestShimListens(t *testing.T) {
	program, pki := buildForTest(t), testPKI
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	args := strings.Fields(shimOptions(serverSetup(pki)).String())
	server := exec.CommandContext(ctx, program, append(args, "listen=127.0.0.1:0")...)
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	var listening struct{ Port int }
	for listening.Port == 0 && lines.Scan() {
		if err := json.Unmarshal(lines.Bytes(), &listening); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: listening.Port})
	if err != nil {
		t.Fatal(err)
	}
	o := shimEnd{startShim(t, "client", program)}.Connect(ctx, conn, clientSetup(pki))
	if o.Resumed != spec.BySessionSecret || !o.DataOK {
		t.Errorf("%+v", o)
	}
	var report sut.Report
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &report) != nil || !outcomeOf(sut.Verdict{Report: report}, 20000).DataOK {
		t.Errorf("the server said %q", lines.Text())
	}
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
}

func TestOpenSSLNames(t *testing.T) {
	out, err := exec.Command("openssl", "ciphers", "ALL:@SECLEVEL=0").Output()
	if err != nil {
		t.Skip("no openssl command: ", err)
	}
	known := strings.Split(strings.TrimSpace(string(out)), ":")
	for _, s := range spec.Suites() {
		if !slices.Contains(known, opensslName(s)) {
			t.Errorf("%s is not OpenSSL's name of %s", opensslName(s), s.Name)
		}
	}
}
