// Package fuzz is the rung that runs the native fuzz targets of the module: each
// for the same CPU time. In the long run that is an hour altogether, and another
// one for the target that has the model for its oracle.
package fuzz

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/internal/group"
	"github.com/sesame-tls/sesame/check/ladder"
)

// Rung runs every fuzz target in a checkout of the module.
var Rung = ladder.Rung{
	Name:     "fuzz",
	Shows:    "no octets make a parser, the record layer or a whole endpoint panic or break a promise",
	LongOnly: true,
	Varies:   []string{"executions", "CPU seconds", "targets done before"},
	Needs:    []ladder.Tool{checkout.Tool},
	Run:      run,
}

// oracle is the target for which the model says what is right.
var oracle = Target{"./check/lockstep", "FuzzLockstep"}

// The CPU time of a long run, the oracle's and that of all others, and that of one
// target in a short one.
const (
	longTime  = time.Hour
	shortTime = 20 * time.Second
	leastTime = 2 * time.Minute // of a target in a long run

	// roundTime is the least that a target runs at once: what it has found before
	// comes first.
	roundTime = 10 * time.Second

	// overtime is what a target may take beside its fuzzing: to be built, and to
	// make what it has found smaller.
	overtime = 5 * time.Minute
	// grace is what an interrupted target may take to end.
	grace = 5 * time.Second
)

func run(ctx context.Context, r *ladder.Run) error {
	dir, err := checkout.Root(ctx)
	if err != nil {
		return err
	}
	targets, err := Targets(dir)
	if err != nil {
		return err
	}
	own := ladder.Part(r.Shard, targets)
	workers := runtime.GOMAXPROCS(0)
	each := func(Target) time.Duration { return shortTime }
	done := &ledger{Done: map[string]time.Duration{}}
	if r.Long {
		each = longShare(len(targets))
		if done, err = openLedger(dir); err != nil {
			return err
		}
	}
	return fuzzAll(ctx, r, dir, own, each, workers, done)
}

// longShare returns the CPU time of each of so many targets in a long run.
func longShare(targets int) func(Target) time.Duration {
	share := max(leastTime, longTime/time.Duration(max(1, targets-1))).Round(time.Second)
	return func(t Target) time.Duration {
		if t == oracle {
			return longTime
		}
		return share
	}
}

// fuzzAll fuzzes each target until it has used its CPU time, however much of the
// machine others have meanwhile.
func fuzzAll(ctx context.Context, r *ladder.Run, dir string, targets []Target, share func(Target) time.Duration, workers int, done *ledger) error {
	for i, t := range targets {
		r.Progress(i, len(targets), t.String())
		each := share(t)
		if done.left(t, each) == 0 {
			r.Count("targets done before", 1)
			continue
		}
		r.Count("targets", 1)
		var used time.Duration
		for left := done.left(t, each); left > 0; left = done.left(t, each) {
			ran, err := t.run(ctx, dir, max(min(each, roundTime), left/time.Duration(workers)), workers)
			err = errors.Join(err, done.add(t, ran.cpu))
			if ctx.Err() != nil {
				r.Notef("interrupted within %v, target %d of %d; a long run goes on from there", t, i+1, len(targets))
				return err
			}
			if err != nil {
				return err
			}
			r.Count("executions", ran.executions)
			used += ran.cpu
		}
		r.Count("CPU seconds", int(used.Seconds()))
	}
	return done.finish(targets)
}

// Target is one fuzz target.
type Target struct {
	Package string // relative to the module's folder: "./impl/wire"
	Name    string // "FuzzClientHello"
}

// String returns package and name.
func (t Target) String() string { return t.Package + " " + t.Name }

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// Targets returns the fuzz targets below a folder, by package and name.
func Targets(dir string) ([]Target, error) {
	var targets []Target
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(dir, filepath.Dir(path))
		for _, m := range declaration.FindAllSubmatch(source, -1) {
			targets = append(targets, Target{"./" + filepath.ToSlash(pkg), string(m[1])})
		}
		return err
	})
	slices.SortFunc(targets, func(a, b Target) int { return strings.Compare(a.Package+a.Name, b.Package+b.Name) })
	return targets, err
}

// outcome is what fuzzing a target has come to.
type outcome struct {
	executions int
	spent      time.Duration // as the target has said last
	cpu        time.Duration // of fuzzing: at most what all workers could have had
}

// run fuzzes one target. When ctx ends, so do all processes of the run.
func (t Target) run(ctx context.Context, dir string, each time.Duration, workers int) (outcome, error) {
	bounded, cancel := context.WithTimeout(ctx, each+overtime)
	defer cancel()
	cmd := exec.CommandContext(bounded, "go", "test", t.Package, "-run", "^$", "-fuzz", "^"+t.Name+"$",
		"-fuzztime", each.String(), "-parallel", strconv.Itoa(workers),
		// By default what is new is made smaller for a minute, and nothing else is tried in it.
		"-fuzzminimizetime", "10x")
	cmd.Dir = dir
	group.Interrupt(cmd, grace)
	out, err := cmd.CombinedOutput()
	group.End(cmd)
	ran := progress(out)
	if cmd.ProcessState != nil { // it counts the compiler, too
		ran.cpu = min(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), ran.spent*time.Duration(workers))
	}
	switch {
	case ctx.Err() != nil:
		return ran, ctx.Err()
	case bounded.Err() != nil:
		return outcome{}, fmt.Errorf("%v has not ended %v after its time:\n%s", t, overtime, bytes.TrimSpace(out))
	case err != nil && !timeIsUp(out):
		return outcome{}, ladder.Differ("%v: %v\n%s", t, err, bytes.TrimSpace(out))
	}
	if ran.cpu == 0 {
		return outcome{}, fmt.Errorf("%v says nothing of its time:\n%s", t, bytes.TrimSpace(out))
	}
	return ran, nil
}

var deadline = regexp.MustCompile(`(?m)^ *--- FAIL: Fuzz\w+ \(\S+\)\n +context deadline exceeded\n`)

// timeIsUp says whether a target failed of nothing but the end of its time: the
// go command now and then takes the deadline that it set itself for a failure.
// A target that fails has its input written.
func timeIsUp(out []byte) bool {
	return deadline.Match(out) && !bytes.Contains(out, []byte("Failing input written to"))
}

// What was found before is executed first.
var elapsed = regexp.MustCompile(`elapsed: (\S+), (?:execs|gathering baseline coverage): (\d+)`)

// progress is what the output of a target says last of how far it is.
func progress(out []byte) (ran outcome) {
	if found := elapsed.FindAllSubmatch(out, -1); len(found) > 0 {
		last := found[len(found)-1]
		ran.spent, _ = time.ParseDuration(string(last[1])) // what the go command writes
		ran.executions, _ = strconv.Atoi(string(last[2]))
	}
	return ran
}
