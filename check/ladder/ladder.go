// Package ladder runs the rungs that hold model, implementation and other
// people's implementations against each other, and reports one verdict each.
//
// A rung is a name, a sentence and a function. The function gets a [Run]: it
// counts what it did there, shows how far it has come, and returns nil when
// everything agreed, [Differ] or any other error when something did not, and
// [Skip] when it cannot run here:
//
//	var Rung = ladder.Rung{
//		Name:  "table",
//		Shows: "the implementation's transition table is the model's local step",
//		Run: func(ctx context.Context, r *ladder.Run) error {
//			for i, row := range rows {
//				r.Progress(i, len(rows), row.String())
//				if got, want := …; got != want {
//					return ladder.Differ("row %v\nmodel: %v\nimpl:  %v", row, want, got)
//				}
//				r.Count("rows", 1)
//			}
//			return nil
//		},
//	}
//
// A rung that counts nothing has checked nothing, and fails. The list of all
// rungs is in package check; [Climb] runs them.
package ladder

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
)

// Rung is one step of the ladder.
type Rung struct {
	Name  string // one word, as --rung takes it
	Shows string // what a pass shows, in one sentence
	Needs []Tool // outside programs and libraries; one that is missing skips the rung
	Run   func(ctx context.Context, r *Run) error

	// Varies are the counts that follow from the time that there was, and not from
	// the seed.
	Varies []string

	// LongOnly leaves the rung out of a run that is not long, unless it is asked
	// for by name.
	LongOnly bool
}

// Tool is something outside Go that a rung needs.
type Tool struct {
	Name string       // "libssl-dev"
	Find func() error // nil if it is there
	Get  string       // how to get it: "apt-get install libssl-dev gcc"
}

// Run is what a rung is run with. Its methods may be called from several
// goroutines.
type Run struct {
	Seed  uint64 // all choices of the rung follow from it
	Long  bool   // take the time to be complete
	Shard Shard  // the part of the work to do

	mu     sync.Mutex
	counts []Count
	notes  []string
	logf   func(format string, args ...any)
	shown  *Live
	file   string // of Keep; empty: none
}

// Shard is one of Count equal parts of a rung's work. {0, 1} is all of it.
type Shard struct {
	Index, Count int
}

// Has reports whether the i-th piece of work belongs to the shard.
func (s Shard) Has(i int) bool { return s.Count <= 1 || i%s.Count == s.Index }

// Part returns what of all belongs to a shard.
func Part[T any](s Shard, all []T) []T {
	var part []T
	for i, one := range all {
		if s.Has(i) {
			part = append(part, one)
		}
	}
	return part
}

// Count is how many of something a rung did.
type Count struct {
	What string // in the plural: "states"
	N    int
}

// Count adds n to what the rung did of something, named in the plural. Counts
// are reported in the order of their first use.
func (r *Run) Count(what string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.counts, func(c Count) bool { return c.What == what })
	if i < 0 {
		r.counts = append(r.counts, Count{What: what})
		i = len(r.counts) - 1
	}
	r.counts[i].N += n
}

// Progress shows how far the rung has come, as [Live.Show] does.
func (r *Run) Progress(done, total int, at string) {
	if r.shown != nil {
		r.shown.Show(done, total, at)
	}
}

// Notef adds a line that stands under the verdict, whatever it is.
func (r *Run) Notef(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// Logf writes a line for whoever asked for details; others do not see it.
func (r *Run) Logf(format string, args ...any) {
	if r.logf != nil {
		r.logf(format, args...)
	}
}

// Rand returns a generator that depends on the seed and a name alone, so that
// parts of a rung draw independently of each other's order.
func (r *Run) Rand(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(r.Seed, h.Sum64()))
}

// NewRun returns a Run for a test of a rung: everything of the work, short,
// with the given seed, and nothing shown.
func NewRun(seed uint64) *Run { return &Run{Seed: seed, Shard: Shard{Count: 1}} }

// Counts returns what has been counted so far.
func (r *Run) Counts() []Count {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.counts)
}

// difference is a disagreement: its text is reported in full.
type difference struct{ text string }

func (d difference) Error() string { return d.text }

// Differ returns the error of a rung that found a disagreement. The text tells
// the first one in full and may have many lines.
func Differ(format string, args ...any) error { return difference{fmt.Sprintf(format, args...)} }

// IsDifference reports whether err came from [Differ].
func IsDifference(err error) bool {
	var d difference
	return errors.As(err, &d)
}

type skip struct{ reason string }

func (s skip) Error() string { return "skipped: " + s.reason }

// Skip returns the error of a rung that cannot run here, with the reason.
func Skip(format string, args ...any) error { return skip{fmt.Sprintf(format, args...)} }
