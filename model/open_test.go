package model

import (
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

var roles = []spec.Role{spec.Client, spec.Server}

// TestOpenHolds explores each endpoint alone: every local property holds, and
// each is exercised by one role at least.
func TestOpenHolds(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range roles {
		rep, err := RunOpen(r, Options{}, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range rep.Properties {
			seen[p.Name] = true
			if p.Verdict != Holds {
				t.Errorf("%v: %s is %s\n%s", r, p.Name, p.Verdict, p.Counterexample)
			}
		}
	}
	for _, p := range properties {
		if p.Local && !seen[p.Name] {
			t.Errorf("%s is local and was never exercised", p.Name)
		}
	}
}

// TestOpenMutants: whatever a mutant breaks that is local to one endpoint, it
// breaks without any attacker's budget too.
func TestOpenMutants(t *testing.T) {
	local := map[string]bool{}
	for _, p := range properties {
		local[p.Name] = p.Local
	}
	for _, m := range Mutants() {
		t.Run(m.Name, func(t *testing.T) {
			found := map[string]bool{}
			for _, r := range roles {
				rep, err := RunOpen(r, Options{Mutant: m.Name}, RunOptions{NoPaths: true})
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range rep.Violated() {
					found[name] = true
				}
			}
			for _, name := range m.Violates {
				if local[name] && !found[name] {
					t.Errorf("%s is not violated", name)
				}
			}
		})
	}
}
