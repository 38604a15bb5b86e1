package tls_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
)

// RFC 5246, Section 7.2.1: close_notify and truncation are told apart, and stay
// what they were.
func TestEndOfStream(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(*tls.Conn)
		want error
	}{
		"close_notify": {func(c *tls.Conn) { c.Close() }, io.EOF},
		"truncation":   {func(c *tls.Conn) { c.NetConn().Close() }, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := connect(t, clientConfig(), serverConfig(testcert.RSA))
			if _, err := c.Write([]byte("last words")); err != nil {
				t.Fatal(err)
			}
			tt.end(c)
			got, err := io.ReadAll(s)
			if string(got) != "last words" {
				t.Errorf("%q", got)
			}
			if tt.want == io.EOF {
				err = io.EOF // which ReadAll does not return
			}
			for range 3 {
				if !errors.Is(err, tt.want) {
					t.Errorf("%v, want %v", err, tt.want)
				}
				_, err = s.Read(make([]byte, 1))
			}
		})
	}
}

// Half-close: the other direction goes on.
func TestCloseWrite(t *testing.T) {
	c, s := connect(t, clientConfig(), serverConfig(testcert.RSA))
	for range 2 { // the second does nothing
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the server reads %v", err)
	}
	send(t, s, c, 100_000)
	if _, err := c.Write([]byte("x")); err == nil {
		t.Error("a write after CloseWrite")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client reads %v", err)
	}
}

func TestCloseWriteBeforeHandshake(t *testing.T) {
	a, _ := net.Pipe()
	if err := tls.Client(a, clientConfig()).CloseWrite(); err == nil {
		t.Error("no error")
	}
}

// A Read or Write that has timed out may be repeated.
func TestDeadlines(t *testing.T) {
	c, s := connect(t, clientConfig(), serverConfig(testcert.RSA))
	past, never := time.Now().Add(-time.Second), time.Time{}
	c.SetReadDeadline(past)
	for range 2 {
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
	}
	c.SetReadDeadline(never)
	send(t, s, c, 10)
	c.SetWriteDeadline(past)
	if _, err := c.Write(make([]byte, 10)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write: %v", err)
	}
	c.SetWriteDeadline(never)
	send(t, s, c, 10)
	send(t, c, s, 10)
}

// A record that arrives in two parts with a timeout between them is not lost.
func TestReadTimeoutWithinRecord(t *testing.T) {
	a, b := transports(t)
	half := &holdingConn{Conn: b}
	c, s := tls.Client(a, clientConfig()), tls.Server(half, serverConfig(testcert.RSA))
	if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
		t.Fatal(clientErr, serverErr)
	}
	half.hold = 7
	if _, err := s.Write([]byte("in two parts")); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Time{})
	if _, err := half.Conn.Write(half.held); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len("in two parts"))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "in two parts" {
		t.Errorf("%q, %v", got, err)
	}
}

// holdingConn holds back the end of each Write once it is told to.
type holdingConn struct {
	net.Conn
	hold int
	held []byte
}

func (c *holdingConn) Write(p []byte) (int, error) {
	if c.hold == 0 {
		return c.Conn.Write(p)
	}
	c.held = bytes.Clone(p[c.hold:])
	if _, err := c.Conn.Write(p[:c.hold]); err != nil {
		return 0, err
	}
	return len(p), nil
}

func TestConcurrentUse(t *testing.T) {
	const writers, size = 4, 200_000
	c, s := connect(t, clientConfig(), serverConfig(testcert.RSA))
	var wg sync.WaitGroup
	for _, ends := range [][2]*tls.Conn{{c, s}, {s, c}} {
		for w := range writers {
			wg.Go(func() {
				if _, err := ends[0].Write(bytes.Repeat([]byte{byte(w)}, size)); err != nil {
					t.Error(err)
				}
			})
		}
		var mu sync.Mutex
		counts := make([]int, writers)
		left := writers * size
		for range 2 {
			wg.Go(func() {
				buf := make([]byte, 3000)
				for {
					mu.Lock()
					n := min(left, len(buf))
					left -= n
					mu.Unlock()
					if n == 0 {
						break
					}
					if _, err := io.ReadFull(ends[1], buf[:n]); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, b := range buf[:n] {
						counts[b]++
					}
					mu.Unlock()
				}
			})
		}
		defer func() {
			for w, n := range counts {
				if n != size {
					t.Errorf("%d octets of writer %d, want %d", n, w, size)
				}
			}
		}()
	}
	wg.Wait()
}

// A panic in a callback comes through, and leaves no lock held.
func TestPanicInCallback(t *testing.T) {
	a, b := transports(t)
	client := clientConfig()
	client.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { panic("the user's") }
	c := tls.Client(a, client)
	go tls.Server(b, serverConfig(testcert.Ed25519)).Handshake()
	func() {
		defer func() {
			if recover() != "the user's" {
				t.Error("the panic was swallowed")
			}
		}()
		c.Handshake()
	}()
	if err := c.Handshake(); err == nil {
		t.Error("the handshake is complete after a panic")
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a Read after a panic")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// 1/n-1 splitting under TLS 1.0, and without.
func TestRecordSplitting(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		client, server := clientConfig(), serverConfig(testcert.RSA)
		client.MinVersion, client.MaxVersion, server.MinVersion = tls.VersionTLS10, tls.VersionTLS10, tls.VersionTLS10
		client.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		client.DisableRecordSplitting = disabled
		a, b := transports(t)
		counted := &holdingConn{Conn: a}
		c, s := tls.Client(counted, client), tls.Server(b, server)
		if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
			t.Fatal(clientErr, serverErr)
		}
		counted.hold = 1
		if _, err := c.Write([]byte("split")); err != nil {
			t.Fatal(err)
		}
		records := 0
		for rest := append([]byte{23}, counted.held...); len(rest) > 0; records++ {
			rest = rest[5+int(rest[3])<<8+int(rest[4]):]
		}
		if want := map[bool]int{false: 2, true: 1}[disabled]; records != want {
			t.Errorf("disabled %v: %d records, want %d", disabled, records, want)
		}
		if _, err := counted.Conn.Write(counted.held); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 5)
		if _, err := io.ReadFull(s, got); err != nil || string(got) != "split" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestDialAndListen(t *testing.T) {
	l, err := tls.Listen("tcp", "127.0.0.1:0", serverConfig(testcert.RSA))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	config := clientConfig()
	config.ServerName = "" // the address has one
	for name, dial := range map[string]func() (net.Conn, error){
		"Dial": func() (net.Conn, error) { return tls.Dial("tcp", l.Addr().String(), config) },
		"Dialer": func() (net.Conn, error) {
			d := tls.Dialer{NetDialer: &net.Dialer{Timeout: hangs}, Config: config}
			return d.DialContext(t.Context(), "tcp", l.Addr().String())
		},
	} {
		c, err := dial()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		send(t, c, c, 10)
		if got := c.(*tls.Conn).ConnectionState().ServerName; got != "" {
			t.Errorf("%s: an address literal was sent as a server name: %q", name, got)
		}
		c.Close()
	}
	untrusting := &tls.Dialer{Config: &tls.Config{Time: testTime, RootCAs: x509.NewCertPool()}}
	if c, err := untrusting.DialContext(t.Context(), "tcp", l.Addr().String()); err == nil || c != nil {
		t.Errorf("an untrusted server: %v, %v", c, err)
	}
}

func TestClientNeedsAName(t *testing.T) {
	for _, name := range []string{"", "not a name", "a..b"} {
		a, b := transports(t)
		config := clientConfig()
		config.ServerName = name
		if err := tls.Client(a, config).Handshake(); err == nil {
			t.Errorf("%q: no error", name)
		}
		a.Close()
		if n, _ := b.Read(make([]byte, 1)); n != 0 {
			t.Errorf("%q: %d octets were sent", name, n)
		}
	}
	config := clientConfig()
	config.ServerName, config.InsecureSkipVerify = "", true
	connect(t, config, serverConfig(testcert.RSA))
}

func TestAddresses(t *testing.T) {
	a, _ := transports(t)
	c := tls.Client(a, nil)
	if c.LocalAddr() != a.LocalAddr() || c.RemoteAddr() != a.RemoteAddr() || c.NetConn() != a {
		t.Error("not the transport's addresses")
	}
	if err := c.SetDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the transport has no deadline: %v", err)
	}
}

func TestKeysNeedAHandshake(t *testing.T) {
	a, _ := transports(t)
	c := tls.Client(a, clientConfig())
	if _, err := c.AppendKeyBlock(nil, 0, 1, 0); err == nil {
		t.Error("a key block before the handshake")
	}
	if _, err := c.ExportKeyingMaterial("EXPORTER-test", nil, 1); err == nil {
		t.Error("keying material before the handshake")
	}
	if state := c.ConnectionState(); state.HandshakeComplete || state.ServerName != testcert.Name {
		t.Errorf("%+v", state)
	}
}
