package explore

import (
	"math/rand/v2"
	"testing"
)

// TestCounter compares the counter with plain ones.
func TestCounter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 7, 8, 9, 1000, 12345} {
		var c counter
		var want [MaxProperties]int
		for range n {
			s := Set(rng.Uint64() & rng.Uint64())
			c.add(s)
			for i := range want {
				want[i] += int(s >> i & 1)
			}
		}
		for i := range want {
			if got := c.total(i); got != want[i] {
				t.Fatalf("after %d additions counter %d is %d, want %d", n, i, got, want[i])
			}
		}
	}
}
