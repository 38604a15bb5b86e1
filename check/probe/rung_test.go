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
	if err := c.own(t.Context(), asDeaf); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "server/rule/ticket/accepted") {
		t.Errorf("without its callback: %v", err)
	}
	if err := c.own(t.Context(), asIs); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "is reached by no case") {
		t.Errorf("with few cases: %v", err)
	}
	if err := c.control(t.Context(), asIs); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "skipped") {
		t.Errorf("where nothing was asked of the control: %v", err)
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
