package endpoint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// Answer is what a server does with the data of a connection.
type Answer int

// The answers.
const (
	Print Answer = iota // write it to Out
	Echo                // send it back
	Page                // answer HTTP requests with a page of connection facts
)

const (
	handshakeTimeout = 30 * time.Second
	idleTimeout      = 5 * time.Minute
	lingerTimeout    = 2 * time.Second
	lingerOctets     = 1 << 25 // more than any handshake message has
	maxConnections   = 1024
	acceptPause      = 50 * time.Millisecond // while no descriptor is free
)

// Server accepts connections until it is told to stop.
type Server struct {
	Config   *tls.Config
	PAC      *PAC // accepted if a client offers it; nil: the callback is unset
	Answer   Answer
	Accept   int       // stop after so many connections; 0: go on
	Out      io.Writer // data, where it is printed
	Log      io.Writer // a line for each connection
	Recorder *Recorder

	mu sync.Mutex // guards Out and Log
}

// Run serves l's connections, each by itself, until ctx ends or Accept of them
// have been served. It closes l.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	config := s.Recorder.config(s.Config)
	if s.PAC != nil {
		config.AcceptTicket = s.PAC.accept
	}
	if err := ownTicketKeys(config); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer l.Close()
	var running sync.WaitGroup
	defer running.Wait()
	free := make(chan struct{}, maxConnections)
	for n := 0; s.Accept == 0 || n < s.Accept; n++ {
		free <- struct{}{}
		c, err := accept(ctx, l)
		if ctx.Err() != nil && err != nil {
			return nil
		}
		if err != nil {
			return err
		}
		running.Go(func() {
			defer func() { <-free }()
			s.serve(ctx, c, config)
		})
	}
	return nil
}

// accept waits for a connection, and for a descriptor to hold it: that the
// process has none left is no reason to stop serving.
func accept(ctx context.Context, l net.Listener) (net.Conn, error) {
	for {
		c, err := l.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return c, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(acceptPause):
		}
	}
}

func (s *Server) serve(ctx context.Context, raw net.Conn, config *tls.Config) {
	transport, handshakeEnded := s.Recorder.over(raw, false)
	config, traced := s.Recorder.traced(config, spec.Server)
	defer func() {
		if err := traced(); err != nil {
			s.logf("--trace: %v", err)
		}
	}()
	conn := tls.Server(transport, config)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer end(conn, raw)

	bounded, cancel := context.WithTimeout(ctx, handshakeTimeout)
	err := conn.HandshakeContext(bounded)
	cancel()
	handshakeEnded()
	if err != nil {
		s.logf("%v: %v", raw.RemoteAddr(), err)
		return
	}
	s.logf("%v: %s", raw.RemoteAddr(), brief(conn.ConnectionState()))
	if err := s.answer(conn); err != nil && !errors.Is(err, io.EOF) && ctx.Err() == nil {
		s.logf("%v: %v", raw.RemoteAddr(), err)
	}
}

func (s *Server) answer(conn *tls.Conn) error {
	switch s.Answer {
	case Page:
		return page(conn)
	case Echo:
		return s.each(conn, func(data []byte) error {
			_, err := conn.Write(data)
			return err
		})
	}
	return s.each(conn, func(data []byte) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, err := s.Out.Write(data)
		return err
	})
}

// each calls f with what arrives until the peer has ended its side.
func (s *Server) each(conn *tls.Conn, f func([]byte) error) error {
	buf := make([]byte, 1<<14)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(idleTimeout)); err != nil {
			return err
		}
		n, err := conn.Read(buf)
		if n > 0 {
			if err := f(buf[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// halfCloser is a connection whose two directions end one by one.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// end ends a connection so that the peer gets what was sent, an alert above all.
func end(conn *tls.Conn, raw net.Conn) {
	linger(conn)
	if half, ok := raw.(halfCloser); ok {
		linger(half)
	}
	conn.Close()
}

// linger ends this side, and reads on until the peer has ended its own or some
// seconds have passed: closing a socket with unread octets resets it, and what
// was sent might be lost.
func linger(c halfCloser) {
	if c.SetDeadline(time.Now().Add(lingerTimeout)) == nil && c.CloseWrite() == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(c, lingerOctets)) // whatever comes
	}
}

func (s *Server) logf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.Log, format+"\n", args...)
}
