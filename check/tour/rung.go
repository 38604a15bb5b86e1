package tour

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
)

// Rung is tour on the ladder.
var Rung = ladder.Rung{
	Name:  "tour",
	Shows: "the implementation goes along every edge of the model, on machines that were reset wherever they stood",
	Run:   climb,
}

// systems are what is toured: all scenarios, without an attacker and with one
// move of it.
var systems = []model.Options{{Budget: 0}, {Budget: 1}}

func climb(ctx context.Context, r *ladder.Run) error { return tour(ctx, r, systems, hooks{}) }

// tour tours systems one after the other.
func tour(ctx context.Context, r *ladder.Run, systems []model.Options, h hooks) error {
	known, err := listed(undriven)
	if err != nil {
		return err
	}
	kept := make([]progress, len(systems))
	goesOn, err := r.Restore(&kept)
	if err != nil {
		return err
	}
	for i, o := range systems {
		t, err := New(o)
		if err != nil {
			return err
		}
		// Who shares out the work has the time for all of it.
		p := t.plan(r.Long || r.Shard.Count > 1, r.Seed, r.Shard)
		tell := func(now progress) error {
			kept[i] = now
			r.Progress(now.Next, len(p.jobs), t.String())
			return r.Keep(kept)
		}
		r.Progress(kept[i].Next, len(p.jobs), t.String())
		if goesOn {
			r.Notef("budget %d: gone on after %d of %d paths", t.Budget, kept[i].Next, len(p.jobs))
		}
		at, err := p.drive(ctx, kept[i], h, tell)
		p.count(r, at)
		if err != nil {
			return report(r, err)
		}
		if err := p.judge(r, at, t.find(known)); err != nil {
			return err
		}
	}
	return nil
}

// count tells what was done.
func (p *plan) count(r *ladder.Run, at progress) {
	r.Count("paths", at.Next)
	r.Count("steps", at.Steps)
	r.Count("resets", at.Next)
	r.Count("compared with new machines", at.Compared)
}

// judge holds what was driven against what had to be, and tells how much it was.
func (p *plan) judge(r *ladder.Run, at progress, known map[int32]string) error {
	t, driven := p.tour, p.driven(at)
	kinds, classes := driven.of(t)
	r.Count(fmt.Sprintf("edges at budget %d", t.Budget), driven.n)
	r.Notef("budget %d: %.1f %% of %d edges, %d of %d kinds of them, %d of %d classes of configuration; %d edges cannot be driven",
		t.Budget, 100*float64(driven.n)/float64(t.edges()), t.edges(), kinds, t.counts.kinds, classes, t.counts.classes, len(known))
	if err := p.hold(driven, known); err != nil {
		return err
	}
	if p.shard.Count == 1 && len(known) == 0 && (kinds < t.counts.kinds || driven.n*leastShare < t.edges()) {
		return ladder.Differ("budget %d: %d of %d kinds of edges, and %d of %d edges: every kind has to be driven, and one edge in %d",
			t.Budget, kinds, t.counts.kinds, driven.n, t.edges(), leastShare)
	}
	return nil
}

// report returns a failure as the ladder wants it. One that hangs on what was
// before is no conversation that could be kept.
func report(r *ladder.Run, err error) error {
	var reuse *ReuseError
	if errors.As(err, &reuse) {
		return ladder.Differ("%v", reuse)
	}
	return harness.Report(r, err)
}
