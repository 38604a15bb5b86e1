package sut

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/spec"
)

// The test binary is its own shim, if it is told how to behave: once, until there
// is a file of that name.
const behaviour, once = "SESAME_SUT_BEHAVIOUR", "SESAME_SUT_ONCE"

func TestMain(m *testing.M) {
	if how := os.Getenv(behaviour); how != "" {
		misbehave(how)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// misbehave is a shim that makes connections well until it does what it is
// named by.
func misbehave(how string) {
	switch how {
	case "mute":
		time.Sleep(time.Minute)
	case "babbles at once":
		fmt.Println("Usage: shim")
	case "of the future":
		fmt.Println(`{"shim":99,"library":"x"}`)
	case "ends at once":
		fmt.Fprintln(os.Stderr, "cannot load the library")
		os.Exit(3)
	}
	fmt.Printf(`{"shim":1,"library":"test %s","can":["server"]}`+"\n", how)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		file, err := os.OpenFile(os.Getenv(once), os.O_CREATE|os.O_EXCL, 0o600)
		file.Close()
		options := map[string]string{}
		for _, w := range strings.Fields(lines.Text()) {
			name, value, _ := strings.Cut(w, "=")
			options[name] = value
		}
		meet(how, err == nil, options)
	}
	if how == "fails at the end" {
		os.Exit(4)
	}
}

func meet(how string, first bool, options map[string]string) {
	verdict := fmt.Sprintf(`{"connection":%s,"established":1}`, options["connection"])
	switch {
	case how == "refuses":
		fmt.Printf(`{"connection":%s,"refused":"min"}`+"\n", options["connection"])
		return
	case how == "does not connect" && first:
		time.Sleep(time.Minute)
	case how == "does not connect and tells of it" && first:
		fmt.Println(verdict)
		return
	case how == "dies before it connects" && first:
		os.Exit(5)
	}
	conn, err := net.Dial("tcp", options["connect"])
	if err != nil {
		os.Exit(6)
	}
	defer conn.Close()
	if !first {
		how = "" // it behaves
	}
	switch how {
	case "crashes":
		p, _ := os.FindProcess(os.Getpid())
		p.Kill()
		time.Sleep(time.Minute)
	case "finds an overflow":
		fmt.Fprintln(os.Stderr, "==1==ERROR: AddressSanitizer\nSUMMARY: AddressSanitizer: heap-buffer-overflow t1_enc.c:1 in tls1_PRF")
		os.Exit(1)
	case "panics":
		panic("the shim panics")
	case "hangs":
		time.Sleep(time.Minute)
	case "floods a line":
		for {
			fmt.Print(strings.Repeat("x", 1<<16))
		}
	case "floods lines":
		for {
			fmt.Println(verdict)
		}
	case "floods errors":
		for range 100 {
			fmt.Fprint(os.Stderr, strings.Repeat("e", 1<<16))
		}
	}
	_, _ = io.Copy(io.Discard, conn)
	switch how {
	case "prints nonsense":
		fmt.Println("Segmentation fault (not really)")
	case "tells of another":
		fmt.Println(`{"connection":77,"established":1}`)
	case "tells twice":
		fmt.Println(verdict + "\n" + verdict)
	default:
		fmt.Println(verdict)
	}
}

func start(t *testing.T, how string) (*System, error) {
	t.Helper()
	return Start(context.WithoutCancel(t.Context()), Program{
		Name: "test", Path: os.Args[0], Env: []string{behaviour + "=" + how, once + "=" + t.TempDir() + "/once"}, Limit: 3 * time.Second,
	})
}

// TestMisbehaviour: whatever a shim does is an outcome, and where it goes on
// behaving after it was started anew, so do we.
func TestMisbehaviour(t *testing.T) {
	for _, c := range []struct {
		how    string
		at     string // "start", "connect", "verdict", "next" or "close": where it shows
		kind   Kind
		within string // of the verdict
	}{
		{"mute", "start", Hung, "its greeting"},
		{"babbles at once", "start", Lied, "Usage: shim"},
		{"of the future", "start", Lied, "version 99"},
		{"ends at once", "start", Crashed, "exit status 3: cannot load the library"},
		{"refuses", "connect", Refused, "refused: min"},
		{"does not connect", "connect", Hung, "a connection"},
		{"does not connect and tells of it", "connect", Lied, "without a connection"},
		{"dies before it connects", "connect", Crashed, "exit status 5"},
		{"crashes", "verdict", Crashed, "killed"},
		{"finds an overflow", "verdict", Crashed, "heap-buffer-overflow t1_enc.c:1 in tls1_PRF"},
		{"panics", "verdict", Crashed, "the shim panics"},
		{"hangs", "verdict", Hung, "its verdict"},
		{"floods a line", "verdict", Lied, "a line of more than"},
		{"floods lines", "verdict next", Lied, ""},
		{"floods errors", "verdict", Reported, "established"},
		{"prints nonsense", "verdict", Lied, "not really"},
		{"tells of another", "verdict", Lied, "connection 77"},
		{"tells twice", "next", Lied, "connection"},
		{"fails at the end", "close", Crashed, "exit status 4"},
		{"behaves", "verdict", Reported, "established"},
	} {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			at, v := outcome(t, c.how)
			if !strings.Contains(c.at, at) || v.Kind != c.kind || !strings.Contains(v.String(), c.within) {
				t.Errorf("at its %s: %v; want at its %s %v with %q", at, v, c.at, c.kind, c.within)
			}
			if len(v.Stderr) > maxStderr {
				t.Errorf("%d octets were kept", len(v.Stderr))
			}
		})
	}
}

// outcome makes two connections and returns the first that is not as it should
// be, or the verdict on the first.
func outcome(t *testing.T, how string) (at string, v Verdict) {
	s, err := start(t, how)
	if err != nil {
		return "start", faultOf(t, err)
	}
	closed := false
	defer func() {
		if !closed {
			s.Close()
		}
	}()
	for i := range 3 {
		conn, err := s.Connect(t.Context(), Options{Role: spec.Server})
		if err != nil {
			if at == "" {
				at, v = [...]string{"connect", "next", "later"}[i], faultOf(t, err)
			}
			if v.Kind == Refused {
				return at, v
			}
			continue
		}
		got := conn.Verdict()
		if i == 0 && got.Kind != Reported {
			at, v = "verdict", got
		}
		if i == 1 && at == "" && got.Kind != Reported {
			at, v = "next", got // what was left of the first came late
		}
		if i == 2 && got.Kind != Reported {
			t.Errorf("it does not recover: %v", got)
		}
		if i == 2 && at == "" {
			at, v = "verdict", got
		}
	}
	closed = true
	if err := s.Close(); err != nil && v.Kind == Reported {
		return "close", faultOf(t, err)
	}
	return at, v
}

func faultOf(t *testing.T, err error) Verdict {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) {
		t.Fatalf("%v is no Fault", err)
	}
	return f.Verdict
}

// TestContext: who gives up need not wait for a shim that hangs.
func TestContext(t *testing.T) {
	s, err := start(t, "does not connect")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Connect(ctx, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// TestCloseBeside: a connection that was left open does not keep its system from
// ending.
func TestCloseBeside(t *testing.T) {
	s, err := start(t, "behaves")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.Connect(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if v := conn.Verdict(); v.Kind != Reported {
		t.Error(v)
	}
}

// TestStrangers: a program that is no shim is found out.
func TestStrangers(t *testing.T) {
	for _, path := range []string{"/bin/true", "/bin/echo"} {
		if _, err := os.Stat(path); err != nil {
			t.Skip(err)
		}
		if _, err := Start(t.Context(), Program{Name: "stranger", Path: path, Limit: time.Second}); err == nil {
			t.Errorf("%s was taken for a shim", path)
		}
	}
	if _, err := Start(t.Context(), Program{Name: "nobody", Path: "/nowhere/shim"}); err == nil {
		t.Error("a program that is not there was started")
	}
}

// TestAcceptBeforeItsLine: a shim that has connected, and printed its verdict or
// ended before we looked, has connected.
func TestAcceptBeforeItsLine(t *testing.T) {
	for range 50 {
		listen, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		peer, err := net.Dial("tcp", listen.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		p := &process{lines: make(chan string, 1), ended: make(chan struct{}), flooded: make(chan struct{})}
		const verdict = `{"connection":1,"established":1}`
		p.lines <- verdict
		s := &System{listen: listen, number: 1, program: Program{Name: "test", Limit: 10 * time.Second}}
		conn, err := s.accept(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if line, err := s.await(t.Context(), p, nil, "its verdict"); err != nil || line != verdict {
			t.Errorf("%q, %v", line, err)
		}
		conn.Close()
		peer.Close()
		listen.Close()
	}
}
