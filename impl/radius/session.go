package radius

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
)

// stateKey is the State of a session: 128 random bits.
type stateKey [16]byte

// session is one conversation.
type session struct {
	state stateKey
	nas   netip.Addr

	mu     sync.Mutex
	server *eap.Server // nil once it has ended
	last   []byte      // the request that was sent last; empty: none

	touched time.Time     // guarded by sessions.mu, as is
	place   *list.Element // in sessions.order
}

// sessions are those under way: bounded in number and time.
type sessions struct {
	max     int
	timeout time.Duration

	mu    sync.Mutex
	by    map[stateKey]*session
	order *list.List    // by last use, the oldest first
	none  chan struct{} // no more begin, and it is closed once all have ended; nil: they do
}

func newSessions(max int, timeout time.Duration) *sessions {
	return &sessions{max: max, timeout: timeout, by: map[stateKey]*session{}, order: list.New()}
}

// begin makes a session, unless they are being drained. Where there are too
// many, the one that has been silent for the longest makes room.
func (s *sessions) begin(c *ServerConfig, nas netip.Addr, now time.Time) *session {
	x := &session{state: newState(), nas: nas, touched: now}
	x.server = eap.NewServer(&c.eap)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.none != nil {
		return nil
	}
	for len(s.by) >= s.max {
		s.drop(s.order.Front().Value.(*session))
	}
	s.by[x.state] = x
	x.place = s.order.PushBack(x)
	return x
}

// drain lets no more sessions begin. The result is closed once all have ended.
func (s *sessions) drain() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.none == nil {
		s.none = make(chan struct{})
		if len(s.by) == 0 {
			close(s.none)
		}
	}
	return s.none
}

// find returns the session of a State, if it is this NAS's.
func (s *sessions) find(state []byte, nas netip.Addr, now time.Time) *session {
	if len(state) != len(stateKey{}) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.by[stateKey(state)]
	if x == nil || x.nas != nas {
		return nil
	}
	x.touched = now
	s.order.MoveToBack(x.place)
	return x
}

// end forgets a session that the caller has locked, and wipes it.
func (s *sessions) end(x *session) {
	s.mu.Lock()
	s.remove(x)
	s.mu.Unlock()
	x.release()
}

// expire forgets sessions that have been silent for too long, and returns the
// clients that have left them.
func (s *sessions) expire(now time.Time) (left []netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.order.Front(); e != nil; e = s.order.Front() {
		x := e.Value.(*session)
		if now.Sub(x.touched) < s.timeout {
			break
		}
		s.drop(x)
		left = append(left, x.nas)
	}
	return left
}

// drop removes a session that nobody may be using; one that is in use is wiped
// by who uses it, at the latest by the garbage collector.
func (s *sessions) drop(x *session) {
	s.remove(x)
	if x.mu.TryLock() {
		x.release()
		x.mu.Unlock()
	}
}

func (s *sessions) remove(x *session) {
	if s.by[x.state] == x {
		delete(s.by, x.state)
		s.order.Remove(x.place)
		if s.none != nil && len(s.by) == 0 {
			close(s.none)
		}
	}
}

func (s *sessions) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.by)
}

func (x *session) release() {
	if x.server != nil {
		x.server.Release()
	}
	x.server, x.last = nil, nil
}

// Sessions returns how many conversations are under way.
func (s *Server) Sessions() int { return s.sessions.count() }

// Expire forgets conversations that have been silent for too long. Handle and
// Serve do so, too.
func (s *Server) Expire(now time.Time) {
	for _, nas := range s.sessions.expire(now) {
		s.config.Load().Log.Info("no access", "from", nas, "reason", "the conversation was abandoned")
	}
}
