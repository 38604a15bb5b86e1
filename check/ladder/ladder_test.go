package ladder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func rung(name string, run func(context.Context, *Run) error) Rung { return Rung{Name: name, Run: run} }

func counting(_ context.Context, r *Run) error {
	for i := range 1500 {
		r.Progress(i, 1500, "a thing")
		r.Count("things", 1)
	}
	r.Notef("a note on %s", "things")
	r.Logf("a log line")
	return nil
}

// Example runs a ladder of two rungs, of which one finds a difference.
func Example() {
	report, err := Climb(context.Background(), []Rung{
		{Name: "same", Run: func(_ context.Context, r *Run) error {
			r.Count("states", 12345)
			r.Count("mutants", 7)
			return nil
		}},
		{Name: "other", Run: func(_ context.Context, r *Run) error {
			r.Count("rows", 2)
			return Differ("row 2\nmodel: Established\nimpl:  Failed")
		}},
	}, Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range report.Rungs {
		fmt.Printf("%s %s: %v\n%s", r.Verdict, r.Name, r.Ran, r.Reason)
	}
	// Output:
	// pass same: 12,345 states, 7 mutants
	// fail other: 2 rows
	// row 2
	// model: Established
	// impl:  Failed
}

func TestVerdicts(t *testing.T) {
	there, missing := func() error { return nil }, func() error { return errors.New("not found") }
	for _, c := range []struct {
		name    string
		rung    Rung
		verdict Verdict
		reason  string // a part of it
	}{
		{"pass", rung("x", counting), Passed, ""},
		{"difference", rung("x", func(_ context.Context, r *Run) error { r.Count("a", 1); return Differ("one\ntwo") }), Failed, "one\ntwo"},
		{"error", rung("x", func(context.Context, *Run) error { return errors.New("broken") }), Failed, "broken"},
		{"panic", rung("x", func(context.Context, *Run) error { panic("oops") }), Failed, "panic: oops"},
		{"nothing counted", rung("x", func(context.Context, *Run) error { return nil }), Failed, "counted nothing"},
		{"only zeros", rung("x", func(_ context.Context, r *Run) error { r.Count("a", 0); return nil }), Failed, "counted nothing"},
		{"skip", rung("x", func(context.Context, *Run) error { return Skip("no %s", "net") }), Skipped, "no net"},
		{"tool missing", Rung{Name: "x", Run: counting, Needs: []Tool{{"t", there, ""}, {"tool", missing, "install it"}}}, Skipped, "tool is missing (not found): install it"},
		{"tools there", Rung{Name: "x", Run: counting, Needs: []Tool{{"t", there, ""}}}, Passed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			report, err := Climb(t.Context(), []Rung{c.rung}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := report.Rungs[0]
			if got.Verdict != c.verdict || !strings.Contains(got.Reason, c.reason) || (c.reason == "") != (got.Reason == "") {
				t.Errorf("%s %q, want %s %q", got.Verdict, got.Reason, c.verdict, c.reason)
			}
			if report.OK(false) != (c.verdict != Failed) || report.OK(true) != (c.verdict == Passed) {
				t.Errorf("OK is %v, strictly %v", report.OK(false), report.OK(true))
			}
		})
	}
}

func TestChosenRungs(t *testing.T) {
	rungs := []Rung{rung("a", counting), rung("b", counting), rung("c", counting)}
	report, err := Climb(t.Context(), rungs, Options{Rungs: []string{"c", "a"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Rungs) != 2 || report.Rungs[0].Name != "a" || report.Rungs[1].Name != "c" {
		t.Errorf("ran %v", report.Rungs)
	}
	report, err = Climb(t.Context(), rungs, Options{Without: []string{"b"}})
	if err != nil || len(report.Rungs) != 2 || report.Rungs[0].Name != "a" || report.Rungs[1].Name != "c" {
		t.Errorf("without one: ran %v (%v)", report, err)
	}
	for name, o := range map[string]Options{
		"asked for and left out": {Rungs: []string{"a"}, Without: []string{"a"}},
		"all left out":           {Without: []string{"a", "b", "c"}},
	} {
		if _, err := Climb(t.Context(), rungs, o); !errors.Is(err, ErrNoRungs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var unknown *UnknownRungError
	if _, err := Climb(t.Context(), rungs, Options{Without: []string{"d"}}); !errors.As(err, &unknown) {
		t.Errorf("left out and unknown: %v", err)
	}
	_, err = Climb(t.Context(), rungs, Options{Rungs: []string{"d"}})
	if !errors.As(err, &unknown) || err.Error() != `no rung is named "d"; there are a, b, c` {
		t.Errorf("error %v", err)
	}
}

func TestCancelledRunFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first := rung("a", func(context.Context, *Run) error { cancel(); return ctx.Err() })
	report, err := Climb(ctx, []Rung{first, rung("b", counting)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Rungs {
		if r.Verdict != Failed {
			t.Errorf("%s: %s", r.Name, r.Verdict)
		}
	}
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	report, err := Climb(t.Context(), []Rung{
		rung("a", counting),
		rung("b", func(context.Context, *Run) error { return Differ("one\ntwo\n") }),
		rung("c", func(context.Context, *Run) error { return Skip("no reason") }),
	}, Options{Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	want := "pass  a              0.0 s  1,500 things\n      a note on things\nfail  b              0.0 s\n      one\n      two\nskip  c              0.0 s  no reason\n"
	got := ""
	for _, r := range report.Rungs {
		r.Seconds = 0
		got += r.text()
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 6 {
		t.Errorf("%d lines were written:\n%s", lines, out.String())
	}
}

func TestJSON(t *testing.T) {
	report := &Report{Rungs: []Result{{Name: "a", Verdict: Failed, Reason: "x <> y", Ran: counts{{"z", 1}, {"a", 2}}, Seconds: 1.5}, {Name: "b", Verdict: Skipped}}}
	var b bytes.Buffer
	if err := report.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b.Bytes()); err != nil {
		t.Fatal(err)
	}
	want := `{"rungs":[{"name":"a","verdict":"fail","reason":"x <> y","ran":{"z":1,"a":2},"seconds":1.5},` +
		`{"name":"b","verdict":"skip","reason":"","ran":{},"seconds":0}]}`
	if compact.String() != want {
		t.Errorf("got  %s\nwant %s", compact.String(), want)
	}
	if empty, err := json.Marshal(&Report{Rungs: []Result{}}); err != nil || string(empty) != `{"rungs":[]}` {
		t.Errorf("an empty report is %s, %v", empty, err)
	}
}

func TestNoProgressInAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = Climb(t.Context(), []Rung{rung("a", counting)}, Options{Live: w, Verbose: true})
	w.Close()
	var live bytes.Buffer
	if _, copyErr := live.ReadFrom(r); err != nil || copyErr != nil {
		t.Fatal(err, copyErr)
	}
	if got := live.String(); got != "a: a log line\n" {
		t.Errorf("the pipe got %q", got)
	}
}

func TestRandDependsOnSeedAndName(t *testing.T) {
	draw := func(seed uint64, name string) uint64 { return NewRun(seed).Rand(name).Uint64() }
	first := draw(1, "a")
	if first != draw(1, "a") {
		t.Error("not repeatable")
	}
	if first == draw(2, "a") || first == draw(1, "b") {
		t.Error("seed or name do not matter")
	}
}

func TestShards(t *testing.T) {
	for i := range 10 {
		owners := 0
		for k := range 3 {
			if (Shard{k, 3}).Has(i) {
				owners++
			}
		}
		if owners != 1 || !NewRun(1).Shard.Has(i) {
			t.Errorf("piece %d belongs to %d shards", i, owners)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestProgressText(t *testing.T) {
	p := &Live{}
	for want, now := range map[string]position{
		"1,200 of 4,800 (25 %)  here": {1200, 4800, "here"},
		"1,200":                       {1200, 0, ""},
	} {
		p.now.Store(&now)
		if got := p.text(); !strings.HasSuffix(got, "  "+want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLongOnly(t *testing.T) {
	rungs := []Rung{{Name: "a", LongOnly: true, Run: func(_ context.Context, r *Run) error { r.Count("things", 1); return nil }}}
	for _, test := range []struct {
		options Options
		ran     int
	}{{Options{}, 0}, {Options{Long: true}, 1}, {Options{Rungs: []string{"a"}}, 1}} {
		report, err := Climb(context.Background(), rungs, test.options)
		if err != nil || len(report.Rungs) != test.ran {
			t.Errorf("%+v: %d rungs ran, %v", test.options, len(report.Rungs), err)
		}
	}
}

// What a rung counts by the clock is told apart from what follows from the seed.
func TestCountsThatVary(t *testing.T) {
	r := Rung{Name: "a", Varies: []string{"executions"}, Run: func(_ context.Context, r *Run) error {
		for _, what := range []string{"targets", "executions", "rows"} {
			r.Count(what, 1)
		}
		r.Notef("a note")
		return nil
	}}
	report, err := Climb(t.Context(), []Rung{r}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := &report.Rungs[0]
	if text := fmt.Sprint(got.Steady(), got.Varying(), got.Notes()); text != "[{rows 1} {targets 1}] [{executions 1}] [a note]" {
		t.Errorf("got %s", text)
	}
}

// TestPart: the parts of all shards together are all, and in order.
func TestPart(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e"}
	for _, c := range []struct {
		shard Shard
		want  string
	}{{Shard{}, "abcde"}, {Shard{0, 1}, "abcde"}, {Shard{0, 2}, "ace"}, {Shard{1, 2}, "bd"}, {Shard{5, 6}, ""}} {
		if got := strings.Join(Part(c.shard, all), ""); got != c.want {
			t.Errorf("%v: %q, want %q", c.shard, got, c.want)
		}
	}
}
