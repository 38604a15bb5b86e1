package tla

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Graph is a labelled transition graph, its states in some order, initial ones
// first in every path.
type Graph struct {
	Name    string // who has it: "TLC", "the model"
	Initial []int32
	Edges   []Edge
	keys    []key
	index   map[key]int32
	text    func(i int32) (string, error) // a state in the form of Canonical
}

// Edge is one transition. There is none twice.
type Edge struct {
	From, To int32
	Action   Action
}

// Action is a number for an action's name, the same in all graphs.
type Action uint16

// key stands for a state: two independent hashes of its text.
type key struct{ a, b uint64 }

var seedA, seedB = maphash.MakeSeed(), maphash.MakeSeed()

func keyOf(text []byte) key { return key{maphash.Bytes(seedA, text), maphash.Bytes(seedB, text)} }

// States returns how many states there are.
func (g *Graph) States() int { return len(g.keys) }

// Depth returns the number of edges on the longest of the shortest paths from
// an initial state.
func (g *Graph) Depth() int {
	order, from := g.search()
	depth, deepest := make([]int, len(g.keys)), 0
	for _, i := range order {
		if from[i] >= 0 {
			depth[i] = depth[g.Edges[from[i]].From] + 1
		}
		deepest = max(deepest, depth[i])
	}
	return deepest
}

// add returns the number of the state with key k, and whether it is new.
func (g *Graph) add(k key) (int32, bool) {
	if i, ok := g.index[k]; ok {
		return i, false
	}
	i := int32(len(g.keys))
	g.index[k] = i
	g.keys = append(g.keys, k)
	return i, true
}

// tidy sorts the edges and removes what is there twice.
func (g *Graph) tidy() {
	slices.SortFunc(g.Edges, compareEdges)
	g.Edges = slices.Compact(g.Edges)
}

func compareEdges(a, b Edge) int {
	if a.From != b.From {
		return int(a.From) - int(b.From)
	}
	if a.To != b.To {
		return int(a.To) - int(b.To)
	}
	return int(a.Action) - int(b.Action)
}

// names numbers the actions.
type names struct {
	all   []string
	index map[string]Action
}

var actions = names{index: map[string]Action{}}

func (n *names) number(name string) Action {
	if a, ok := n.index[name]; ok {
		return a
	}
	a := Action(len(n.all))
	n.all = append(n.all, name)
	n.index[name] = a
	return a
}

// String returns the action's name.
func (a Action) String() string { return actions.all[a] }

// Explore builds the graph of the Go model.
func Explore(o model.Options, progress func(states int)) (*Graph, error) {
	sys, err := model.New(o)
	if err != nil {
		return nil, err
	}
	return explore(sys.Initial(), func(st model.State, emit func(model.State, spec.Event)) {
		for _, a := range sys.Enabled(st) {
			emit(sys.Next(st, a), a.Event)
		}
	}, progress)
}

// ExploreOpen builds the graph of one endpoint alone against any peer.
func ExploreOpen(r spec.Role, o model.Options, progress func(states int)) (*Graph, error) {
	first, next, err := model.OpenSteps(r, o)
	if err != nil {
		return nil, err
	}
	return explore([]model.State{first}, next, progress)
}

func explore(initial []model.State, next func(model.State, func(model.State, spec.Event)), progress func(states int)) (*Graph, error) {
	g := &Graph{Name: "the Go model", index: map[key]int32{}}
	var states []model.State
	numbers := map[model.State]int32{}
	var buf []byte
	visit := func(st model.State) (int32, error) {
		if i, ok := numbers[st]; ok {
			return i, nil
		}
		buf = st.AppendTLA(buf[:0])
		i, isNew := g.add(keyOf(buf))
		if !isNew {
			return 0, fmt.Errorf("tla: two states of the model print alike:\n%s", buf)
		}
		numbers[st] = i
		states = append(states, st)
		return i, nil
	}
	for _, st := range initial {
		i, err := visit(st)
		if err != nil {
			return nil, err
		}
		g.Initial = append(g.Initial, i)
	}
	for from := 0; from < len(states); from++ {
		if progress != nil && from%4096 == 0 {
			progress(from)
		}
		var failed error
		next(states[from], func(st model.State, e spec.Event) {
			to, err := visit(st)
			if err != nil {
				failed = err
			}
			g.Edges = append(g.Edges, Edge{int32(from), to, actions.number(e.String())})
		})
		if failed != nil {
			return nil, failed
		}
	}
	g.text = func(i int32) (string, error) { return string(states[i].AppendTLA(nil)), nil }
	g.tidy()
	return g, nil
}

// Difference is the first disagreement of two graphs.
type Difference struct {
	What  string // in one sentence
	State string // the state that one has and the other lacks, or that an edge leads from
	To    string // of an edge
	Path  string // a shortest one to State, one line for each step
}

// Error returns all of it.
func (d *Difference) Error() string {
	s := d.What + "\n" + d.State
	if d.To != "" {
		s += "leads to\n" + d.To
	}
	return s + "path:\n" + d.Path
}

// Compare returns the first difference between two graphs as an error of type
// *Difference, and nil where they are equal.
func Compare(a, b *Graph) error {
	if err := missing(a, b); err != nil {
		return err
	}
	if err := missing(b, a); err != nil {
		return err
	}
	// The states are the same: now b's edges in a's numbers.
	toA := make([]int32, len(b.keys))
	for i, k := range b.keys {
		toA[i] = a.index[k]
	}
	other := make([]Edge, len(b.Edges))
	for i, e := range b.Edges {
		other[i] = Edge{toA[e.From], toA[e.To], e.Action}
	}
	slices.SortFunc(other, compareEdges)
	for i, j := 0, 0; i < len(a.Edges) || j < len(other); {
		switch {
		case j == len(other) || i < len(a.Edges) && compareEdges(a.Edges[i], other[j]) < 0:
			return a.edgeDifference(a.Edges[i], b)
		case i == len(a.Edges) || compareEdges(a.Edges[i], other[j]) > 0:
			e := other[j]
			return b.edgeDifference(Edge{b.index[a.keys[e.From]], b.index[a.keys[e.To]], e.Action}, a)
		}
		i, j = i+1, j+1
	}
	return nil
}

// missing returns the first state of a, in the order of distance, that b lacks.
func missing(a, b *Graph) error {
	order, from := a.search()
	for _, i := range order {
		if _, ok := b.index[a.keys[i]]; ok {
			continue
		}
		state, err := a.text(i)
		if err != nil {
			return err
		}
		path, err := a.path(i, from)
		if err != nil {
			return err
		}
		return &Difference{What: fmt.Sprintf("%s reaches a state that %s does not", a.Name, b.Name), State: state, Path: path}
	}
	return nil
}

func (g *Graph) edgeDifference(e Edge, other *Graph) error {
	_, from := g.search()
	d := &Difference{What: fmt.Sprintf("%s has a transition %v that %s lacks", g.Name, e.Action, other.Name)}
	var err error
	if d.State, err = g.text(e.From); err != nil {
		return err
	}
	if d.To, err = g.text(e.To); err != nil {
		return err
	}
	if d.Path, err = g.path(e.From, from); err != nil {
		return err
	}
	return d
}

// search returns the states in the order of their distance from the initial
// ones, and the edge by which each was first reached.
func (g *Graph) search() (order []int32, from []int32) {
	first := make([]int32, len(g.keys)+1)
	for _, e := range g.Edges {
		first[e.From+1]++
	}
	for i := range len(g.keys) {
		first[i+1] += first[i]
	}
	const unseen, root = -1, -2
	from = make([]int32, len(g.keys))
	for i := range from {
		from[i] = unseen
	}
	for _, i := range g.Initial {
		from[i] = root
		order = append(order, i)
	}
	for n := 0; n < len(order); n++ {
		for e := first[order[n]]; e < first[order[n]+1]; e++ {
			if to := g.Edges[e].To; from[to] == unseen {
				from[to] = e
				order = append(order, to)
			}
		}
	}
	return order, from
}

// path describes the shortest path to a state: each action with the variables
// that it has changed.
func (g *Graph) path(to int32, from []int32) (string, error) {
	var edges []Edge
	for i := to; from[i] >= 0; i = g.Edges[from[i]].From {
		edges = append(edges, g.Edges[from[i]])
	}
	slices.Reverse(edges)
	var b strings.Builder
	for n, e := range edges {
		fmt.Fprintf(&b, "%d. %v\n", n+1, e.Action)
		before, err := g.text(e.From)
		if err != nil {
			return "", err
		}
		after, err := g.text(e.To)
		if err != nil {
			return "", err
		}
		b.WriteString(changed(before, after))
	}
	return b.String(), nil
}

// changed returns the lines of after that before has not, indented, and of a
// record only the fields that differ.
func changed(before, after string) string {
	var b strings.Builder
	old := strings.Split(before, "\n")
	for i, line := range strings.Split(after, "\n") {
		if i < len(old) && line == old[i] {
			continue
		}
		if i < len(old) && strings.Contains(line, " = [") {
			was := fields(old[i])
			name, _, _ := strings.Cut(line, " = ")
			line = name + ":"
			for _, f := range fields(strings.Join(strings.Split(after, "\n")[i:i+1], "")) {
				if !slices.Contains(was, f) {
					line += " " + f
				}
			}
		}
		b.WriteString("   " + line + "\n")
	}
	return b.String()
}

// fields splits a record at its top-level commas.
func fields(line string) []string {
	_, record, _ := strings.Cut(line, " = [")
	record = strings.TrimSuffix(record, "]")
	var all []string
	depth, start := 0, 0
	for i, c := range record {
		switch c {
		case '[', '{', '<':
			depth++
		case ']', '}':
			depth--
		case '>':
			if i > 0 && record[i-1] != '-' {
				depth--
			}
		case ',':
			if depth == 0 {
				all = append(all, record[start:i])
				start = i + 1
			}
		}
	}
	return append(all, record[start:])
}
