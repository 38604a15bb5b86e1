package tls_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// maxHalfOpen is what an idle handshake of a peer that nobody knows may cost, in
// octets of heap and stack, the caller's goroutine included.
const maxHalfOpen = 12 << 10

// idleConn is a transport whose peer has sent so much and then nothing, until
// it is closed.
type idleConn struct {
	net.Conn // nil: no other method is used
	sent     []byte
	closed   chan struct{}
	once     sync.Once
	idle     *sync.WaitGroup // done at the first Read that waits
	waits    bool
}

func (c *idleConn) Read(p []byte) (int, error) {
	if len(c.sent) > 0 {
		n := copy(p, c.sent)
		c.sent = c.sent[n:]
		return n, nil
	}
	if !c.waits {
		c.waits = true
		c.idle.Done()
	}
	<-c.closed
	return 0, net.ErrClosed
}

func (c *idleConn) Write(p []byte) (int, error) { return len(p), nil }

func (c *idleConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// Peers that begin a handshake and fall silent cost little, and time out.
func TestHalfOpen(t *testing.T) {
	const connections = 10_000
	for name, sent := range map[string][]byte{
		"nothing sent":     nil,
		"ClientHello sent": clientHello(t, clientConfig()),
	} {
		t.Run(name, func(t *testing.T) {
			server := serverConfig(testcert.ECDSA)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var idle, ended sync.WaitGroup
			idle.Add(connections)
			before, goroutines := memory(), runtime.NumGoroutine()
			for range connections {
				ended.Go(func() {
					conn := tls.Server(&idleConn{sent: sent, closed: make(chan struct{}), idle: &idle}, server)
					if err := conn.HandshakeContext(ctx); !errors.Is(err, context.Canceled) {
						t.Errorf("%v", err)
					}
				})
			}
			idle.Wait()
			each := (memory() - before) / connections
			t.Logf("%d octets each", each)
			if each > maxHalfOpen && !raceEnabled {
				t.Errorf("%d octets each, more than %d", each, maxHalfOpen)
			}
			if n := runtime.NumGoroutine() - goroutines; n > connections {
				t.Errorf("%d goroutines for %d connections", n, connections)
			}
			cancel() // as a time limit would
			ended.Wait()
		})
	}
}

// memory is the heap and the stacks in use, in octets.
func memory() int {
	runtime.GC()
	runtime.GC() // the first one shrinks stacks and empties pools only in part
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// clientHello is what a client sends first.
func clientHello(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	a, b := net.Pipe()
	defer b.Close()
	go func() {
		tls.Client(a, config).Handshake()
		a.Close()
	}()
	record, err := readRecord(b)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// Half-open handshakes end by a time limit.
func TestHalfOpenTimesOut(t *testing.T) {
	sent := clientHello(t, clientConfig())
	synctest.Test(t, func(t *testing.T) {
		for _, sent := range [][]byte{nil, sent[:3], sent[:100], sent} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var idle sync.WaitGroup
			idle.Add(1)
			conn := tls.Server(&idleConn{sent: sent, closed: make(chan struct{}), idle: &idle}, serverConfig(testcert.ECDSA))
			if err := conn.HandshakeContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("after %d octets: %v", len(sent), err)
			}
		}
	})
}

// A peer cannot make us hold more than it sends: a record's header reserves
// nothing.
func TestHeaderReservesNothing(t *testing.T) {
	const connections = 1000
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var idle, ended sync.WaitGroup
	idle.Add(connections)
	server := serverConfig(testcert.ECDSA)
	before := memory()
	for range connections {
		ended.Go(func() {
			header := []byte{22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc} // 16 KiB of ClientHello to come
			tls.Server(&idleConn{sent: header, closed: make(chan struct{}), idle: &idle}, server).HandshakeContext(ctx)
		})
	}
	idle.Wait()
	if each := (memory() - before) / connections; each > maxHalfOpen && !raceEnabled {
		t.Errorf("%d octets each", each)
	}
	cancel()
	ended.Wait()
}

// A thousand connections at once, of all kinds, with data both ways.
func TestManyConnections(t *testing.T) {
	const connections, size = 1000, 20_000
	client, server := resuming(spec.ByTicket)
	pacClient, pacServer := offering(clientConfig(), testPAC), accepting(serverConfig(testcert.ECDSA), testPAC)
	connect(t, client, server) // so that the others resume
	data := bytes.Repeat([]byte("a thousand"), size/10)
	var start, all sync.WaitGroup
	start.Add(1)
	for i := range connections {
		c, s := client, server
		switch {
		case i%10 == 0:
			c = clientConfig() // full
		case i%2 == 0:
			c, s = pacClient, pacServer
		}
		a, b := net.Pipe()
		for _, end := range []*tls.Conn{tls.Client(a, c), tls.Server(b, s)} {
			all.Go(func() {
				defer end.NetConn().Close()
				start.Wait()
				var writing sync.WaitGroup
				writing.Go(func() {
					if _, err := end.Write(data); err != nil {
						t.Error(err)
					}
				})
				got := make([]byte, size)
				if _, err := io.ReadFull(end, got); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%v", err)
				}
				writing.Wait()
			})
		}
	}
	start.Done()
	all.Wait()
}
