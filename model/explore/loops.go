package explore

// Loops says where runs need not end: the strongly connected components of the
// reachable graph that have an edge inside.
type Loops[S comparable] struct {
	Components int
	States     int // in all of them
	// Example leads from an initial state to a loop and once around it; nil where there is none.
	Example *Path[S]
}

// Loops finds the loops of a completed run. Where there is none, and every
// state without successors is an end, every run of the system ends. It takes
// about 10 octets a state, and expands every state once more. The error is
// ErrStopped where Options.Done of the run was closed.
func (r *Result[S]) Loops(newSystem func() System[S]) (*Loops[S], error) {
	t := &tarjan[S]{g: r.graph, sys: newSystem()}
	size := int(r.graph.nextChunk.Load()) << chunkBits
	t.order, t.low, t.onStack = make([]uint32, size), make([]uint32, size), make([]bool, size)
	for _, level := range r.graph.levels[:1] {
		for _, sp := range level {
			for i := range sp.n {
				if !t.visit(sp.from + i) {
					return nil, ErrStopped
				}
			}
		}
	}
	l := &Loops[S]{Components: t.components, States: t.states}
	if t.components > 0 {
		l.Example = r.graph.around(newSystem(), t.example, t.order)
	}
	return l, nil
}

// tarjan is Tarjan's algorithm without recursion.
type tarjan[S comparable] struct {
	g          *graph[S]
	sys        System[S]
	order, low []uint32 // order is 0 for a state that has not been seen
	onStack    []bool
	next       uint32
	stack      []uint32
	frames     []frame
	edges      []uint32 // successors of the frames, one after the other
	components int
	states     int
	example    map[uint32]bool
}

type frame struct {
	state    uint32
	from, at int // of its successors in edges
	loop     bool
}

// visit searches from a root. It reports false where the run was stopped.
func (t *tarjan[S]) visit(root uint32) bool {
	if t.order[root] != 0 {
		return true
	}
	t.enter(root)
	for steps := 0; len(t.frames) > 0; steps++ {
		if steps&(1<<16-1) == 0 && stopped(t.g.done) {
			return false
		}
		f := &t.frames[len(t.frames)-1]
		if f.at == len(t.edges) {
			t.leave()
			continue
		}
		to := t.edges[f.at]
		f.at++
		switch {
		case to == f.state:
			f.loop = true
		case t.order[to] == 0:
			t.enter(to)
		case t.onStack[to]:
			t.low[f.state] = min(t.low[f.state], t.order[to])
		}
	}
	return true
}

func (t *tarjan[S]) enter(i uint32) {
	t.next++
	t.order[i], t.low[i] = t.next, t.next
	t.stack = append(t.stack, i)
	t.onStack[i] = true
	f := frame{state: i, from: len(t.edges), at: len(t.edges)}
	t.sys.Expand(*t.g.state(i), func(e Transition[S]) {
		if j, ok := t.g.find(e.To); ok {
			t.edges = append(t.edges, j)
		}
	})
	t.frames = append(t.frames, f)
}

// leave ends the last frame, and with it perhaps a component.
func (t *tarjan[S]) leave() {
	f := t.frames[len(t.frames)-1]
	t.frames = t.frames[:len(t.frames)-1]
	t.edges = t.edges[:f.from]
	if n := len(t.frames); n > 0 {
		parent := t.frames[n-1].state
		t.low[parent] = min(t.low[parent], t.low[f.state])
	}
	if t.low[f.state] != t.order[f.state] {
		return
	}
	at := len(t.stack)
	for done := false; !done; {
		at--
		t.onStack[t.stack[at]] = false
		done = t.stack[at] == f.state
	}
	members := t.stack[at:]
	if len(members) > 1 || f.loop {
		t.components++
		t.states += len(members)
		if t.example == nil {
			t.example = map[uint32]bool{}
			for _, i := range members {
				t.example[i] = true
			}
		}
	}
	t.stack = t.stack[:at]
}

// around returns a shortest path to a state of a component, and from there a
// shortest way back to it. Of the nearest states it takes the one that the
// search has met first: that does not depend on who has found it.
func (g *graph[S]) around(sys System[S], component map[uint32]bool, order []uint32) *Path[S] {
	depth, entry := 0, uint32(0)
	for k := range g.levels {
		found := false
		g.eachOf(k, func(i uint32, _ *S) {
			if component[i] && (!found || order[i] < order[entry]) {
				depth, entry, found = k, i, true
			}
		})
		if found {
			break
		}
	}
	p := g.pathToState(sys, depth, *g.state(entry))
	// Breadth first inside the component, from the entry back to it.
	type step struct {
		from  uint32
		label uint64
	}
	came := map[uint32]step{}
	queue := []uint32{entry}
	for at := 0; at < len(queue); at++ {
		i := queue[at]
		sys.Expand(*g.state(i), func(t Transition[S]) {
			j, ok := g.find(t.To)
			if _, seen := came[j]; ok && component[j] && !seen {
				came[j] = step{i, t.Label}
				queue = append(queue, j)
			}
		})
		if _, back := came[entry]; back {
			break
		}
	}
	var states []S
	var labels []uint64
	for i := entry; ; {
		s := came[i]
		states, labels = append(states, *g.state(i)), append(labels, s.label)
		if i = s.from; i == entry {
			break
		}
	}
	for i := len(states) - 1; i >= 0; i-- {
		p.States, p.Labels = append(p.States, states[i]), append(p.Labels, labels[i])
	}
	return p
}
