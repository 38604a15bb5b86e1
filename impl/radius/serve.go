package radius

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// maxPacket is the longest packet (RFC 2865, Section 3).
const maxPacket = 4096

// Serve answers what comes on a UDP socket until the context is done, then
// finishes what it has begun, closes the socket and returns nil. It works on as
// many packets at once as there are processors; others wait in the socket.
func (s *Server) Serve(ctx context.Context, conn *net.UDPConn) error {
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var workers sync.WaitGroup
	errs := make(chan error, runtime.GOMAXPROCS(0))
	for range cap(errs) {
		workers.Go(func() { errs <- s.work(ctx, conn) })
	}
	workers.Go(func() { s.sweep(ctx) })
	err := <-errs
	if err != nil {
		conn.SetReadDeadline(time.Unix(1, 0))
	}
	for range cap(errs) - 1 {
		<-errs
	}
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	workers.Wait()
	return conn.Close()
}

func (s *Server) work(ctx context.Context, conn *net.UDPConn) error {
	buffer := make([]byte, maxPacket)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil && n == 0:
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				return err // the context is not done: another worker has failed
			}
			continue // what an earlier reply has brought back, for instance
		}
		s.reply(conn, buffer[:n], from)
	}
}

// reply answers one packet. A defect in a method ends its packet, not the
// server.
func (s *Server) reply(conn *net.UDPConn, packet []byte, from netip.AddrPort) {
	defer func() {
		if r := recover(); r != nil {
			s.config.Load().Log.Error("a packet has caused a panic", "from", from, "panic", r)
		}
	}()
	if reply := s.Handle(packet, from, time.Now()); reply != nil {
		if _, err := conn.WriteToUDPAddrPort(reply, from); err != nil {
			s.config.Load().Log.Warn("a reply cannot be sent", "to", from, "reason", err)
		}
	}
}

// sweep lets silent sessions expire where no packets come either.
func (s *Server) sweep(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.Expire(now)
		}
	}
}
