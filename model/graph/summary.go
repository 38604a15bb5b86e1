package graph

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Summary is what a reachable graph looks like as a whole.
type Summary struct {
	Nodes      int     `json:"nodes"`
	Edges      int     `json:"edges"`
	Loops      int     `json:"loops"`       // strongly connected components with an edge inside
	ByDistance []int   `json:"by_distance"` // how many nodes are so many edges from the first
	Degrees    Degrees `json:"degrees"`
	Goals      []Goal  `json:"goals"`
}

// Goal is one kind of handshake, established on both sides.
type Goal struct {
	Kind        string   `json:"kind"`
	Nodes       int      `json:"nodes"`       // in which both sides are established
	Distance    int      `json:"distance"`    // of the nearest of them, in edges
	Dominators  []int    `json:"dominators"`  // the nodes that every way there passes
	Unavoidable []string `json:"unavoidable"` // the transitions of which one is on every way there
}

// Summarise summarises a reachable graph. A kind of handshake that is nowhere
// established is not among the goals.
func (g *States) Summarise() Summary {
	s := Summary{Nodes: g.Len(), Edges: g.Edges(), Loops: len(g.Loops()), Degrees: g.Degrees()}
	distances := g.Distances()
	for _, d := range distances {
		if d < 0 {
			continue // from another initial state
		}
		for d >= len(s.ByDistance) {
			s.ByDistance = append(s.ByDistance, 0)
		}
		s.ByDistance[d]++
	}
	for _, kind := range []spec.Shortening{spec.Full, spec.BySessionID, spec.ByTicket, spec.BySessionSecret} {
		goal := Goal{Kind: "full"}
		if kind != spec.Full {
			goal.Kind = kind.String()
		}
		established := func(node int) bool { return g.established(node, kind) }
		for node, d := range distances {
			if d >= 0 && established(node) {
				if goal.Nodes++; goal.Nodes == 1 || d < goal.Distance {
					goal.Distance = d
				}
			}
		}
		if goal.Nodes > 0 {
			goal.Dominators, goal.Unavoidable = g.Dominators(established), g.Unavoidable(established)
			s.Goals = append(s.Goals, goal)
		}
	}
	return s
}

// established reports whether both sides are, after a handshake of one kind.
func (g *States) established(node int, kind spec.Shortening) bool {
	c, s := &g.State[node].Client, &g.State[node].Server
	return c.State == spec.Established && s.State == spec.Established && c.Resumed == kind && s.Resumed == kind
}

// String returns the summary as lines of text.
func (s Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d nodes, %d edges, %d loops\n", s.Nodes, s.Edges, s.Loops)
	fmt.Fprintf(&b, "nodes by distance: %s\n", strings.Trim(fmt.Sprint(s.ByDistance), "[]"))
	fmt.Fprintf(&b, "edges out of a node: %.2f, deviation %.2f, at most %d; %d ends\n", s.Degrees.Mean, s.Degrees.Deviation, s.Degrees.Max, s.Degrees.Ends)
	for _, goal := range s.Goals {
		fmt.Fprintf(&b, "%s: established in %d nodes, %d edges away; %d nodes are on every way; every way passes\n",
			goal.Kind, goal.Nodes, goal.Distance, len(goal.Dominators))
		for _, label := range goal.Unavoidable {
			fmt.Fprintf(&b, "    %s\n", label)
		}
	}
	return b.String()
}

// Name returns a node's state in one line.
func (g *States) Name(node int) string { return g.State[node].String() }

// Short returns what the client and the server wait for in a node.
func (g *States) Short(node int) string {
	s := &g.State[node]
	return s.Client.State.String() + " | " + s.Server.State.String()
}

// TooLarge says that a graph has more nodes than it was to have.
type TooLarge struct{ Max int }

// Error says what to do about it.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("graph: more than %d states; fix more of the scenario, or leave it to the explorer", e.Max)
}
