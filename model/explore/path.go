package explore

// pathTo returns a shortest path to a violation of the properties in want,
// which is known to be first violated by a state of level depth, or by an edge
// out of one. Among the shortest paths it is the first in the order in which
// the system emits.
func (g *graph[S]) pathTo(sys System[S], depth int, want Set) *Path[S] {
	// on[k] are the states of level k that lie on a shortest path.
	on := make([]map[uint32]bool, depth+1)
	on[depth] = map[uint32]bool{}
	g.eachOf(depth, func(i uint32, s *S) {
		hit := false
		v := sys.Expand(*s, func(t Transition[S]) { hit = hit || t.Verdict.Violated&want != 0 })
		if hit || v.Violated&want != 0 {
			on[depth][i] = true
		}
	})
	p := g.walkTo(sys, on)
	// Where the state itself is fine, an edge out of it is not.
	var last *Transition[S]
	v := sys.Expand(p.States[len(p.States)-1], func(t Transition[S]) {
		if last == nil && t.Verdict.Violated&want != 0 {
			last = &t
		}
	})
	if v.Violated&want == 0 {
		p.add(*last)
	}
	return p
}

// pathToState returns a shortest path to the state with index i of a level.
func (g *graph[S]) pathToState(sys System[S], depth int, i uint32) *Path[S] {
	on := make([]map[uint32]bool, depth+1)
	on[depth] = map[uint32]bool{i: true}
	return g.walkTo(sys, on)
}

// walkTo returns a shortest path to one of the states in the last element of
// on; it fills the others.
func (g *graph[S]) walkTo(sys System[S], on []map[uint32]bool) *Path[S] {
	for k := len(on) - 2; k >= 0; k-- {
		on[k] = map[uint32]bool{}
		g.eachOf(k, func(i uint32, s *S) {
			sys.Expand(*s, func(t Transition[S]) {
				if j, ok := g.find(t.To); ok && on[k+1][j] {
					on[k][i] = true
				}
			})
		})
	}
	return g.forward(sys, on)
}

// eachOf calls f with the states of level k.
func (g *graph[S]) eachOf(k int, f func(i uint32, s *S)) {
	for _, sp := range g.levels[k] {
		for i := range sp.n {
			f(sp.from+i, g.state(sp.from+i))
		}
	}
}

// forward takes the first step that stays on a shortest path, again and again.
func (g *graph[S]) forward(sys System[S], on []map[uint32]bool) *Path[S] {
	p := &Path[S]{}
	sys.Initial(func(s S) {
		if i, ok := g.find(s); ok && len(p.States) == 0 && on[0][i] {
			p.States = append(p.States, s)
		}
	})
	for _, next := range on[1:] {
		taken := false
		sys.Expand(p.States[len(p.States)-1], func(t Transition[S]) {
			if i, ok := g.find(t.To); ok && !taken && next[i] {
				p.add(t)
				taken = true
			}
		})
	}
	return p
}

func (p *Path[S]) add(t Transition[S]) {
	p.States = append(p.States, t.To)
	p.Labels = append(p.Labels, t.Label)
}
