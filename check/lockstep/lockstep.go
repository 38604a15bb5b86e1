package lockstep

import (
	"context"
	"hash/maphash"
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
	// Progress, if set, is told after each scenario how many there were.
	Progress func(done int)
}

// Tally is what a driver has done.
type Tally struct {
	Scenarios int // handshakes, failed ones among them
	Steps     int
	Edges     int // distinct transitions of the model, of all scenarios
	Attacks   int // moves of the attacker
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
	seed    maphash.Seed
	failure *Failure
	quiet   bool // the tally rests: a failure is being shrunk
}

func newDriver(ctx context.Context, o Options) *driver {
	d := &driver{ctx: ctx, options: o, run: harness.NewRun(), edges: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
	d.run.Pair.Bend = o.Bend
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
	return d.run.Begin(sys, d.options.Seed+uint64(variant))
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
	}
	return d.run.Step(a)
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
// moves are many, so that they share a quarter of the chances while there is
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
	for _, some := range [][]model.Action{own, plays} {
		if len(some) > 0 && (len(some) == len(all) || pick(4) < 3) {
			return some[pick(len(some))]
		}
	}
	if len(others) == 0 {
		others = all
	}
	return others[pick(len(others))]
}

// system returns the system of one scenario.
func (d *driver) system(sc spec.Scenario, budget int) (*model.System, error) {
	return model.New(model.Options{Fix: sc, Budget: budget, Mutant: d.options.Mutant})
}
