package tla

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
	_, err := validateSome(ctx, r, r.Progress)
	return err
}

// CheckTraces does what [RungTrace] does, and tells it in a line like a
// configuration's.
func CheckTraces(ctx context.Context, long bool, progress func(states int, at string)) (line string, err error) {
	began := time.Now()
	r := ladder.NewRun(1)
	r.Long = long
	o, err := validateSome(ctx, r, func(done, _ int, at string) { progress(done, at) })
	var counts []string
	for _, c := range r.Counts() {
		counts = append(counts, fmt.Sprintf("%d %s", c.N, c.What))
	}
	states := 0
	if o != nil {
		states = o.States
	}
	return fmt.Sprintf(lineFormat, "traces", "accepted, or rejected if corrupted", strings.Join(counts, ", "), states, time.Since(began).Seconds()), err
}

// validateSome has TLC accept the traces of the rung, and reject corrupted ones.
func validateSome(ctx context.Context, r *ladder.Run, progress func(done, total int, at string)) (*Outcome, error) {
	dir, err := Dir()
	if err != nil {
		return nil, ladder.Skip("%v", err)
	}
	traces, err := recordSome(ctx, r, progress)
	if err != nil {
		return nil, err
	}
	corrupted, err := CorruptSome(traces)
	if err != nil {
		return nil, err
	}
	corrupted = append(corrupted, withoutQuirks(traces)...)
	o, err := judge(ctx, dir, traces, corrupted, func(states int, _ string) { progress(states, 0, "states of traces") })
	if err != nil {
		return nil, err
	}
	r.Count("corrupted ones rejected", len(corrupted))
	return o, nil
}

// recordSome makes the traces of the rung: of both ends in lockstep, without and
// with an attacker, of one of them, and of one end against OpenSSL.
func recordSome(ctx context.Context, r *ladder.Run, progress func(done, total int, at string)) ([]Trace, error) {
	n := 800
	if r.Long {
		n *= 5
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
	peers, err := RecordPeers(ctx, r.Shard.Has, progress)
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
func judge(ctx context.Context, dir string, traces []Trace, corrupted []Corrupted, progress func(int, string)) (*Outcome, error) {
	all := slices.Clone(traces)
	for _, c := range corrupted {
		all = append(all, c.Trace)
	}
	rejected, o, err := validate(ctx, dir, all, progress)
	if err != nil {
		return nil, err
	}
	return o, verdict(corrupted, rejected)
}

// verdict is nil if the rejected traces are the corrupted ones, each for what was
// done to it.
func verdict(corrupted []Corrupted, rejected []Rejected) error {
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
