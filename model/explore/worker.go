package explore

import (
	"sync/atomic"
	"unsafe"
)

// batch is how many successors are looked up together: the first pass over
// them touches every bucket, so that the misses overlap.
const batch = 128

// worker expands states and inserts their successors.
type worker[S comparable] struct {
	_      [cacheLines]byte
	g      *graph[S]
	sys    System[S]
	emit   func(Transition[S])
	shared bool // another worker inserts at the same time

	next   [batch]S
	hashes [batch]uint64
	at     [batch]int
	n      int
	err    error

	chunk  *[chunkStates]S // where new states go
	base   uint32          // index of its first state
	used   uint32          // states in it
	found  []span          // new states of this level
	fresh  int             // how many
	edges  int
	ends   int          // states without successors
	shown  atomic.Int64 // edges, for Progress
	checks counter
	bad    counter
	broken Set // properties violated in this level
	_      [cacheLines]byte
}

// cacheLines keeps what one worker writes away from what another does: two
// lines, because processors fetch them in pairs.
const cacheLines = 128

func newWorker[S comparable](g *graph[S], sys System[S], shared bool) *worker[S] {
	w := &worker[S]{g: g, sys: sys, shared: shared, used: chunkStates, found: make([]span, 0, cacheLines)}
	w.emit = func(t Transition[S]) {
		w.edges++
		if t.Verdict.Checked != 0 {
			w.judge(t.Verdict)
		}
		w.put(t.To)
	}
	return w
}

func (w *worker[S]) judge(v Verdict) {
	w.checks.add(v.Checked)
	if v.Violated != 0 {
		w.bad.add(v.Violated)
		w.broken |= v.Violated
	}
}

// expand visits the states of sp.
func (w *worker[S]) expand(sp span) {
	chunk := w.g.chunks[sp.from>>chunkBits]
	for i := sp.from & (chunkStates - 1); sp.n > 0; i, sp.n = i+1, sp.n-1 {
		before := w.edges
		if v := w.sys.Expand(chunk[i], w.emit); v.Checked != 0 {
			w.judge(v)
		}
		if w.edges == before {
			w.ends++
		}
	}
}

// put queues a state for insertion.
func (w *worker[S]) put(s S) {
	w.next[w.n] = s
	w.hashes[w.n] = w.g.hash(&w.next[w.n])
	w.n++
	if w.n == batch {
		w.flush()
	}
}

// touched keeps the compiler from leaving out the loads of touch.
var touched atomic.Uint64

// flush inserts what is queued.
func (w *worker[S]) flush() {
	if w.n == 0 || w.err != nil {
		w.n = 0
		return
	}
	w.g.mu.RLock()
	for w.g.count.Load()+int64(w.n) > w.g.limit {
		w.g.mu.RUnlock()
		if w.err = w.g.grow(int64(w.n)); w.err != nil {
			w.n = 0
			return
		}
		w.g.mu.RLock()
	}
	w.touch()
	fresh := 0
	for i := range w.n {
		if w.insert(&w.next[i], w.hashes[i], w.at[i]) {
			fresh++
		}
		if w.err != nil {
			break
		}
	}
	if fresh > 0 {
		w.g.fill[w.base>>chunkBits] = w.used
		w.g.count.Add(int64(fresh))
		w.fresh += fresh
	}
	w.g.mu.RUnlock()
	w.n = 0
}

// touch reads what insert will look at, so that the processor waits for many
// cache misses at a time: first every bucket's line, then the states behind
// equal tags. It leaves in w.at the first slot that can be the right one: a
// slot with another tag stays as it is.
func (w *worker[S]) touch() {
	slots := w.g.slots
	var sum uint64
	for i := range w.n {
		w.at[i] = w.g.bucket(w.hashes[i])
		sum += atomic.LoadUint64(&slots[w.at[i]])
	}
	for i := range w.n {
		tag := w.hashes[i] << 32
		at := w.at[i]
		for {
			v := atomic.LoadUint64(&slots[at])
			if v == 0 {
				break
			}
			if v&^(1<<32-1) == tag {
				sum += uint64(*(*byte)(unsafe.Pointer(w.g.state(uint32(v) - 1))))
				break
			}
			if at++; at == len(slots) {
				at = 0
			}
		}
		w.at[i] = at
	}
	if sum == 1 {
		touched.Store(sum)
	}
}

// insert adds s unless it is there. It reports whether it was new. Its search
// begins at slot at.
func (w *worker[S]) insert(s *S, h uint64, at int) bool {
	slots := w.g.slots
	tag := h << 32
	for {
		slot := &slots[at]
		v := atomic.LoadUint64(slot)
		if v == 0 {
			if w.used == chunkStates && !w.newChunk() {
				return false
			}
			w.chunk[w.used] = *s
			mine := tag | uint64(w.base+w.used+1)
			if !w.shared {
				*slot = mine
			} else if !atomic.CompareAndSwapUint64(slot, 0, mine) {
				continue // somebody was faster: look at what it put there
			}
			w.keep()
			return true
		}
		if v&^(1<<32-1) == tag && *w.g.state(uint32(v) - 1) == *s {
			return false
		}
		if at++; at == len(slots) {
			at = 0
		}
	}
}

// keep notes that the state just written is part of the next level.
func (w *worker[S]) keep() {
	i := w.base + w.used
	w.used++
	if n := len(w.found); n > 0 && w.found[n-1].from+w.found[n-1].n == i && i&(chunkStates-1) != 0 {
		w.found[n-1].n++
		return
	}
	w.found = append(w.found, span{i, 1})
}

// newChunk takes the next free chunk.
func (w *worker[S]) newChunk() bool {
	g := w.g
	id := g.nextChunk.Add(1) - 1
	if id >= int64(len(g.chunks)) || g.octets() > g.maxMemory {
		w.err = &MemoryError{int(g.count.Load()), g.maxMemory}
		return false
	}
	if w.chunk != nil {
		g.fill[w.base>>chunkBits] = chunkStates
	}
	w.chunk = new([chunkStates]S)
	g.chunks[id] = w.chunk
	w.base, w.used = uint32(id)<<chunkBits, 0
	return true
}

// counter counts, for each property, how often its bit was set. The planes are
// the digits of 64 counters; eight sets are added at a time by a tree of adders
// that work on all of them.
type counter struct {
	buffer [8]Set
	n      int
	planes [32]Set
	added  uint32 // since the planes were spilt
	totals [MaxProperties]int
}

func (c *counter) add(s Set) {
	c.buffer[c.n] = s
	if c.n++; c.n == len(c.buffer) {
		c.drain()
	}
}

// carrySave adds three digits: the sum and the carry, for all counters at once.
func carrySave(a, b, c Set) (sum, carry Set) {
	u := a ^ b
	return u ^ c, a&b | u&c
}

// drain adds the buffer, whose unused places are empty, to the planes.
func (c *counter) drain() {
	b := &c.buffer
	ones, twoA := carrySave(c.planes[0], b[0], b[1])
	ones, twoB := carrySave(ones, b[2], b[3])
	ones, twoC := carrySave(ones, b[4], b[5])
	ones, twoD := carrySave(ones, b[6], b[7])
	twos, fourA := carrySave(c.planes[1], twoA, twoB)
	twos, fourB := carrySave(twos, twoC, twoD)
	fours, eight := carrySave(c.planes[2], fourA, fourB)
	c.planes[0], c.planes[1], c.planes[2] = ones, twos, fours
	for i := 3; eight != 0; i++ {
		c.planes[i], eight = c.planes[i]^eight, c.planes[i]&eight
	}
	c.buffer, c.n = [8]Set{}, 0
	if c.added += 8; c.added >= 1<<31 {
		c.spill()
	}
}

// spill moves the planes into plain counters.
func (c *counter) spill() {
	for i, p := range c.planes {
		for b := range MaxProperties {
			c.totals[b] += int(p>>b&1) << i
		}
	}
	c.planes, c.added = [32]Set{}, 0
}

// total returns the count of property i.
func (c *counter) total(i int) int {
	c.drain()
	c.spill()
	return c.totals[i]
}
