package tour

import (
	"fmt"
	"math/rand/v2"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// Kind is what edges have in common that the implementation is expected to
// treat alike: an endpoint in a state, its input, and the configuration's class.
type Kind struct {
	Role  spec.Role // whose step it is, or who would read what the attacker acts on
	State spec.State
	Event spec.Event
	// Message is what is read; of an attacker's move, what it puts on the stream
	// or the field that it changes.
	Message       model.Message
	Splice, Takes bool
	Class         Class
}

// Class is a scenario without the fields that make no class. What the model has
// not asked for is open: a callback has a result once it has been called.
type Class spec.Scenario

// classOf returns what is decided of callback results, ticket, Session ID, key
// exchange, client authentication, extended_master_secret and encrypt_then_mac.
func classOf(sc spec.Scenario) Class {
	return Class{
		ServerCallback: sc.ServerCallback, ClientCallback: sc.ClientCallback, Ticket: sc.Ticket, SessionID: sc.SessionID,
		Exchange: sc.Exchange, ClientAuth: sc.ClientAuth, ClientEMS: sc.ClientEMS, ServerEMS: sc.ServerEMS,
		ClientEtM: sc.ClientEtM, ServerEtM: sc.ServerEtM,
	}
}

// Tour is the graph of one budget and the paths that cover it.
type Tour struct {
	Budget int

	system *model.System
	graph  *graph.States
	paths  [][]int32 // as numbers of edges

	kinds   []int32 // by edge
	classes []int32 // by kind
	counts  struct{ kinds, classes int }
}

// New returns the tour of a system, whose profile must be "rfc".
func New(o model.Options) (*Tour, error) {
	sys, err := model.New(o)
	if err != nil {
		return nil, err
	}
	t := &Tour{Budget: o.Budget, system: sys}
	if t.graph, err = graph.Reachable(sys, 0); err != nil {
		return nil, err
	}
	if t.paths, err = t.graph.Cover(); err != nil {
		return nil, err
	}
	t.sort()
	return t, nil
}

// sort numbers kinds and classes, in the order of the edges.
func (t *Tour) sort() {
	kinds, classes := map[Kind]int32{}, map[Class]int32{}
	for edge, a := range t.graph.Action {
		k := t.kind(edge, a)
		n, known := kinds[k]
		if !known {
			n = int32(len(kinds))
			kinds[k] = n
			class, met := classes[k.Class]
			if !met {
				class = int32(len(classes))
				classes[k.Class] = class
			}
			t.classes = append(t.classes, class)
		}
		t.kinds = append(t.kinds, n)
	}
	t.counts.kinds, t.counts.classes = len(kinds), len(classes)
}

// kind returns the kind of an edge.
func (t *Tour) kind(edge int, a model.Action) Kind {
	from, to := &t.graph.State[t.graph.Tail(edge)], t.graph.State[t.graph.Head(edge)]
	k := Kind{
		Role: a.To, State: from.Client.State, Event: a.Event, Message: a.Message, Splice: a.Splice, Takes: a.Takes,
		Class: classOf(t.system.Scenario(to)),
	}
	if a.To == spec.Server {
		k.State = from.Server.State
	}
	if a.Event.Role() != spec.Attacker {
		if queue := t.system.Queue(*from, a.To); len(queue) > 0 {
			k.Message = queue[0]
		}
	}
	return k
}

// choose returns the paths that are to be driven, in the order in which they
// are: all of them, or enough for every kind and a share of the edges.
func (t *Tour) choose(all bool, seed uint64) []int32 {
	order := make([]int32, len(t.paths))
	for i := range order {
		order[i] = int32(i)
	}
	t.rand(seed, 0).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	if all {
		return order
	}
	var chosen, others []int32
	seen, taken := make([]bool, t.counts.kinds), newCoverage(t)
	take := func(i int32) {
		chosen = append(chosen, i)
		taken.path(t.paths[i])
	}
	for _, i := range order {
		news := false
		for _, e := range t.paths[i] {
			news = news || !seen[t.kinds[e]]
			seen[t.kinds[e]] = true
		}
		if news {
			take(i)
		} else {
			others = append(others, i)
		}
	}
	for _, i := range others {
		if taken.n*leastShare >= len(t.kinds) {
			break
		}
		take(i)
	}
	return chosen
}

// leastShare: of all edges, one in so many is driven at the least.
const leastShare = 10

// rand returns a generator of its own for the i-th path.
func (t *Tour) rand(seed uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(seed+uint64(t.Budget)<<56, uint64(i)))
}

// coverage is a set of edges.
type coverage struct {
	edges []bool
	n     int
}

func newCoverage(t *Tour) *coverage { return &coverage{edges: make([]bool, len(t.kinds))} }

func (c *coverage) edge(e int32) {
	if !c.edges[e] {
		c.edges[e] = true
		c.n++
	}
}

func (c *coverage) path(edges []int32) {
	for _, e := range edges {
		c.edge(e)
	}
}

// of returns how many kinds and classes of a tour have an edge in c.
func (c *coverage) of(t *Tour) (kinds, classes int) {
	seenKind, seenClass := make([]bool, t.counts.kinds), make([]bool, t.counts.classes)
	for e, in := range c.edges {
		k := t.kinds[e]
		if !in || seenKind[k] {
			continue
		}
		seenKind[k] = true
		kinds++
		if class := t.classes[k]; !seenClass[class] {
			seenClass[class] = true
			classes++
		}
	}
	return kinds, classes
}

// edges returns the number of the tour's edges.
func (t *Tour) edges() int { return len(t.kinds) }

// String says how large the tour is.
func (t *Tour) String() string {
	return fmt.Sprintf("budget %d: %d paths cover %v", t.Budget, len(t.paths), t.graph)
}
