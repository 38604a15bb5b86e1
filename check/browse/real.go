package browse

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Real is a path that the implementation has gone.
type Real struct {
	Scenario string     `json:"scenario"` // nothing open
	Steps    []RealStep `json:"steps"`
	Agreed   int        `json:"agreed"` // steps on which model and implementation agree
	// Difference is the first one, where there is one.
	Difference *Difference `json:"difference,omitempty"`
	// Waits: the implementation waits for the rest of what garbage seems to begin,
	// as it may; nothing is compared from there on.
	Waits   bool   `json:"waits,omitempty"`
	Secrets []Part `json:"secrets"` // the master secrets at the end
}

// RealStep is one step of both.
type RealStep struct {
	Name    string       `json:"name"`
	Label   string       `json:"label"`
	Role    string       `json:"role"`
	Model   []string     `json:"model"` // what the model sends, as symbols
	Records []RealRecord `json:"records"`
}

// RealRecord is a record on the wire.
type RealRecord struct {
	From     string `json:"from"`
	Messages string `json:"messages"`        // in it, with the secret that seals them
	Octets   string `json:"octets"`          // hexadecimal
	Clear    string `json:"clear,omitempty"` // the decrypted content, where it was sealed
	Parts    []Part `json:"parts"`           // of the octets, or of the content where it was sealed
}

// Part is a field of what stands before it in octets.
type Part struct {
	Name   string `json:"name"`
	At     int    `json:"at"`
	Length int    `json:"length"`
	Value  string `json:"value"`
	Depth  int    `json:"depth"` // in the structure
}

// seed is what the randomness of a run follows from: the same place shows the
// same octets.
const seed = 1

// actual runs the path in the implementation.
func (w *walk) actual() (*Real, error) {
	run := harness.NewRun()
	defer run.Pair.End()
	if err := w.begin(run, func(int) int { return 0 }); err != nil {
		return nil, err
	}
	ran := &Real{Scenario: model.ScenarioString(run.Scenario()), Steps: []RealStep{}, Secrets: []Part{}}
	var records []harness.Record
	run.Pair.Records = func(r harness.Record) { records = append(records, r) }
	observed := w.sys.ObservePath(w.first, w.steps)
	for i, s := range w.steps {
		records = nil
		before := run.Pair.Waiting(s.Action.To)
		err := run.FollowOne(s.Action)
		step := RealStep{
			Name: s.Action.String(), Label: label(w.sys, w.at(i), s.Action), Role: s.Action.Event.Role().String(), Model: []string{}, Records: []RealRecord{},
		}
		for _, sent := range observed[i].Sent {
			step.Model = append(step.Model, sent.Line(observed[i].Role)[len("C->S "):])
		}
		for _, r := range records {
			step.Records = append(step.Records, realRecord(r))
		}
		if s.Action.Event.Role() == spec.Attacker {
			step.Records = append(step.Records, made(before, run.Pair.Waiting(s.Action.To), s.Action.To)...)
		}
		ran.Steps = append(ran.Steps, step)
		if ran.Difference, err = differenceOf(err); err != nil || ran.Difference != nil {
			return ran, err
		}
		if ran.Waits = run.Over(); ran.Waits {
			return ran, nil
		}
		ran.Agreed++
	}
	for _, r := range []spec.Role{spec.Client, spec.Server} {
		if _, master := run.Pair.KeyLog(r); master != nil {
			ran.Secrets = append(ran.Secrets, Part{Name: r.String() + "'s master secret", Length: len(master), Value: hex.EncodeToString(master)})
		}
	}
	return ran, nil
}

// begin begins a run in one of the scenarios that the walk's end stands for.
func (w *walk) begin(run *harness.Run, pick func(n int) int) error {
	o, err := w.setting.options()
	if err != nil {
		return err
	}
	o.Fix = w.sys.Complete(w.end(), pick)
	sys, err := model.New(o)
	if err != nil {
		return err
	}
	return run.Begin(sys, seed)
}

// differenceOf returns the difference that an error of a run is, and the error
// if it is none.
func differenceOf(err error) (*Difference, error) {
	var d *harness.Difference
	if errors.As(err, &d) {
		return &Difference{Action: d.Action, Field: d.Field, Here: d.Model, There: d.Impl}, nil
	}
	return nil, err
}

// made returns the record that the attacker has put at the head of a stream.
func made(before, after [][]byte, to spec.Role) []RealRecord {
	if len(after) == 0 || len(after[0]) == 0 || len(after) < len(before) || len(before) > 0 && len(after) == len(before) && bytes.Equal(before[0], after[0]) {
		return nil
	}
	return []RealRecord{{
		From: spec.Attacker.String(), Messages: "to the " + to.String(), Octets: hex.EncodeToString(after[0]), Parts: dissectRecord(after[0]),
	}}
}

func realRecord(r harness.Record) RealRecord {
	rec := RealRecord{From: r.From.String(), Octets: hex.EncodeToString(r.Octets), Parts: dissectRecord(r.Octets)}
	sealed := false
	for i, s := range r.Sent {
		if i > 0 {
			rec.Messages += ", "
		}
		rec.Messages += s.Line(r.From)[len("C->S "):]
		sealed = sealed || s.Keyed != spec.NoSecret
	}
	if sealed {
		rec.Clear, rec.Parts = hex.EncodeToString(r.Content), dissectContent(spec.ContentType(r.Octets[0]), r.Content)
	}
	return rec
}

// Visits is what the implementation's runs have seen of a graph.
type Visits struct {
	Runs    int   `json:"runs"`
	Steps   int   `json:"steps"`
	Nodes   []int `json:"nodes"`   // that were visited
	Differs int   `json:"differs"` // runs that ended with a difference to the model
}

// runsMost is how many runs are made for a graph.
const runsMost = 60

// visits lets the implementation run through a system in random schedules and
// scenarios, and returns the states in which it has been, beside the model.
func (r *reached) visits(s Setting, stop func() bool) (*Visits, error) {
	rnd := rand.New(rand.NewPCG(seed, seed))
	v, run := &Visits{Nodes: []int{}}, harness.NewRun()
	defer run.Pair.End()
	been := map[int]bool{0: true}
	for v.Runs = 0; v.Runs < runsMost && !stop(); v.Runs++ {
		w := newWalk(s, r.sys)
		if err := w.begin(run, rnd.IntN); err != nil {
			return nil, err
		}
		for enabled := run.Enabled(); len(enabled) > 0; enabled = run.Enabled() {
			a := drawn(enabled, rnd)
			wide, ok := r.sys.Widened(w.end(), a)
			if !ok {
				return nil, fmt.Errorf("browse: the system has no %v in %v", a, w.end())
			}
			d, err := differenceOf(run.Step(a))
			if err != nil {
				return nil, err
			}
			if d != nil {
				v.Differs++
			}
			if run.Over() {
				break
			}
			v.Steps++
			w.follow([]model.Action{wide})
			if n, ok := r.index[w.end()]; ok {
				been[n] = true
			}
		}
	}
	for n := range been {
		v.Nodes = append(v.Nodes, n)
	}
	slices.Sort(v.Nodes)
	return v, nil
}

// drawn is one of the actions that are enabled. The attacker's are many, and end
// most handshakes: one time in four it is one of them.
func drawn(enabled []model.Action, rnd *rand.Rand) model.Action {
	own := slices.IndexFunc(enabled, func(a model.Action) bool { return a.Event.Role() == spec.Attacker })
	if own > 0 && rnd.IntN(4) > 0 {
		enabled = enabled[:own]
	}
	return enabled[rnd.IntN(len(enabled))]
}
