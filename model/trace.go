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
