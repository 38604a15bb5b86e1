package ladder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Options say which rungs to run, how, and where to report.
type Options struct {
	Rungs   []string // names; none: all
	Without []string // names of those that are left out
	Seed    uint64
	Long    bool
	Shard   Shard
	Resume  string    // a folder for how far a rung has come, so that it goes on there; none: it begins anew
	Verbose bool      // show what rungs log
	Out     io.Writer // verdict lines; nil: none
	Live    io.Writer // the progress line and logs, usually standard error; nil: none
}

// UnknownRungError says that a rung was asked for that does not exist.
type UnknownRungError struct {
	Name  string
	Known []string
}

// Error names the rung and those that exist.
func (e *UnknownRungError) Error() string {
	return fmt.Sprintf("no rung is named %q; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// ErrNoRungs says that Options.Without leaves out every rung.
var ErrNoRungs = errors.New("no rung is left to run")

// Climb runs the chosen rungs of the list one after the other, in the order of
// the list, and reports each as soon as it has ended. Its only errors are a
// [*UnknownRungError] and [ErrNoRungs]; what the rungs found is in the report.
func Climb(ctx context.Context, rungs []Rung, o Options) (*Report, error) {
	chosen, err := o.choose(rungs)
	if err != nil {
		return nil, err
	}
	report := &Report{Rungs: []Result{}}
	for _, rung := range chosen {
		result := climbOne(ctx, rung, o)
		report.Rungs = append(report.Rungs, result)
		if o.Out != nil {
			fmt.Fprint(o.Out, result.text())
		}
	}
	return report, nil
}

// choose returns the rungs that are to run.
func (o *Options) choose(rungs []Rung) ([]Rung, error) {
	known := make([]string, len(rungs))
	for i, r := range rungs {
		known[i] = r.Name
	}
	for _, name := range slices.Concat(o.Rungs, o.Without) {
		if !slices.Contains(known, name) {
			return nil, &UnknownRungError{name, known}
		}
	}
	var chosen []Rung
	for _, r := range rungs {
		asked := slices.Contains(o.Rungs, r.Name)
		usual := len(o.Rungs) == 0 && (o.Long || !r.LongOnly)
		if (asked || usual) && !slices.Contains(o.Without, r.Name) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 && len(o.Without) > 0 {
		return nil, ErrNoRungs
	}
	return chosen, nil
}

func climbOne(ctx context.Context, rung Rung, o Options) Result {
	result := Result{Name: rung.Name, Ran: counts{}, varies: rung.Varies}
	for _, tool := range rung.Needs {
		if err := tool.Find(); err != nil {
			result.Verdict = Skipped
			result.Reason = fmt.Sprintf("%s is missing (%v): %s", tool.Name, err, tool.Get)
			return result
		}
	}
	r := &Run{Seed: o.Seed, Long: o.Long, Shard: o.Shard}
	if r.Shard.Count == 0 {
		r.Shard.Count = 1
	}
	r.resumeIn(o.Resume, rung.Name)
	if o.Live != nil {
		r.shown = NewLive(o.Live, rung.Name)
		if o.Verbose {
			r.logf = func(format string, args ...any) { r.shown.line(rung.Name + ": " + fmt.Sprintf(format, args...)) }
		}
	}
	start := time.Now()
	err := runGuarded(ctx, rung, r)
	if err == nil {
		err = r.finished()
	}
	result.Seconds = time.Since(start).Seconds()
	if r.shown != nil {
		r.shown.End()
	}
	result.Ran, result.notes = r.Counts(), r.notes

	var skipped skip
	switch {
	case errors.As(err, &skipped):
		result.Verdict, result.Reason = Skipped, skipped.reason
	case err != nil:
		result.Verdict, result.Reason = Failed, err.Error()
	case !result.Ran.any():
		result.Verdict, result.Reason = Failed, "it counted nothing, so it checked nothing"
	default:
		result.Verdict = Passed
	}
	return result
}

// runGuarded turns a panic of the rung into its error, so that the others run.
func runGuarded(ctx context.Context, rung Rung, r *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := ctx.Err(); err != nil {
		return err
	}
	return rung.Run(ctx, r)
}
