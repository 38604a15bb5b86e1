package target_test

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// piped returns a function that connects to what serve does with the other end.
func piped(serve func(net.Conn)) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			serve(server)
		}()
		return client, nil
	}
}

// brisk is for endpoints that answer at once or never.
var brisk = target.Pace{Silence: 2 * time.Millisecond, Limit: 30 * time.Millisecond}

// TestOutcomes: whatever a server does is a machine, and what it does not is no
// wait without end.
func TestOutcomes(t *testing.T) {
	warning := []byte{21, 3, 3, 0, 2, 1, 90}
	for _, c := range []struct {
		name  string
		serve func(net.Conn)
		want  string // in answer to anything
	}{
		{"silent", func(c net.Conn) { io.Copy(io.Discard, c) }, target.Silent},
		{"deaf", func(net.Conn) { <-t.Context().Done() }, target.Broken},
		{"gone", func(c net.Conn) { c.Read(make([]byte, 1000)) }, "closed"},
		{"of another protocol", func(c net.Conn) {
			c.Read(make([]byte, 1000))
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, "Garbage closed"},
		{"without an end", func(c net.Conn) {
			go io.Copy(io.Discard, c)
			for {
				if _, err := c.Write(warning); err != nil {
					return
				}
			}
		}, target.Broken},
		{"refusing", func(c net.Conn) {
			c.Read(make([]byte, 1000))
			c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
			io.Copy(io.Discard, c)
		}, "Alert(handshake_failure) closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pace := brisk
			if c.name == "without an end" {
				pace.Silence = time.Second // so that it is never silent
			}
			s, err := target.NewServer(t.Context(), piped(c.serve), mapper.Config{}, pace)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if notes := s.Notes(); len(notes) != 2 {
				t.Errorf("notes %q", notes)
			}
			for range 2 {
				if err := s.Reset(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, err := s.Step(t.Context(), "ClientHello ticket=none sid=empty")
				if err != nil || got != c.want {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
}

// TestUnreachable: no connection is an error in one line.
func TestUnreachable(t *testing.T) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	if _, err := target.NewServer(t.Context(), target.Dial(address), mapper.Config{}, brisk); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("no server: %v", err)
	}
}

// TestClientsThatFail: a client that does not connect, or says nothing, ends the
// learning with an error in one line.
func TestClientsThatFail(t *testing.T) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		name   string
		accept func(context.Context) (net.Conn, error)
		want   string
	}{
		{"nobody", (&target.Commander{Listener: l}).Accept, "nobody has connected"},
		{"a command that ends", (&target.Commander{Listener: l, Command: []string{os.Args[0], "-test.run=^$"}}).Accept, "without connecting"},
		{"no such command", (&target.Commander{Listener: l, Command: []string{"./no such program"}}).Accept, "no such"},
		{"says nothing", piped(func(c net.Conn) { io.Copy(io.Discard, c) }), "did not begin with a ClientHello"},
		{"speaks no TLS", piped(func(c net.Conn) { io.WriteString(c, "EHLO\r\n") }), "did not begin with a ClientHello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pace := brisk
			if c.name == "a command that ends" {
				pace.Limit = target.DefaultLimit // it takes its time to end
			}
			_, err := target.NewClient(t.Context(), c.accept, mapper.Config{}, pace)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestAcceptAfterTimeout: a wait whose time is up takes nothing from the next.
func TestAcceptAfterTimeout(t *testing.T) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := &target.Commander{Listener: l}
	for range 200 {
		brief, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		if _, err := c.Accept(brief); err == nil {
			t.Fatal("somebody connected")
		}
		cancel()
		var dialled sync.WaitGroup
		dialled.Go(func() {
			if peer, err := net.Dial("tcp", l.Addr().String()); err != nil {
				t.Error(err)
			} else {
				peer.Close()
			}
		})
		conn, err := c.Accept(t.Context())
		dialled.Wait()
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
}

// TestInterrupt: a cancelled context ends a step that waits.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := target.NewServer(ctx, piped(func(c net.Conn) { io.Copy(io.Discard, c) }), mapper.Config{}, target.Pace{Silence: time.Hour, Limit: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if out, err := s.Step(ctx, "ClientKeyExchange"); err == nil {
		t.Errorf("answered %q", out)
	}
}

// TestSuites: the mapper completes and resumes handshakes with every suite that
// has a certificate, under every version.
func TestSuites(t *testing.T) {
	pki, err := interop.NewPKI(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var certificates []tls.Certificate
	for _, kind := range []interop.KeyKind{interop.RSA2048, interop.P256} {
		id := pki.Server(kind)
		certificates = append(certificates, tls.Certificate{Certificate: [][]byte{id.DER}, PrivateKey: id.Key})
	}
	for _, v := range []spec.Version{spec.TLS10, spec.TLS11, spec.TLS12} {
		for _, suite := range spec.Suites() {
			if suite.KeyExchange.Anonymous() || suite.MinVersion > v {
				continue
			}
			t.Run(v.String()+"/"+suite.Name, func(t *testing.T) {
				config := &tls.Config{MinVersion: uint16(v), MaxVersion: uint16(v), CipherSuites: []uint16{uint16(suite.ID)}, Certificates: certificates,
					ServerSessionCache: tls.NewLRUServerSessionCache(8)}
				serve := func(c net.Conn) {
					conn := tls.Server(c, config)
					io.Copy(io.Discard, conn)
					conn.Close()
				}
				s, err := target.NewServer(t.Context(), piped(serve), mapper.Config{Version: v}, target.Pace{})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if notes := s.Notes(); len(notes) > 0 {
					t.Errorf("%q", notes)
				}
			})
		}
	}
}
