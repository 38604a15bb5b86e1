package fast

import (
	"sync"
	"time"

	"github.com/sesame-tls/sesame/impl/handshake"
)

// sessionCache is a server's TLS sessions, the oldest of which make room. It is
// safe for concurrent use.
type sessionCache struct {
	size  int
	mu    sync.Mutex
	byID  map[string]*handshake.Session
	order []string
}

func newSessionCache(size int) *sessionCache {
	return &sessionCache{size: size, byID: map[string]*handshake.Session{}}
}

// maxSessionAge is how long a session may be resumed (RFC 5246, Appendix F.1.4).
const maxSessionAge = 24 * time.Hour

// find returns a session that is young enough, or nil.
func (c *sessionCache) find(id []byte, now time.Time) *handshake.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.byID[string(id)]
	if s == nil || now.Sub(time.Unix(s.Created, 0)) > maxSessionAge {
		return nil
	}
	return s
}

func (c *sessionCache) put(s *handshake.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size <= 0 || len(s.ID) == 0 || c.byID[string(s.ID)] != nil {
		return
	}
	if len(c.order) >= c.size {
		delete(c.byID, c.order[0])
		c.order = c.order[1:]
	}
	c.byID[string(s.ID)] = s
	c.order = append(c.order, string(s.ID))
}

// forget makes a session unusable; its place in the order is reused later.
func (c *sessionCache) forget(id []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byID, string(id))
}
