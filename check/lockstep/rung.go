package lockstep

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/phase2"
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
			return harness.Report(r, err)
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
