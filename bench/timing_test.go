package bench

import (
	"testing"
)

// TestConstantTime: every pair of every protection can be measured, which
// includes that all of its records open, or none.
func TestConstantTime(t *testing.T) {
	found, err := ConstantTime(200, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	protections := map[string]bool{}
	for _, f := range found {
		protections[f.Protection] = true
	}
	// Five CBC suites by two orders of MAC and cipher, three AEADs, and what leaks.
	if len(protections) != 5*2+3+1 || !found[len(found)-1].Leaks {
		t.Errorf("%d protections: %v", len(protections), found)
	}
}

func TestTimingVerdict(t *testing.T) {
	for _, test := range []struct {
		t     float64
		leaks bool
		want  Verdict
	}{{1, false, Met}, {-9, false, NotMet}, {900, true, Met}, {2, true, NotMet}} {
		if got := newTiming("", pair{}, test.leaks, test.t).Verdict; got != test.want {
			t.Errorf("t = %v of an opener that leaks %v: %v", test.t, test.leaks, got)
		}
	}
}
