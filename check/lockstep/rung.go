package lockstep

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/phase2"
)

// Rung is lockstep on the ladder.
var Rung = ladder.Rung{
	Name:  "lockstep",
	Shows: "under random scenarios, schedules and attacks, every observable of the implementation is the model's",
	Run:   climb,
}

// saved is where failures are kept, seen from the root of the source.
const saved = "check/testdata/lockstep"

func climb(ctx context.Context, r *ladder.Run) error {
	scenarios := 20000
	if r.Long {
		scenarios *= 20
	}
	done := 0
	for _, part := range []struct {
		name  string
		drive func(context.Context, Options) (Tally, error)
		share int
	}{{"rapid", Rapid, scenarios * 4 / 5}, {"gopter", Gopter, scenarios / 5}} {
		before := done
		tally, err := part.drive(ctx, Options{
			Seed:      r.Rand(part.name).Uint64()>>8 + uint64(r.Shard.Index)<<40,
			Scenarios: part.share / r.Shard.Count,
			Progress: func(n int) {
				done = before + n
				if n%16 == 0 {
					r.Progress(done, scenarios/r.Shard.Count, part.name)
				}
			},
		})
		r.Count(part.name+" scenarios", tally.Scenarios)
		r.Count("steps", tally.Steps)
		r.Count("attacks", tally.Attacks)
		r.Count(part.name+" edges", tally.Edges)
		if err != nil {
			return report(r, err)
		}
	}
	return climbPhase2(ctx, r)
}

// climbPhase2 is the same for EAP-FAST's second phase.
func climbPhase2(ctx context.Context, r *ladder.Run) error {
	walks := 3000
	if r.Long {
		walks *= 20
	}
	for budget := range 3 {
		b, err := phase2.NewBench(budget, "")
		if err != nil {
			return err
		}
		rng := r.Rand(fmt.Sprintf("phase2 %d %d", budget, r.Shard.Index))
		n := walks / 3 / r.Shard.Count
		steps, err := phase2.Drive(ctx, b, n, rng.IntN, func(done int) { r.Progress(budget*n+done, 3*n, "phase 2") })
		r.Count("phase-2 steps", steps)
		if d := (*phase2.Difference)(nil); errors.As(err, &d) {
			return ladder.Differ("%v", d)
		}
		if err != nil {
			return err
		}
		r.Count("phase-2 scenarios", n)
	}
	return nil
}

// report tells a failure, and keeps it where there is a place to keep it.
func report(r *ladder.Run, err error) error {
	var f *Failure
	if !errors.As(err, &f) || !isDifference(f.Err) {
		return err
	}
	if info, statErr := os.Stat(saved); statErr == nil && info.IsDir() {
		if name, saveErr := f.Save(saved); saveErr == nil {
			r.Notef("kept as %s", name)
		}
	}
	return ladder.Differ("%v", f)
}
