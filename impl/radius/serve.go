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

const (
	// How long a batch of packets may take, since each waits for all before it.
	patience = time.Millisecond
	// For how long a goroutine has always found more packets when it calls for help.
	strain = 10 * time.Millisecond
	// How often a goroutine yields. Of one that does not for 10 ms, the runtime takes
	// the processor away while it waits for packets, and watches all others closely
	// for a while, which costs more.
	turn = 5 * time.Millisecond
)

// Serve answers what comes on a UDP socket until the context is done, then closes
// the socket and returns nil. Where [ServerConfig] has Drain, it lets sessions
// under way end before, and none begins meanwhile, on any socket. The socket is
// Serve's alone: nobody else can use or close it.
//
// One goroutine reads and answers, as many packets at once as are there, which
// spares wake-ups and system calls; where it does not keep up, others help it, as
// many as there are processors. What is more waits in the socket.
func (s *Server) Serve(ctx context.Context, conn *net.UDPConn) error {
	socket, err := takeOver(conn)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	asked := ctx
	ctx, cancel := context.WithCancel(context.WithoutCancel(asked))
	defer cancel()
	stop := context.AfterFunc(asked, func() {
		s.drain(ctx)
		cancel()
	})
	defer stop()
	unblock := context.AfterFunc(ctx, socket.unblock)
	defer unblock()
	var others sync.WaitGroup
	busy := make(chan struct{}, 1) // a call waits for who comes to hear it
	for range runtime.GOMAXPROCS(0) - 1 {
		others.Go(func() { s.newWorker(socket, busy).help(ctx) })
	}
	others.Go(func() { s.sweep(ctx) })
	err = s.newWorker(socket, busy).lead(ctx)
	cancel()
	others.Wait()
	return errors.Join(err, socket.Close())
}

// drain waits until all sessions have ended, or time is up.
func (s *Server) drain(ctx context.Context) {
	longest := s.config.Load().Drain
	if longest <= 0 {
		return
	}
	up := time.NewTimer(longest)
	defer up.Stop()
	select {
	case <-s.sessions.drain():
	case <-up.C:
	case <-ctx.Done():
	}
}

// worker is one goroutine that reads and answers.
type worker struct {
	*Server
	*datagrams
	busy    chan struct{} // calls for help
	cost    time.Duration // of one packet, of late
	emptied time.Time     // when it last had all that was there
	yielded time.Time
}

func (s *Server) newWorker(socket *socket, busy chan struct{}) *worker {
	return &worker{Server: s, datagrams: newDatagrams(socket), busy: busy, emptied: time.Now()}
}

// lead works until the context is done or the socket is closed.
func (w *worker) lead(ctx context.Context) error {
	for {
		n, err := w.read(true, w.size())
		switch {
		case n > 0:
			w.batch(n)
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		}
		// Another error is what an earlier reply has brought back, for instance.
	}
}

// help works when another calls, for as long as there is something to read.
func (w *worker) help(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.busy:
		}
		for ctx.Err() == nil {
			n, _ := w.read(false, w.size())
			if n == 0 {
				break
			}
			w.batch(n)
		}
	}
}

// size is how many packets are read at once: those that patience lasts for.
func (w *worker) size() int { return max(1, min(batchSize, int(patience/(w.cost+1)))) }

// batch answers the packets that were read.
func (w *worker) batch(n int) {
	begun := time.Now()
	now, sent := begun, begun
	size := w.size()
	if n < size {
		w.emptied = begun
	} else if size < batchSize || begun.Sub(w.emptied) > strain {
		w.call() // there may be more, and these take long, or it has been so for long
	}
	for i := range n {
		if i > 0 {
			now = time.Now()
		}
		if now.Sub(sent) > patience {
			w.flush()
			w.call()
			sent = now
		}
		packet, from := w.packet(i)
		if reply := w.handle(packet, from, now); reply != nil {
			w.reply(i, reply)
		}
	}
	w.flush()
	now = time.Now()
	w.cost += (now.Sub(begun)/time.Duration(n) - w.cost) / 4
	if now.Sub(w.yielded) > turn {
		w.yielded = now
		runtime.Gosched()
	}
}

// call asks another worker for help, if one is idle.
func (w *worker) call() {
	select {
	case w.busy <- struct{}{}:
	default: // somebody has called already
	}
}

// handle is [Server.Handle], in which a defect of a method ends its packet, not
// the server.
func (s *Server) handle(packet []byte, from netip.AddrPort, now time.Time) []byte {
	defer func() {
		if r := recover(); r != nil {
			s.config.Load().Log.Error("a packet has caused a panic", "from", from, "panic", r)
		}
	}()
	return s.Handle(packet, from, now)
}

func (w *worker) flush() {
	w.sendAll(func(to net.Addr, err error) {
		w.config.Load().Log.Warn("a reply cannot be sent", "to", to, "reason", err)
	})
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
