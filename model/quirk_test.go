package model

import (
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestQuirks: every quirk of every profile is something in the model, or is said
// to be nothing that it could show; and each changes something.
func TestQuirks(t *testing.T) {
	base, err := Run(Options{}, RunOptions{Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	used := map[spec.Quirk]bool{}
	for _, p := range spec.Profiles() {
		for _, q := range p.Quirks {
			used[q] = true
		}
	}
	for _, info := range spec.Quirks() {
		q := info.Quirk
		if !used[q] {
			t.Errorf("no profile has %s", q)
		}
		_, here := quirkFaults[q]
		if reason := quirksElsewhere[q]; here == (reason != "") {
			t.Errorf("%s is in the model: %v; elsewhere: %q", q, here, reason)
		}
		if !here {
			continue
		}
		changed := false
		for budget := 0; budget <= 1 && !changed; budget++ {
			profile := spec.Profile{Name: "alone", Quirks: []spec.Quirk{q}}
			alone, err := Run(Options{Profile: profile, Budget: budget}, RunOptions{NoPaths: true})
			if err != nil {
				t.Fatal(err)
			}
			changed = len(alone.Violated()) > 0 || budget == 0 && (alone.States != base.States || alone.Transitions != base.Transitions)
		}
		if !changed {
			t.Errorf("%s changes nothing", q)
		}
	}
}

// TestOnly: the two halves of a profile are the whole.
func TestOnly(t *testing.T) {
	for _, p := range spec.Profiles() {
		if n := len(p.Only(spec.Client).Quirks) + len(p.Only(spec.Server).Quirks); n != len(p.Quirks) {
			t.Errorf("%s has %d quirks, its halves %d", p.Name, len(p.Quirks), n)
		}
	}
}
