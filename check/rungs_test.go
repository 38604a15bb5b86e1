package check

import (
	"slices"
	"strings"
	"testing"
)

// mustRun guards against a rung that gets lost: a renamed one has to be renamed
// here too.
var mustRun = []string{"explore", "table", "tla", "trace", "lockstep", "tour", "learn", "mutants", "requirements", "coverage", "interop", "oracle", "eap", "explorer-ui"}

func TestRungs(t *testing.T) {
	var names []string
	for _, r := range Rungs() {
		if slices.Contains(names, r.Name) {
			t.Errorf("two rungs are named %s", r.Name)
		}
		names = append(names, r.Name)
		if r.Run == nil || r.Shows == "" || strings.ContainsAny(r.Name, " \t") {
			t.Errorf("rung %q lacks something", r.Name)
		}
		for _, tool := range r.Needs {
			if tool.Name == "" || tool.Find == nil || tool.Get == "" {
				t.Errorf("rung %s: tool %q does not say how to be had", r.Name, tool.Name)
			}
		}
	}
	for _, name := range mustRun {
		if !slices.Contains(names, name) {
			t.Errorf("there is no rung %s, only %v", name, names)
		}
	}
}
