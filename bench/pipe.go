package bench

import (
	"io"
	"net"
	"sync"
	"time"
)

// pipe is an in-memory connection: what one end writes, the other reads, as
// much at once as is there. It buffers without a bound, so that both ends can be
// used by one goroutine, and can be used anew, so that it costs nothing itself.
type pipe struct{ a, b end }

func newPipe() *pipe {
	p := new(pipe)
	up, down := newStream(), newStream()
	p.a, p.b = end{in: down, out: up}, end{in: up, out: down}
	return p
}

// reset makes the pipe a new one.
func (p *pipe) reset() {
	p.a.in.reset()
	p.a.out.reset()
}

// stream is one direction.
type stream struct {
	mu     sync.Mutex
	filled sync.Cond
	buf    []byte
	r      int
	closed bool
}

func newStream() *stream {
	s := new(stream)
	s.filled.L = &s.mu
	return s
}

func (s *stream) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf, s.r, s.closed = s.buf[:0], 0, false
}

func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.r == len(s.buf) && !s.closed {
		s.filled.Wait()
	}
	if s.r == len(s.buf) {
		return 0, io.EOF
	}
	n := copy(p, s.buf[s.r:])
	if s.r += n; s.r == len(s.buf) {
		s.buf, s.r = s.buf[:0], 0
	}
	return n, nil
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	s.buf = append(s.buf, p...)
	s.filled.Signal()
	return len(p), nil
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.filled.Broadcast()
}

// end is one end of a pipe. It has no deadlines: nothing here waits for long.
type end struct{ in, out *stream }

func (e *end) Read(p []byte) (int, error)       { return e.in.Read(p) }
func (e *end) Write(p []byte) (int, error)      { return e.out.Write(p) }
func (e *end) LocalAddr() net.Addr              { return address{} }
func (e *end) RemoteAddr() net.Addr             { return address{} }
func (e *end) SetDeadline(time.Time) error      { return nil }
func (e *end) SetReadDeadline(time.Time) error  { return nil }
func (e *end) SetWriteDeadline(time.Time) error { return nil }

func (e *end) Close() error {
	e.in.close()
	e.out.close()
	return nil
}

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "memory" }
