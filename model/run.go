package model

import (
	"errors"
	"fmt"
	"time"

	"github.com/sesame-tls/sesame/model/explore"
)

// RunOptions say how a system is explored, not which.
type RunOptions struct {
	Workers   int   // 0: one for each processor
	MaxMemory int64 // octets; 0: 1 GiB
	First     bool  // stop after the first level that violates a property
	Bare      bool  // without properties
	Progress  func(explore.Progress)
}

// Report is what an exploration has found. Its JSON form is the output of
// sesame model explore --json.
type Report struct {
	Profile     string  `json:"profile"`
	Mutant      string  `json:"mutant,omitempty"`
	Budget      int     `json:"budget"`
	States      int     `json:"states"`      // distinct
	Transitions int     `json:"transitions"` // distinct (state, action, state)
	Depth       int     `json:"depth"`       // edges on the longest shortest path
	Octets      float64 `json:"octets_per_state"`
	Workers     int     `json:"workers"`
	Seconds     float64 `json:"seconds"`
	Properties  []Row   `json:"properties"`
}

// Verdict is what became of a property: "holds", "violated", or "vacuous" where
// no reachable state or transition met its premise.
type Verdict string

// The verdicts.
const (
	Holds    Verdict = "holds"
	Violated Verdict = "violated"
	Vacuous  Verdict = "vacuous"
)

// Row is one property in a Report.
type Row struct {
	Name           string   `json:"name"`
	Verdict        Verdict  `json:"verdict"`
	Checked        int      `json:"checked"` // states or transitions that met the premise
	Violations     int      `json:"violations,omitempty"`
	Requirements   []string `json:"requirements"`
	Counterexample string   `json:"counterexample,omitempty"` // a shortest one, as a chart
}

// Violated returns the names of the properties that do not hold.
func (r *Report) Violated() []string {
	var names []string
	for _, row := range r.Properties {
		if row.Verdict == Violated {
			names = append(names, row.Name)
		}
	}
	return names
}

// Run explores the system that o describes and says what holds. A property
// whose premise no state or transition meets is in the report as vacuous.
func Run(o Options, ro RunOptions) (*Report, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(properties))
	for i, p := range properties {
		names[i] = p.Name
	}
	eo := explore.Options{Workers: ro.Workers, MaxMemory: ro.MaxMemory, First: ro.First, Progress: ro.Progress}
	if !ro.Bare {
		eo.Properties = names
	}
	began := time.Now()
	res, err := explore.Run(func() explore.System[State] { return newExplorer(sys, !ro.Bare) }, eo)
	if err != nil {
		return nil, err
	}
	rep := &Report{
		Profile: sys.options.Profile.Name, Mutant: o.Mutant, Budget: o.Budget, States: res.States,
		Transitions: res.Transitions, Depth: res.Depth, Octets: float64(res.Octets) / float64(res.States),
		Workers: res.Workers, Seconds: time.Since(began).Seconds(),
	}
	for i, p := range res.Properties {
		row := Row{Name: p.Name, Verdict: Holds, Checked: p.Checked, Violations: p.Violated, Requirements: properties[i].Requirements}
		switch {
		case p.Violated > 0:
			row.Verdict = Violated
			path, err := sys.steps(p.Counterexample)
			if err != nil {
				return nil, err
			}
			row.Counterexample = sys.Chart(p.Counterexample.States[0], path)
		case p.Checked == 0:
			row.Verdict = Vacuous
		}
		rep.Properties = append(rep.Properties, row)
	}
	return rep, nil
}

// explorer is a System as package explore wants it.
type explorer struct {
	x      exec
	from   State
	judge  bool
	emit   func(explore.Transition[State])
	onMove func(move)
	onNext func()
	move   move
}

func newExplorer(s *System, judge bool) *explorer {
	e := &explorer{x: exec{sys: s}, judge: judge}
	// The closures are made once, so that a state costs no allocation.
	e.onNext = func() {
		t := explore.Transition[State]{To: e.x.st, Label: e.move.label()}
		if e.judge {
			t.Verdict = e.x.sys.judgeEdge(&e.from, &e.x)
		}
		e.emit(t)
	}
	e.onMove = func(m move) {
		e.move = m
		e.x.run(&e.from, m, e.onNext)
	}
	return e
}

func (e *explorer) Initial(emit func(State)) {
	for _, st := range e.x.sys.Initial() {
		emit(st)
	}
}

func (e *explorer) Expand(st State, emit func(explore.Transition[State])) (v explore.Verdict) {
	e.from, e.emit = st, emit
	e.x.sys.moves(&e.from, e.onMove)
	if e.judge {
		v = e.x.sys.judgeState(&e.from)
	}
	return v
}

// label packs a move into a number.
func (m move) label() uint64 {
	l := uint64(m.kind) | uint64(m.to)<<8 | uint64(m.sym)<<16 | uint64(m.change)<<24
	if m.splice {
		l |= 1 << 32
	}
	return l
}

// steps turns a path of the explorer into actions.
func (s *System) steps(p *explore.Path[State]) ([]Step, error) {
	var steps []Step
	for i, label := range p.Labels {
		step, ok := s.step(p.States[i], p.States[i+1], label)
		if !ok {
			return nil, fmt.Errorf("model: no action leads from %v to %v", p.States[i], p.States[i+1])
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// step finds the action with a label that leads from one state to another.
func (s *System) step(from, to State, label uint64) (Step, bool) {
	for _, a := range s.Enabled(from) {
		if a.move.label() == label && s.Next(from, a) == to {
			return Step{Action: a, To: to}, true
		}
	}
	return Step{}, false
}

// Err returns an error that names the properties that are violated or vacuous,
// and nil where every property has been exercised and holds.
func (r *Report) Err() error {
	var errs []error
	for _, row := range r.Properties {
		switch row.Verdict {
		case Violated:
			errs = append(errs, fmt.Errorf("model: %s is violated", row.Name))
		case Vacuous:
			errs = append(errs, fmt.Errorf("model: %s was never exercised", row.Name))
		}
	}
	return errors.Join(errs...)
}
