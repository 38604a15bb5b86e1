package explore

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

const (
	chunkBits   = 12
	chunkStates = 1 << chunkBits
	maxStates   = 1<<32 - 2

	bucketSlots = 8 // one cache line
	maxLoad     = 0.8
	growth      = 1.4 // keeps the load above 0.57, and so the octets below 1.6 times states of 24 octets
	firstSlots  = 1 << 12
)

// graph holds the states that have been found. A state's index is its place in
// the chunks; each worker fills chunks of its own.
type graph[S comparable] struct {
	seed      maphash.Seed
	hasher    Hasher[S] // nil: maphash
	maxMemory int64
	workers   int
	done      <-chan struct{}

	mu    sync.RWMutex // held for reading while slots are read, for writing while the table grows
	slots []uint64     // tag<<32 | index+1; 0 is empty
	limit int64        // states that the table takes before it grows
	count atomic.Int64 // states in the table

	chunks    []*[chunkStates]S
	fill      []uint32 // states in each chunk
	nextChunk atomic.Int64
	levels    [][]span
}

// span is a run of consecutive indices.
type span struct{ from, n uint32 }

// MemoryError says that a run did not fit into Options.MaxMemory.
type MemoryError struct {
	States    int
	MaxMemory int64
}

// Error says what to do about it.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("explore: %d states and more do not fit into %d MiB; give more memory, or use random walks",
		e.States, e.MaxMemory>>20)
}

func newGraph[S comparable](o Options) (*graph[S], error) {
	g := &graph[S]{seed: maphash.MakeSeed(), maxMemory: o.MaxMemory, workers: o.Workers, done: o.Done}
	// A worker sees that the table is full one batch before it is.
	slots := firstSlots
	if o.States > 0 {
		slots = int(float64(o.States+2*o.Workers*batch)/maxLoad) + bucketSlots
	}
	g.chunks = make([]*[chunkStates]S, min(maxStates>>chunkBits, int(o.MaxMemory/g.chunkOctets())+1))
	g.fill = make([]uint32, len(g.chunks))
	if err := g.resize(slots); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *graph[S]) chunkOctets() int64 {
	var s S
	return chunkStates * int64(unsafe.Sizeof(s))
}

// octets returns the memory of states and table.
func (g *graph[S]) octets() int64 {
	return g.nextChunk.Load()*g.chunkOctets() + int64(len(g.slots))*8
}

// resize makes a table of at least n slots and puts every state into it.
func (g *graph[S]) resize(n int) error {
	n = (n + bucketSlots - 1) / bucketSlots * bucketSlots
	if g.nextChunk.Load()*g.chunkOctets()+int64(n)*8 > g.maxMemory {
		return &MemoryError{int(g.count.Load()), g.maxMemory}
	}
	if old := len(g.slots); old > 1<<23 {
		// The collector would let the old table and the new one stand side by side.
		g.slots = nil
		runtime.GC()
	}
	g.slots = make([]uint64, n)
	g.limit = int64(maxLoad * float64(n))
	return nil
}

// hash returns s's hash. Its upper half chooses the bucket, its lower half is
// the tag.
func (g *graph[S]) hash(s *S) uint64 {
	if g.hasher != nil {
		return g.hasher.Hash(s)
	}
	return maphash.Comparable(g.seed, *s)
}

// bucket returns the first slot of a hash's bucket.
func (g *graph[S]) bucket(h uint64) int {
	hi, _ := bits.Mul64(h, uint64(len(g.slots)/bucketSlots))
	return int(hi) * bucketSlots
}

// state returns the state with index i.
func (g *graph[S]) state(i uint32) *S {
	return &g.chunks[i>>chunkBits][i&(chunkStates-1)]
}

// find returns the index of s, and false where it has not been found.
func (g *graph[S]) find(s S) (uint32, bool) {
	h := g.hash(&s)
	tag := h << 32
	for at := g.bucket(h); ; at++ {
		if at == len(g.slots) {
			at = 0
		}
		v := g.slots[at]
		if v == 0 {
			return 0, false
		}
		if v&^(1<<32-1) == tag && *g.state(uint32(v) - 1) == s {
			return uint32(v) - 1, true
		}
	}
}

// grow makes the table larger, unless somebody else has.
func (g *graph[S]) grow(more int64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.count.Load()+more <= g.limit {
		return nil
	}
	factor := growth
	if len(g.slots) < 1<<18 {
		factor = 2
	}
	if err := g.resize(int(factor * float64(len(g.slots)))); err != nil {
		return err
	}
	g.refill()
	return nil
}

// refill puts every state into a table that is empty.
func (g *graph[S]) refill() {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range g.workers {
		wg.Go(func() {
			f := filler[S]{g: g}
			for id := next.Add(1) - 1; id < g.nextChunk.Load(); id = next.Add(1) - 1 {
				for i := range g.fill[id] {
					f.put(uint32(id)<<chunkBits | i)
				}
			}
			f.flush()
		})
	}
	wg.Wait()
}

// filler puts states that are known to differ into a table.
type filler[S comparable] struct {
	g      *graph[S]
	hashes [batch]uint64
	index  [batch]uint32
	n      int
}

func (f *filler[S]) put(i uint32) {
	f.hashes[f.n], f.index[f.n] = f.g.hash(f.g.state(i)), i
	if f.n++; f.n == batch {
		f.flush()
	}
}

func (f *filler[S]) flush() {
	slots := f.g.slots
	// As in worker.touch: first the misses, then the work.
	var sum uint64
	for _, h := range f.hashes[:f.n] {
		sum += atomic.LoadUint64(&slots[f.g.bucket(h)])
	}
	if sum == 1 {
		touched.Store(sum)
	}
	for i, h := range f.hashes[:f.n] {
		mine := h<<32 | uint64(f.index[i]+1)
		for at := f.g.bucket(h); !f.take(&slots[at], mine); {
			if at++; at == len(slots) {
				at = 0
			}
		}
	}
	f.n = 0
}

// take puts mine into a slot if that is empty.
func (f *filler[S]) take(slot *uint64, mine uint64) bool {
	if atomic.LoadUint64(slot) != 0 {
		return false
	}
	if f.g.workers == 1 {
		*slot = mine
		return true
	}
	return atomic.CompareAndSwapUint64(slot, 0, mine)
}
