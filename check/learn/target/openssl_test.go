package target_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// meet returns a function that makes a library connect, or be connected to.
func meet(p interop.Peer, s interop.Setup) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		conn, _, err := p.Meet(ctx, s)
		return conn, err
	}
}

var (
	pacKey    = []byte("0123456789abcdef0123456789abcdef")
	pacOpaque = []byte("what the server recognises its PAC by, sealed")
)

func pac() *mapper.PAC {
	return &mapper.PAC{Opaque: pacOpaque, Secret: func(serverRandom, clientRandom []byte) []byte {
		master := make([]byte, prf.MasterSecretSize)
		new(prf.PRF).SessionSecret(master, pacKey, serverRandom, clientRandom)
		return master
	}}
}

// libssl starts the program that drives libssl.
func libssl(t *testing.T) *interop.Shim {
	t.Helper()
	program, err := sut.BuildSystem(t.Context())
	if errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	s, err := interop.StartShim(context.WithoutCancel(t.Context()), "libssl", program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// sServer starts an s_server as people do, and returns its address and its
// library.
func sServer(t *testing.T, id interop.Identity) (address, library string) {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("the openssl command is missing; install openssl")
	}
	version, err := exec.CommandContext(t.Context(), openssl, "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, openssl, "s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-cert", id.CertFile, "-key", id.KeyFile)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	_, inErr := cmd.StdinPipe() // at its end s_server ends
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
			go io.Copy(io.Discard, out) // ends with the process
			return at, string(version)
		}
	}
	t.Fatalf("s_server names no address: %v", lines.Err())
	return "", ""
}

// TestOpenSSL: the machines of a real OpenSSL are those of its profile, but for
// what is explained.
func TestOpenSSL(t *testing.T) {
	pki, err := interop.NewPKI(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	id := pki.Server(interop.RSA2048)
	for _, c := range []struct {
		name     string
		role     spec.Role
		callback spec.Callback
		stock    bool // s_server
	}{
		{"s_server", spec.Server, spec.CallbackUnset, true},
		{"server accept", spec.Server, spec.CallbackAccept, false},
		{"client accept", spec.Client, spec.CallbackAccept, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			setup := interop.Setup{
				Role: c.role, Min: spec.TLS12, Max: spec.TLS12, Suites: []spec.SuiteID{0xc02f, 0xc030}, Callback: c.callback,
				PACKey: pacKey, Absent: true, EMS: true, Tickets: true, PKI: pki, Payload: make([]byte, 20000),
			}
			config := mapper.Config{Chain: wire.MakeChain(id.DER), Key: id.Key}
			if c.callback != spec.CallbackUnset {
				config.PAC, setup.PACOpaque = pac(), pacOpaque
			}
			if c.role == spec.Server {
				setup.Identity = id
			}
			var connect func(context.Context) (net.Conn, error)
			var library string
			if c.stock {
				var address string
				address, library = sServer(t, id)
				connect = target.Dial(address)
			} else {
				shim := libssl(t)
				connect, library = meet(shim, setup), shim.Library()
			}
			holdOpenSSL(t, c.role, c.callback, connect, config, library)
		})
	}
}

// remote is what both adapters are.
type remote interface {
	target.Endpoint
	Scenario(spec.Callback) spec.Scenario
	Notes() []string
	Silence() time.Duration
	Close() error
}

func holdOpenSSL(t *testing.T, r spec.Role, callback spec.Callback, connect func(context.Context) (net.Conn, error), c mapper.Config, library string) {
	t.Helper()
	var system remote
	var err error
	if r == spec.Server {
		system, err = target.NewServer(t.Context(), connect, c, target.Pace{})
	} else {
		system, err = target.NewClient(t.Context(), connect, c, target.Pace{})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	profile := interop.ProfileOf(library)
	want, err := target.Expect(system, system.Scenario(callback), profile)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	result, err := target.Learn(t.Context(), system, want, target.Options{Equivalence: "model", Walks: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d states, %+v, silence %v, %v", library, result.Machine.States(), result.Counts, system.Silence(), time.Since(began))
	if notes := system.Notes(); len(notes) > 0 {
		t.Errorf("left out: %q", notes)
	}
	if result.Machine.States() < 8 {
		t.Errorf("%d states", result.Machine.States())
	}
	want = target.Project(want)
	for word := range learn.Differences(result.Machine, want) {
		last := len(word) - 1
		if explained(r, word, result.Machine.Run(word)[last]) {
			continue
		}
		t.Errorf("%sprofile %s: %s\nlearned: %s", target.Conversation(result.Machine, r, word), profile.Name, want.Run(word)[last], result.Machine.Run(word)[last])
	}
}

// explanations are where OpenSSL is not as its profile in what the model does not
// speak of.
var explanations = []struct {
	reason  string
	applies func(r spec.Role, word []string, learned string) bool
}{
	{"MAX_WARN_ALERT_COUNT: the fifth warning in a row is refused, and the model does not count them",
		func(_ spec.Role, word []string, learned string) bool {
			const most = 5
			return len(word) >= most && !slices.ContainsFunc(word[len(word)-most:], func(in string) bool { return in != "Alert warning" })
		}},
	{"a client of libssl answers HelloRequest by renegotiating, unless told not to; here nobody does",
		func(r spec.Role, word []string, learned string) bool {
			return r == spec.Client && word[len(word)-1] == "HelloRequest" && learned == "ClientHello"
		}},
	{"a client of libssl skips HelloRequest before it looks where it stands (tls_get_message_header)",
		func(r spec.Role, word []string, learned string) bool {
			return r == spec.Client && len(word) > 1 && word[len(word)-2] == "ChangeCipherSpec" && word[len(word)-1] == "HelloRequest" && learned == target.Silent
		}},
}

func explained(r spec.Role, word []string, learned string) bool {
	for _, e := range explanations {
		if e.applies(r, word, learned) {
			return true
		}
	}
	return false
}
