package explore

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
)

// Each comparison of the rung fails where it has to.
func TestDifferencesAreFound(t *testing.T) {
	good := model.Row{Name: "good", Verdict: model.Holds}
	bad := model.Row{Name: "bad", Verdict: model.Violated, Counterexample: "C->S ClientHello"}
	never := model.Row{Name: "never", Verdict: model.Vacuous}
	report := func(rows ...model.Row) *model.Report {
		return &model.Report{States: 2, Transitions: 3, Depth: 1, Properties: rows}
	}
	endless := report(good)
	endless.Loops = &model.Loops{Components: 1, Run: "S->C Alert"}
	lost := report(good)
	lost.Attacks = []model.Row{{Name: "listening", Verdict: model.Missing}}
	entry := func(violated ...string) model.Entry {
		return model.Entry{Profile: "rfc", States: 2, Transitions: 3, Depth: 1, Violated: violated}
	}
	more := entry()
	more.States++
	mutant := model.Mutant{Name: "m", Violates: []string{"bad"}}
	property := func(name string, ids ...string) model.Property { return model.Property{Name: name, Requirements: ids} }
	for _, c := range []struct {
		name string
		err  error
		want string // a part of the text; empty: no difference
	}{
		{"all hold", compare(entry(), report(good)), ""},
		{"violated as recorded", compare(entry("bad"), report(bad)), ""},
		{"violated and not recorded", compare(entry(), report(good, bad)), "C->S ClientHello"},
		{"recorded and not violated", compare(entry("good"), report(good)), `violated ["good"]`},
		{"vacuous", compare(entry(), report(good, never)), "never was never exercised"},
		{"an attack is missing", compare(entry(), lost), "the attack listening"},
		{"endless", compare(entry(), endless), "goes on for ever\nS->C Alert"},
		{"another number of states", compare(more, report(good)), "manifest: 3 states"},
		{"all recorded", recorded([]model.Property{property("bad")}, []model.Mutant{mutant}), ""},
		{"idle mutant", recorded(nil, []model.Mutant{{Name: "idle"}}), "idle is recorded as violating nothing"},
		{"idle property", recorded([]model.Property{property("idle")}, []model.Mutant{mutant}), "violating idle"},
		{"known requirement", cited([]model.Property{property("p", "FAST-TLS-07")}), ""},
		{"unknown requirement", cited([]model.Property{property("p", "FAST-TLS-7")}), "FAST-TLS-7, which does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == "" {
				if c.err != nil {
					t.Error(c.err)
				}
				return
			}
			if !ladder.IsDifference(c.err) || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", c.err, c.want)
			}
		})
	}
}

// A mutant whose record is wrong, and an entry about nobody, turn the rung red.
func TestFaultsOfTheModelAreFound(t *testing.T) {
	wrong := model.Mutant{Name: "no-echo", Violates: []string{"agreement"}}
	if err := plant(ladder.NewRun(1), wrong, model.RunOptions{}); !ladder.IsDifference(err) {
		t.Errorf("a wrong record: %v", err)
	}
	remote := model.Mutant{Name: "no-echo", Violates: []string{"session-id-echoed", "warnings-change-nothing"}}
	if err := plantOpen(remote, model.RunOptions{}); !ladder.IsDifference(err) {
		t.Errorf("an open machine that does not show it: %v", err)
	}
	unknown := model.Entry{Profile: "rfc", Open: "Attacker"}
	if err := explore(ladder.NewRun(1), unknown, model.RunOptions{}); err == nil {
		t.Error("a third role was explored")
	}
}

func TestLongEntriesAreForLongRuns(t *testing.T) {
	entries := []model.Entry{{Profile: "rfc"}, {Profile: "rfc", Budget: 2, Long: true}}
	short, long := ladder.NewRun(1), ladder.NewRun(1)
	long.Long = true
	if n, m := len(jobs(short, entries, nil)), len(jobs(long, entries, nil)); m != n+1 {
		t.Errorf("%d jobs, and %d in a long run", n, m)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, ladder.NewRun(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
