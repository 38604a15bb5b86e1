package model

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestJudge: along a counterexample the judgements name the property at its last
// step, and not before.
func TestJudge(t *testing.T) {
	o := Options{Mutant: "early-change-cipher-spec", Budget: 1}
	rep, err := Run(o, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sys, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, row := range rep.Properties {
		if row.Trace == nil {
			continue
		}
		path, err := sys.Find(t.Context(), row.Trace.Actions, row.Name)
		if err != nil {
			t.Fatal(err)
		}
		at := sys.Initial()[0]
		for i, step := range path {
			edge, state := sys.JudgeStep(at, step.Action), sys.JudgeState(step.To)
			for _, name := range append(edge.Violated, state.Violated...) {
				if !slices.Contains(append(edge.Checked, state.Checked...), name) {
					t.Errorf("%s is violated and was not checked", name)
				}
			}
			violated := slices.Contains(edge.Violated, row.Name) || slices.Contains(state.Violated, row.Name)
			if last := i == len(path)-1; violated != last {
				t.Errorf("%s, step %d of %d: violated %v", row.Name, i+1, len(path), violated)
			}
			at = step.To
		}
		judged++
	}
	if judged != len(rep.Violated()) || judged == 0 {
		t.Errorf("%d counterexamples were judged", judged)
	}
}

// TestFind: a path is found by its names, and what cannot be done is refused.
func TestFind(t *testing.T) {
	sys, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"ClientStart", "ServerReceiveClientHello", "ClientReceiveServerHello"}
	path, err := sys.Find(t.Context(), names, "")
	if err != nil || len(path) != len(names) {
		t.Fatalf("%d steps, %v", len(path), err)
	}
	for i, o := range sys.ObservePath(sys.Initial()[0], path) {
		if o.Event.String() != names[i] || o.Event != path[i].Action.Event {
			t.Errorf("step %d shows %v", i+1, o.Event)
		}
	}
	// No path does all this and violates a property: any will do.
	if path, err := sys.Find(t.Context(), names, "agreement"); err != nil || len(path) != len(names) {
		t.Errorf("%d steps, %v", len(path), err)
	}
	if _, err := sys.Find(t.Context(), []string{"ClientStart", "ServerTimeout"}, ""); err == nil {
		t.Error("an impossible action was found")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sys.Find(ended, names, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("it goes on when nobody asks any more: %v", err)
	}
}

// TestObservePathChooses: what a step shows is what the whole path has chosen.
func TestObservePathChooses(t *testing.T) {
	sys, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	path, err := sys.Find(t.Context(), []string{"ClientStart", "ServerReceiveClientHello"}, "")
	if err != nil {
		t.Fatal(err)
	}
	first := sys.Initial()[0]
	alone := sys.Observe(first, path[0].Action, path[0].To)
	whole := sys.ObservePath(first, path)[0]
	if alone.Sent[0].ID != 0 || whole.Sent[0].ID == 0 && whole.Sent[0].Ticket == 0 {
		t.Errorf("alone %+v, in the path %+v", alone.Sent[0], whole.Sent[0])
	}
}
