package tls_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/cryptotest"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

var update = flag.Bool("update", false, "write the seeds of the fuzz targets anew")

// maxSent is what an endpoint may send in answer to arbitrary octets.
const maxSent = 1 << 16

// scriptConn is a transport whose peer has sent all it will ever send.
type scriptConn struct {
	net.Conn // nil: no other method is used
	in       *bytes.Reader
	out      bytes.Buffer
	closed   bool
}

func (c *scriptConn) Read(p []byte) (int, error) { return c.in.Read(p) }

func (c *scriptConn) Write(p []byte) (int, error) { return c.out.Write(p) }

func (c *scriptConn) Close() error { c.closed = true; return nil }

func (c *scriptConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// take runs an endpoint over octets until it ends, and reports whether it was
// established, and what it received.
func take(t *testing.T, endpoint func(net.Conn) *tls.Conn, octets []byte) (established bool, received []byte) {
	t.Helper()
	fixRandomness(t)
	transport := &scriptConn{in: bytes.NewReader(octets)}
	conn := endpoint(transport)
	received, err := io.ReadAll(io.LimitReader(conn, maxSent))
	if err == nil && len(received) == 0 && !conn.ConnectionState().HandshakeComplete {
		t.Error("the stream has ended without a handshake and without an error")
	}
	if _, again := conn.Read(make([]byte, 1)); err != nil && again != err {
		t.Errorf("the error was %v and is %v", err, again)
	}
	if transport.out.Len() > maxSent {
		t.Errorf("%d octets were sent in answer to %d", transport.out.Len(), len(octets))
	}
	var alert *tls.AlertError
	if errors.As(err, &alert) && alert.Sent && !bytes.Contains(transport.out.Bytes(), []byte{21, 3}) {
		t.Errorf("no alert was sent for %v", err)
	}
	return conn.ConnectionState().HandshakeComplete, received
}

// fixRandomness makes the padding of an encrypted premaster secret the same each
// time, which crypto/rsa draws from nobody's Rand.
func fixRandomness(t *testing.T) { cryptotest.SetGlobalRandom(t, 1) }

// scenes are the handshakes whose recorded octets are seeds. Their randomness
// is fixed, so that a stream that was recorded once is the right one again.
var scenes = []struct {
	name   string
	server func(c *tls.Config)
	client func(c *tls.Config)
}{
	{"full", func(*tls.Config) {}, func(*tls.Config) {}},
	{"rsa", func(c *tls.Config) { c.Certificates = serverConfig(testcert.RSA).Certificates },
		func(c *tls.Config) { c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA} }},
	{"accepted", func(c *tls.Config) { accepting(c, testPAC) }, func(c *tls.Config) { offering(c, testPAC) }},
	{"declined", func(c *tls.Config) { declining(c) }, func(c *tls.Config) { offering(c, testPAC) }},
	{"certificate", func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert },
		func(c *tls.Config) { c.Certificates = []tls.Certificate{clientCertificate(testcert.Ed25519)} }},
	{"tls10", func(c *tls.Config) { c.Certificates = serverConfig(testcert.RSA).Certificates },
		func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }},
	{"anonymous", anonymously, anonymously},
}

func anonymously(c *tls.Config) {
	c.AllowAnonymous, c.CipherSuites = true, []uint16{tls.TLS_DH_anon_WITH_AES_128_CBC_SHA}
}

// sceneConfigs returns the configurations of a scene, with the same randomness
// each time.
func sceneConfigs(i int) (client, server *tls.Config) {
	client, server = clientConfig(), serverConfig(testcert.Ed25519) // whose signatures are always the same
	client.MinVersion, server.MinVersion = tls.VersionTLS10, tls.VersionTLS10
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	server.ServerSessionCache = tls.NewLRUServerSessionCache(1)
	client.Rand, server.Rand = rand.NewChaCha8([32]byte{'c'}), rand.NewChaCha8([32]byte{'s'})
	server.SetSessionTicketKeys([][32]byte{{1}})
	scenes[i].client(client)
	scenes[i].server(server)
	return client, server
}

// FuzzServer: whatever a client sends, the server ends, with a stable error, the
// alert for it, and no more output than a handshake has.
func FuzzServer(f *testing.F) {
	fuzz(f, spec.Server, func(scene int, transport net.Conn) *tls.Conn {
		_, server := sceneConfigs(scene)
		return tls.Server(transport, server)
	})
}

// FuzzClient: the same of a client.
func FuzzClient(f *testing.F) {
	fuzz(f, spec.Client, func(scene int, transport net.Conn) *tls.Conn {
		client, _ := sceneConfigs(scene)
		return tls.Client(transport, client)
	})
}

func fuzz(f *testing.F, role spec.Role, endpoint func(scene int, transport net.Conn) *tls.Conn) {
	for i := range scenes {
		f.Add(uint8(i), []byte{})
	}
	f.Fuzz(func(t *testing.T, scene uint8, octets []byte) {
		i := int(scene) % len(scenes)
		take(t, func(transport net.Conn) *tls.Conn { return endpoint(i, transport) }, octets)
	})
}

// recorded returns what one side sent in a scene, application data and
// close_notify included.
func recorded(t *testing.T, scene int, by spec.Role) []byte {
	t.Helper()
	fixRandomness(t)
	client, server := sceneConfigs(scene)
	a, b := transports(t)
	log := &loggingConn{}
	c, s := tls.Client(a, client), tls.Server(b, server)
	if log.Conn = a; by == spec.Client {
		c = tls.Client(log, client)
	} else {
		log.Conn = b
		s = tls.Server(log, server)
	}
	if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
		t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
	}
	for _, ends := range [][2]*tls.Conn{{c, s}, {s, c}} {
		if _, err := ends[0].Write([]byte("data")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(ends[1], make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	s.Close()
	return log.sent.Bytes()
}

type loggingConn struct {
	net.Conn
	sent bytes.Buffer
}

func (c *loggingConn) Write(p []byte) (int, error) {
	c.sent.Write(p)
	return c.Conn.Write(p)
}

// The seeds are complete recordings: the endpoint that they are for gets to the
// data in them, so that the fuzzer starts from behind the handshake too.
func TestFuzzSeeds(t *testing.T) {
	for i, scene := range scenes {
		for role, target := range map[spec.Role]string{spec.Server: "FuzzServer", spec.Client: "FuzzClient"} {
			t.Run(target+"/"+scene.name, func(t *testing.T) {
				file := filepath.Join("testdata", "fuzz", target, "seed-"+scene.name)
				if *update {
					writeSeed(t, file, i, recorded(t, i, role.Peer()))
				}
				octets := readSeed(t, file, i)
				established, received := take(t, func(transport net.Conn) *tls.Conn {
					client, server := sceneConfigs(i)
					if role == spec.Server {
						return tls.Server(transport, server)
					}
					return tls.Client(transport, client)
				}, octets)
				if !established || string(received) != "data" {
					t.Errorf("established: %v, received %q; if the handshake was changed on purpose, -update records it anew", established, received)
				}
			})
		}
	}
}

// writeSeed writes a seed in the form that go test reads.
func writeSeed(t *testing.T, file string, scene int, octets []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("go test fuzz v1\nuint8(%d)\n[]byte(%q)\n", scene, octets)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readSeed(t *testing.T, file string, scene int) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; -update writes the seeds", err)
	}
	var number int
	var octets []byte
	if _, err := fmt.Sscanf(string(text), "go test fuzz v1\nuint8(%d)\n[]byte(%q)\n", &number, &octets); err != nil {
		t.Fatal(err)
	}
	if number != scene {
		t.Fatalf("the seed is for scene %d, not %d; -update writes it anew", number, scene)
	}
	return octets
}
