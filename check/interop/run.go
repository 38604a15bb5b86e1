package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Options say what to run, and how.
type Options struct {
	Long     bool                             // every cell, instead of a few for each group
	Mine     func(i int) bool                 // the part of the work to do; nil: all of it
	Progress func(done, total int, at string) // may be nil
	NewEnd   func() End                       // our side; nil: impl/tls
}

// Line is what became of one peer.
type Line struct {
	Peer          *PeerInfo
	Library       string
	Profile       string // what OpenSSL was expected to do
	Cases         int    // named cases that passed
	Cells         int    // cells that passed
	NotApplicable map[string]int
	Quirks        map[spec.Quirk]int // the peer's deviations that passed cases and cells showed
	Failures      []string
}

// String tells the peer, what passed and what is not applicable.
func (l *Line) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s (%s): ", l.Peer.Name, l.Library)
	if l.Cases > 0 {
		fmt.Fprintf(&s, "%d cases, ", l.Cases)
	}
	fmt.Fprintf(&s, "%d cells passed, %d failed", l.Cells, len(l.Failures))
	if n := list(l.NotApplicable); n != "" {
		fmt.Fprintf(&s, "; not applicable: %s", n)
	}
	if q := list(l.Quirks); q != "" {
		fmt.Fprintf(&s, "; deviations of profile %s: %s", l.Profile, q)
	}
	return s.String()
}

func list[K ~string](counts map[K]int) string {
	var parts []string
	for k, n := range counts {
		parts = append(parts, fmt.Sprintf("%s (%d)", k, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// Report is what a run showed.
type Report struct {
	Lines  []*Line  // in the order of Peers
	Passed Manifest // the cells that passed
}

// Failures returns every failure, the first in full.
func (r *Report) Failures() []string {
	var all []string
	for _, l := range r.Lines {
		all = append(all, l.Failures...)
	}
	return all
}

// Run plays the named cases and the cells, on as many connections at once as
// there are processors.
func Run(ctx context.Context, o Options) (*Report, error) {
	program, err := sut.BuildSystem(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "interop-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	pki, err := NewPKI(dir)
	if err != nil {
		return nil, err
	}
	if o.NewEnd == nil {
		o.NewEnd = func() End { return NewSesame() }
	}
	r := newRunner(o)
	jobs := make(chan job)
	var workers sync.WaitGroup
	errs := make([]error, min(runtime.GOMAXPROCS(0), 8))
	for i := range errs {
		workers.Go(func() {
			w := &worker{program: program, dir: dir, pki: pki, ours: o.NewEnd()}
			errs[i] = w.run(ctx, r, jobs)
		})
	}
	for _, j := range r.work {
		jobs <- j
	}
	close(jobs)
	workers.Wait()
	return r.report, errors.Join(append(errs, ctx.Err())...)
}

// job is one case or one cell.
type job struct {
	kase *Case
	cell Cell
}

func (j job) peer() *PeerInfo {
	if j.kase != nil {
		return OpenSSLCallback
	}
	return j.cell.Peer
}

func (j job) String() string {
	if j.kase != nil {
		return fmt.Sprintf("our %v and %s: %s", j.kase.Ours, OpenSSLCallback.Name, j.kase.Name)
	}
	return "our " + j.cell.String()
}

// runner collects what workers find.
type runner struct {
	mu       sync.Mutex
	progress func(done, total int, at string)
	done     int
	work     []job
	report   *Report
	lines    map[*PeerInfo]*Line
}

func newRunner(o Options) *runner {
	r := &runner{progress: o.Progress, report: &Report{Passed: Manifest{}}, lines: map[*PeerInfo]*Line{}}
	for _, p := range Peers {
		l := &Line{Peer: p, NotApplicable: map[string]int{}, Quirks: map[spec.Quirk]int{}}
		r.lines[p], r.report.Lines = l, append(r.report.Lines, l)
	}
	cases, cells := Cases(), r.cells(o.Long)
	for i := range cases {
		r.work = append(r.work, job{kase: &cases[i]})
	}
	for _, c := range cells {
		r.work = append(r.work, job{cell: c})
	}
	if o.Mine != nil {
		i := -1
		r.work = slices.DeleteFunc(r.work, func(job) bool { i++; return !o.Mine(i) })
	}
	return r
}

// cells returns the cells to play and counts the others by their reason.
func (r *runner) cells(long bool) []Cell {
	groups := Groups()
	if !long {
		cells, notApplicable := Choose(groups)
		for g, reason := range notApplicable {
			r.lines[g.Peer].NotApplicable[reason]++
		}
		return cells
	}
	var cells []Cell
	for _, g := range groups {
		for _, choice := range Choices {
			c := g.Cell(choice)
			if reason := c.NotApplicable(); reason != "" {
				r.lines[g.Peer].NotApplicable[reason]++
				continue
			}
			cells = append(cells, c)
		}
	}
	return cells
}

func (r *runner) end(j job, library string, profile spec.Profile, quirks []spec.Quirk, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	if r.progress != nil {
		r.progress(r.done, len(r.work), j.String())
	}
	line := r.lines[j.peer()]
	if line.Library == "" {
		line.Library, line.Profile = library, profile.Name
	}
	var other notDeviating
	switch {
	case errors.As(err, &other):
		line.NotApplicable[other.Error()]++
		return
	case err != nil:
		line.Failures = append(line.Failures, fmt.Sprintf("%v\n%v", j, err))
		return
	case j.kase != nil:
		line.Cases++
	default:
		line.Cells++
		r.report.Passed.Add(j.cell)
	}
	for _, q := range quirks {
		line.Quirks[q]++
	}
}

// notDeviating is why a case that shows a quirk is not played.
type notDeviating struct{ profile string }

func (n notDeviating) Error() string { return n.profile + " does not deviate as the case says" }
