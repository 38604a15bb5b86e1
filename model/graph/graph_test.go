package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

var accepted = spec.Scenario{
	Ticket: spec.TicketPAC, ServerCallback: spec.CallbackAccept, ClientCallback: spec.CallbackAccept, Keys: spec.KeysAgree,
}

// reachable returns the graph of a scenario.
func reachable(t testing.TB, sc spec.Scenario, budget int) *graph.States {
	t.Helper()
	sys, err := model.New(model.Options{Fix: sc.WithDefaults(), Budget: budget, WireOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Reachable(sys, 0)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// What every handshake under a PAC has to pass, whatever the attacker does.
func ExampleGraph_Unavoidable() {
	sys, err := model.New(model.Options{Fix: accepted.WithDefaults(), Budget: 1, WireOnly: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := graph.Reachable(sys, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	established := func(node int) bool {
		s := g.State[node]
		return s.Client.State == spec.Established && s.Server.State == spec.Established
	}
	for _, label := range g.Unavoidable(established) {
		fmt.Println(label)
	}
	// Unordered output:
	// ClientStart
	// ServerReceiveClientHello
	// ClientReceiveServerHello
	// ClientReceiveChangeCipherSpec
	// ClientReceiveFinished
	// ServerReceiveChangeCipherSpec
	// ServerReceiveFinished
}

// TestReachable holds the graph against the explorer and against gonum's own
// kind of graph.
func TestReachable(t *testing.T) {
	g := reachable(t, accepted, 1)
	rep, err := model.Run(model.Options{Fix: accepted.WithDefaults(), Budget: 1, WireOnly: true}, model.RunOptions{Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	if g.Len() != rep.States || g.Edges() != rep.Transitions {
		t.Errorf("%v; the explorer has found %d states and %d transitions", g, rep.States, rep.Transitions)
	}
	copied := simple.NewDirectedGraph()
	for i := range g.Len() {
		copied.AddNode(simple.Node(i))
	}
	for i := range g.Len() {
		g.Out(i, func(to int, _ string) {
			if to != i && !copied.HasEdgeFromTo(int64(i), int64(to)) {
				copied.SetEdge(simple.Edge{F: simple.Node(i), T: simple.Node(to)})
			}
		})
	}
	for i := range int64(g.Len()) {
		if g.From(i).Len() != copied.From(i).Len() || g.To(i).Len() != copied.To(i).Len() {
			t.Fatalf("node %d has other neighbours", i)
		}
	}
	if len(topo.TarjanSCC(g)) != len(topo.TarjanSCC(copied)) {
		t.Error("other components")
	}
	if loops := g.Loops(); len(loops) != 0 {
		t.Errorf("loops %v", loops)
	}
	deepest := slices.Max(g.Distances())
	if deepest != rep.Depth {
		t.Errorf("the farthest node is %d edges away; the explorer's depth is %d", deepest, rep.Depth)
	}
	if d := g.Degrees(); d.Ends == 0 || d.Max < 10 || d.Mean < 1 {
		t.Errorf("degrees %+v", d)
	}
}

// TestDominators: without an attacker a handshake under a PAC is a line until
// data flows, so that every state on it dominates the end.
func TestDominators(t *testing.T) {
	g := reachable(t, accepted, 0)
	established := func(node int) bool {
		s := g.State[node]
		return s.Client.State == spec.Established && s.Server.State == spec.Established
	}
	way := g.Dominators(established)
	if len(way) != 6 || way[0] != 0 {
		t.Errorf("dominators %v", way)
	}
	if none := g.Dominators(func(int) bool { return false }); len(none) != 0 {
		t.Errorf("nothing is dominated by %v", none)
	}
}

func mealy(t testing.TB, r spec.Role, sc spec.Scenario, o model.Options) *graph.Mealy {
	t.Helper()
	m, err := model.NewMachine(r, sc, o)
	if err != nil {
		t.Fatal(err)
	}
	return graph.NewMealy(m)
}

// TestMinimise: the smallest machine answers every word as the whole one does,
// no two of its states answer alike, and it is the same whichever way.
func TestMinimise(t *testing.T) {
	for _, r := range []spec.Role{spec.Client, spec.Server} {
		for _, sc := range []spec.Scenario{{}, accepted, {Ticket: spec.TicketSession, ServerTickets: spec.On, ClientAuth: spec.ClientAuthRequest}} {
			whole := mealy(t, r, sc, model.Options{})
			small := whole.Minimise()
			t.Logf("%v: %d states, %d after minimisation", r, len(whole.States), len(small.States))
			if word, differ := graph.Difference(whole, small); differ {
				t.Errorf("%v: differ on %v", r, word)
			}
			if again := small.Minimise(); len(again.States) != len(small.States) {
				t.Errorf("%v: %d states, and %d when minimised again", r, len(small.States), len(again.States))
			}
			if len(small.States) >= len(whole.States) {
				t.Errorf("%v: nothing was minimised", r)
			}
		}
	}
}

// TestDifference finds what a planted fault changes, by a shortest word.
func TestDifference(t *testing.T) {
	good := mealy(t, spec.Client, spec.Scenario{}, model.Options{})
	bad := mealy(t, spec.Client, spec.Scenario{}, model.Options{Mutant: "early-change-cipher-spec"})
	word, differ := graph.Difference(good, bad)
	if !differ {
		t.Fatal("nothing tells an early ChangeCipherSpec")
	}
	last := word[len(word)-1]
	if len(word) != 1 || good.Inputs[last] != "ChangeCipherSpec" {
		t.Errorf("word %v", word)
	}
	if a, b := good.Run(word), bad.Run(word); slices.Equal(a, b) {
		t.Errorf("%q and %q", a, b)
	}
	if !strings.HasSuffix(good.Run(word)[0], graph.Closed) {
		t.Errorf("answers %q", good.Run(word))
	}
}

// TestDrawings: DOT and JSON have every node and are what they say.
func TestDrawings(t *testing.T) {
	m := mealy(t, spec.Client, accepted, model.Options{}).Minimise()
	drawn, err := m.DOT("client", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"digraph client {", "AwaitServerFlight", "ChangeCipherSpec"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("the drawing has no %q", want)
		}
	}
	data, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var back graph.Mealy
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if _, differ := graph.Difference(m, &back); differ || len(back.States) != len(m.States) {
		t.Error("the machine that comes back from JSON is another one")
	}
	g := reachable(t, accepted, 0)
	name := func(i int) string { return g.State[i].Client.State.String() + " " + g.State[i].Server.State.String() }
	if drawn, err = g.DOT("handshake", name); err != nil || strings.Count(drawn, "->") != g.Edges() {
		t.Errorf("%d edges drawn, %v", strings.Count(drawn, "->"), err)
	}
	if data, err = g.JSON(name); err != nil || !json.Valid(data) {
		t.Errorf("JSON: %v", err)
	}
}

// TestSummarise: over all scenarios each kind of handshake is established, and
// only under a PAC, or a session, does ChangeCipherSpec follow ServerHello on
// every way.
func TestSummarise(t *testing.T) {
	s := reachable(t, spec.Scenario{}, 0).Summarise()
	if s.Loops != 0 || len(s.ByDistance) < 10 || s.ByDistance[0] != 1 {
		t.Errorf("%d loops, nodes by distance %v", s.Loops, s.ByDistance)
	}
	sys, err := model.New(model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := graph.Reachable(sys, 0)
	if err != nil {
		t.Fatal(err)
	}
	s = all.Summarise()
	want := map[string]string{"full": "ClientReceiveServerHelloDone", "session-id": "ClientReceiveChangeCipherSpec",
		"ticket": "ClientReceiveChangeCipherSpec", "session-secret": "ClientReceiveChangeCipherSpec"}
	for _, goal := range s.Goals {
		if goal.Nodes == 0 || goal.Distance < 6 || len(goal.Dominators) == 0 || !slices.Contains(goal.Unavoidable, want[goal.Kind]) {
			t.Errorf("%+v", goal)
		}
		if slices.Contains(goal.Unavoidable, "ClientReceiveCertificate") {
			t.Errorf("%s: a certificate on every way", goal.Kind)
		}
		delete(want, goal.Kind)
	}
	if len(want) > 0 {
		t.Errorf("not established: %v", want)
	}
	for _, line := range []string{"session-secret: established", "0 loops"} {
		if !strings.Contains(s.String(), line) {
			t.Errorf("no %q in\n%v", line, s)
		}
	}
}

// TestTooLarge: a system that is too large for a graph is an error.
func TestTooLarge(t *testing.T) {
	sys, err := model.New(model.Options{Budget: 3})
	if err != nil {
		t.Fatal(err)
	}
	var large *graph.TooLarge
	if _, err := graph.Reachable(sys, 1000); !errors.As(err, &large) || large.Max != 1000 {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := graph.ReachableContext(ctx, sys, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestCover: every edge is on a path, each path begins at the first node, goes
// along edges, ends where none leads out, and has an edge that none before it
// has. No path has two moves of the attacker, so that there are as many paths
// at the least, and there are not many more.
func TestCover(t *testing.T) {
	for budget := range 2 {
		g := reachable(t, accepted, budget)
		paths, err := g.Cover()
		if err != nil {
			t.Fatal(err)
		}
		taken := make([]bool, g.Edges())
		for _, path := range paths {
			at, news := 0, false
			for _, e := range path {
				if g.Tail(int(e)) != at {
					t.Fatalf("edge %d leads from %d, and the path is at %d", e, g.Tail(int(e)), at)
				}
				news, taken[e], at = news || !taken[e], true, g.Head(int(e))
			}
			g.Out(at, func(int, string) { t.Errorf("a path ends at %d, where it could go on", at) })
			if !news {
				t.Error("a path takes nothing new")
			}
		}
		if i := slices.Index(taken, false); i >= 0 {
			t.Errorf("edge %d is on no path", i)
		}
		least := 0
		for _, a := range g.Action {
			if a.Event.Role() == spec.Attacker {
				least++
			}
		}
		if budget > 0 && (len(paths) < least || len(paths) > 2*least) {
			t.Errorf("%d paths, and the attacker has %d moves", len(paths), least)
		}
	}
}

// A graph with a loop has no cover: its paths need not end.
func TestNoCoverOfLoops(t *testing.T) {
	sys, err := model.New(model.Options{Fix: accepted.WithDefaults(), Budget: 1, Mutant: "warning-not-consumed"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Reachable(sys, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Cover(); err == nil || !strings.Contains(err.Error(), "loop") {
		t.Errorf("got %v", err)
	}
}
