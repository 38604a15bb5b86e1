package model

import (
	"context"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// Replayed is a trace that has been walked again.
type Replayed struct {
	Chart    string
	Violated []string // the properties that the path violates
	Path     *Path
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
	r := &replay{ctx: context.Background(), actions: t.Actions, property: t.Property, choices: sys.choices}
	first := sys.Initial()[0]
	chart := func() string { return sys.Chart(first, r.steps()) }
	if t.Open != "" {
		role, err := openRole(t.Open)
		if err != nil {
			return nil, err
		}
		first, r.choices = sys.openChoices(role)
		chart = func() string { return openChart(role, first, r.path) }
	}
	if r.first = first; !r.from(first) && r.other == nil {
		return nil, r.impossible()
	}
	if len(r.path) == 0 {
		r.path = r.other
	}
	return &Replayed{Chart: chart(), Violated: r.violated(), Path: pathOfChoices(first, r.path)}, nil
}

func openRole(name string) (spec.Role, error) {
	for _, r := range []spec.Role{spec.Client, spec.Server} {
		if r.String() == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("model: no machine is named %q; give Client or Server", name)
}

// Find returns the path from the first state whose actions have these names.
// Where dimensions are still open, an action stands in several branches: it
// prefers a path that violates the property, if one is named. The branches can
// be many; where ctx ends first, the error is the context's.
func (s *System) Find(ctx context.Context, actions []string, property string) ([]Step, error) {
	r := &replay{ctx: ctx, actions: actions, property: property, choices: s.choices, first: s.Initial()[0]}
	if !r.from(r.first) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.other == nil {
			return nil, r.impossible()
		}
		r.path = r.other
	}
	return r.steps(), nil
}

// choice is one transition out of a state, by the name that traces know it by.
type choice struct {
	name     string
	action   Action // not of an open machine
	to       State
	violated explore.Set // by the transition
}

// choices returns the transitions out of a state, and the properties that the
// state itself violates.
func (s *System) choices(st State) (all []choice, violated explore.Set) {
	x := &exec{sys: s}
	s.moves(&st, func(m move) {
		x.run(&st, m, func() {
			c := choice{to: x.st, violated: s.judgeEdge(&st, x).Violated}
			c.action = x.action(m)
			c.name = c.action.String()
			all = append(all, c)
		})
	})
	return all, s.judgeState(&st).Violated
}

// replay looks for a path: where dimensions are still open, an action stands
// in several branches. It prefers one that violates the property.
type replay struct {
	ctx      context.Context
	choices  func(State) ([]choice, explore.Set)
	actions  []string
	property string
	first    State
	path     []choice
	other    []choice // the first path that does not violate it
	deepest  int
	instead  []string
}

func (r *replay) from(st State) bool {
	n := len(r.path)
	if n == len(r.actions) {
		if r.property == "" || slices.Contains(r.violated(), r.property) {
			return true
		}
		if r.other == nil {
			r.other = slices.Clone(r.path)
		}
		return false
	}
	if r.ctx.Err() != nil {
		return false
	}
	all, _ := r.choices(st)
	for _, c := range all {
		if c.name != r.actions[n] {
			continue
		}
		r.path = append(r.path, c)
		if r.from(c.to) {
			return true
		}
		r.path = r.path[:n]
	}
	if n >= r.deepest {
		r.deepest, r.instead = n, nil
		for _, c := range all {
			r.instead = append(r.instead, c.name)
		}
	}
	return false
}

func (r *replay) impossible() error {
	return fmt.Errorf("model: action %d, %q, is not possible; possible are %q", r.deepest+1, r.actions[r.deepest], r.instead)
}

// steps returns the path as actions.
func (r *replay) steps() (steps []Step) {
	for _, c := range r.path {
		steps = append(steps, Step{c.action, c.to})
	}
	return steps
}

// violated returns the names of the properties that the path violates.
func (r *replay) violated() (names []string) {
	_, found := r.choices(r.first)
	for _, c := range r.path {
		_, state := r.choices(c.to)
		found |= c.violated | state
	}
	for i, name := range propertyNames() {
		if found>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return names
}
