package tls

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// maxPlaintext is what one record holds (RFC 5246, Section 6.2.1).
	maxPlaintext = 1 << 14

	// closeTimeout is how long Close tries to send close_notify.
	closeTimeout = 5 * time.Second
)

var (
	errShutdown   = errors.New("tls: write after CloseWrite")
	errEarlyClose = errors.New("tls: CloseWrite before the handshake is complete")
)

// buffers has space for what is sealed. It never holds plaintext.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func getBuffer() *[]byte { return buffers.Get().(*[]byte) }

func putBuffer(buf *[]byte) {
	*buf = (*buf)[:0]
	buffers.Put(buf)
}

// Write sends p as application data. After an error, later Writes return the
// same, but for a timeout: then what counts as written goes out before anything
// else does, as soon as a deadline lets it.
func (c *Conn) Write(p []byte) (int, error) {
	if !c.complete.Load() {
		if err := c.Handshake(); err != nil {
			return 0, err
		}
	}
	if c.isClosed() {
		return 0, net.ErrClosed
	}
	c.writeMu.Lock()
	defer c.unlockWrite()
	sent := 0
	for sent < len(p) {
		// A record that is sealed has to be sent: nothing is sealed too late, or behind what waits.
		if err := c.drain(); err != nil {
			return sent, err
		}
		if t := c.writeDeadline.Load(); t != nil && !t.IsZero() && !time.Now().Before(*t) {
			return sent, os.ErrDeadlineExceeded
		}
		chunk := p[sent:min(len(p), sent+maxPlaintext)]
		buf, err := c.seal(chunk)
		if err != nil {
			return sent, err
		}
		if err = c.send(buf); err == nil || isTimeout(err) {
			sent += len(chunk)
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// seal seals application data, and returns all that is to be sent.
func (c *Conn) seal(data []byte) (*[]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.machine == nil:
		return nil, net.ErrClosed
	case c.shut:
		return nil, errShutdown
	}
	buf := c.out
	if buf == nil {
		buf = getBuffer()
	}
	out, err := c.machine.Seal(*buf, data)
	*buf = out
	if err != nil {
		c.keep(buf)
		return nil, err
	}
	if c.out != nil {
		c.take()
	}
	return buf, nil
}

// keep makes buf what is to be written. The caller holds mu.
func (c *Conn) keep(buf *[]byte) {
	c.out = buf
	c.pending.Store(true)
}

// take returns what is to be written, and leaves nothing. The caller holds mu.
func (c *Conn) take() *[]byte {
	buf := c.out
	c.out = nil
	c.pending.Store(false)
	return buf
}

// drain writes what has been sealed, in order, until nothing is left. The
// caller holds writeMu.
func (c *Conn) drain() error {
	for c.writeErr == nil && c.pending.Load() {
		c.mu.Lock()
		buf := c.take()
		c.mu.Unlock()
		if buf == nil {
			return nil
		}
		if err := c.send(buf); err != nil {
			return err
		}
	}
	return c.writeErr
}

// send writes a buffer and gives it back. The caller holds writeMu. An error
// stays, since part of a record may be on the wire; at a timeout it is known
// which part, and the rest is kept.
func (c *Conn) send(buf *[]byte) error {
	if len(*buf) > 0 {
		n, err := c.transport.Write(*buf)
		if err != nil && isTimeout(err) {
			c.putBack(buf, n)
			return err
		}
		c.writeErr = err
	}
	putBuffer(buf)
	return c.writeErr
}

// putBack keeps what the transport did not take, n octets being gone, in front of
// what has been sealed meanwhile.
func (c *Conn) putBack(buf *[]byte, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*buf = (*buf)[:copy(*buf, (*buf)[n:])]
	if c.out != nil {
		*buf = append(*buf, *c.out...)
		putBuffer(c.out)
	}
	c.keep(buf)
}

// flush writes what a step has sealed. If a Write is at it, that takes this
// along: a Read does not wait for a Write.
func (c *Conn) flush() error {
	for {
		if !c.pending.Load() || !c.writeMu.TryLock() {
			return nil
		}
		err := c.drain()
		c.writeMu.Unlock()
		if err != nil {
			return err
		}
	}
}

// unlockWrite ends a turn of writing, and takes along what a Read has sealed
// meanwhile.
func (c *Conn) unlockWrite() {
	c.writeMu.Unlock()
	c.flush() // an error is the next Write's
}

// CloseWrite sends close_notify: this side writes nothing more, and goes on
// reading. The transport stays as it is. The handshake must be complete.
func (c *Conn) CloseWrite() error {
	if !c.complete.Load() {
		return errEarlyClose
	}
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	c.writeMu.Lock()
	defer c.unlockWrite()
	return c.notify()
}

// notify sends close_notify, once. The caller holds writeMu.
func (c *Conn) notify() error {
	c.mu.Lock()
	if !c.shut {
		c.shut = true
		if c.out == nil {
			c.keep(getBuffer())
		}
		*c.out = c.machine.Close(*c.out)
	}
	c.mu.Unlock()
	return c.drain()
}

// Close sends close_notify and closes the transport. It waits for nobody: a
// Read, Write or handshake that is under way fails, and if a Write is, there is
// no close_notify.
func (c *Conn) Close() error {
	c.users.Add(1)
	defer c.leave()
	if c.users.Or(closedBit)&closedBit != 0 {
		return net.ErrClosed
	}
	var err error
	if c.complete.Load() && c.writeMu.TryLock() {
		c.transport.SetWriteDeadline(time.Now().Add(closeTimeout))
		err = c.notify()
		c.writeMu.Unlock()
	}
	if closeErr := c.transport.Close(); closeErr != nil {
		return closeErr
	}
	return err
}

// closedBit in Conn.users says that the connection is closed: it is above every
// count.
const closedBit = 1 << 62

// isClosed reports whether the connection is closed.
func (c *Conn) isClosed() bool { return c.users.Load()&closedBit != 0 }

// enter counts a call that uses the machine without mu, and fails once the
// connection is closed.
func (c *Conn) enter() error {
	if c.users.Add(1)&closedBit != 0 {
		c.leave()
		return net.ErrClosed
	}
	return nil
}

// leave ends such a call. The last one after Close gives the machine back.
func (c *Conn) leave() {
	if c.users.Add(-1) != closedBit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.machine != nil {
		c.machine.Release()
		c.machine = nil
	}
	c.take()
}
