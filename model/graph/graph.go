// Package graph looks at the model as a graph: components, dominators,
// distances and degrees through gonum, drawings in DOT, and the Mealy machine of
// one endpoint with its minimisation.
//
// Use [Reachable] for the states of a system, and [NewMealy] for one endpoint's
// machine on wire messages, which is what a learner finds in a black box.
package graph

import (
	"context"
	"fmt"
	"sort"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/flow"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/topo"
	"gonum.org/v1/gonum/graph/traverse"
	"gonum.org/v1/gonum/stat"

	"github.com/sesame-tls/sesame/model"
)

// Graph is a directed graph with labelled edges in compressed arrays. Its nodes
// are 0 to Len()-1. It may have loops and parallel edges, which gonum sees as
// one. It is a [graph.Directed].
type Graph struct {
	first  []int32 // the first edge out of each node, and one past the last edge
	to     []int32
	label  []int32 // index into labels
	labels []string

	firstIn []int32 // the same backwards, without labels
	from    []int32
}

// States is the reachable graph of a system: node i is State[i], and edge e is
// Action[e].
type States struct {
	*Graph
	State  []model.State
	Action []model.Action
}

// DefaultMax is how many states are little enough to look at as a graph.
const DefaultMax = 1 << 20

// Reachable returns the reachable graph of a system that has at most so many
// states; zero is DefaultMax. The error is a [*TooLarge]: the explorer is for
// more.
func Reachable(sys *model.System, max int) (*States, error) {
	return ReachableContext(context.Background(), sys, max)
}

// ReachableContext is [Reachable] until ctx ends; then the error is the context's.
func ReachableContext(ctx context.Context, sys *model.System, max int) (*States, error) {
	if max == 0 {
		max = DefaultMax
	}
	g := &States{Graph: &Graph{}}
	b := newBuilder(g.Graph)
	index := map[model.State]int32{}
	add := func(s model.State) int32 {
		i, ok := index[s]
		if !ok {
			i = int32(len(g.State))
			index[s] = i
			g.State = append(g.State, s)
		}
		return i
	}
	for _, s := range sys.Initial() {
		add(s)
	}
	for i := 0; i < len(g.State); i++ {
		if len(g.State) > max {
			return nil, &TooLarge{max}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.node()
		sys.Successors(g.State[i], func(a model.Action, next model.State) {
			b.edge(add(next), a.String())
			g.Action = append(g.Action, a)
		})
	}
	b.finish()
	return g, nil
}

// builder fills a graph node by node.
type builder struct {
	g     *Graph
	index map[string]int32
}

func newBuilder(g *Graph) *builder { return &builder{g, map[string]int32{}} }

// node begins the edges of the next node.
func (b *builder) node() { b.g.first = append(b.g.first, int32(len(b.g.to))) }

// edge adds an edge out of the node that was begun last.
func (b *builder) edge(to int32, label string) {
	l, ok := b.index[label]
	if !ok {
		l = int32(len(b.g.labels))
		b.index[label] = l
		b.g.labels = append(b.g.labels, label)
	}
	b.g.to, b.g.label = append(b.g.to, to), append(b.g.label, l)
}

// finish makes the edges known to both their ends.
func (b *builder) finish() {
	g := b.g
	b.node()
	n := len(g.first) - 1
	g.firstIn = make([]int32, n+1)
	for _, to := range g.to {
		g.firstIn[to+1]++
	}
	for i := range n {
		g.firstIn[i+1] += g.firstIn[i]
	}
	g.from = make([]int32, len(g.to))
	at := append([]int32(nil), g.firstIn...)
	for i := range n {
		for _, to := range g.to[g.first[i]:g.first[i+1]] {
			g.from[at[to]] = int32(i)
			at[to]++
		}
	}
}

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.first) - 1 }

// Edges returns the number of edges, parallel ones counted one by one.
func (g *Graph) Edges() int { return len(g.to) }

// Out calls f with each edge out of a node.
func (g *Graph) Out(node int, f func(to int, label string)) {
	for e := g.first[node]; e < g.first[node+1]; e++ {
		f(int(g.to[e]), g.labels[g.label[e]])
	}
}

// Labels returns the labels of the edges, each once, in the order in which they
// were met.
func (g *Graph) Labels() []string { return append([]string(nil), g.labels...) }

// Tail returns the node that an edge leads from. Edges have the
// numbers 0 to Edges()-1, in the order of the nodes that they lead from and,
// within one, of Out.
func (g *Graph) Tail(edge int) int {
	return sort.Search(g.Len(), func(node int) bool { return int(g.first[node+1]) > edge })
}

// Head returns the node that an edge leads to.
func (g *Graph) Head(edge int) int { return int(g.to[edge]) }

// node is a node as gonum wants it.
type node int64

// ID returns the node's number.
func (n node) ID() int64 { return int64(n) }

// edge is an edge as gonum wants it.
type edge struct{ f, t node }

// From returns the edge's tail.
func (e edge) From() graph.Node { return e.f }

// To returns the edge's head.
func (e edge) To() graph.Node { return e.t }

// ReversedEdge returns the edge the other way round.
func (e edge) ReversedEdge() graph.Edge { return edge{e.t, e.f} }

// Node returns the node with a number, and nil where there is none.
func (g *Graph) Node(id int64) graph.Node {
	if id < 0 || id >= int64(g.Len()) {
		return nil
	}
	return node(id)
}

// Nodes returns all nodes.
func (g *Graph) Nodes() graph.Nodes {
	all := make([]int32, g.Len())
	for i := range all {
		all[i] = int32(i)
	}
	return nodes(all)
}

// From returns the nodes that edges out of a node lead to.
func (g *Graph) From(id int64) graph.Nodes { return nodes(g.to[g.first[id]:g.first[id+1]]) }

// To returns the nodes that edges into a node come from.
func (g *Graph) To(id int64) graph.Nodes { return nodes(g.from[g.firstIn[id]:g.firstIn[id+1]]) }

// HasEdgeBetween reports whether an edge leads from one of two nodes to the other.
func (g *Graph) HasEdgeBetween(x, y int64) bool {
	return g.HasEdgeFromTo(x, y) || g.HasEdgeFromTo(y, x)
}

// HasEdgeFromTo reports whether an edge leads from u to v.
func (g *Graph) HasEdgeFromTo(u, v int64) bool {
	for _, to := range g.to[g.first[u]:g.first[u+1]] {
		if int64(to) == v {
			return true
		}
	}
	return false
}

// Edge returns an edge from u to v, and nil where there is none.
func (g *Graph) Edge(u, v int64) graph.Edge {
	if !g.HasEdgeFromTo(u, v) {
		return nil
	}
	return edge{node(u), node(v)}
}

// nodes returns each of some nodes once.
func nodes(ids []int32) graph.Nodes {
	sorted := append([]int32(nil), ids...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	var all []graph.Node
	for i, id := range sorted {
		if i == 0 || id != sorted[i-1] {
			all = append(all, node(id))
		}
	}
	if len(all) == 0 {
		return graph.Empty
	}
	return iterator.NewOrderedNodes(all)
}

// Loops returns the strongly connected components that have an edge inside.
func (g *Graph) Loops() [][]int {
	var loops [][]int
	for _, c := range topo.TarjanSCC(g) {
		if id := c[0].ID(); len(c) > 1 || g.HasEdgeFromTo(id, id) {
			var ids []int
			for _, n := range c {
				ids = append(ids, int(n.ID()))
			}
			sort.Ints(ids)
			loops = append(loops, ids)
		}
	}
	return loops
}

// Distances returns each node's distance from node 0 in edges, and -1 where
// there is no way.
func (g *Graph) Distances() []int {
	all := make([]int, g.Len())
	for i := range all {
		all[i] = -1
	}
	var b traverse.BreadthFirst
	b.Walk(g, node(0), func(n graph.Node, depth int) bool {
		all[n.ID()] = depth
		return false
	})
	return all
}

// Dominators returns the nodes that every way from node 0 to one of the targets
// passes, in order. It is empty where no target can be reached.
func (g *Graph) Dominators(target func(node int) bool) []int {
	sink := withSink(g, target)
	tree := flow.Dominators(node(0), sink)
	var all []int
	for n := tree.DominatorOf(int64(g.Len())); n != nil; n = tree.DominatorOf(n.ID()) {
		all = append([]int{int(n.ID())}, all...)
	}
	return all
}

// withSink returns g with one more node, to which an edge leads from each target.
func withSink(g *Graph, target func(node int) bool) *Graph {
	s := &Graph{}
	b := newBuilder(s)
	n := int32(g.Len())
	for i := range g.Len() {
		b.node()
		g.Out(i, func(to int, label string) { b.edge(int32(to), label) })
		if target(i) {
			b.edge(n, "")
		}
	}
	b.node()
	b.finish()
	return s
}

// Unavoidable returns the labels of which one occurs on every way from node 0
// to a target: what cannot be left out.
func (g *Graph) Unavoidable(target func(node int) bool) []string {
	var all []string
	for l := range g.labels {
		if !g.reaches(target, int32(l)) {
			all = append(all, g.labels[l])
		}
	}
	if !g.reaches(target, -1) {
		return nil
	}
	return all
}

// reaches reports whether a target can be reached without edges of one label.
func (g *Graph) reaches(target func(node int) bool, without int32) bool {
	seen := make([]bool, g.Len())
	seen[0] = true
	for queue := []int32{0}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		if target(int(i)) {
			return true
		}
		for e := g.first[i]; e < g.first[i+1]; e++ {
			if to := g.to[e]; g.label[e] != without && !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return false
}

// Degrees are statistics of the numbers of edges out of the nodes.
type Degrees struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Max       int     `json:"max"`
	Ends      int     `json:"ends"` // nodes without an edge out
}

// Degrees returns the statistics of g.
func (g *Graph) Degrees() Degrees {
	var d Degrees
	out := make([]float64, g.Len())
	for i := range out {
		n := int(g.first[i+1] - g.first[i])
		out[i] = float64(n)
		d.Max = max(d.Max, n)
		if n == 0 {
			d.Ends++
		}
	}
	d.Mean, d.Deviation = stat.MeanStdDev(out, nil)
	return d
}

// String returns the numbers of nodes and edges.
func (g *Graph) String() string { return fmt.Sprintf("%d nodes, %d edges", g.Len(), g.Edges()) }
