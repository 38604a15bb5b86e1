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
	report := func(rows ...model.Row) *model.Report { return &model.Report{Properties: rows} }
	mutant := model.Mutant{Name: "m", Violates: []string{"bad"}}
	property := func(name string, ids ...string) model.Property { return model.Property{Name: name, Requirements: ids} }
	for _, c := range []struct {
		name string
		err  error
		want string // a part of the text; empty: no difference
	}{
		{"all hold", holds(report(good)), ""},
		{"one is violated", holds(report(good, bad)), "C->S ClientHello"},
		{"one is vacuous", holds(report(good, never)), "never was never exercised"},
		{"as recorded", violates(mutant, report(good, bad)), ""},
		{"nothing violated", violates(mutant, report(good)), "recorded: bad\nviolated: "},
		{"more violated", violates(model.Mutant{Name: "m"}, report(bad)), "bad\nC->S ClientHello"},
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

// A mutant whose record is wrong turns the rung red.
func TestAWrongRecordIsFound(t *testing.T) {
	properties, mutants := model.Properties(), model.Mutants()
	wrong := mutants[1]
	wrong.Violates = append([]string{}, mutants[0].Violates...)
	err := plantAll(t.Context(), ladder.NewRun(1), properties[:0], []model.Mutant{wrong})
	if !ladder.IsDifference(err) {
		t.Errorf("got %v", err)
	}
}

func TestAMutantOfAnotherShardIsLeftOut(t *testing.T) {
	r := ladder.NewRun(1)
	r.Shard = ladder.Shard{Index: 1, Count: 1000}
	if err := plantAll(t.Context(), r, nil, model.Mutants()[:1]); err != nil {
		t.Error(err)
	}
	if counts := r.Counts(); len(counts) != 0 {
		t.Errorf("counted %v", counts)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, ladder.NewRun(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
