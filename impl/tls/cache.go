package tls

import (
	"container/list"
	"sync"
)

// ClientSessionCache keeps a client's sessions. The key names the server. It is
// used by many connections at once; a session in it must not be changed.
type ClientSessionCache interface {
	Get(key string) (*Session, bool)
	Put(key string, s *Session) // nil removes the entry
}

// ServerSessionCache keeps a server's sessions by Session ID. It is used by
// many connections at once; a session in it must not be changed.
type ServerSessionCache interface {
	Get(id []byte) (*Session, bool)
	Put(id []byte, s *Session) // nil removes the entry
}

// DefaultCacheCapacity is what the LRU caches keep if they are not told.
const DefaultCacheCapacity = 64

// NewLRUClientSessionCache returns a cache of the sessions used last. A capacity
// below one means DefaultCacheCapacity.
func NewLRUClientSessionCache(capacity int) ClientSessionCache {
	return newLRU(capacity)
}

// NewLRUServerSessionCache returns a cache of the sessions used last. A capacity
// below one means DefaultCacheCapacity.
func NewLRUServerSessionCache(capacity int) ServerSessionCache {
	return idCache{newLRU(capacity)}
}

// idCache is an lru under octets.
type idCache struct{ lru *lru }

func (c idCache) Get(id []byte) (*Session, bool) { return c.lru.Get(string(id)) }
func (c idCache) Put(id []byte, s *Session)      { c.lru.Put(string(id), s) }

type lru struct {
	mu       sync.Mutex
	capacity int
	entries  map[string]*list.Element
	order    list.List // of *lruEntry, the last used first
}

type lruEntry struct {
	key     string
	session *Session
}

func newLRU(capacity int) *lru {
	if capacity < 1 {
		capacity = DefaultCacheCapacity
	}
	return &lru{capacity: capacity, entries: make(map[string]*list.Element)}
}

func (c *lru) Get(key string) (*Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*lruEntry).session, true
}

func (c *lru) Put(key string, s *Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	switch {
	case s == nil && ok:
		c.order.Remove(e)
		delete(c.entries, key)
	case s == nil:
	case ok:
		e.Value.(*lruEntry).session = s
		c.order.MoveToFront(e)
	default:
		if len(c.entries) == c.capacity {
			last := c.order.Remove(c.order.Back()).(*lruEntry)
			delete(c.entries, last.key)
		}
		c.entries[key] = c.order.PushFront(&lruEntry{key, s})
	}
}
