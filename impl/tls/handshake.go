package tls

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"

	"github.com/sesame-tls/sesame/impl/handshake"
)

var errCallbackPanicked = errors.New("tls: a callback panicked during the handshake")

// Handshake runs the handshake, unless it has run already. Use
// [Conn.HandshakeContext] to bound it.
func (c *Conn) Handshake() error { return c.HandshakeContext(context.Background()) }

// HandshakeContext runs the handshake, unless it has run already. The callbacks
// get ctx. If it ends first, the transport is closed and ctx's error returned;
// once the handshake is complete, it has no effect on the connection.
//
// A handshake that failed stays failed. The alert for it has been sent, and the
// caller closes the connection.
func (c *Conn) HandshakeContext(ctx context.Context) error {
	if c.complete.Load() {
		return nil
	}
	c.handshakeMu.Lock()
	defer c.handshakeMu.Unlock()
	if c.complete.Load() {
		return nil
	}
	if c.handshakeErr != nil {
		return c.handshakeErr
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	c.handshakeErr = errCallbackPanicked // what comes after a panic
	if c.handshakeErr = c.interruptible(ctx); c.handshakeErr == nil {
		c.complete.Store(true)
	}
	return c.handshakeErr
}

// interruptible runs the handshake, and closes the transport when ctx ends.
func (c *Conn) interruptible(ctx context.Context) (err error) {
	if ctx.Done() == nil {
		return c.handshake(ctx)
	}
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		c.transport.Close()
	})
	defer func() {
		if !stop() {
			<-closed
			err = ctx.Err()
		}
	}()
	return c.handshake(ctx)
}

// handshake is the loop around the machine: it moves octets, and has the
// questions answered.
func (c *Conn) handshake(ctx context.Context) error {
	c.readMu.Lock()
	defer c.readMu.Unlock()
	run, err := c.start(ctx)
	if err != nil {
		return err
	}
	for {
		ev, err := c.step(c.in.pending(), nil)
		if err != nil {
			return c.failed(err)
		}
		if c.config.KeyLogWriter != nil && !run.logKey() {
			continue
		}
		switch ev {
		case handshake.NeedInput:
			if err := c.flush(); err != nil {
				return err
			}
			if err := c.fill(); err != nil {
				return err
			}
		case handshake.Established:
			return run.finish(ctx)
		case handshake.CloseNotify:
			return io.EOF
		default:
			run.answer(ctx, ev)
		}
	}
}

// step takes the machine one step on, with at most one record of in, which is
// what is pending or nothing. Application data goes into p, if that has room for
// all of the record. The caller holds readMu.
func (c *Conn) step(in, p []byte) (handshake.Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.readErr != nil:
		return 0, c.readErr
	case c.machine == nil:
		return 0, net.ErrClosed
	}
	var out []byte
	if c.out == nil && !c.complete.Load() {
		c.keep(getBuffer())
	}
	if c.out != nil {
		out = *c.out
	}
	out, n, ev, err := c.machine.StepInto(out, in, p)
	switch {
	case c.out != nil:
		*c.out = out
	case len(out) > 0: // rarely, once the handshake is complete: an alert
		buf := getBuffer()
		*buf = append(*buf, out...)
		c.keep(buf)
	}
	all := len(in) == len(c.in.pending())
	c.in.consume(n)
	if ev == handshake.Data {
		c.data = c.machine.Data()
	}
	c.hungry = err == nil && all && (ev == handshake.NeedInput || n == len(in) && c.machine.Idle())
	if err != nil {
		c.readErr = err
	}
	return ev, err
}

// fill reads from the transport. The end of the stream is the machine's to
// judge; a timeout may pass; every other error stays.
func (c *Conn) fill() error {
	err := c.in.fill(c.transport)
	if err != nil && isTimeout(err) {
		return err
	}
	c.hungry = false // the machine gets what has come, or Read the error
	if err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == io.EOF && c.machine != nil {
		if err = c.machine.EndOfStream(); err == nil {
			err = io.EOF
		}
	}
	c.readErr = err
	return err
}

// failed sends the alert, forgets the session that may not be resumed after a
// fatal one (RFC 5246, Section 7.2), and returns the error.
func (c *Conn) failed(err error) error {
	if c.hasFailed {
		return err
	}
	c.hasFailed = true
	c.flush()
	c.mu.Lock()
	var id []byte
	doomed := false
	if c.machine != nil {
		id, doomed = c.machine.Doomed()
		id = bytes.Clone(id)
	}
	c.mu.Unlock()
	switch {
	case !doomed:
	case c.isClient && c.config.ClientSessionCache != nil:
		c.config.ClientSessionCache.Put(c.cacheKey, nil)
	case !c.isClient && c.config.ServerSessionCache != nil:
		c.config.ServerSessionCache.Put(id, nil)
	}
	return err
}
