package tla

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestCheckAll: every configuration is told of, in order, a race last; what the
// caller or the context ends, ends.
func TestCheckAll(t *testing.T) {
	configs := []Config{{Name: "a"}, {Name: "race", Race: true}, {Name: "b"}, {Name: "c"}}
	o := Options{Dir: t.TempDir()} // where no configuration is
	var told []string
	err := CheckAll(t.Context(), configs, o, func(c Config, _ *Outcome, err error) error {
		if err == nil {
			t.Errorf("%s: TLC is content with nothing", c.Name)
		}
		told = append(told, c.Name)
		return nil
	})
	if want := []string{"a", "b", "c", "race"}; err != nil || !slices.Equal(told, want) {
		t.Errorf("told of %q, %v; want %q", told, err, want)
	}
	enough, calls := errors.New("enough"), 0
	if err := CheckAll(t.Context(), configs, o, func(Config, *Outcome, error) error { calls++; return enough }); err != enough || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := CheckAll(ctx, configs, o, func(Config, *Outcome, error) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v of a context that has ended", err)
	}
}

// TestLongestFirst: what takes longest is begun first, and the rest in the order
// of the manifest.
func TestLongestFirst(t *testing.T) {
	got := longestFirst([]Config{{States: 5}, {}, {States: 9}, {States: 5}})
	if want := []int{2, 0, 3, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
