package tour

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
)

//go:embed undriven.txt
var undriven string

// mostUndriven: one edge in so many may be impossible to drive.
const mostUndriven = 1000

// listed reads the edges of undriven.txt, with their reasons.
func listed(text string) (map[string]string, error) {
	all := map[string]string{}
	for n, line := range slices.Collect(strings.Lines(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		edge, reason, found := strings.Cut(line, " # ")
		if !found || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("tour: undriven.txt:%d: an edge without a reason: end the line with \" # \" and one", n+1)
		}
		all[strings.TrimSpace(edge)] = reason
	}
	return all, nil
}

// way returns the edges from the first state to the end of one, along the first
// of the paths that takes it; the edge alone where none does.
func (t *Tour) way(edge int32) []int32 {
	for _, path := range t.paths {
		if k := slices.Index(path, edge); k >= 0 {
			return path[:k+1]
		}
	}
	return []int32{edge}
}

// name writes an edge as undriven.txt has it.
func (t *Tour) name(way []int32) string {
	var steps []string
	for _, e := range way {
		steps = append(steps, t.graph.Action[e].String())
	}
	sc := t.system.Scenario(t.graph.State[t.graph.Head(int(way[len(way)-1]))])
	return fmt.Sprintf("budget=%d %s: %s", t.Budget, model.ScenarioString(sc), strings.Join(steps, ", "))
}

// find returns the edges that have one of some names.
func (t *Tour) find(names map[string]string) map[int32]string {
	found, seen := map[int32]string{}, newCoverage(t)
	for _, path := range t.paths {
		for k, e := range path {
			if len(names) == 0 || seen.edges[e] {
				continue
			}
			seen.edge(e)
			if reason := names[t.name(path[:k+1])]; reason != "" {
				found[e] = reason
			}
		}
	}
	return found
}

// hold holds what was driven against what must be, but for the edges that are
// known to be impossible, each of which has to be so.
func (p *plan) hold(driven *coverage, known map[int32]string) error {
	if len(known)*mostUndriven > p.tour.edges() {
		return ladder.Differ("budget %d: %d of %d edges are in undriven.txt, more than one in %d", p.tour.Budget, len(known), p.tour.edges(), mostUndriven)
	}
	var left []int32
	for e, must := range p.must().edges {
		switch {
		case must && !driven.edges[e]:
			left = append(left, int32(e))
		case must && known[int32(e)] != "":
			return ladder.Differ("an edge can be driven, strike it from undriven.txt:\n%s", p.tour.name(p.tour.way(int32(e))))
		}
	}
	for _, e := range left {
		if known[e] == "" {
			return ladder.Differ("budget %d: %d of %d edges were not driven; undriven.txt does not have\n%s",
				p.tour.Budget, len(left), p.tour.edges(), p.tour.name(p.tour.way(e)))
		}
	}
	return nil
}
