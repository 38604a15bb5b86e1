package lockstep

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// FuzzLockstep makes the model the oracle of the native fuzzer: the input is
// what rapid draws its choices from.
func FuzzLockstep(f *testing.F) {
	source := rand.NewChaCha8([32]byte{'f', 'u', 'z', 'z'})
	for range 64 {
		// Where it does not suffice for a handshake, there is no handshake.
		seed := make([]byte, 2048)
		source.Read(seed)
		f.Add(seed)
	}
	d := newDriver(f.Context(), Options{Seed: 1})
	f.Fuzz(rapid.MakeFuzz(d.property))
}
