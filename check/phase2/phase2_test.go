package phase2

import (
	"errors"
	"math/rand/v2"
	"testing"

	model "github.com/sesame-tls/sesame/model/phase2"
)

func drive(t *testing.T, budget int, mutant string, walks int) (int, error) {
	t.Helper()
	b, err := NewBench(budget, mutant)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, uint64(budget)))
	return Drive(t.Context(), b, walks, rng.IntN, func(int) {})
}

// TestWalks drives random runs under every budget.
func TestWalks(t *testing.T) {
	for budget := range 3 {
		steps, err := drive(t, budget, "", 400)
		if err != nil {
			t.Fatalf("budget %d, after %d steps: %v", budget, steps, err)
		}
		t.Logf("budget %d: %d steps", budget, steps)
	}
}

// A mutant that shows in what no single walk compares: what an attacker in the
// middle can do, and keys that nobody uses.
var unseen = map[string]string{
	"keys-of-the-seed": "the keys are used by nobody after the last Crypto-Binding",
}

// TestMutants: the implementation differs from every mutant of the model.
func TestMutants(t *testing.T) {
	for _, m := range model.Mutants() {
		if unseen[m.Name] != "" {
			continue
		}
		steps, err := drive(t, 1, m.Name, 20000)
		var d *Difference
		if !errors.As(err, &d) {
			t.Errorf("%s is not told from the implementation in %d steps: %v", m.Name, steps, err)
		}
	}
}
