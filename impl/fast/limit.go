package fast

import (
	"sync"
	"time"
)

// Limiter bounds how often something may fail. It keeps a bounded number of
// keys, and drops the oldest ones first. It is safe for concurrent use.
type Limiter struct {
	failures int
	window   time.Duration
	keys     int

	mu    sync.Mutex
	since map[string][]time.Time // the last failures, at most failures of them
	order []string               // by first use
}

// maxLimited is how many keys a limiter keeps.
const maxLimited = 1 << 16

// NewLimiter returns a limiter that blocks a key once it has failed that often
// within the window. Zero failures block nothing.
func NewLimiter(failures int, window time.Duration) *Limiter {
	return &Limiter{failures: failures, window: window, keys: maxLimited, since: map[string][]time.Time{}}
}

// Blocked reports whether key has failed too often.
func (l *Limiter) Blocked(key string, now time.Time) bool {
	if l == nil || l.failures <= 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	recent := l.since[key]
	return len(recent) >= l.failures && now.Sub(recent[len(recent)-l.failures]) < l.window
}

// Fail notes a failure.
func (l *Limiter) Fail(key string, now time.Time) {
	if l == nil || l.failures <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	recent, known := l.since[key]
	if !known {
		if len(l.order) >= l.keys {
			delete(l.since, l.order[0])
			l.order = l.order[1:]
		}
		l.order = append(l.order, key)
	}
	if recent = append(recent, now); len(recent) > l.failures {
		recent = append(recent[:0], recent[len(recent)-l.failures:]...)
	}
	l.since[key] = recent
}
