package model

import (
	"slices"
	"testing"
)

// TestExploreHolds explores the model without and with an attacker: the counts
// are those of the manifest, every property holds, and none is vacuous.
func TestExploreHolds(t *testing.T) {
	for _, want := range []struct{ budget, states, transitions, depth int }{
		{0, 4351, 5509, 19},
		{1, 306196, 475300, 21},
	} {
		r, err := Run(Options{Budget: want.budget}, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if r.States != want.states || r.Transitions != want.transitions || r.Depth != want.depth {
			t.Errorf("budget %d: %d states, %d transitions, depth %d; want %+v", want.budget, r.States, r.Transitions, r.Depth, want)
		}
		for _, p := range r.Properties {
			if p.Verdict != Holds {
				t.Errorf("budget %d: %s is %s\n%s", want.budget, p.Name, p.Verdict, p.Counterexample)
			}
		}
	}
}

// TestMutants plants each fault and compares what it violates with the record.
func TestMutants(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Mutants() {
		t.Run(m.Name, func(t *testing.T) {
			r, err := Run(Options{Budget: m.Budget, Mutant: m.Name}, RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Violated(); !slices.Equal(got, m.Violates) {
				t.Errorf("violates %q, recorded are %q", got, m.Violates)
			}
			for _, name := range r.Violated() {
				seen[name] = true
			}
		})
	}
	for _, p := range Properties() {
		if !seen[p.Name] {
			t.Errorf("no mutant violates %s", p.Name)
		}
	}
}
