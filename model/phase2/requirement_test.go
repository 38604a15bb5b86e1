package phase2

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec/requirements"
)

// mine are the areas whose invariants are this model's, and of Security those
// from FAST-SEC-07 on that are about the second phase.
func mine(r requirements.Requirement) bool {
	switch strings.TrimRight(r.ID, "0123456789") {
	case "FAST-PAC-", "FAST-PKT-", "FAST-TLV-", "FAST-INN-", "FAST-CB-", "FAST-KEY-", "FAST-END-":
		return true
	case "FAST-SEC-":
		return r.ID >= "FAST-SEC-07" && r.ID <= "FAST-SEC-13"
	}
	return false
}

// TestRequirements: every id that is cited exists, and each requirement of the
// second phase that asks for an invariant is cited by a property, or lives
// elsewhere, and not both.
func TestRequirements(t *testing.T) {
	cited, away := map[string]bool{}, map[string]bool{}
	for _, p := range properties {
		for _, id := range p.Requirements {
			if _, ok := requirements.ByID(id); !ok {
				t.Errorf("%s cites %s, which does not exist", p.Name, id)
			}
			cited[id] = true
		}
	}
	for _, e := range elsewhere {
		if _, ok := requirements.ByID(e.Requirement); !ok || e.Reason == "" || e.Place == "" || cited[e.Requirement] {
			t.Errorf("elsewhere: %+v (cited: %v)", e, cited[e.Requirement])
		}
		away[e.Requirement] = true
	}
	for _, r := range requirements.All() {
		for _, c := range r.Checks {
			if c.Kind == requirements.Invariant && mine(r) && !cited[r.ID] && !away[r.ID] {
				t.Errorf("%s (%s) asks for an invariant, and nothing here has it", r.ID, r.Text)
			}
		}
	}
}

// TestNames: names are in one style and no two alike, and texts are sentences.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	check := func(name, text string) {
		if seen[name] || name == "" || strings.ToLower(name) != name || strings.ContainsAny(name, " _") {
			t.Errorf("the name %q is taken, or no name", name)
		}
		seen[name] = true
		if !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q is no sentence", name, text)
		}
	}
	for _, p := range properties {
		check(p.Name, p.Text)
	}
	for _, m := range mutants {
		check(m.Name, m.Text)
	}
}
