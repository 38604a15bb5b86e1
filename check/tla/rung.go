package tla

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/check/ladder"
)

// Rung runs the quick part of the manifest, and all of it with --long.
var Rung = ladder.Rung{
	Name:  "tla",
	Shows: "TLC agrees with the Go model, state by state and edge by edge; what must hold holds, and what must fail fails",
	Needs: Tools,
	Run:   run,
}

func run(ctx context.Context, r *ladder.Run) error {
	dir, err := Dir()
	if err != nil {
		return ladder.Skip("%v", err)
	}
	configs, err := Load(dir)
	if err != nil {
		return err
	}
	configs = slices.DeleteFunc(configs, func(c Config) bool { return !c.Quick && !r.Long })
	mine := ladder.Part(r.Shard, withoutParts(configs))
	o := Options{Dir: dir, Progress: func(states int, at string) { r.Progress(states, 0, at) }}
	return CheckAll(ctx, mine, o, func(c Config, found *Outcome, err error) error {
		if err != nil {
			return asDifference(err)
		}
		r.Logf("%s", c.Line(found))
		r.Count("configurations", 1)
		r.Count("states", found.States)
		if c.Exit != ExitFine {
			r.Count("faults found", 1)
		}
		return nil
	})
}

// withoutParts leaves out what others contain.
func withoutParts(configs []Config) (whole []Config) {
	for _, c := range configs {
		if !slices.ContainsFunc(configs, func(o Config) bool { return o.Name == c.Within }) {
			whole = append(whole, c)
		}
	}
	return whole
}

// asDifference marks what TLC and the model disagree on.
func asDifference(err error) error {
	var d *Difference
	if errors.As(err, &d) {
		return ladder.Differ("%v", d)
	}
	return err
}

// lineFormat has a name, what was expected, what was found, states and seconds.
const lineFormat = "%-36s expected: %-40s found: %-46s %8d states %6.1f s"

// Line says in one line what was expected of c and what was found.
func (c Config) Line(o *Outcome) string {
	what := func(violated string) string {
		if violated == "" {
			return "holds"
		}
		return "violates " + violated
	}
	found := "nothing"
	if o != nil {
		found = what(o.Violated)
		if c.Graph {
			found += ", graph compared"
		}
		if o.Faster > 0 {
			found += fmt.Sprintf(", Go %.0f times as fast", o.Faster)
		}
		return fmt.Sprintf(lineFormat, c.Name, what(c.Violates), found, o.States, o.Seconds)
	}
	return fmt.Sprintf("%-36s expected: %-40s found: %s", c.Name, what(c.Violates), found)
}
