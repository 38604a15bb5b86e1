package lockstep

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "choose the seeds of FuzzLockstep anew")

// seeds is where go test looks for them.
const seeds = "testdata/fuzz/FuzzLockstep"

// FuzzLockstep makes the model the oracle of the native fuzzer: the input is
// what rapid draws its choices from. Where it does not suffice for a handshake,
// there is no handshake.
func FuzzLockstep(f *testing.F) {
	d := newDriver(f.Context(), Options{Seed: 1})
	d.quiet = true // hours of edges would fill the memory
	f.Fuzz(rapid.MakeFuzz(d.property))
}

// TestSeeds: the committed seeds lead to all that lockstep knows of endpoints,
// and to each kind of attack.
func TestSeeds(t *testing.T) {
	if *update {
		chooseSeeds(t)
	}
	files, err := os.ReadDir(seeds)
	if err != nil {
		t.Fatal(err)
	}
	var met Met
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(seeds, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		quoted, ok := strings.CutPrefix(string(text), "go test fuzz v1\n[]byte(")
		seed, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(quoted), ")"))
		if err != nil || !ok {
			t.Fatalf("%s is no input of a fuzz target: %v", file.Name(), err)
		}
		fuzz(t, []byte(seed), &met)
	}
	if _, missing := met.Of(Events()); len(missing) > 0 {
		t.Errorf("%d seeds never lead to %q (-update chooses them anew)", len(files), missing)
	}
}

// fuzz runs one input, and reports whether it led through a whole handshake.
func fuzz(t *testing.T, seed []byte, met *Met) (whole bool) {
	t.Run("seed", func(t *testing.T) {
		d := newDriver(t.Context(), Options{Seed: 1, Met: met})
		rapid.MakeFuzz(d.property)(t, seed)
		whole = true // otherwise the test was skipped
	})
	return whole
}

// chooseSeeds writes seeds of which each leads to an event that those before it
// do not lead to.
func chooseSeeds(t *testing.T) {
	if err := os.RemoveAll(seeds); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(seeds, 0o755); err != nil {
		t.Fatal(err)
	}
	source := rand.NewChaCha8([32]byte{'f', 'u', 'z', 'z'})
	var met Met
	for missing := Events(); len(missing) > 0; {
		seed := make([]byte, 2048)
		source.Read(seed)
		var here Met
		if !fuzz(t, seed, &here) || !slices.ContainsFunc(missing, func(e string) bool { return here.times[e] > 0 }) {
			continue
		}
		for e := range here.times {
			met.add(e)
		}
		_, missing = met.Of(Events())
		name := filepath.Join(seeds, fmt.Sprintf("seed-%02d", len(Events())-len(missing)))
		if err := os.WriteFile(name, fmt.Appendf(nil, "go test fuzz v1\n[]byte(%q)\n", seed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
