package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Trace is a path that can be stored and walked again: the system, the
// scenario as far as the path has chosen it, and the actions.
type Trace struct {
	Profile  string   `json:"profile"`
	Mutant   string   `json:"mutant,omitempty"`
	Budget   int      `json:"budget"`
	Open     string   `json:"open,omitempty"` // a role: its machine alone
	Scenario string   `json:"scenario"`       // as ScenarioString writes it
	Actions  []string `json:"actions"`        // as Action.String writes them, or what an open machine reads
	Property string   `json:"property,omitempty"`
}

// Path is a path in full: its states, and the action that led to each but the
// first.
type Path struct {
	States  []State
	Actions []string
	// Loop is the state that the path goes on from after its last one; -1: none.
	Loop int
}

// pathOf returns a path from a state.
func pathOf(first State, steps []Step) *Path {
	p := &Path{States: []State{first}, Loop: -1}
	for _, s := range steps {
		p.States, p.Actions = append(p.States, s.To), append(p.Actions, s.Action.String())
	}
	return p
}

// around returns a path that ends where it has been before, without that end.
func (p *Path) around() *Path {
	last := len(p.States) - 1
	for i, st := range p.States[:last] {
		if st == p.States[last] {
			return &Path{States: p.States[:last], Actions: p.Actions[:last-1], Loop: i}
		}
	}
	return p
}

// pathOfChoices returns a path from a state of an open machine.
func pathOfChoices(first State, path []choice) *Path {
	p := &Path{States: []State{first}, Loop: -1}
	for _, c := range path {
		p.States, p.Actions = append(p.States, c.to), append(p.Actions, c.name)
	}
	return p
}

// trace stores a path from a state.
func (s *System) trace(property string, first State, path []Step) *Trace {
	last := first
	if len(path) > 0 {
		last = path[len(path)-1].To
	}
	t := s.newTrace(property, last)
	for _, step := range path {
		t.Actions = append(t.Actions, step.Action.String())
	}
	return t
}

// newTrace returns the trace of a path to last, without its actions.
func (s *System) newTrace(property string, last State) *Trace {
	return &Trace{
		Profile: s.options.Profile.Name, Mutant: s.options.Mutant, Budget: s.options.Budget, Property: property,
		Scenario: ScenarioString(last.space.scenario()),
	}
}

// ReadTraces reads a trace, or those of a report.
func ReadTraces(r io.Reader) ([]Trace, error) {
	var file struct {
		Trace
		Properties []Row `json:"properties"`
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("model: no trace: %w", err)
	}
	if len(file.Actions) > 0 {
		return []Trace{file.Trace}, nil
	}
	var all []Trace
	for _, row := range file.Properties {
		if row.Trace != nil {
			all = append(all, *row.Trace)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("model: neither a trace nor a report with counterexamples")
	}
	return all, nil
}
