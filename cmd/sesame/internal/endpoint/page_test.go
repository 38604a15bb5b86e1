package endpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// startPage serves pages until the test ends, and returns the address.
func startPage(t *testing.T, change func(*Server)) string {
	t.Helper()
	l, certificates := listen(t)
	s := &Server{
		Config: &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS10, ServerSessionCache: tls.NewLRUServerSessionCache(0), NextProtos: []string{"http/1.1"}},
		Answer: Page, Log: io.Discard, Recorder: new(Recorder),
	}
	if change != nil {
		change(s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// get asks for the page, and says how it differs from what it has to be: a page,
// and close_notify behind it.
func get(address string, config *tls.Config, want ...string) error {
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		return err
	}
	page, err := io.ReadAll(conn)
	if err != nil {
		return err
	}
	for _, text := range append(want, "200 OK") {
		if !strings.Contains(string(page), text) {
			return fmt.Errorf("%q is not in\n%s", text, page)
		}
	}
	return nil
}

func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// A page is answered after every kind of handshake.
func TestPage(t *testing.T) {
	pac := &PAC{Key: make([]byte, keySize), Opaque: []byte("opaque")}
	address := startPage(t, func(s *Server) {
		s.Config.AllowAnonymous, s.Config.ClientAuth = true, tls.RequestClientCert
		s.Config.CipherSuites = append(tls.DefaultCipherSuites(), tls.TLS_DH_anon_WITH_AES_256_GCM_SHA384)
	})
	withPAC := startPage(t, func(s *Server) { s.PAC = pac })
	own, err := SelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		address string
		change  func(*tls.Config)
		times   int
		want    []string
	}{
		"full":    {address, func(*tls.Config) {}, 1, []string{"resumed by             none"}},
		"TLS 1.1": {address, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 }, 1, []string{"TLS 1.1"}},
		"TLS 1.0": {address, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }, 1, []string{"TLS 1.0"}},
		"ticket":  {address, func(c *tls.Config) { c.ClientSessionCache = tls.NewLRUClientSessionCache(1) }, 2, []string{"resumed by             ticket"}},
		"Session ID": {address, func(c *tls.Config) {
			c.ClientSessionCache, c.SessionTicketsDisabled = tls.NewLRUClientSessionCache(1), true
		}, 2, []string{"resumed by             session-id"}},
		"DH_anon": {address, func(c *tls.Config) {
			c.AllowAnonymous, c.CipherSuites = true, []uint16{tls.TLS_DH_anon_WITH_AES_256_GCM_SHA384}
		}, 1, []string{"TLS_DH_anon_"}},
		"client certificate": {address, func(c *tls.Config) { c.Certificates = own }, 1, []string{"peer's certificate     CN=sesame serve"}},
		"ALPN":               {address, func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }, 1, []string{"protocol               http/1.1"}},
		"scheme":             {address, func(c *tls.Config) { c.SignatureSchemes = []spec.SignatureScheme{spec.RSAPSSRSAESHA512} }, 1, []string{"rsa_pss_rsae_sha512"}},
		"group":              {address, func(c *tls.Config) { c.Groups = []spec.Group{spec.Secp384r1, spec.Secp256r1} }, 1, []string{"group                  secp256r1"}},
		"PAC":                {withPAC, func(c *tls.Config) { c.OfferTicket = pac.offer }, 1, []string{"resumed by             session-secret"}},
		"PAC declined":       {withPAC, func(c *tls.Config) { c.OfferTicket = (&PAC{Key: pac.Key, Opaque: []byte("x")}).offer }, 1, []string{"resumed by             none"}},
	} {
		t.Run(name, func(t *testing.T) {
			config := insecure()
			c.change(config)
			for range c.times - 1 {
				if err := get(c.address, config); err != nil {
					t.Fatal(err)
				}
			}
			if err := get(c.address, config, c.want...); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whatever a client does, the next one gets its page.
func TestPageAfterGarbage(t *testing.T) {
	address := startPage(t, nil)
	for name, f := range map[string]func(net.Conn){
		"nothing":        func(net.Conn) {},
		"garbage":        func(c net.Conn) { c.Write(bytes.Repeat([]byte("garbage"), 1000)) },
		"HTTP":           func(c net.Conn) { io.WriteString(c, "GET / HTTP/1.0\r\n\r\n") },
		"SSL 2.0":        func(c net.Conn) { c.Write([]byte{0x80, 0x2e, 1, 0, 2}) },
		"half a header":  func(c net.Conn) { c.Write([]byte{22, 3, 1}) },
		"a fatal alert":  func(c net.Conn) { c.Write([]byte{21, 3, 1, 0, 2, 2, 40}) },
		"a huge message": func(c net.Conn) { c.Write([]byte{22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff}) },
		"a handshake, and a reset": func(c net.Conn) {
			tls.Client(c, insecure()).Handshake()
			c.(*net.TCPConn).SetLinger(0)
		},
		"no HTTP": func(c net.Conn) { io.WriteString(tls.Client(c, insecure()), "\x00\x01\r\n\r\n") },
		"half a request": func(c net.Conn) {
			conn := tls.Client(c, insecure())
			io.WriteString(conn, "GET / HT")
			conn.CloseWrite()
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			f(conn)
			conn.Close()
			if err := get(address, insecure()); err != nil {
				t.Error(err)
			}
		})
	}
}

// exhausted is a listener that has no descriptor left for a while.
type exhausted struct {
	net.Listener
	left atomic.Int32
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

func TestServerOutlivesLackOfDescriptors(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	l := &exhausted{Listener: inner}
	l.left.Store(2)
	go net.Dial("tcp", inner.Addr().String())
	c, err := accept(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	l.left.Store(1 << 30)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := accept(ctx, l); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, though the server was told to stop", err)
	}
}
