package tla

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/spec"
)

// RungTrace is trace validation on the ladder.
var RungTrace = ladder.Rung{
	Name:  "trace",
	Shows: "traces of real runs are behaviours of the TLA+ specification, and corrupted ones are not",
	Needs: Tools,
	Run:   runTrace,
}

func runTrace(ctx context.Context, r *ladder.Run) error {
	dir, err := Dir()
	if err != nil {
		return ladder.Skip("%v", err)
	}
	n := 800
	if r.Long {
		n *= 10
	}
	rnd := r.Rand("traces")
	traces, err := Record(rnd, n/r.Shard.Count, 0)
	if err != nil {
		return err
	}
	attacked, err := Record(rnd, n/8/r.Shard.Count, 1)
	if err != nil {
		return err
	}
	sided, err := oneSided(traces[:min(len(traces), n/8)])
	if err != nil {
		return err
	}
	scenarios := map[string]bool{}
	for _, t := range traces {
		scenarios[t.Scenario] = true
	}
	corrupted := Corrupt(rnd, traces)
	all := append(append(append([]Trace{}, traces...), attacked...), sided...)
	wrong := append(all, corrupted...)
	accepted, _, err := behaviours(ctx, dir, wrong, false, func(states int, _ string) { r.Progress(states, 0, "states of traces") })
	if err != nil {
		return err
	}
	for _, t := range all {
		if !accepted[t.ID] {
			x, err := explain(ctx, dir, t)
			if err != nil {
				return err
			}
			return ladder.Differ("%v\nscenario: %s", x, t.Scenario)
		}
	}
	for _, t := range corrupted {
		if accepted[t.ID] {
			return ladder.Differ("the corrupted trace %s is a behaviour", t.ID)
		}
	}
	r.Count("traces", len(all))
	r.Count("scenarios", len(scenarios))
	r.Count("corrupted ones rejected", len(corrupted))
	return nil
}

func oneSided(traces []Trace) ([]Trace, error) {
	var all []Trace
	for i, t := range traces {
		one, err := t.OneSided([]spec.Role{spec.Client, spec.Server}[i%2])
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Corrupt returns copies of two-sided traces that are no behaviours: one with
// ServerHello's step missing, one with the first two steps swapped, one in which
// a field has another value.
func Corrupt(rnd *rand.Rand, traces []Trace) []Trace {
	t := traces[rnd.IntN(len(traces))]
	for len(t.Steps) < 3 {
		t = traces[rnd.IntN(len(traces))]
	}
	steps := func() []Step { return append([]Step(nil), t.Steps...) }
	dropped, swapped, changed := t, t, t
	dropped.ID, swapped.ID, changed.ID = "dropped", "swapped", "changed"
	dropped.Steps = append(steps()[:1], t.Steps[2:]...)
	swapped.Steps = steps()
	swapped.Steps[0], swapped.Steps[1] = swapped.Steps[1], swapped.Steps[0]
	changed.Steps = steps()
	last := &changed.Steps[len(changed.Steps)-1]
	last.Secret = map[string]string{"none": "pac"}[last.Secret]
	if last.Secret == "" {
		last.Secret = "none"
	}
	return []Trace{dropped, swapped, changed}
}

// Summary says how many traces were accepted.
func Summary(traces []Trace, rejected []Rejected) string {
	return fmt.Sprintf("%d traces, %d accepted, %d rejected", len(traces), len(traces)-len(rejected), len(rejected))
}
