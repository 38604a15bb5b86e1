package phase2

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/model/explore"
)

// Report is what an exploration has found.
type Report struct {
	Budget      int    `json:"budget"`
	Mutant      string `json:"mutant,omitempty"`
	Profile     string `json:"profile"`
	States      int    `json:"states"`
	Transitions int    `json:"transitions"`
	Depth       int    `json:"depth"`
	Properties  []Row  `json:"properties"`
	Attacks     []Row  `json:"attacks"` // expected to be found
}

// Row is what became of one property.
type Row struct {
	Name           string   `json:"name"`
	Verdict        string   `json:"verdict"` // "holds" or "violated"; of an attack, "found" or "not found"
	Checked        int      `json:"checked"`
	Violated       int      `json:"violated,omitempty"`
	Requirements   []string `json:"requirements"`
	Counterexample string   `json:"counterexample,omitempty"` // a shortest one, as a chart
	Path           *Path    `json:"-"`                        // the same, with its states
}

// Path is a path in full: its states, and the action that led to each but the
// first.
type Path struct {
	Scenario string
	States   []State
	Actions  []string
}

// Err returns the first reason for which the report is no pass: a property that
// is violated, or an attack of the profile that is not found. One that was never
// asked is no violation here, since it may take an attacker that was left out.
func (r *Report) Err() error {
	for _, row := range r.Properties {
		if row.Verdict == "violated" {
			return fmt.Errorf("%s is violated:\n%s", row.Name, row.Counterexample)
		}
	}
	for _, row := range r.Attacks {
		if row.Verdict == "not found" && row.Checked > 0 {
			return fmt.Errorf("the attack %s is not found", row.Name)
		}
	}
	return nil
}

// RunOptions steer an exploration.
type RunOptions struct {
	Workers   int   // 0: one for each processor
	MaxMemory int64 // octets; 0: 1 GiB
	Progress  func(explore.Progress)
}

// Run explores a system.
func Run(o Options, ro RunOptions) (*Report, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	res, err := explore.Run(func() explore.System[State] { return &explorer{System: sys} },
		explore.Options{Properties: propertyNames(), Workers: ro.Workers, MaxMemory: ro.MaxMemory, Progress: ro.Progress})
	if err != nil {
		return nil, err
	}
	r := &Report{
		Budget: o.Budget, Mutant: o.Mutant, Profile: cmp.Or(o.Profile, "rfc"),
		States: res.States, Transitions: res.Transitions, Depth: res.Depth,
	}
	for i, p := range res.Properties {
		q := &properties[i]
		verdict := "holds"
		switch {
		case q.Attack && p.Violated > 0:
			verdict = "found"
		case q.Attack:
			verdict = "not found"
		case p.Violated > 0:
			verdict = "violated"
		}
		row := Row{Name: q.Name, Verdict: verdict, Checked: p.Checked, Violated: p.Violated, Requirements: q.Requirements}
		if p.Counterexample != nil {
			row.Counterexample = sys.Chart(p.Counterexample.States, p.Counterexample.Labels)
			row.Path = sys.pathOf(p.Counterexample.States, p.Counterexample.Labels)
		}
		switch {
		case !q.Attack:
			r.Properties = append(r.Properties, row)
		case cmp.Or(q.Profile, r.Profile) == r.Profile:
			r.Attacks = append(r.Attacks, row)
		}
	}
	return r, nil
}

func (s *System) pathOf(states []State, labels []uint64) *Path {
	p := &Path{Scenario: ScenarioString(s.Scenario(&states[0])), States: states}
	for i, label := range labels {
		p.Actions = append(p.Actions, s.Actions(nil, &states[i])[label].String())
	}
	return p
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
