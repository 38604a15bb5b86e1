package tls

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesame-tls/sesame/impl/handshake"
)

// Conn is a TLS connection. It is a net.Conn: Read and Write may run at the same
// time, and Close during either. The first of them runs the handshake, unless
// [Conn.HandshakeContext] has.
type Conn struct {
	transport  net.Conn
	config     *Config
	isClient   bool
	serverName string // a client's peer

	handshakeMu  sync.Mutex // one handshake at a time
	handshakeErr error      // under handshakeMu
	complete     atomic.Bool
	state        ConnectionState // fixed before complete is set

	users atomic.Int64 // handshakes and Closes under way, and closedBit

	// mu guards the machine and what it has sealed. It is never held while the
	// transport or a callback runs.
	mu      sync.Mutex
	machine *handshake.Machine // nil before the handshake and after Close
	shut    bool               // close_notify is sent
	out     *[]byte            // sealed, in order, to be written; nil for nothing
	pending atomic.Bool        // out is not nil; set under mu
	readErr error              // sticky

	readMu    sync.Mutex // held by whoever uses what follows
	in        input
	hungry    bool   // the machine needs more input
	data      []byte // opened application data, within in.buf or in Read's own slice
	hasFailed bool   // and what follows from that is done

	cacheKey string // of a client's session

	writeMu       sync.Mutex // held by whoever writes to the transport
	writeErr      error      // sticky, under writeMu
	writeDeadline atomic.Pointer[time.Time]
}

func newConn(transport net.Conn, config *Config, isClient bool) *Conn {
	if config == nil {
		config = new(Config)
	}
	return &Conn{transport: transport, config: config, isClient: isClient, serverName: config.ServerName}
}

// LocalAddr returns the transport's local address.
func (c *Conn) LocalAddr() net.Addr { return c.transport.LocalAddr() }

// RemoteAddr returns the transport's remote address.
func (c *Conn) RemoteAddr() net.Addr { return c.transport.RemoteAddr() }

// NetConn returns the transport. Reading from it or writing to it breaks the
// connection.
func (c *Conn) NetConn() net.Conn { return c.transport }

// SetDeadline sets the deadlines of Read and Write. After a timeout the
// connection goes on: see Write for what it has sent.
func (c *Conn) SetDeadline(t time.Time) error {
	c.writeDeadline.Store(&t)
	return c.transport.SetDeadline(t)
}

// SetReadDeadline sets the deadline of Read.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.transport.SetReadDeadline(t) }

// SetWriteDeadline sets the deadline of Write. See SetDeadline.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.writeDeadline.Store(&t)
	return c.transport.SetWriteDeadline(t)
}

// ConnectionState returns what the handshake agreed on. Before it is complete,
// all but ServerName at a client is zero.
func (c *Conn) ConnectionState() ConnectionState {
	if c.complete.Load() {
		return c.state
	}
	if c.isClient {
		return ConnectionState{ServerName: c.serverName}
	}
	return ConnectionState{}
}

// Read returns application data. Its error is io.EOF after the peer's
// close_notify, io.ErrUnexpectedEOF if the transport ended without it, an error
// with an [*AlertError] in it after a fatal alert, and stays what it was, but
// for a timeout.
func (c *Conn) Read(p []byte) (int, error) {
	if !c.complete.Load() {
		if err := c.Handshake(); err != nil {
			return 0, err
		}
	}
	if len(p) == 0 {
		return 0, nil
	}
	if c.isClosed() {
		return 0, net.ErrClosed
	}
	c.readMu.Lock()
	defer c.readMu.Unlock()
	for len(c.data) == 0 {
		if err := c.readRecord(p); err != nil {
			return 0, err
		}
	}
	n := len(c.data)
	if &c.data[0] == &p[0] { // opened where it belongs
		c.data = nil
		return n, nil
	}
	n = copy(p, c.data)
	c.data = c.data[n:]
	return n, nil
}

// readRecord takes one record, reading from the transport if none is there. It
// puts application data into p, if that has room for all of the record.
func (c *Conn) readRecord(p []byte) error {
	if c.hungry {
		if err := c.fill(); err != nil {
			return err
		}
	}
	ev, err := c.step(c.in.pending(), p)
	if err != nil {
		return c.failed(err)
	}
	c.flush() // a warning; an error is the next Write's
	if ev == handshake.CloseNotify {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.readErr = io.EOF
	}
	return nil
}
