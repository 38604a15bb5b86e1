package tls

import (
	"strconv"
	"sync"
	"testing"
)

func TestLRU(t *testing.T) {
	c := NewLRUClientSessionCache(2)
	a, b, d := new(Session), new(Session), new(Session)
	c.Put("a", a)
	c.Put("b", b)
	if got, ok := c.Get("a"); !ok || got != a {
		t.Error("a is not found")
	}
	c.Put("d", d) // b was used longest ago
	if _, ok := c.Get("b"); ok {
		t.Error("b is still there")
	}
	if got, ok := c.Get("a"); !ok || got != a {
		t.Error("a is gone")
	}
	c.Put("a", d)
	if got, _ := c.Get("a"); got != d {
		t.Error("a was not replaced")
	}
	c.Put("a", nil)
	c.Put("nobody", nil)
	if _, ok := c.Get("a"); ok {
		t.Error("a was not removed")
	}
	if got, ok := c.Get("d"); !ok || got != d {
		t.Error("d went with a")
	}
}

func TestLRUIsBounded(t *testing.T) {
	c := newLRU(0)
	for i := range 10 * DefaultCacheCapacity {
		c.Put(strconv.Itoa(i), new(Session))
	}
	if len(c.entries) != DefaultCacheCapacity || c.order.Len() != DefaultCacheCapacity {
		t.Errorf("%d entries, %d in order, want %d", len(c.entries), c.order.Len(), DefaultCacheCapacity)
	}
}

func TestServerCacheIsByOctets(t *testing.T) {
	c := NewLRUServerSessionCache(0)
	s, id := new(Session), []byte{1, 2, 3}
	c.Put(id, s)
	id[0] = 9 // the cache has its own copy
	if got, ok := c.Get([]byte{1, 2, 3}); !ok || got != s {
		t.Error("not found")
	}
	c.Put([]byte{1, 2, 3}, nil)
	if _, ok := c.Get([]byte{1, 2, 3}); ok {
		t.Error("not removed")
	}
}

func TestLRUConcurrently(t *testing.T) {
	c := NewLRUServerSessionCache(4)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				id := []byte{byte(j % 8)}
				if j%16 == i {
					c.Put(id, nil)
				} else if _, ok := c.Get(id); !ok {
					c.Put(id, new(Session))
				}
			}
		})
	}
	wg.Wait()
}
