package lockstep

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"hash/maphash"
	"os"
	"path/filepath"
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
type Failure struct {
	Driver   string
	Seed     uint64 // of the endpoints
	Scenario spec.Scenario
	Script   string // the actions, as [harness.Run.Play] reads them
	Err      error  // a [*harness.Difference], unless the harness itself failed
}

// Error tells the conversation and the difference.
func (f *Failure) Error() string {
	return fmt.Sprintf("%s: model and implementation differ\n%v", f.Driver, f.Err)
}

// Unwrap returns Err.
func (f *Failure) Unwrap() error { return f.Err }

// Save writes the failure into a folder as a conversation for package
// datadriven, with what the model says of it as the expected result. It returns
// the file's name.
func (f *Failure) Save(dir string) (string, error) {
	told, err := harness.Tell(f.Scenario, f.Script)
	if err != nil {
		return "", err
	}
	command := fmt.Sprintf("handshake seed=%d", f.Seed)
	if words := harness.Distinctive(f.Scenario); words != "" {
		command += " " + words
	}
	text := command + "\n" + f.Script + "----\n" + told
	sum := fnv.New32a()
	sum.Write([]byte(text))
	name := filepath.Join(dir, fmt.Sprintf("found-%08x.txt", sum.Sum32()))
	return name, os.WriteFile(name, []byte(text), 0o644)
}

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
	f := &Failure{Driver: name, Seed: d.run.Seed(), Scenario: d.run.Scenario(), Script: d.run.Script(), Err: err}
	d.failure = f
	return f
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

// isDifference reports whether err is what a driver looks for, and not a defect
// of the harness.
func isDifference(err error) bool {
	var d *harness.Difference
	return errors.As(err, &d)
}
