package model

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

var (
	update = flag.Bool("update", false, "write manifest.json anew")
	long   = flag.Bool("long", os.Getenv("SESAME_LONG") != "", "run what takes minutes too")
)

// TestManifest explores the systems of manifest.json and compares what it finds
// with the committed numbers. None of their properties is vacuous.
func TestManifest(t *testing.T) {
	entries, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		t.Run(fmt.Sprintf("%s/%d/%s", e.Profile, e.Budget, e.Open), func(t *testing.T) {
			if e.Long && !*long {
				t.Skip("takes minutes: run with -long or SESAME_LONG=1")
			}
			got := explored(t, e)
			if *update {
				entries[i] = got
				return
			}
			if !reflect.DeepEqual(got, e) {
				t.Errorf("found\n%+v\nthe manifest has\n%+v\n(go test ./model -run TestManifest -update writes it)", got, e)
			}
		})
	}
	if *update {
		var b strings.Builder
		for i, e := range entries {
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString([]string{"[\n ", ",\n "}[min(i, 1)] + string(line))
		}
		if err := os.WriteFile("manifest.json", []byte(b.String()+"\n]\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// explored returns the entry that exploring e's system leads to.
func explored(t *testing.T, e Entry) Entry {
	t.Helper()
	profile, err := spec.ProfileByName(e.Profile)
	if err != nil {
		t.Fatal(err)
	}
	o, ro := Options{Profile: profile, Budget: e.Budget}, RunOptions{MaxMemory: 6 << 30}
	var rep *Report
	switch e.Open {
	case "":
		rep, err = Run(o, ro)
	case spec.Client.String():
		rep, err = RunOpen(spec.Client, o, ro)
	default:
		rep, err = RunOpen(spec.Server, o, ro)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rep.Properties {
		if row.Verdict == Vacuous {
			t.Errorf("%s was never exercised", row.Name)
		}
		if row.Verdict == Violated && !*update && !slices.Contains(e.Violated, row.Name) {
			t.Errorf("%s is violated\n%s", row.Name, row.Counterexample)
		}
	}
	for _, row := range rep.Attacks {
		if row.Verdict != Found {
			t.Errorf("the attack %s is %s", row.Name, row.Verdict)
		}
	}
	e.States, e.Transitions, e.Depth, e.Violated = rep.States, rep.Transitions, rep.Depth, rep.Violated()
	return e
}

// TestMutants plants each fault and compares what it violates with the record.
func TestMutants(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Mutants() {
		t.Run(m.Name, func(t *testing.T) {
			r, err := Run(Options{Budget: m.Budget, Mutant: m.Name}, RunOptions{NoPaths: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Violated(); !slices.Equal(got, m.Violates) {
				t.Errorf("violates %q, recorded are %q", got, m.Violates)
			}
			for _, name := range r.Violated() {
				seen[name] = true
			}
		})
	}
	for _, p := range Properties() {
		if !seen[p.Name] {
			t.Errorf("no mutant violates %s", p.Name)
		}
	}
}

// TestManifestComplete: every profile is in the manifest without and with an
// attacker, and the model itself with one of two moves and as open machines.
func TestManifestComplete(t *testing.T) {
	all, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	want := func(profile string, budget int, open string) {
		if _, ok := Find(all, profile, budget, open); !ok {
			t.Errorf("no entry for %s, budget %d %s", profile, budget, open)
		}
	}
	for _, p := range spec.Profiles() {
		want(p.Name, 0, "")
		want(p.Name, 1, "")
	}
	want("rfc", 2, "")
	for _, r := range roles {
		want("rfc", 0, r.String())
	}
}

// TestProfileCharts: what a profile violates comes with a chart of a shortest
// run, which violates it when it is walked again.
func TestProfileCharts(t *testing.T) {
	for _, p := range spec.Profiles() {
		rep, err := Run(Options{Profile: p}, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if (len(rep.Violated()) == 0) != (len(p.Quirks) == 0) {
			t.Errorf("%s has %d quirks and violates %q", p.Name, len(p.Quirks), rep.Violated())
		}
		for _, row := range rep.Properties {
			if row.Verdict != Violated {
				continue
			}
			if !strings.Contains(row.Counterexample, "C->S ClientHello") {
				t.Errorf("%s, %s: the chart is %q", p.Name, row.Name, row.Counterexample)
			}
			r, err := Replay(*row.Trace)
			if err != nil || !slices.Contains(r.Violated, row.Name) {
				t.Errorf("%s: replayed, %s: %v, %v", p.Name, row.Name, r, err)
			}
		}
	}
}
