package lockstep

import (
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/ladder"
)

// TestEverythingIsMet: no value of a dimension, no event and no move of the
// attacker is left out by chance. What chance has left out is found missing.
func TestEverythingIsMet(t *testing.T) {
	moves, err := Moves()
	if err != nil {
		t.Fatal(err)
	}
	if len(moves) < 109 || len(Values()) < 60 || !slices.Contains(Values(), "ticket=pac") || !slices.Contains(Events(), "ClientTimeout") {
		t.Fatalf("%d moves, %d values, %d events", len(moves), len(Values()), len(Events()))
	}
	var met Met
	drive := func(scenarios int) {
		if _, err := Rapid(t.Context(), Options{Seed: 1, Scenarios: scenarios, Met: &met}); err != nil {
			t.Fatal(err)
		}
	}
	drive(20)
	if err := complete(t.Context(), ladder.NewRun(1), &met); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "never occurred") {
		t.Fatalf("after 20 scenarios: %v", err)
	}
	if _, missing := met.Of(moves); len(missing) > 0 {
		t.Errorf("sought in vain: %q", missing)
	}
	drive(1000)
	if err := complete(t.Context(), ladder.NewRun(1), &met); err != nil {
		t.Error(err)
	}
}
