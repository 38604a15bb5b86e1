package tour

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// small are systems that are toured in no time: callbacks, tickets and sessions
// without an attacker, and a PAC with one.
var small = []model.Options{
	{Budget: 0, Fix: spec.Scenario{
		Named: spec.NamedNone, Preferred: spec.NamedNone, ClientVersion: spec.OfferTLS12, ServerVersion: spec.OfferTLS12,
		ClientEMS: spec.On, ServerEMS: spec.On, SessionEMS: spec.On, ClientEtM: spec.On, ServerEtM: spec.On,
		Exchange: spec.ExchangeEphemeral, Mode: spec.ModeCBC, TrustRoot: spec.On, ClientAuth: spec.ClientAuthOff,
	}},
	{Budget: 1, Fix: spec.Scenario{
		ServerCallback: spec.CallbackAccept, ClientCallback: spec.CallbackAccept, Ticket: spec.TicketPAC, Keys: spec.KeysAgree,
		Named: spec.NamedNone, Preferred: spec.NamedNone, ClientVersion: spec.OfferTLS12, ServerVersion: spec.OfferTLS12,
		ClientEMS: spec.On, ServerEMS: spec.On, SessionEMS: spec.On, ClientEtM: spec.On, ServerEtM: spec.On,
		Exchange: spec.ExchangeEphemeral, Mode: spec.ModeCBC, ClientAuth: spec.ClientAuthOff, TrustRoot: spec.On,
	}},
}

// toured runs the rung on the small systems, and returns what was counted.
func toured(t *testing.T, r *ladder.Run, h hooks) (map[string]int, error) {
	t.Helper()
	err := tour(t.Context(), r, small, h)
	counts := map[string]int{}
	for _, c := range r.Counts() {
		counts[c.What] = c.N
	}
	return counts, err
}

func newTour(t *testing.T, o model.Options) *Tour {
	t.Helper()
	tour, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tour
}

// TestTour: every edge without an attacker; with one, every kind of edge and not
// all of them, unless the run is long.
func TestTour(t *testing.T) {
	counts, err := toured(t, ladder.NewRun(1), hooks{})
	if err != nil {
		t.Fatal(err)
	}
	without, with := newTour(t, small[0]), newTour(t, small[1])
	some := counts["edges at budget 1"]
	if counts["edges at budget 0"] != without.edges() || some*leastShare < with.edges() || some == with.edges() || counts["compared with new machines"] == 0 {
		t.Errorf("%v; there are %d and %d edges", counts, without.edges(), with.edges())
	}
}

// TestSameSeedSameTour: another one has another order.
func TestSameSeedSameTour(t *testing.T) {
	tour := newTour(t, small[1])
	plan := func(seed uint64) []job { return tour.plan(false, seed, ladder.Shard{Count: 1}).jobs }
	if first := plan(1); !slices.Equal(first, plan(1)) || slices.Equal(first, plan(2)) {
		t.Error("the order does not follow from the seed")
	}
}

// TestShards: together they drive every edge.
func TestShards(t *testing.T) {
	tour, all := newTour(t, small[1]), 0
	union := newCoverage(tour)
	const n = 3
	for i := range n {
		p := tour.plan(true, 1, ladder.Shard{Index: i, Count: n})
		at, err := p.drive(t.Context(), progress{}, hooks{}, func(progress) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		all += len(p.jobs)
		for e, is := range p.driven(at).edges {
			if is {
				union.edge(int32(e))
			}
		}
	}
	if union.n != tour.edges() || all != tour.graph.Len()-1 {
		t.Errorf("%d of %d edges, %d resets from %d states", union.n, tour.edges(), all, tour.graph.Len())
	}
}

// TestMissedEdges: a path that is left out leaves its edges uncovered.
func TestMissedEdges(t *testing.T) {
	tour := newTour(t, small[1])
	tour.paths = tour.paths[:len(tour.paths)-1]
	p := tour.plan(true, 1, ladder.Shard{Count: 1})
	at := progress{Next: len(p.jobs)}
	if err := p.judge(ladder.NewRun(1), at, nil); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "were not driven") {
		t.Error(err)
	}
	// Where only kinds have to be covered, it shows in them.
	p = tour.plan(false, 1, ladder.Shard{Count: 1})
	p.jobs = p.jobs[:len(p.jobs)/2]
	at = progress{Next: len(p.jobs)}
	if err := p.judge(ladder.NewRun(1), at, nil); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "kinds of edges") {
		t.Error(err)
	}
}

// TestUndrivenEdges: an edge at which every attempt ends has to be on the list,
// and one that is on the list has to be such.
func TestUndrivenEdges(t *testing.T) {
	tour := newTour(t, small[1])
	last := tour.paths[0][len(tour.paths[0])-1]
	stops := func(path int32, edges int) int {
		if k := slices.Index(tour.paths[path][:edges], last); k >= 0 {
			return k
		}
		return edges
	}
	p := tour.plan(true, 1, ladder.Shard{Count: 1})
	at, err := p.drive(t.Context(), progress{}, hooks{stops: stops}, func(progress) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	line := tour.name(tour.way(last))
	list := func(text string) map[int32]string {
		names, err := listed(text)
		if err != nil {
			t.Fatal(err)
		}
		return tour.find(names)
	}
	known := list("# a comment\n\n" + line + " # the test does not let it\n")
	if len(known) != 1 || p.hold(p.driven(at), known) != nil {
		t.Errorf("%q: %v, %v", line, known, p.hold(p.driven(at), known))
	}
	for what, err := range map[string]error{
		"undriven.txt does not have\n" + line: p.hold(p.driven(at), nil),
		"strike it":                           p.hold(p.must(), known),
		"more than one in":                    p.hold(p.driven(at), map[int32]string{last: "x", 0: "y", 1: "z", 2: "u", 3: "v"}),
	} {
		if !ladder.IsDifference(err) || !strings.Contains(err.Error(), what) {
			t.Errorf("want %q, got %v", what, err)
		}
	}
	if _, err := listed(line + "\n"); err == nil || !strings.Contains(err.Error(), "undriven.txt:1: an edge without a reason") {
		t.Error(err)
	}
	if _, err := listed(undriven); err != nil {
		t.Error(err)
	}
}

// TestWrongObservationsAreFound: what new machines show, too, is no matter of
// their reuse.
func TestWrongObservationsAreFound(t *testing.T) {
	bend := func(o *spec.Observation) {
		if o.Cache == spec.CacheAdd {
			o.Cache = spec.CacheNone
		}
	}
	_, first := toured(t, ladder.NewRun(1), hooks{bend: bend})
	if !ladder.IsDifference(first) || !strings.Contains(first.Error(), "tour: model and implementation differ") {
		t.Fatal(first)
	}
	if _, again := toured(t, ladder.NewRun(1), hooks{bend: bend}); again == nil || again.Error() != first.Error() {
		t.Errorf("first\n%v\nthen\n%v", first, again)
	}
}

// TestInterruptedTourGoesOn: it does in two parts what it does in one.
func TestInterruptedTourGoesOn(t *testing.T) {
	whole := newTour(t, small[1]).plan(true, 1, ladder.Shard{Count: 1})
	want, err := whole.drive(t.Context(), progress{}, hooks{}, func(progress) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var kept progress
	whole.batch = 100
	_, err = whole.drive(ctx, kept, hooks{}, func(at progress) error {
		kept = at
		if at.Next > len(whole.jobs)/2 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || kept.Next == 0 || kept.Next == len(whole.jobs) {
		t.Fatalf("%v after %d of %d", err, kept.Next, len(whole.jobs))
	}
	got, err := whole.drive(t.Context(), kept, hooks{}, func(progress) error { return nil })
	if err != nil || got.Next != want.Next || got.Steps != want.Steps || got.Compared != want.Compared {
		t.Errorf("in two parts %+v, in one %+v, %v", got, want, err)
	}
}

// TestRungGoesOn: the rung keeps how far it has come, and goes on from there.
func TestRungGoesOn(t *testing.T) {
	dir := t.TempDir()
	climb := func(ctx context.Context, h hooks) *ladder.Report {
		rung := ladder.Rung{Name: "tour", Run: func(ctx context.Context, r *ladder.Run) error { return tour(ctx, r, small[1:], h) }}
		report, err := ladder.Climb(ctx, []ladder.Rung{rung}, ladder.Options{Seed: 1, Resume: dir, Long: true})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	files := func() []string {
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	ctx, cancel := context.WithCancel(t.Context())
	var seen atomic.Int64
	report := climb(ctx, hooks{bend: func(*spec.Observation) {
		if seen.Add(1) == 12000 {
			cancel()
		}
	}})
	if report.OK(true) || len(files()) != 1 {
		t.Fatalf("%+v, files %v", report, files())
	}
	if report = climb(t.Context(), hooks{}); !report.OK(true) || len(files()) != 0 {
		t.Errorf("%+v, files %v", report, files())
	}
	if out := fmt.Sprint(report); !strings.Contains(out, "gone on after") {
		t.Errorf("no word of it: %s", out)
	}
}
