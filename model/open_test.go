package model

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

var roles = []spec.Role{spec.Client, spec.Server}

// TestOpenHolds explores each endpoint alone: every local property holds, and
// each is about one role at least. One that is never exercised is no pass.
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
			t.Errorf("%s is local and about neither role", p.Name)
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

// TestOpenInputs: traces know inputs by their names, so that these differ.
func TestOpenInputs(t *testing.T) {
	for _, r := range roles {
		seen := map[string]bool{}
		for _, in := range openInputs(r) {
			if seen[in.Name] {
				t.Errorf("%v: two inputs are named %q", r, in.Name)
			}
			seen[in.Name] = true
		}
	}
}

// TestOpenVacuous: a property about an endpoint that its scenarios never
// exercise is not reported as holding.
func TestOpenVacuous(t *testing.T) {
	rep, err := RunOpen(spec.Client, Options{Fix: spec.Scenario{Ticket: spec.TicketAbsent}}, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := rep.Err(); err == nil || !strings.Contains(err.Error(), "pending-is-one-shot was never exercised") {
		t.Errorf("got %v", err)
	}
}
