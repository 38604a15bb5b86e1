package tour

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/spec"
)

// progress is how far a plan has been carried out, and what came of it. It is
// what an interrupted run keeps.
type progress struct {
	Next     int     `json:"next"` // job
	Steps    int     `json:"steps"`
	Compared int     `json:"compared"` // octet by octet, with machines that nobody has used
	Short    []short `json:"short"`
}

// short is a job whose path could not be driven to its end.
type short struct {
	Job   int `json:"job"`
	Edges int `json:"edges"` // that were driven
}

// hooks are what tests change.
type hooks struct {
	bend  func(*spec.Observation)
	stops func(path int32, edges int) int // how far a path of so many edges is driven
}

// drive carries out what is left of a plan. It tells after each batch how far
// it has come. The first difference ends it: the one of the first job that has
// any, whatever the number of workers.
func (p *plan) drive(ctx context.Context, at progress, h hooks, tell func(progress) error) (progress, error) {
	var workers []*worker
	for range runtime.GOMAXPROCS(0) {
		workers = append(workers, newWorker(p, h))
	}
	for at.Next < len(p.jobs) {
		last := min(at.Next+p.batch, len(p.jobs))
		if err := p.share(ctx, workers, at.Next, last); err != nil {
			return at, err
		}
		at.Next = last
		for _, w := range workers {
			at.Steps, at.Compared = at.Steps+w.steps, at.Compared+w.compared
			at.Short = append(at.Short, w.short...)
			w.steps, w.compared, w.short = 0, 0, nil
		}
		slices.SortFunc(at.Short, func(a, b short) int { return a.Job - b.Job })
		if err := tell(at); err != nil {
			return at, err
		}
	}
	return at, nil
}

// share lets the workers share some jobs. When ctx ends, they have to be done
// again.
func (p *plan) share(ctx context.Context, workers []*worker, first, past int) error {
	var next atomic.Int64
	next.Store(int64(first))
	var mu sync.Mutex
	failed, failure := past, error(nil)
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			for {
				// Jobs are handed out in order: when one fails, those before it are in hand.
				i := int(next.Add(1)) - 1
				if i >= past || ctx.Err() != nil {
					return
				}
				if err := w.do(i); err != nil {
					mu.Lock()
					if i < failed {
						failed, failure = i, err
					}
					mu.Unlock()
					next.Store(int64(past))
				}
			}
		})
	}
	wg.Wait()
	return cmp.Or(failure, ctx.Err())
}

// worker drives one job after the other.
type worker struct {
	plan        *plan
	hooks       hooks
	used, fresh *harness.Run

	steps, compared int
	short           []short
}

func newWorker(p *plan, h hooks) *worker {
	w := &worker{plan: p, hooks: h, used: harness.NewRun(), fresh: harness.NewRun()}
	w.fresh.Pair.Machines = harness.Fresh{}
	w.used.Pair.Bend, w.fresh.Pair.Bend = h.bend, h.bend
	return w
}

// attempts is how often a path is driven that comes to an end before its own:
// what garbage does to an endpoint hangs on its octets.
const attempts = 16

// do carries out the i-th job.
func (w *worker) do(i int) error {
	j := w.plan.jobs[i]
	w.used.Pair.Machines = new(harness.Kept)
	cut := w.plan.tour.paths[j.cut.path][:j.cut.edges]
	if _, err := w.follow(w.used, cut, j.cut.path, 0); err != nil {
		return w.used.Failed("tour", err)
	}
	w.steps += len(cut)
	path := w.plan.tour.paths[j.path]
	n, attempt, err := 0, 0, error(nil)
	for ; attempt < attempts && n < len(path); attempt++ {
		if n, err = w.follow(w.used, path, j.path, attempt); err != nil {
			return w.blame(err, j, attempt)
		}
	}
	w.steps += n
	switch {
	case n < len(path):
		w.short = append(w.short, short{i, n})
	case attempt == 1 && w.plan.all && !w.random():
		return w.compare(j)
	}
	return nil
}

// random reports whether what garbage does hangs on chance: it may be sealed
// with keys that hang on the padding that crypto/rsa draws.
func (w *worker) random() bool {
	return w.plan.tour.Budget > 0 && w.used.Scenario().Exchange == spec.ExchangeRSA
}

// follow drives a path in a scenario that belongs to its end. It returns how
// many of its edges were driven.
func (w *worker) follow(run *harness.Run, edges []int32, path int32, attempt int) (int, error) {
	n, err := w.plan.tour.follow(run, edges, w.plan.seed, path, attempt)
	if h := w.hooks.stops; h != nil {
		n = min(n, h(path, len(edges)))
	}
	return n, err
}

// compare drives a job's path on machines that nobody has used before, and
// compares the octets.
func (w *worker) compare(j job) error {
	path := w.plan.tour.paths[j.path]
	n, err := w.follow(w.fresh, path, j.path, 0)
	if err != nil {
		return w.fresh.Failed("tour", err)
	}
	w.steps += n
	w.compared++
	if n < len(path) || w.fresh.Pair.Digest() != w.used.Pair.Digest() {
		return &ReuseError{Left: w.left(j), Err: fmt.Errorf("%s\nnew machines send other octets", w.used.Conversation())}
	}
	return nil
}

// blame says whether it is the reset to which a difference is due: new machines
// do not show it then.
func (w *worker) blame(err error, j job, attempt int) error {
	path := w.plan.tour.paths[j.path]
	failure := w.used.Failed("tour", err)
	if n, again := w.follow(w.fresh, path, j.path, attempt); again != nil || n < len(path) {
		return failure
	}
	return &ReuseError{Left: w.left(j), Err: err}
}

// left tells how a job has left its machines, before they were reset.
func (w *worker) left(j job) string {
	run := harness.NewRun()
	run.Pair.Bend = w.hooks.bend
	if _, err := w.follow(run, w.plan.tour.paths[j.cut.path][:j.cut.edges], j.cut.path, 0); err != nil {
		return err.Error()
	}
	return run.Conversation()
}

// ReuseError is a difference that new machines do not show: something is left
// of the handshake before.
type ReuseError struct {
	Left string // the conversation in which the machines were reset
	Err  error
}

// Error tells both conversations.
func (e *ReuseError) Error() string {
	return fmt.Sprintf("machines that were reset here\n\n%s\nare no new ones:\n\n%v", e.Left, e.Err)
}

// Unwrap returns Err.
func (e *ReuseError) Unwrap() error { return e.Err }
