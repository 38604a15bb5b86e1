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

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/mutants/checker"
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
	b := &bench{root: root, dir: dir}
	if err := b.sound(ctx); err != nil {
		return err
	}
	faults, err := Faults()
	if err != nil {
		return err
	}
	var problems []error
	for _, part := range []func() error{
		func() error { return b.climbFaults(ctx, r, faults) },
		func() error { return b.climbRows(ctx, r) },
	} {
		err := part()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return ladder.Differ("%v", err)
	}
	return nil
}

// climbFaults tries the patches.
func (b *bench) climbFaults(ctx context.Context, r *ladder.Run, faults []*Fault) error {
	mine := slices.Clone(faults)
	i := -1
	mine = slices.DeleteFunc(mine, func(*Fault) bool { i++; return !r.Shard.Has(i) })
	errs := make([]error, len(mine))
	by := map[string]int{}
	var mu sync.Mutex
	done := 0
	atOnce(runtime.GOMAXPROCS(0), len(mine), func(i int) error {
		if ctx.Err() != nil {
			return nil
		}
		found, err := b.judge(ctx, mine[i], r.Long)
		mu.Lock()
		defer mu.Unlock()
		done++
		r.Progress(done, len(mine), mine[i].Name)
		r.Count("faults", 1)
		errs[i] = err
		if err == nil {
			by[mine[i].Check]++
			for _, l := range found {
				r.Logf("%s: %s after %.2f s: %s", mine[i].Name, l.Check, l.Seconds, firstLine(l.Text))
			}
		}
		return nil
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
func (b *bench) climbRows(ctx context.Context, r *ladder.Run) error {
	var problems []error
	by := map[string]int{}
	err := b.rows(ctx, runtime.GOMAXPROCS(0), func(l checker.Line) {
		r.Progress(l.Index, 0, l.Fault)
		r.Count("faults in the tables", 1)
		reason, equal := equivalentRows[l.Fault]
		switch {
		case l.Failed && equal:
			problems = append(problems, fmt.Errorf("%s is found, and is said to change nothing: %s", l.Fault, reason))
		case !l.Failed && !equal:
			problems = append(problems, fmt.Errorf("%s survives", l.Fault))
		case equal:
			r.Count("equivalent", 1)
		default:
			by[l.Check]++
		}
	})
	r.Notef("in the tables by %s", told(by))
	return errors.Join(append(problems, err)...)
}
