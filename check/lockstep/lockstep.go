package lockstep

import (
	"context"
	"hash/maphash"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Options say how much to do, and from which seed.
type Options struct {
	Seed      uint64
	Scenarios int
	// Shrink is how long a failure is made smaller; zero is ten seconds.
	Shrink time.Duration
	// Mutant is a fault planted into the model. It must be found.
	Mutant string
	// Bend falsifies what is observed of the implementation. It must be found.
	Bend func(*spec.Observation)
	// Met, if set, is told what occurs.
	Met *Met
	// Progress, if set, is told after each scenario how many there were.
	Progress func(done int)
}

// Tally is what a driver has done.
type Tally struct {
	Scenarios int // handshakes, failed ones among them
	Steps     int
	Edges     int // distinct transitions of the model, of all scenarios
	// Covered are the edges among them of the model that leaves every scenario
	// open, by the budget: as many as the explorer has transitions.
	Covered [2]int
	Attacks int // moves of the attacker
}

// Failure is a difference between model and implementation.
type Failure = harness.Failure

// driver is what both drivers share: one run at a time, and the tally.
type driver struct {
	ctx     context.Context
	options Options
	run     *harness.Run
	tally   Tally
	edges   map[uint64]struct{}
	open    [2]*model.System // by budget
	covered [2]map[uint64]struct{}
	wide    model.State // where the open system is in the current handshake
	budget  int         // of it
	seed    maphash.Seed
	failure *Failure
	quiet   bool // the tally rests: a failure is being shrunk
}

func newDriver(ctx context.Context, o Options) *driver {
	d := &driver{ctx: ctx, options: o, run: harness.NewRun(), edges: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
	d.run.Pair.Bend = o.Bend
	for budget := range d.open {
		d.covered[budget] = map[uint64]struct{}{}
		d.open[budget], _ = model.New(model.Options{Budget: budget}) // which is a good one
	}
	return d
}

// begin starts a handshake. Its randomness is one of a few: runs that share it
// share their signatures too.
func (d *driver) begin(sys *model.System, variant int) error {
	if !d.quiet {
		d.tally.Scenarios++
		if d.options.Progress != nil {
			d.options.Progress(d.tally.Scenarios)
		}
	}
	err := d.run.Begin(sys, d.options.Seed+uint64(variant))
	if d.budget = int(d.run.State().Budget); d.budget < len(d.open) {
		d.wide = d.open[d.budget].Initial()[0]
	}
	if m := d.options.Met; m != nil && err == nil {
		m.scenario(d.run.Scenario())
	}
	return err
}

// variants is how many different sources of randomness there are.
const variants = 4

// step takes one action and keeps count. A failure is kept too.
func (d *driver) step(a model.Action) error {
	if !d.quiet {
		d.tally.Steps++
		if a.Event.Role() == spec.Attacker {
			d.tally.Attacks++
		}
		d.edges[maphash.Comparable(d.seed, edge{d.run.State(), a})] = struct{}{}
		d.tally.Edges = len(d.edges)
		d.cover(a)
	}
	if m := d.options.Met; m != nil {
		m.action(a)
	}
	return d.run.Step(a)
}

// cover takes the action in the open system, too. A mutant may have one that
// the system has not.
func (d *driver) cover(a model.Action) {
	if d.budget >= len(d.open) || d.options.Mutant != "" {
		return
	}
	sys := d.open[d.budget]
	open, ok := sys.Widened(d.wide, a)
	if !ok {
		panic("lockstep: the open system has no " + a.String() + " in " + d.wide.String())
	}
	d.covered[d.budget][maphash.Comparable(d.seed, edge{d.wide, open})] = struct{}{}
	d.tally.Covered[d.budget] = len(d.covered[d.budget])
	d.wide = sys.Next(d.wide, open)
}

type edge struct {
	from model.State
	by   model.Action
}

// failed keeps what has just failed.
func (d *driver) failed(name string, err error) *Failure {
	d.quiet = true
	d.failure = d.run.Failed(name, err)
	return d.failure
}

// choose takes one of the actions that are enabled in a state. The attacker's
// moves are many, so that they share a fifth of the chances while there is
// another way; and where it plays an endpoint, it mostly goes on with that.
func choose(st model.State, all []model.Action, pick func(n int) int) model.Action {
	var own, plays, others []model.Action
	for _, a := range all {
		switch {
		case a.Event == spec.ClientTimeout, a.Event == spec.ServerTimeout:
			others = append(others, a)
		case a.Event.Role() != spec.Attacker:
			own = append(own, a)
		case !a.Takes && (st.TakenServer && a.To == spec.Client || st.TakenClient && a.To == spec.Server):
			plays = append(plays, a)
		default:
			others = append(others, a)
		}
	}
	for _, some := range []struct {
		actions []model.Action
		of      int // one time in so many it is something else
	}{{own, 5}, {plays, 8}} {
		if n := len(some.actions); n > 0 && (n == len(all) || pick(some.of) > 0) {
			return some.actions[pick(n)]
		}
	}
	if len(others) == 0 {
		others = all
	}
	var kinds []kind
	for _, a := range others {
		if k := kindOf(a); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	k := kinds[pick(len(kinds))]
	others = slices.DeleteFunc(others, func(a model.Action) bool { return kindOf(a) != k })
	return others[pick(len(others))]
}

// kind is what the attacker does, whatever the message.
type kind struct {
	event         spec.Event
	splice, takes bool
}

func kindOf(a model.Action) kind { return kind{a.Event, a.Splice, a.Takes} }

// system returns the system of one scenario.
func (d *driver) system(sc spec.Scenario, budget int) (*model.System, error) {
	return model.New(model.Options{Fix: sc, Budget: budget, Mutant: d.options.Mutant})
}
