package tla

import (
	"context"
	"fmt"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/spec"
)

// RungTrace is trace validation on the ladder.
var RungTrace = ladder.Rung{
	Name:  "trace",
	Shows: "traces of real runs are behaviours of the TLA+ specification, and corrupted ones are not",
	Needs: append(Tools[:len(Tools):len(Tools)], interop.Rung.Needs...),
	Run:   runTrace,
}

func runTrace(ctx context.Context, r *ladder.Run) error {
	dir, err := Dir()
	if err != nil {
		return ladder.Skip("%v", err)
	}
	traces, err := recordSome(ctx, r)
	if err != nil {
		return err
	}
	corrupted, err := CorruptSome(traces)
	if err != nil {
		return err
	}
	rejected, err := Validate(ctx, dir, traces, func(states int, _ string) { r.Progress(states, 0, "states of traces") })
	if err != nil {
		return err
	}
	if len(rejected) > 0 {
		return ladder.Differ("%v\nscenario: %s\n%s", rejected[0], rejected[0].Trace.Scenario, Summary(traces, rejected))
	}
	if err := mustReject(ctx, dir, corrupted); err != nil {
		return err
	}
	r.Count("corrupted ones rejected", len(corrupted))
	return nil
}

// recordSome makes the traces of the rung: of both ends in lockstep, without and
// with an attacker, of one of them, and of one end against OpenSSL.
func recordSome(ctx context.Context, r *ladder.Run) ([]Trace, error) {
	n := 800
	if r.Long {
		n *= 10
	}
	rnd := r.Rand("traces")
	traces, err := Record(rnd, n/r.Shard.Count, 0)
	if err != nil {
		return nil, err
	}
	attacked, err := Record(rnd, n/8/r.Shard.Count, 1)
	if err != nil {
		return nil, err
	}
	sided, err := oneSided(traces[:n/8/r.Shard.Count])
	if err != nil {
		return nil, err
	}
	peers, err := RecordPeers(ctx, r.Shard.Has, r.Progress)
	if err != nil {
		return nil, err
	}
	scenarios := map[string]bool{}
	for _, t := range append(traces, attacked...) {
		scenarios[t.Scenario] = true
	}
	r.Count("traces", len(traces)+len(attacked)+len(sided)+len(peers))
	r.Count("scenarios", len(scenarios))
	r.Count("of one end with OpenSSL", len(peers))
	return append(append(append(traces, attacked...), sided...), peers...), nil
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

// mustReject has TLC reject corrupted traces, with the step and the field in
// which they are.
func mustReject(ctx context.Context, dir string, corrupted []Corrupted) error {
	wrong := make([]Trace, len(corrupted))
	for i, c := range corrupted {
		wrong[i] = c.Trace
	}
	rejected, err := Validate(ctx, dir, wrong, nil)
	if err != nil {
		return err
	}
	said := map[string]Rejected{}
	for _, r := range rejected {
		said[r.Trace.ID] = r
	}
	for _, c := range corrupted {
		r, ok := said[c.ID]
		switch {
		case !ok:
			return ladder.Differ("the corrupted trace %s is a behaviour", c.ID)
		case r.Step != c.Step || r.Field != c.Field:
			return ladder.Differ("the corrupted trace %s is rejected for %q in step %d, and corrupted is %q in step %d", c.ID, r.Field, r.Step, c.Field, c.Step)
		}
	}
	return nil
}

// Summary says how many traces were accepted.
func Summary(traces []Trace, rejected []Rejected) string {
	return fmt.Sprintf("%d traces, %d accepted, %d rejected", len(traces), len(traces)-len(rejected), len(rejected))
}
