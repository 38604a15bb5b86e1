package lockstep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/phase2"
	"github.com/sesame-tls/sesame/model"
)

// Rung is lockstep on the ladder.
var Rung = ladder.Rung{
	Name:  "lockstep",
	Shows: "under random scenarios, schedules and attacks, every observable of the implementation is the model's",
	Run:   climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	scenarios := 20000
	if r.Long {
		scenarios *= 10
	}
	parts := []struct {
		name  string
		drive func(context.Context, Options) (Tally, error)
		share int // so that they end together: gopter is slower
		met   Met
		tally Tally
		err   error
	}{{name: "rapid", drive: Rapid, share: scenarios * 3 / 4}, {name: "gopter", drive: Gopter, share: scenarios / 4}}
	var done atomic.Int64
	together, stop := context.WithCancel(ctx)
	defer stop()
	atonce.Each(len(parts), len(parts), func(i int) {
		p := &parts[i]
		p.tally, p.err = p.drive(together, Options{
			Seed:      r.Rand(p.name).Uint64()>>8 + uint64(r.Shard.Index)<<40,
			Scenarios: p.share / r.Shard.Count,
			Met:       &p.met,
			Progress: func(int) {
				if n := int(done.Add(1)); n%16 == 0 {
					r.Progress(n, scenarios/r.Shard.Count, "random scenarios")
				}
			},
		})
		if p.err != nil {
			stop() // what one has found is enough
		}
	})
	var met Met
	var found, other error
	for i := range parts {
		p := &parts[i]
		r.Count(p.name+" scenarios", p.tally.Scenarios)
		r.Count("steps", p.tally.Steps)
		r.Count("attacks", p.tally.Attacks)
		r.Count(p.name+" edges", p.tally.Edges)
		cover(r, p.name, p.tally)
		switch failure := (*Failure)(nil); {
		case errors.As(p.err, &failure):
			found = errors.Join(found, harness.Report(r, p.err))
		case p.err != nil && !errors.Is(p.err, context.Canceled):
			other = errors.Join(other, p.err)
		}
		met.join(&p.met)
	}
	if err := cmp.Or(found, other, ctx.Err()); err != nil {
		return err
	}
	if err := complete(ctx, r, &met); err != nil {
		return harness.Report(r, err)
	}
	return climbPhase2(ctx, r)
}

// cover notes which share of the model's edges a driver has taken.
func cover(r *ladder.Run, name string, tally Tally) {
	entries, err := model.Manifest()
	for budget, n := range tally.Covered {
		if e, known := model.Find(entries, "rfc", budget, ""); err == nil && known {
			r.Notef("%s: %.1f %% of %d edges of the model at budget %d", name, 100*float64(n)/float64(e.Transitions), e.Transitions, budget)
		}
	}
}

// complete seeks the moves that have not been met by chance, and holds what has
// been met against all there is. A shard is too small for that.
func complete(ctx context.Context, r *ladder.Run, met *Met) error {
	moves, err := Moves()
	if err != nil {
		return err
	}
	n, missing := met.Of(moves)
	r.Notef("%d of %d moves of the attacker were met by chance, the others were sought", n, len(moves))
	if err := Seek(ctx, Options{Seed: r.Seed, Met: met}, missing); err != nil {
		return err
	}
	for _, all := range []struct {
		what string
		have []string
	}{{"values of dimensions", Values()}, {"events", Events()}, {"moves of the attacker", moves}} {
		n, missing := met.Of(all.have)
		r.Count(all.what, n)
		if len(missing) > 0 && r.Shard.Count == 1 {
			return ladder.Differ("of the %s these never occurred: %q", all.what, missing)
		}
	}
	return nil
}

// climbPhase2 is the same for EAP-FAST's second phase.
func climbPhase2(ctx context.Context, r *ladder.Run) error {
	walks := 3000
	if r.Long {
		walks *= 20
	}
	const budgets = 3
	n := walks / budgets / r.Shard.Count
	var steps [budgets]int
	var done atomic.Int64
	err := atonce.Do(runtime.GOMAXPROCS(0), budgets, func(budget int) error {
		b, err := phase2.NewBench(budget, "")
		if err != nil {
			return err
		}
		rng := r.Rand(fmt.Sprintf("phase2 %d %d", budget, r.Shard.Index))
		steps[budget], err = phase2.Drive(ctx, b, n, rng.IntN, func(int) { r.Progress(int(done.Add(1)), budgets*n, "phase 2") })
		return err
	})
	for _, n := range steps {
		r.Count("phase-2 steps", n)
	}
	if d := (*phase2.Difference)(nil); errors.As(err, &d) {
		return ladder.Differ("%v", d)
	}
	if err != nil {
		return err
	}
	r.Count("phase-2 scenarios", budgets*n)
	return nil
}
