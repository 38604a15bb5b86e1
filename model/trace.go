package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/sesame-tls/sesame/spec"
)

// Trace is a path that can be stored and walked again: the system, the
// scenario as far as the path has chosen it, and the actions.
type Trace struct {
	Profile  string   `json:"profile"`
	Mutant   string   `json:"mutant,omitempty"`
	Budget   int      `json:"budget"`
	Scenario string   `json:"scenario"` // as ScenarioString writes it
	Actions  []string `json:"actions"`  // as Action.String writes them
	Property string   `json:"property,omitempty"`
}

// trace stores a path.
func (s *System) trace(property string, path []Step) *Trace {
	t := &Trace{Profile: s.options.Profile.Name, Mutant: s.options.Mutant, Budget: s.options.Budget, Property: property}
	for _, step := range path {
		t.Actions = append(t.Actions, step.Action.String())
	}
	if len(path) > 0 {
		t.Scenario = ScenarioString(path[len(path)-1].To.space.scenario())
	}
	return t
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

// Replayed is a trace that has been walked again.
type Replayed struct {
	Chart    string
	Violated []string // the properties that the path violates
}

// Replay walks a trace. It fails where an action is not possible, and says
// which would have been.
func Replay(t Trace) (*Replayed, error) {
	profile, err := spec.ProfileByName(t.Profile)
	if err != nil {
		return nil, err
	}
	fix, err := ParseScenario(t.Scenario)
	if err != nil {
		return nil, err
	}
	sys, err := New(Options{Profile: profile, Mutant: t.Mutant, Budget: t.Budget, Fix: fix})
	if err != nil {
		return nil, err
	}
	first := sys.Initial()[0]
	r := &replay{sys: sys, actions: t.Actions}
	if !r.from(first) {
		return nil, fmt.Errorf("model: action %d, %q, is not possible; possible are %q", r.deepest+1, t.Actions[r.deepest], r.instead)
	}
	return &Replayed{Chart: sys.Chart(first, r.path), Violated: sys.violatedOn(first, r.path)}, nil
}

// replay looks for the path: where dimensions are still open, an action stands
// in several branches.
type replay struct {
	sys     *System
	actions []string
	path    []Step
	deepest int
	instead []string
}

func (r *replay) from(st State) bool {
	n := len(r.path)
	if n == len(r.actions) {
		return true
	}
	enabled := r.sys.Enabled(st)
	for _, a := range enabled {
		if a.String() != r.actions[n] {
			continue
		}
		next := r.sys.Next(st, a)
		r.path = append(r.path, Step{Action: a, To: next})
		if r.from(next) {
			return true
		}
		r.path = r.path[:n]
	}
	if n >= r.deepest {
		r.deepest, r.instead = n, nil
		for _, a := range enabled {
			r.instead = append(r.instead, a.String())
		}
	}
	return false
}

// violatedOn returns the names of the properties that a path violates.
func (s *System) violatedOn(at State, path []Step) []string {
	found := s.judgeState(&at).Violated
	for _, step := range path {
		x := s.perform(at, step.Action)
		found |= s.judgeEdge(&at, x).Violated
		at = step.To
		found |= s.judgeState(&at).Violated
	}
	var names []string
	for i, name := range propertyNames() {
		if found>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return names
}
