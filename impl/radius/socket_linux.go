package radius

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
)

// socket is a UDP socket of our own, on which a read keeps its thread: it is let
// go when something comes, without the runtime's poller, its locks and its other
// threads between.
type socket struct {
	*net.UDPConn // as it was handed over
	fd           int

	mu     sync.Mutex
	closed bool // fd may be another's
}

// takeOver makes the socket of a connection ours. The connection is closed, which
// takes it from the poller.
func takeOver(conn *net.UDPConn) (*socket, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &socket{UDPConn: conn}
	if e := raw.Control(func(fd uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if s.fd, err = syscall.Dup(int(fd)); err == nil {
			syscall.CloseOnExec(s.fd)
		}
	}); e != nil || err != nil {
		return nil, errors.Join(e, err)
	}
	if err := errors.Join(conn.Close(), syscall.SetNonblock(s.fd, false)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// unblock lets reads return, from now on.
func (s *socket) unblock() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		syscall.Shutdown(s.fd, syscall.SHUT_RD)
	}
}

// Close closes the socket, once nobody reads any more.
func (s *socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	s.closed = true
	return os.NewSyscallError("close", syscall.Close(s.fd))
}

// SyscallConn implements [syscall.Conn].
func (s *socket) SyscallConn() (syscall.RawConn, error) { return rawSocket(s.fd), nil }

// rawSocket gives its descriptor away, and never waits: the system call does.
type rawSocket uintptr

func (r rawSocket) Control(f func(uintptr)) error    { f(uintptr(r)); return nil }
func (r rawSocket) Read(f func(uintptr) bool) error  { f(uintptr(r)); return nil }
func (r rawSocket) Write(f func(uintptr) bool) error { f(uintptr(r)); return nil }
