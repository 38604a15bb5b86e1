package browse

import (
	"context"
	"slices"
	"sync"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

const (
	// drawMost is up to how many nodes the page's library lays a graph out. A larger
	// one comes with its layout, by distance.
	drawMost = 500
	// maxStates and maxEdges bound a graph that is drawn or searched.
	maxStates = 30_000
	maxEdges  = 200_000
)

// Graph is the reachable graph of a system. Its nodes are numbered in the order
// of their distance.
type Graph struct {
	Nodes  []Node   `json:"nodes"`
	Edges  [][3]int `json:"edges"`  // from, to, and the number of the label
	Labels []string `json:"labels"` // the actions that edges stand for, each once
	Attack []bool   `json:"attack"` // of each label, whether it is the attacker's
	Layers int      `json:"layers"`
	Widest int      `json:"widest"` // the most nodes of a layer
	Drawn  bool     `json:"drawn"`  // Order is the layout: there are more nodes than the page lays out itself
}

// Node is a state.
type Node struct {
	Client string `json:"c"`
	Server string `json:"s"`
	Layer  int    `json:"l"` // the distance from the first
	Order  int    `json:"o"` // among those of its layer
	Broken bool   `json:"b,omitempty"`
}

// reached is a graph with what questions about it need.
type reached struct {
	sys    *model.System
	graph  *graph.States
	index  map[model.State]int
	layer  []int
	parent []int32 // the edge by which a node was found first
}

// graphs keeps the graphs of some settings.
type graphs struct {
	mu   sync.Mutex
	kept []keptGraph // the one that was asked for last comes last
}

type keptGraph struct {
	setting Setting
	graph   *reached
}

// keepMost bounds the memory of graphs.
const keepMost = 3

// of returns the graph of a setting.
func (g *graphs) of(ctx context.Context, s Setting) (*reached, error) {
	g.mu.Lock()
	i := slices.IndexFunc(g.kept, func(k keptGraph) bool { return k.setting == s })
	if i >= 0 {
		k := g.kept[i]
		g.kept = append(slices.Delete(g.kept, i, i+1), k)
		g.mu.Unlock()
		return k.graph, nil
	}
	g.mu.Unlock()
	r, err := reach(ctx, s)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.kept) == keepMost {
		g.kept = slices.Delete(g.kept, 0, 1)
	}
	g.kept = append(g.kept, keptGraph{s, r})
	return r, nil
}

func reach(ctx context.Context, s Setting) (*reached, error) {
	sys, err := s.system()
	if err != nil {
		return nil, err
	}
	states, err := graph.ReachableContext(ctx, sys, maxStates)
	if err != nil {
		return nil, err
	}
	if states.Edges() > maxEdges {
		return nil, tooMuch("there are more than %d transitions", maxEdges)
	}
	r := &reached{sys: sys, graph: states, index: make(map[model.State]int, states.Len()), layer: states.Distances(), parent: make([]int32, states.Len())}
	for i, st := range states.State {
		r.index[st], r.parent[i] = i, -1
	}
	for e := range states.Edges() {
		if from, to := states.Tail(e), states.Head(e); r.parent[to] < 0 && r.layer[to] == r.layer[from]+1 {
			r.parent[to] = int32(e)
		}
	}
	return r, nil
}

// pathTo returns a shortest path to a node.
func (r *reached) pathTo(node int) []model.Step {
	var path []model.Step
	for e := r.parent[node]; e >= 0; e = r.parent[node] {
		path = append(path, model.Step{Action: r.graph.Action[e], To: r.graph.State[node]})
		node = r.graph.Tail(int(e))
	}
	slices.Reverse(path)
	return path
}

// draw describes the graph.
func (r *reached) draw(ctx context.Context) (*Graph, error) {
	g := &Graph{Labels: r.graph.Labels(), Drawn: r.graph.Len() > drawMost}
	number := map[string]int{}
	for i, l := range g.Labels {
		number[l] = i
	}
	g.Attack = make([]bool, len(g.Labels))
	for i, st := range r.graph.State {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := Node{Client: st.Client.State.String(), Server: st.Server.State.String(), Layer: r.layer[i]}
		n.Broken = len(r.sys.JudgeState(st).Violated) > 0
		g.Nodes = append(g.Nodes, n)
		g.Layers = max(g.Layers, n.Layer+1)
	}
	for e, a := range r.graph.Action {
		from, to := r.graph.Tail(e), r.graph.Head(e)
		l := number[a.String()]
		g.Attack[l] = a.Event.Role() == spec.Attacker
		g.Edges = append(g.Edges, [3]int{from, to, l})
		if len(r.sys.JudgeStep(r.graph.State[from], a).Violated) > 0 {
			g.Nodes[to].Broken = true
		}
	}
	g.arrange()
	return g, nil
}

// arrange orders the nodes of each layer by where those stand that they are
// reached from, so that few edges cross.
func (g *Graph) arrange() {
	layers := make([][]int, g.Layers)
	for i, n := range g.Nodes {
		layers[n.Layer] = append(layers[n.Layer], i)
	}
	above := make([][]int, len(g.Nodes))
	for _, e := range g.Edges {
		if g.Nodes[e[0]].Layer < g.Nodes[e[1]].Layer {
			above[e[1]] = append(above[e[1]], e[0])
		}
	}
	at := make([]float64, len(g.Nodes)) // between 0 and 1
	for _, layer := range layers {
		want := map[int]float64{}
		for _, n := range layer {
			for _, a := range above[n] {
				want[n] += at[a] / float64(len(above[n]))
			}
		}
		slices.SortStableFunc(layer, func(a, b int) int {
			switch {
			case want[a] < want[b]:
				return -1
			case want[a] > want[b]:
				return 1
			}
			return a - b
		})
		for i, n := range layer {
			g.Nodes[n].Order, at[n] = i, (float64(i)+0.5)/float64(len(layer))
		}
		g.Widest = max(g.Widest, len(layer))
	}
}

// nodesOf returns the nodes of a walk in this graph, in order; -1 stands for a
// state that is not in it.
func (r *reached) nodesOf(w *walk) []int {
	all := make([]int, len(w.steps)+1)
	for i := range all {
		n, ok := r.index[w.at(i)]
		if all[i] = n; !ok {
			all[i] = -1
		}
	}
	return all
}
