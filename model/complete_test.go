package model

import (
	"math/rand/v2"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestComplete: what is completed is one scenario, and the path that has led to
// the state is possible in it.
func TestComplete(t *testing.T) {
	open, err := New(Options{Budget: 1})
	if err != nil {
		t.Fatal(err)
	}
	plainest := open.Complete(open.Initial()[0], func(int) int { return 0 })
	if plainest != (spec.Scenario{}).WithDefaults() {
		t.Errorf("the plainest scenario is %s", ScenarioString(plainest))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		at, names := open.Initial()[0], []string{}
		for all := open.Enabled(at); len(all) > 0; all = open.Enabled(at) {
			a := all[r.IntN(len(all))]
			at, names = open.Next(at, a), append(names, a.String())
		}
		sc := open.Complete(at, r.IntN)
		fixed, err := New(Options{Budget: 1, Fix: sc})
		if err != nil {
			t.Fatalf("%s: %v", ScenarioString(sc), err)
		}
		there := fixed.Initial()[0]
		for _, name := range names {
			found := false
			for _, a := range fixed.Enabled(there) {
				if found = a.String() == name; found {
					there = fixed.Next(there, a)
					break
				}
			}
			if !found {
				t.Fatalf("%s: %s cannot be done in %v", ScenarioString(sc), name, there)
			}
		}
	}
}
