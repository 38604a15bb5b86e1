package lockstep

import (
	"context"
	"errors"
	"os"

	"github.com/sesame-tls/sesame/check/ladder"
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
