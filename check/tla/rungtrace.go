package tla

import (
	"context"
	"fmt"
	"slices"

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
	corrupted = append(corrupted, withoutQuirks(traces)...)
	progress := func(states int, _ string) { r.Progress(states, 0, "states of traces") }
	if err := judge(ctx, dir, traces, corrupted, progress); err != nil {
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

// judge has TLC accept traces and reject corrupted ones, with the step and the
// field in which they are.
func judge(ctx context.Context, dir string, traces []Trace, corrupted []Corrupted, progress func(int, string)) error {
	all := slices.Clone(traces)
	for _, c := range corrupted {
		all = append(all, c.Trace)
	}
	rejected, err := Validate(ctx, dir, all, progress)
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
		delete(said, c.ID)
	}
	for _, r := range rejected {
		if _, ok := said[r.Trace.ID]; ok {
			return ladder.Differ("%v\nscenario: %s", r, r.Trace.Scenario)
		}
	}
	return nil
}

// Summary says how many traces were accepted.
func Summary(traces []Trace, rejected []Rejected) string {
	return fmt.Sprintf("%d traces, %d accepted, %d rejected", len(traces), len(traces)-len(rejected), len(rejected))
}
