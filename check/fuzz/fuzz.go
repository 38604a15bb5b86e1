// Package fuzz is the rung that runs the native fuzz targets of the module:
// each for the same time, in the long run a CPU-hour altogether.
package fuzz

import (
	"bytes"
	"context"
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
	"github.com/sesame-tls/sesame/check/ladder"
)

// Rung runs every fuzz target in a checkout of the module.
var Rung = ladder.Rung{
	Name:     "fuzz",
	Shows:    "no octets make a parser, the record layer or a whole endpoint panic or break a promise",
	LongOnly: true,
	Needs:    []ladder.Tool{checkout.Tool},
	Run:      run,
}

// The CPU time of a long run in all, and that of one target in a short one.
const (
	longTime  = time.Hour
	shortTime = 10 * time.Second
	leastTime = time.Minute // of a target in a long run
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
	workers := runtime.GOMAXPROCS(0)
	each := shortTime
	if r.Long {
		each = max(leastTime, longTime/time.Duration(workers*len(targets))).Round(time.Second)
	}
	for i, t := range targets {
		if !r.Shard.Has(i) {
			continue
		}
		r.Progress(i, len(targets), t.Package+" "+t.Name)
		execs, err := t.run(ctx, dir, each, workers)
		if err != nil {
			return err
		}
		r.Count("targets", 1)
		r.Count("executions", execs)
		r.Count("CPU seconds", int(each.Seconds())*workers)
	}
	return nil
}

// Target is one fuzz target.
type Target struct {
	Package string // relative to the module's folder: "./impl/wire"
	Name    string // "FuzzClientHello"
}

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

var executions = regexp.MustCompile(`execs: (\d+)`)

// run fuzzes one target and returns how often it was executed.
func (t Target) run(ctx context.Context, dir string, each time.Duration, workers int) (int, error) {
	cmd := exec.CommandContext(ctx, "go", "test", t.Package, "-run", "^$", "-fuzz", "^"+t.Name+"$",
		"-fuzztime", each.String(), "-parallel", strconv.Itoa(workers))
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return 0, ladder.Differ("%s %s: %v\n%s", t.Package, t.Name, err, bytes.TrimSpace(out))
	}
	found := executions.FindAllSubmatch(out, -1)
	if len(found) == 0 {
		return 0, fmt.Errorf("%s %s says nothing of executions:\n%s", t.Package, t.Name, bytes.TrimSpace(out))
	}
	return strconv.Atoi(string(found[len(found)-1][1]))
}
