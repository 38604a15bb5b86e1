package explore

import (
	"sync"
	"sync/atomic"
)

// marks are the states of one level that lie on shortest paths: for each, the
// properties whose paths they are.
type marks[S comparable] map[S]Set

// paths returns, for each property i with depths[i] > 0, a shortest path to a
// violation of it: by a state of level depths[i]-1, or by an edge out of one.
// Among the shortest paths it is the first in the order in which the system
// emits. All of them together take one more exploration. The error is
// ErrStopped.
func (g *graph[S]) paths(systems []System[S], depths []int) ([]*Path[S], error) {
	deepest := 0
	for _, d := range depths {
		deepest = max(deepest, d)
	}
	on := make([]marks[S], deepest+1)
	for k := deepest - 1; k >= 0; k-- {
		var here Set // properties whose violation is looked for in this level
		for i, d := range depths {
			if d == k+1 {
				here |= 1 << i
			}
		}
		on[k] = g.mark(systems, k, here, on[k+1])
		if stopped(g.done) {
			return nil, ErrStopped
		}
	}
	all := make([]*Path[S], len(depths))
	for i, d := range depths {
		if d > 0 {
			all[i] = forward(systems[0], on[:d], 1<<i)
		}
	}
	return all, nil
}

// mark finds the states of level k that violate a property of here, or from
// which a step leads to a state of next.
func (g *graph[S]) mark(systems []System[S], k int, here Set, next marks[S]) marks[S] {
	found := marks[S]{}
	blocks := cut(g.levels[k])
	if len(blocks) == 1 {
		systems = systems[:1]
	}
	var at atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, sys := range systems {
		wg.Go(func() {
			var reached Set
			emit := func(t Transition[S]) {
				reached |= t.Verdict.Violated & here
				if len(next) > 0 {
					reached |= next[t.To]
				}
			}
			for i := int(at.Add(1)) - 1; i < len(blocks); i = int(at.Add(1)) - 1 {
				for j := range blocks[i].n {
					s := g.state(blocks[i].from + j)
					reached = 0
					v := sys.Expand(*s, emit)
					if reached |= v.Violated & here; reached != 0 {
						mu.Lock()
						found[*s] = reached
						mu.Unlock()
					}
				}
			}
		})
	}
	wg.Wait()
	return found
}

// forward takes the first step that stays on a shortest path, again and again.
func forward[S comparable](sys System[S], on []marks[S], want Set) *Path[S] {
	p := &Path[S]{}
	sys.Initial(func(s S) {
		if len(p.States) == 0 && on[0][s]&want != 0 {
			p.States = append(p.States, s)
		}
	})
	for _, next := range on[1:] {
		taken := false
		sys.Expand(p.end(), func(t Transition[S]) {
			if !taken && next[t.To]&want != 0 {
				p.add(t)
				taken = true
			}
		})
	}
	// Where the state itself is fine, an edge out of it is not.
	var last *Transition[S]
	v := sys.Expand(p.end(), func(t Transition[S]) {
		if last == nil && t.Verdict.Violated&want != 0 {
			last = &t
		}
	})
	if v.Violated&want == 0 && last != nil {
		p.add(*last)
	}
	return p
}

func (p *Path[S]) end() S { return p.States[len(p.States)-1] }

func (p *Path[S]) add(t Transition[S]) {
	p.States = append(p.States, t.To)
	p.Labels = append(p.Labels, t.Label)
}

// pathToState returns a shortest path to a state of a level.
func (g *graph[S]) pathToState(sys System[S], depth int, s S) *Path[S] {
	on := make([]marks[S], depth+1)
	on[depth] = marks[S]{s: 1}
	for k := depth - 1; k >= 0; k-- {
		on[k] = g.mark([]System[S]{sys}, k, 0, on[k+1])
	}
	return forward(sys, on, 1)
}

// eachOf calls f with the states of level k.
func (g *graph[S]) eachOf(k int, f func(i uint32, s *S)) {
	for _, sp := range g.levels[k] {
		for i := range sp.n {
			f(sp.from+i, g.state(sp.from+i))
		}
	}
}
