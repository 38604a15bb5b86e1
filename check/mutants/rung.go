package mutants

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/check/results"
)

// Rung tries the faults.
var Rung = ladder.Rung{
	Name:  "mutants",
	Shows: "faults that are put into the implementation are found, each by the check that is there for it",
	Needs: []ladder.Tool{checkout.Tool},
	Run:   climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	root, err := checkout.Root(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{root: root, dir: dir, patience: 10 * time.Second}
	faults, err := Faults()
	if err != nil {
		return err
	}
	if b.woven, err = b.weave(ctx, ladder.Part(r.Shard, faults)); err != nil {
		return err
	}
	if err := b.sound(ctx); err != nil {
		return err
	}
	// What a run does not come to stays as it was.
	all, err := results.LoadMutants()
	if err != nil {
		return err
	}
	parts := []func() error{
		func() error { return b.climbFaults(ctx, r, faults, all) },
		func() error { return b.climbRows(ctx, r, &all.Rows) },
	}
	if r.Long {
		parts = append(parts, func() error { return b.operators(ctx, r, &all.Operators) })
	}
	var problems []error
	for _, part := range parts {
		problems = append(problems, part())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.Long && r.Shard.Count == 1 {
			problems = append(problems, all.Write(root))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return ladder.Differ("%v", err)
	}
	return nil
}

// climbFaults tries the patches.
func (b *bench) climbFaults(ctx context.Context, r *ladder.Run, faults []*Fault, into *results.Mutants) error {
	faults = ladder.Part(r.Shard, faults)
	errs := make([]error, len(faults))
	into.Faults = make([]results.Fault, len(faults))
	by := map[string]int{}
	var mu sync.Mutex
	done := 0
	atonce.Each(runtime.GOMAXPROCS(0), len(faults), func(i int) {
		f := faults[i]
		found, err := b.judge(ctx, f, r.Long)
		result := results.Fault{Name: f.Name, What: f.What, Seen: f.Seen, Check: f.Check, Found: map[string]string{}}
		for _, l := range found {
			result.Found[l.Check] = results.Class(l.Seconds)
			r.Logf("%s: %s after %.2f s: %s", f.Name, l.Check, l.Seconds, firstLine(l.Text))
		}
		mu.Lock()
		defer mu.Unlock()
		done++
		r.Progress(done, len(faults), f.Name)
		r.Count("faults", 1)
		if errs[i], into.Faults[i] = err, result; err == nil {
			by[f.Check]++
		}
	})
	r.Notef("found by %s", told(by))
	return errors.Join(errs...)
}

// told lists the checks and how much each has found.
func told(by map[string]int) string {
	var words []string
	for _, c := range checker.Checks {
		if by[c.Name] > 0 {
			words = append(words, fmt.Sprintf("%s %d", c.Name, by[c.Name]))
		}
	}
	return strings.Join(words, ", ")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// climbRows tries the faults in the transition tables.
func (b *bench) climbRows(ctx context.Context, r *ladder.Run, into *results.Rows) error {
	var problems []error
	*into = results.Rows{Found: map[string]int{}, Equivalent: []results.Equivalent{}}
	err := b.rows(ctx, r.Shard, func(l checker.Line) {
		r.Progress(l.Index, 0, l.Fault)
		r.Count("faults in the tables", 1)
		into.All++
		reason, equal := equivalentRows[l.Fault]
		switch {
		case l.Failed && equal:
			problems = append(problems, fmt.Errorf("%s is found, and is said to change nothing: %s", l.Fault, reason))
		case !l.Failed && !equal:
			problems = append(problems, fmt.Errorf("%s survives", l.Fault))
		case equal:
			into.Equivalent = append(into.Equivalent, results.Equivalent{What: l.Fault, Reason: reason})
		default:
			into.Found[l.Check]++
		}
	})
	slices.SortFunc(into.Equivalent, results.Equivalent.Compare)
	r.Notef("in the tables by %s; %d equivalent", told(into.Found), len(into.Equivalent))
	return errors.Join(append(problems, err)...)
}
