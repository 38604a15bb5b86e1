package probe

import (
	"errors"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/sut"
)

// TestRung climbs a part of it. With the implementation taken for one with a
// callback, and without one, it fails; so does the control with what it cannot
// be.
func TestRung(t *testing.T) {
	if _, err := sut.BuildSystem(t.Context()); errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	}
	r := ladder.NewRun(1)
	r.Shard = ladder.Shard{Index: 3, Count: 16}
	if err := climb(t.Context(), r); err != nil {
		t.Error(err)
	}
	if counts := r.Counts(); len(counts) != 2 || counts[0].N < 100 || counts[1].N < 10 {
		t.Errorf("%v", counts)
	}
	pki, err := interop.NewPKI(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &climber{Run: ladder.NewRun(1), pki: pki}
	for _, one := range cases.Chosen() {
		if strings.HasPrefix(one.ID, "server/rule/ticket/") {
			c.list = append(c.list, one)
		}
	}
	for _, twin := range []struct {
		name, want string
		add        func(wrap func(System) System) ([]*probing, error)
		wrap       func(System) System
	}{
		{"without its callback", "server/rule/ticket/accepted", c.own, asDeaf},
		{"the machine's OpenSSL without its callback, beside its baseline", "server/rule/ticket/accepted", func(wrap func(System) System) ([]*probing, error) {
			all, err := c.system(t.Context())
			for _, p := range all {
				p.wrap = wrap
			}
			return all, err
		}, asDeaf},
		{"with few cases", "is reached by no case", c.own, asIs},
		{"where nothing was asked of the control", "skipped", c.control, asIs},
	} {
		all, err := twin.add(twin.wrap)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.probe(t.Context(), all); !ladder.IsDifference(err) || !strings.Contains(err.Error(), twin.want) {
			t.Errorf("%s: %v", twin.name, err)
		}
	}
}

// TestBaselineFor: a library's own words choose its baseline.
func TestBaselineFor(t *testing.T) {
	for library, want := range map[string]bool{"OpenSSL 3.0.22 9 Jun 2026": true, "OpenSSL 3.5.5": false, "wolfSSL 5.9.4": true, "wolfSSL 4.8.1": false} {
		if b, err := baselineFor(library); err != nil || (b != nil) != want {
			t.Errorf("%s: %v, %v", library, b, err)
		}
	}
}
