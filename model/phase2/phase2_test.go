package phase2

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// some is the scenarios in which every mutant shows: one method or two, and
// nothing twice.
func some(keep func(*spec.Phase2) bool) (list []spec.Phase2) {
	for _, sc := range Scenarios() {
		if keep(&sc) {
			list = append(list, sc)
		}
	}
	return list
}

var forMutants = some(func(sc *spec.Phase2) bool {
	return !sc.StoreFails && (sc.Methods[1] == spec.NoMethod || sc.Methods == [2]spec.InnerMethod{spec.MSCHAPv2, spec.GTC}) &&
		sc.Server != spec.AuthenticatedProvisioning && !sc.OnlyMSCHAPv2
})

// trusting is the scenarios of a peer that takes any certificate.
var trusting = some(func(sc *spec.Phase2) bool {
	return sc.Tunnel == spec.CertificateTunnel && sc.Methods[1] == spec.NoMethod && !sc.Asks && sc.Server == spec.NoProvisioning
})

func report(t *testing.T, o Options) *Report {
	t.Helper()
	r, err := Run(o, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func violated(r *Report) (names []string) {
	for _, p := range r.Properties {
		if p.Violated > 0 {
			names = append(names, p.Name)
		}
	}
	return names
}

// TestProperties: every property holds under both profiles, none without ever
// having been asked, and every attack is found under its profile.
func TestProperties(t *testing.T) {
	asked := map[string]bool{}
	found := map[string]bool{}
	for _, o := range []Options{{}, {Budget: 1}, {Budget: 2, Attackers: []Attacker{OnTheWire}}, {Profile: "hostap", Attackers: []Attacker{InMiddle}}} {
		r := report(t, o)
		t.Logf("budget %d, profile %q: %d states, %d transitions, depth %d", o.Budget, o.Profile, r.States, r.Transitions, r.Depth)
		if err := r.Err(); err != nil {
			t.Errorf("budget %d, profile %q: %v", o.Budget, o.Profile, err)
		}
		for _, p := range slices.Concat(r.Properties, r.Attacks) {
			asked[p.Name] = asked[p.Name] || p.Checked > 0
			found[p.Name] = found[p.Name] || p.Verdict == "found"
		}
	}
	for _, p := range properties {
		if !asked[p.Name] {
			t.Errorf("%s: its premise never holds", p.Name)
		}
		if p.Attack && !found[p.Name] {
			t.Errorf("%s is not found", p.Name)
		}
	}
}

var update = flag.Bool("update", false, "write testdata anew")

// TestMutants: every mutant violates exactly the recorded properties, every
// property is violated by one, and the counterexamples are the recorded ones.
func TestMutants(t *testing.T) {
	var text strings.Builder
	violatedBy := map[string]string{}
	for _, m := range mutants {
		o := Options{Mutant: m.Name, Budget: 1, Profile: m.Profile, Scenarios: forMutants}
		if m.Profile != "" {
			o.Scenarios, o.Attackers = trusting, []Attacker{InMiddle}
		}
		r := report(t, o)
		names := violated(r)
		if !slices.Equal(names, m.Violates) || len(names) == 0 {
			t.Errorf("%s violates %q, recorded %q", m.Name, names, m.Violates)
		}
		text.WriteString(m.Name + "\n")
		for _, n := range names {
			violatedBy[n] = m.Name
		}
		i := slices.IndexFunc(r.Properties, func(p Row) bool { return p.Violated > 0 })
		if i >= 0 {
			text.WriteString(r.Properties[i].Counterexample + "\n")
		}
	}
	for _, p := range properties {
		if violatedBy[p.Name] == "" && !p.Attack {
			t.Errorf("%s: no mutant violates it", p.Name)
		}
	}
	const file = "testdata/mutants.txt"
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != text.String() {
		t.Errorf("%s is not what the mutants violate (go test -run Mutants -update writes it anew): %v", file, err)
	}
}
