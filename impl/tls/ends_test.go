package tls_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
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
			closed := make(chan error)
			go func() { closed <- c.Close() }()
			synctest.Wait()
			go io.Copy(io.Discard, b) // for close_notify; before, it would take what is written
			if err := <-done; err == nil {
				t.Errorf("%s: no error", name)
			}
			if err := <-closed; err != nil {
				t.Errorf("%s: close: %v", name, err)
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
