package tls_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// Close ends whatever is under way, and no goroutine stays.
func TestCloseDuring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, during := range map[string]func(c *tls.Conn) error{
			"read":  func(c *tls.Conn) error { _, err := c.Read(make([]byte, 1)); return err },
			"write": func(c *tls.Conn) error { _, err := c.Write(make([]byte, 100)); return err },
		} {
			a, b := net.Pipe()
			c, s := tls.Client(a, clientConfig()), tls.Server(b, serverConfig(testcert.ECDSA))
			if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
				t.Fatal(clientErr, serverErr)
			}
			done := make(chan error)
			go func() { done <- during(c) }()
			synctest.Wait()
			go io.Copy(io.Discard, b) // for close_notify
			if err := c.Close(); err != nil {
				t.Errorf("%s: close: %v", name, err)
			}
			if err := <-done; err == nil {
				t.Errorf("%s: no error", name)
			}
			if err := c.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: a second Close: %v", name, err)
			}
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: a Read after Close: %v", name, err)
			}
			s.Close()
		}
	})
}

func TestCloseDuringHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		c := tls.Client(a, clientConfig())
		done := make(chan error)
		go func() { done <- c.Handshake() }()
		go io.Copy(io.Discard, b)
		synctest.Wait()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err == nil {
			t.Error("the handshake is complete")
		}
		if err := c.Handshake(); err == nil {
			t.Error("and is complete the second time")
		}
		b.Close()
	})
}

// A Close with a peer that reads nothing ends.
func TestCloseWithStuckPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		c, s := tls.Client(a, clientConfig()), tls.Server(b, serverConfig(testcert.ECDSA))
		if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
			t.Fatal(clientErr, serverErr)
		}
		if err := c.Close(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		s.Close()
	})
}

// The context ends the handshake wherever it stands.
func TestHandshakeContext(t *testing.T) {
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		total := handshakeLength(t, role)
		for _, n := range cuts(total) {
			t.Run(fmt.Sprintf("%v/%d of %d octets", role, n, total), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					err := handshakeWith(ctx, role, &cutConn{left: n, silent: true})
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%v", err)
					}
				})
			})
		}
	}
	a, b := net.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tls.Client(a, clientConfig()).HandshakeContext(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended before: %v", err)
	}
	b.Close()
}

// A socket that is closed at any step is a truncation.
func TestSocketClosedAtEachStep(t *testing.T) {
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		total := handshakeLength(t, role)
		for _, n := range cuts(total) {
			t.Run(fmt.Sprintf("%v/%d of %d octets", role, n, total), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					err := handshakeWith(t.Context(), role, &cutConn{left: n})
					if !errors.Is(err, io.ErrUnexpectedEOF) {
						t.Errorf("%v", err)
					}
				})
			})
		}
	}
}

// cutConn is a transport whose peer sends no more than so many octets. Then it
// is silent, or closes.
type cutConn struct {
	net.Conn
	left   int
	silent bool
	read   int
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.left == 0 && !c.silent {
		c.Conn.Close()
		return 0, io.EOF
	}
	if c.left == 0 {
		p = make([]byte, 1) // what comes is lost
		for {
			if _, err := c.Conn.Read(p); err != nil {
				return 0, err
			}
		}
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	c.read += n
	return n, err
}

// handshakeWith runs a handshake in which one role reads from cut, and returns
// that role's error. Ed25519 signatures all have one length.
func handshakeWith(ctx context.Context, role spec.Role, cut *cutConn) error {
	a, b := net.Pipe()
	cut.Conn = a
	own, peer := tls.Client(cut, clientConfig()), tls.Server(b, serverConfig(testcert.Ed25519))
	if role == spec.Server {
		own, peer = tls.Server(cut, serverConfig(testcert.Ed25519)), tls.Client(b, clientConfig())
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if peer.Handshake() != nil {
			peer.Close()
		}
	}()
	err := own.HandshakeContext(ctx)
	a.Close()
	<-done
	peer.Close()
	return err
}

// handshakeLength is how many octets a role reads in a handshake.
func handshakeLength(t *testing.T, role spec.Role) int {
	t.Helper()
	cut := &cutConn{left: 1 << 20}
	if err := handshakeWith(t.Context(), role, cut); err != nil {
		t.Fatal(err)
	}
	return cut.read
}

// cuts are places spread over a handshake, its ends among them.
func cuts(total int) []int {
	all := []int{0, 1, 4, 5, 6, 9, total - 46, total - 45, total - 40, total - 1}
	for n := 20; n < total-50; n += total / 20 {
		all = append(all, n)
	}
	return all
}
