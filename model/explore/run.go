package explore

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// block is how many states a worker takes from a level at a time.
const block = 256

// alone is the size of a level that one worker expands by itself.
const alone = 2 * block

// Run explores the system. It calls newSystem once for each worker. The
// error is a [*MemoryError] where the states do not fit, and [ErrStopped] where
// Options.Done was closed.
func Run[S comparable](newSystem func() System[S], o Options) (*Result[S], error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = 1 << 30
	}
	if len(o.Properties) > MaxProperties {
		return nil, fmt.Errorf("explore: %d properties; at most %d", len(o.Properties), MaxProperties)
	}
	g, err := newGraph[S](o)
	if err != nil {
		return nil, err
	}
	r := &run[S]{o: o, g: g, depthOf: make([]int, len(o.Properties))}
	for range o.Workers {
		sys := newSystem()
		g.hasher, _ = sys.(Hasher[S])
		r.workers = append(r.workers, newWorker(g, sys, o.Workers > 1))
	}
	if err := r.explore(); err != nil {
		return nil, err
	}
	return r.result()
}

type run[S comparable] struct {
	o       Options
	g       *graph[S]
	workers []*worker[S]
	depthOf []int // of each property's first violation, plus one
	cut     bool  // by Options.First
	said    int   // transitions at the last report
}

// explore goes from level to level.
func (r *run[S]) explore() error {
	first := r.workers[0]
	first.sys.Initial(first.put)
	first.flush()
	for level := r.collect(); ; {
		if err := r.failed(); err != nil {
			return err
		}
		if len(level) == 0 {
			return nil
		}
		r.g.levels = append(r.g.levels, level)
		r.expand(level)
		if r.note() && r.o.First {
			r.cut = true
			return r.failed()
		}
		level = r.collect()
	}
}

// collect returns the states that were found since the last time.
func (r *run[S]) collect() []span {
	var level []span
	for _, w := range r.workers {
		level = append(level, w.found...)
		w.found = w.found[:0]
	}
	return level
}

func (r *run[S]) failed() error {
	for _, w := range r.workers {
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

// expand lets the workers share one level.
func (r *run[S]) expand(level []span) {
	size := 0
	for _, sp := range level {
		size += int(sp.n)
	}
	workers := r.workers
	if size <= alone {
		workers = workers[:1]
	}
	blocks := cut(level)
	var next atomic.Int64
	var wg sync.WaitGroup
	work := func(w *worker[S]) {
		for w.err == nil {
			i := int(next.Add(1)) - 1
			if i >= len(blocks) {
				break
			}
			if stopped(r.o.Done) {
				w.err = ErrStopped
				break
			}
			w.expand(blocks[i])
			w.shown.Store(int64(w.edges))
			if w == r.workers[0] {
				r.report(size-i*block, false)
			}
		}
		w.flush()
	}
	for _, w := range workers[1:] {
		wg.Go(func() { work(w) })
	}
	work(workers[0])
	wg.Wait()
	r.report(0, true)
}

// cut divides a level into blocks.
func cut(level []span) []span {
	var blocks []span
	for _, sp := range level {
		for sp.n > 0 {
			n := min(sp.n, block)
			blocks = append(blocks, span{sp.from, n})
			sp.from, sp.n = sp.from+n, sp.n-n
		}
	}
	return blocks
}

// report calls Progress, at the end of a level or when there is news. left is
// how many states of the level are not expanded yet, about.
func (r *run[S]) report(left int, end bool) {
	if r.o.Progress == nil {
		return
	}
	edges := 0
	for _, w := range r.workers {
		edges += int(w.shown.Load())
	}
	if edges-r.said < 1<<20 && !end {
		return
	}
	r.said = edges
	expanded := 0
	for _, level := range r.g.levels {
		for _, sp := range level {
			expanded += int(sp.n)
		}
	}
	states := int(r.g.count.Load())
	r.o.Progress(Progress{
		States: states, Transitions: edges, Queue: states - expanded + left,
		Depth: len(r.g.levels) - 1, Octets: r.g.octets(),
	})
}

// note remembers at which level a property was violated first.
func (r *run[S]) note() bool {
	any := false
	for _, w := range r.workers {
		for i := range r.depthOf {
			if w.broken>>i&1 != 0 && r.depthOf[i] == 0 {
				r.depthOf[i] = len(r.g.levels)
				any = true
			}
		}
		w.broken = 0
	}
	return any
}

func (r *run[S]) result() (*Result[S], error) {
	g := r.g
	res := &Result[S]{
		States: int(g.count.Load()), Depth: len(g.levels) - 1, Octets: g.octets(), Workers: r.o.Workers,
		Complete: !r.cut, graph: g,
	}
	for _, w := range r.workers {
		res.Transitions += w.edges
		res.Ends += w.ends
	}
	paths, err := r.paths()
	if err != nil {
		return nil, err
	}
	for i, name := range r.o.Properties {
		p := Property[S]{Name: name}
		for _, w := range r.workers {
			p.Checked += w.checks.total(i)
			p.Violated += w.bad.total(i)
		}
		if paths != nil {
			p.Counterexample = paths[i]
		}
		res.Properties = append(res.Properties, p)
	}
	return res, nil
}

// paths returns the counterexamples, by property; nil where none is wanted.
func (r *run[S]) paths() ([]*Path[S], error) {
	depths, any := make([]int, len(r.depthOf)), false
	for i, d := range r.depthOf {
		if r.o.NoPaths>>i&1 == 0 && d > 0 {
			depths[i], any = d, true
		}
	}
	if !any {
		return nil, nil
	}
	var systems []System[S]
	for _, w := range r.workers {
		systems = append(systems, w.sys)
	}
	return r.g.paths(systems, depths)
}
