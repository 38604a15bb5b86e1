package model

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/model/explore"
)

// RunOptions say how a system is explored, not which.
type RunOptions struct {
	Workers   int   // 0: one for each processor
	MaxMemory int64 // octets; 0: 1 GiB
	NoPaths   bool  // verdicts without counterexamples, in less time
	Attacks   bool  // with the attacks' charts too
	First     bool  // stop after the first level that violates a property
	Bare      bool  // without properties
	Loops     bool  // look for runs that go on for ever as well; about twice the time
	Progress  func(explore.Progress)
	Done      <-chan struct{} // unless nil, ends the run with explore.ErrStopped
}

// engine returns the engine's options.
func (ro RunOptions) engine() explore.Options {
	o := explore.Options{
		Workers: ro.Workers, MaxMemory: ro.MaxMemory, First: ro.First, NoPaths: ro.withoutPaths(), Progress: ro.Progress, Done: ro.Done,
	}
	if !ro.Bare {
		o.Properties = propertyNames()
	}
	return o
}

// withoutPaths are the properties that need no counterexample.
func (ro RunOptions) withoutPaths() explore.Set {
	switch {
	case ro.NoPaths:
		return ^explore.Set(0)
	case ro.Attacks:
		return 0
	}
	return ^explore.Set(0) << len(properties)
}

// Report is what an exploration has found. Its JSON form is the output of
// sesame model explore --json.
type Report struct {
	Profile     string  `json:"profile"`
	Mutant      string  `json:"mutant,omitempty"`
	Budget      int     `json:"budget"`
	Open        string  `json:"open,omitempty"` // the role whose machine was explored alone
	States      int     `json:"states"`         // distinct
	Transitions int     `json:"transitions"`    // distinct (state, action, state)
	Ends        int     `json:"ends"`           // states in which nothing can happen any more
	Depth       int     `json:"depth"`          // edges on the longest shortest path
	Octets      float64 `json:"octets_per_state"`
	Workers     int     `json:"workers"`
	Seconds     float64 `json:"seconds"`
	Properties  []Row   `json:"properties"`
	Attacks     []Row   `json:"attacks,omitempty"` // what has to be found
	Loops       *Loops  `json:"loops,omitempty"`   // with RunOptions.Loops
}

// Loops are the strongly connected components in which a run can go on for
// ever.
type Loops struct {
	Components int    `json:"components"`
	States     int    `json:"states"`        // in all of them
	Run        string `json:"run,omitempty"` // a shortest way into one and once around it, as a chart
	Path       *Path  `json:"-"`             // the same, with its states
}

// loops looks for loops in what has been explored.
func (s *System) loops(res *explore.Result[packed]) (*Loops, error) {
	l, err := res.Loops(func() explore.System[packed] { return newExplorer(s, false) })
	if err != nil || l.Example == nil {
		return &Loops{}, err
	}
	path, err := s.steps(l.Example)
	if err != nil {
		return nil, err
	}
	var first State
	l.Example.States[0].unpack(&first)
	return &Loops{l.Components, l.States, s.Chart(first, path), pathOf(first, path).around()}, nil
}

// Verdict is what became of a property: "holds", "violated", or "vacuous" where
// no reachable state or transition met its premise. Of an attack it is "found"
// or "missing".
type Verdict string

// The verdicts.
const (
	Holds    Verdict = "holds"
	Violated Verdict = "violated"
	Vacuous  Verdict = "vacuous"
	Found    Verdict = "found"
	Missing  Verdict = "missing"
)

// Row is one property in a Report.
type Row struct {
	Name           string   `json:"name"`
	Verdict        Verdict  `json:"verdict"`
	Checked        int      `json:"checked"` // states or transitions that met the premise
	Violations     int      `json:"violations,omitempty"`
	Requirements   []string `json:"requirements"`
	Counterexample string   `json:"counterexample,omitempty"` // a shortest one, as a chart
	Trace          *Trace   `json:"trace,omitempty"`          // the same, to be replayed
	Path           *Path    `json:"-"`                        // the same, with its states
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
// whose premise no state or transition meets is in the report as vacuous; one
// that takes an attacker to exercise is not in the report of a run without.
func Run(o Options, ro RunOptions) (*Report, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	eo := ro.engine()
	eo.States = expected(o)
	began := time.Now()
	res, err := explore.Run(func() explore.System[packed] { return newExplorer(sys, !ro.Bare) }, eo)
	if err != nil {
		return nil, err
	}
	rep := newReport(sys, res, time.Since(began))
	if rep.Properties, rep.Attacks, err = sys.rows(res.Properties); err != nil {
		return nil, err
	}
	if ro.Loops {
		rep.Loops, err = sys.loops(res)
	}
	return rep, err
}

func newReport(sys *System, res *explore.Result[packed], took time.Duration) *Report {
	return &Report{
		Profile: sys.options.Profile.Name, Mutant: sys.options.Mutant, Budget: sys.options.Budget, States: res.States,
		Transitions: res.Transitions, Ends: res.Ends, Depth: res.Depth, Octets: float64(res.Octets) / float64(res.States),
		Workers: res.Workers, Seconds: took.Seconds(),
	}
}

// rows is what a report says about the properties and the attacks. What takes
// an attacker is left out of a run without.
func (s *System) rows(found []explore.Property[packed]) (holds, happens []Row, err error) {
	for i, p := range found {
		var row Row
		if i < len(properties) {
			if p.Checked == 0 && s.options.Budget < properties[i].Budget {
				continue
			}
			row = newRow(i, p)
		} else {
			a := &attacks[i-len(properties)]
			if p.Violated == 0 && (s.options.Budget < a.Budget || a.Endpoint && s.options.WireOnly) {
				continue
			}
			row = Row{Name: a.Name, Verdict: Missing, Checked: p.Violated, Requirements: a.Requirements}
			if p.Violated > 0 {
				row.Verdict = Found
			}
		}
		if p.Counterexample != nil {
			path, err := s.steps(p.Counterexample)
			if err != nil {
				return nil, nil, err
			}
			var first State
			p.Counterexample.States[0].unpack(&first)
			row.Counterexample = s.Chart(first, path)
			row.Trace, row.Path = s.trace(p.Name, first, path), pathOf(first, path)
		}
		if i < len(properties) {
			holds = append(holds, row)
		} else {
			happens = append(happens, row)
		}
	}
	return holds, happens, nil
}

// newRow is the row of property i.
func newRow(i int, p explore.Property[packed]) Row {
	row := Row{Name: p.Name, Verdict: Holds, Checked: p.Checked, Violations: p.Violated, Requirements: properties[i].Requirements}
	switch {
	case p.Violated > 0:
		row.Verdict = Violated
	case p.Checked == 0:
		row.Verdict = Vacuous
	}
	return row
}

// Err returns an error that names the properties that are violated or vacuous,
// the attacks that are missing and what goes on for ever, and nil where every
// property has been exercised and holds.
func (r *Report) Err() error {
	var errs []error
	if r.Loops != nil && r.Loops.Components > 0 {
		errs = append(errs, fmt.Errorf("model: a run goes on for ever:\n%s", r.Loops.Run))
	}
	for _, row := range append(slices.Clone(r.Properties), r.Attacks...) {
		switch row.Verdict {
		case Missing:
			errs = append(errs, fmt.Errorf("model: the attack %s was not found", row.Name))
		case Violated:
			errs = append(errs, fmt.Errorf("model: %s is violated", row.Name))
		case Vacuous:
			errs = append(errs, fmt.Errorf("model: %s was never exercised", row.Name))
		}
	}
	return errors.Join(errs...)
}
