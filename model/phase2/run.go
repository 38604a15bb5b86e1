package phase2

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/model/explore"
)

// Report is what an exploration has found.
type Report struct {
	States, Transitions, Depth int
	Properties                 []Row
}

// Row is what became of one property.
type Row struct {
	Property
	Checked, Violated int
	Counterexample    string // a shortest one, as a chart; "" where there is none
}

// Run explores a system.
func Run(o Options, workers int) (*Report, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	res, err := explore.Run(func() explore.System[State] { return &explorer{System: sys} },
		explore.Options{Properties: propertyNames(), Workers: workers, MaxMemory: 4 << 30})
	if err != nil {
		return nil, err
	}
	r := &Report{States: res.States, Transitions: res.Transitions, Depth: res.Depth}
	for i, p := range res.Properties {
		row := Row{Property: properties[i], Checked: p.Checked, Violated: p.Violated}
		if p.Counterexample != nil {
			row.Counterexample = sys.Chart(p.Counterexample.States, p.Counterexample.Labels)
		}
		r.Properties = append(r.Properties, row)
	}
	return r, nil
}

// Chart tells a path as a conversation.
func (s *System) Chart(states []State, labels []uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "phase2 %s attacker=%v\n----\n", ScenarioString(s.Scenario(&states[0])), states[0].Attacker)
	if m := states[0].ToPeer; !m.empty() {
		fmt.Fprintf(&b, "S->P %v\n", m)
	}
	for i, label := range labels {
		from := &states[i]
		a := s.Actions(nil, from)[label]
		_, heard, said := s.Do(from, a)
		switch {
		case a.Kind == PeerReads && !said.empty():
			fmt.Fprintf(&b, "P->S %v\n", said)
		case a.Kind == ServerReads && !said.empty():
			fmt.Fprintf(&b, "S->P %v\n", said)
		case a.Kind == TellPeer:
			fmt.Fprintf(&b, "A->P %v\nP->A %v\n", heard, said)
		case a.Kind == TellServer:
			fmt.Fprintf(&b, "A->S %v\nS->A %v\n", heard, said)
		case a.Kind != PeerReads && a.Kind != ServerReads:
			fmt.Fprintf(&b, "     %v\n", a)
		}
	}
	last := &states[len(states)-1]
	fmt.Fprintf(&b, "peer %v, server %v\n", last.Peer.State, last.Server.State)
	return b.String()
}
