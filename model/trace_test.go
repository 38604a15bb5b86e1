package model

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestReplay walks the counterexamples of a report again: each violates its
// property, and looks the same.
func TestReplay(t *testing.T) {
	open := func(r spec.Role) func(Options, RunOptions) (*Report, error) {
		return func(o Options, ro RunOptions) (*Report, error) {
			o.Budget = 0
			return RunOpen(r, o, ro)
		}
	}
	for _, c := range []struct {
		name string
		run  func(Options, RunOptions) (*Report, error)
	}{
		{"early-change-cipher-spec", Run}, {"secret-without-randoms", Run}, {"silent-crash", Run},
		{"early-change-cipher-spec", open(spec.Client)}, {"forged-ticket", open(spec.Server)}, {"early-data", open(spec.Server)},
	} {
		name := c.name
		rep, err := c.run(Options{Mutant: name, Budget: 1}, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := json.NewEncoder(&file).Encode(rep); err != nil {
			t.Fatal(err)
		}
		traces, err := ReadTraces(&file)
		if err != nil {
			t.Fatal(err)
		}
		if len(traces) != len(rep.Violated()) {
			t.Errorf("%s: %d traces for %q", name, len(traces), rep.Violated())
		}
		for _, trace := range traces {
			r, err := Replay(trace)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(r.Violated, trace.Property) {
				t.Errorf("%s: the path violates %q, not %s", name, r.Violated, trace.Property)
			}
			i := slices.IndexFunc(rep.Properties, func(row Row) bool { return row.Name == trace.Property })
			if r.Chart != rep.Properties[i].Counterexample {
				t.Errorf("%s:\n%s\nwant\n%s", name, r.Chart, rep.Properties[i].Counterexample)
			}
		}
	}
}

// TestReplayRefused: what cannot be replayed is refused with a reason.
func TestReplayRefused(t *testing.T) {
	for _, c := range []struct {
		name, file, want string
	}{
		{"not JSON", "handshake", "no trace"},
		{"empty report", `{"properties":[]}`, "neither a trace nor"},
		{"unknown profile", `{"profile":"openssl","actions":["ClientStart"]}`, "no profile"},
		{"unknown dimension", `{"profile":"rfc","scenario":"colour=red","actions":["ClientStart"]}`, "no dimension"},
		{"unknown value", `{"profile":"rfc","scenario":"ticket=blue","actions":["ClientStart"]}`, "give one of absent"},
		{"impossible action", `{"profile":"rfc","actions":["ClientStart","ServerTimeout"]}`, "action 2"},
		{"unknown machine", `{"profile":"rfc","open":"Attacker","actions":["read Finished"]}`, "give Client or Server"},
		{"unknown input", `{"profile":"rfc","open":"Server","actions":["read ServerHello"]}`, "action 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces, err := ReadTraces(strings.NewReader(c.file))
			if err == nil {
				_, err = Replay(traces[0])
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestScenarioText: every value of every dimension comes back from its text.
func TestScenarioText(t *testing.T) {
	for _, f := range scenarioFields {
		for v := 1; v < len(f.values); v++ {
			var sc spec.Scenario
			f.set(&sc, uint8(v))
			got, err := ParseScenario(ScenarioString(sc))
			if err != nil || got != sc {
				t.Errorf("%s=%s: %v, %v", f.name, f.values[v], got, err)
			}
		}
	}
	all := spec.Scenario{}.WithDefaults()
	if got, err := ParseScenario(ScenarioString(all)); err != nil || got != all {
		t.Errorf("%v, %v", got, err)
	}
}

// TestSimulate: walks at a budget that is too large to be explored hold, and a
// planted fault is found by them.
func TestSimulate(t *testing.T) {
	sim, err := Simulate(Options{Budget: MaxBudget}, SimulateOptions{Seed: 1, Walks: 4000})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range sim.Properties {
		// The walks come to where each property is about something.
		if row.Verdict != Holds {
			t.Errorf("%s is %s\n%s", row.Name, row.Verdict, row.Counterexample)
		}
	}
	sim, err = Simulate(Options{Mutant: "keeps-secret"}, SimulateOptions{Seed: 1, Walks: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(sim.Properties, func(r Row) bool { return r.Verdict == Violated }) {
		t.Error("2000 walks have not found a secret that is kept")
	}
}

// TestNoLoops: no run without a planted fault goes on for ever. Warnings that
// are answered by warnings do once nothing else is on the way.
func TestNoLoops(t *testing.T) {
	for _, c := range []struct {
		mutant string
		budget int
		fix    spec.Scenario
		loops  bool
	}{
		{"", 1, spec.Scenario{}, false},
		{"", 2, spec.Scenario{}.WithDefaults(), false},
		{"warning-not-consumed", 1, spec.Scenario{}, true},
		{"warning-ping-pong", 2, spec.Scenario{}.WithDefaults(), true},
	} {
		rep, err := Run(Options{Mutant: c.mutant, Budget: c.budget, Fix: c.fix}, RunOptions{Bare: true, Loops: true})
		if err != nil {
			t.Fatal(err)
		}
		if l := rep.Loops; (l.Components > 0) != c.loops || (l.States > 0) != c.loops || (l.Run != "") != c.loops {
			t.Errorf("mutant %q: %+v", c.mutant, l)
		}
		if (rep.Err() != nil) != c.loops {
			t.Errorf("mutant %q: %v", c.mutant, rep.Err())
		}
	}
}
