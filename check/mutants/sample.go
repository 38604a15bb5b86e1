package mutants

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/check/results"
)

// operated is a package that the operators change.
type operated struct {
	pkg     string
	program string // the checker's, which stands above the package's own tests
}

var packages = []operated{
	{"impl/prf", "answers"},
	{"impl/wire", "machines"},
	{"impl/record", "answers"},
	{"impl/handshake", "machines"},
}

// least is the share of the changes that must be found.
const least = 0.95

// batch is how many changes of a package a run draws, and one program holds: a long
// run has some minutes for them, and another seed draws others.
const batch = 60

// operators tries a sample of the changes, and says what became of them.
func (b *bench) operators(ctx context.Context, r *ladder.Run, into *results.Operators) error {
	*into = results.Operators{Seed: r.Seed, Survivors: []string{}, Equivalent: []results.Equivalent{}}
	var problems []error
	for _, o := range packages {
		problems = append(problems, b.operate(ctx, r, o, into))
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(problems...)
}

// operate tries a sample of one package's changes.
func (b *bench) operate(ctx context.Context, r *ladder.Run, o operated, into *results.Operators) error {
	p := results.Package{Name: o.pkg}
	s := sampler{bench: b, run: r, program: o.program, into: into, p: &p}
	before, known := len(into.Survivors), len(into.Equivalent)
	if err := s.sample(ctx, batch); err != nil {
		return fmt.Errorf("%s: %w", o.pkg, err)
	}
	slices.Sort(into.Survivors[before:])
	slices.SortFunc(into.Equivalent[known:], results.Equivalent.Compare)
	into.Packages = append(into.Packages, p)
	found, of := p.Found()
	r.Count("changes", p.Ran)
	r.Notef("%s: %d of %d changes drawn; %d of %d found, %d of the same machine code, %d equivalent",
		p.Name, p.Ran, p.All, found, of, p.Equal, p.Equivalent)
	if float64(found) < least*float64(of) {
		return fmt.Errorf("%s: %d of %d changes are found, and %.0f %% must be; there survive:\n%s",
			p.Name, found, of, 100*least, strings.Join(into.Survivors[before:], "\n"))
	}
	return nil
}

// sampler tries the changes of one package.
type sampler struct {
	*bench
	run     *ladder.Run
	program string

	mu   sync.Mutex
	into *results.Operators
	p    *results.Package
	done int
}

// draw draws up to n changes that build, of those of the shard.
func (s *sampler) draw(ctx context.Context, n int) (drawn []*mutation, err error) {
	all, err := mutations(s.root, s.p.Name)
	if err != nil {
		return nil, err
	}
	builds, err := newCompilable(ctx, s.root, s.p.Name)
	if err != nil {
		return nil, err
	}
	s.p.All = len(all)
	for _, key := range stale(s.p.Name, all) {
		s.run.Notef("no change any more, and said to be equivalent: %s", key)
	}
	s.run.Rand(s.p.Name).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, m := range all {
		if s.run.Shard.Has(i) && len(drawn) < n && ctx.Err() == nil && builds.has(m) {
			drawn = append(drawn, m)
		}
	}
	s.p.Ran = len(drawn)
	return drawn, ctx.Err()
}

// stale returns what is said of changes of a package that there are not.
func stale(pkg string, all []*mutation) (keys []string) {
	known := map[string]bool{}
	for _, m := range all {
		known[m.where()] = true
	}
	for key := range equivalentChanges {
		if strings.HasPrefix(key, pkg+"/") && !known[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// sample tries up to n changes.
func (s *sampler) sample(ctx context.Context, n int) error {
	drawn, err := s.draw(ctx, n)
	if err != nil {
		return err
	}
	survivors := make([]bool, len(drawn))
	if err := s.tests(ctx, drawn, survivors); err != nil {
		return err
	}
	var left []*mutation
	for i, m := range drawn {
		if survivors[i] {
			left = append(left, m)
		}
	}
	return s.secondLook(ctx, left)
}

// tests runs the package's own tests under each change, all of which are in one
// program.
func (s *sampler) tests(ctx context.Context, drawn []*mutation, survives []bool) error {
	dir, err := os.MkdirTemp(s.dir, "woven-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var faults []fault.Fault
	for _, m := range drawn {
		faults = append(faults, m.Fault)
	}
	overlay, err := fault.Overlay(s.root, dir, faults)
	if err != nil {
		return err
	}
	program, err := fault.Build(ctx, s.root, overlay, s.p.Name)
	if err != nil {
		return err
	}
	outcome, took, err := program.RunAll(ctx, "", 0)
	if err != nil || outcome != fault.Passed {
		return fmt.Errorf("the tests do not pass without a change: %w", err)
	}
	limit := s.patience + 3*took
	return atonce.Do(runtime.GOMAXPROCS(0), len(drawn), func(i int) error {
		outcome, _, err := program.RunAll(ctx, drawn[i].Name, limit)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done++
		s.run.Progress(s.done, s.p.Ran, drawn[i].where())
		switch outcome {
		case fault.Failed:
			s.p.Tests++
		case fault.Hung:
			s.p.Hung++
		}
		survives[i] = outcome == fault.Passed
		return err
	})
}

// secondLook is at what the tests have not found: it may be the same code, be
// found by the checks, or be known to change nothing.
func (s *sampler) secondLook(ctx context.Context, left []*mutation) error {
	o, err := newOverlay(s.root, s.dir)
	if err != nil {
		return err
	}
	defer o.remove()
	code, err := o.machineCode(ctx, s.p.Name)
	if err != nil {
		return err
	}
	return atonce.Do(runtime.GOMAXPROCS(0), len(left), func(i int) error {
		m := left[i]
		s.run.Progress(i, len(left), "survives the tests: "+m.where())
		o, err := newOverlay(s.root, s.dir)
		if err != nil {
			return err
		}
		defer o.remove()
		if err := o.put(m.File, []byte(m.edited)); err != nil {
			return err
		}
		same, found, err := s.inspect(ctx, o, code)
		if err != nil {
			return fmt.Errorf("%s: %w", m.where(), err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		reason, equivalent := equivalentChanges[m.where()]
		switch {
		case same:
			s.p.Equal++
		case found:
			s.p.Ladder++
		case equivalent:
			s.p.Equivalent++
			s.into.Equivalent = append(s.into.Equivalent, results.Equivalent{What: m.where(), Reason: reason})
		default:
			s.p.Survivors++
			s.into.Survivors = append(s.into.Survivors, m.where())
			s.run.Logf("survives: %s", m.where())
		}
		return nil
	})
}

// inspect compares the machine code, and runs the checks if it differs.
func (s *sampler) inspect(ctx context.Context, o *overlay, code string) (same, found bool, err error) {
	changed, err := o.machineCode(ctx, s.p.Name)
	if err != nil || changed == code {
		return err == nil, false, err
	}
	program, err := o.buildChecker(ctx, s.program)
	if err != nil {
		return false, false, err
	}
	err = runChecker(ctx, program, "", hangs, func(l checker.Line) { found = found || l.Failed })
	return false, found, err
}

// positions are where the compiler's listing tells a line of source.
var positions = regexp.MustCompile(`\([^()]*\.go:\d+\)`)

// machineCode returns the compiler's listing of a package.
func (o *overlay) machineCode(ctx context.Context, pkg string) (string, error) {
	listing, err := o.listing(ctx, pkg)
	return positions.ReplaceAllString(listing, ""), err
}
