package phase2

import (
	"context"
	"fmt"
	"strings"

	model "github.com/sesame-tls/sesame/model/phase2"
	"github.com/sesame-tls/sesame/spec"
)

// driver performs the model's actions on real sides.
type driver interface {
	do(a model.Action, from, to *model.State, said model.Message) error
}

// Difference is a step on which model and implementation disagree.
type Difference struct {
	Conversation string
	Err          error
}

// Error tells the whole conversation and the difference.
func (d *Difference) Error() string { return d.Conversation + d.Err.Error() }

// Unwrap returns the difference alone.
func (d *Difference) Unwrap() error { return d.Err }

// Bench has what all walks share: keys, users and a model. It is not safe for
// concurrent use.
type Bench struct {
	world *world
	sys   *model.System
	start []model.State
	// Steps counts the steps that were compared.
	Steps int
}

// NewBench returns a bench for a budget of the attacker on the wire, 0 to 2. A
// mutant of the model, by its name, is for tests; "" is none.
func NewBench(budget int, mutant string) (*Bench, error) {
	sys, err := model.New(model.Options{
		Budget: budget, Mutant: mutant, Attackers: []model.Attacker{model.OnTheWire, model.IsServer, model.IsPeer},
	})
	if err != nil {
		return nil, err
	}
	w, err := newWorld()
	if err != nil {
		return nil, err
	}
	b := &Bench{world: w, sys: sys}
	for _, st := range sys.Initial() {
		// A session's tunnel is as good as a certificate's to who is in it.
		if st.Attacker == model.OnTheWire || sys.Scenario(&st).Tunnel != spec.SessionTunnel {
			b.start = append(b.start, st)
		}
	}
	return b, nil
}

// maxSteps bounds a walk: an attacker that is a side may go on for ever.
const maxSteps = 24

// Walk drives one random run. Pick returns a number below n. A [*Difference] is
// returned where the two disagree.
func (b *Bench) Walk(pick func(n int) int) error {
	st := b.start[pick(len(b.start))]
	sc := b.sys.Scenario(&st)
	altered := st.Attacker == model.OnTheWire && st.Budget > 0 && pick(4) == 0
	var text strings.Builder
	fmt.Fprintf(&text, "phase2 %s attacker=%v\n----\n", model.ScenarioString(sc), st.Attacker)
	d, err := b.driver(&st, sc, altered)
	if err != nil {
		return &Difference{text.String(), err}
	}
	for range maxSteps {
		actions := b.allowed(&st, altered)
		if len(actions) == 0 {
			break
		}
		a := b.choose(&st, actions, pick)
		to, _, said := b.sys.Do(&st, a)
		fmt.Fprintf(&text, "%v -> %v\n", a, said)
		b.Steps++
		if err := d.do(a, &st, &to, said); err != nil {
			return &Difference{text.String(), err}
		}
		st = to
	}
	return nil
}

// choose picks an action. Most lead to the end at once, so that three times in
// four it is one that does not.
func (b *Bench) choose(st *model.State, actions []model.Action, pick func(n int) int) model.Action {
	if pick(4) > 0 {
		var on []model.Action
		for _, a := range actions {
			to, _, _ := b.sys.Do(st, a)
			if to.Peer.State < spec.Phase2Failing && to.Server.State < spec.Phase2Failing {
				on = append(on, a)
			}
		}
		if len(on) > 0 {
			actions = on
		}
	}
	return actions[pick(len(actions))]
}

func (b *Bench) driver(st *model.State, sc *spec.Phase2, altered bool) (driver, error) {
	switch st.Attacker {
	case model.IsServer:
		return b.world.newRogue(spec.Server, sc)
	case model.IsPeer:
		return b.world.newRogue(spec.Client, sc)
	}
	w, err := b.world.newWire(sc, altered)
	if err != nil {
		return nil, err
	}
	if err := w.side[spec.Server].heard(st.ToPeer); err != nil {
		return nil, err
	}
	return w, nil
}

// allowed is what can happen. Start has come before the second phase, so that
// its alteration comes first if it is to come at all.
func (b *Bench) allowed(st *model.State, altered bool) (kept []model.Action) {
	all := b.sys.Actions(nil, st)
	alter := altered && !st.Peer.Rolled
	for _, a := range all {
		if (a.Kind == model.AlterVersion) == alter {
			kept = append(kept, a)
		}
	}
	return kept
}

// Drive runs n walks, and stops at the first difference. It returns how many
// steps were compared.
func Drive(ctx context.Context, b *Bench, n int, pick func(n int) int, progress func(done int)) (steps int, err error) {
	before := b.Steps
	for i := range n {
		if err := ctx.Err(); err != nil {
			return b.Steps - before, err
		}
		if err := b.Walk(pick); err != nil {
			return b.Steps - before, err
		}
		if i%64 == 0 {
			progress(i)
		}
	}
	return b.Steps - before, nil
}
