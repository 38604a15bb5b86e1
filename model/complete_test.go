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

// TestRefinedAndWidened: each action of an open system is found again in a
// narrower one, and back from there.
func TestRefinedAndWidened(t *testing.T) {
	open, err := New(Options{Budget: 1})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		type step struct {
			at State
			a  Action
		}
		var path []step
		at := open.Initial()[0]
		for all := open.Enabled(at); len(all) > 0; all = open.Enabled(at) {
			a := all[r.IntN(len(all))]
			path, at = append(path, step{at, a}), open.Next(at, a)
		}
		fixed, err := New(Options{Budget: 1, Fix: open.Complete(at, r.IntN)})
		if err != nil {
			t.Fatal(err)
		}
		there := fixed.Initial()[0]
		for _, s := range path {
			a, ok := fixed.Refined(there, s.a)
			if !ok {
				t.Fatalf("%v cannot be done in %v", s.a, there)
			}
			if back, ok := open.Widened(s.at, a); !ok || back != s.a {
				t.Fatalf("%v comes back as %v, %v", s.a, back, ok)
			}
			there = fixed.Next(there, a)
		}
		first := fixed.Initial()[0]
		if _, ok := fixed.Refined(first, path[len(path)-1].a); ok && len(path) > 1 {
			t.Errorf("%v can be done at the start", path[len(path)-1].a)
		}
	}
}
