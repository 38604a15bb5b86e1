package house

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/trace"
)

// Every fault that a citation names still finds what it replaces: who changes
// those lines changes check/trace/faults, too.
func TestFaultsHaveTheirPlace(t *testing.T) {
	faults, err := trace.Faults()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fault.Overlay(root, t.TempDir(), faults); err == nil {
		return
	}
	for _, f := range faults {
		if _, err := fault.Overlay(root, t.TempDir(), []fault.Fault{f}); err != nil {
			t.Error(err)
		}
	}
}

func TestFaultsWithoutAPlaceAreFound(t *testing.T) {
	moved := fault.Fault{Name: "moved", File: "impl/gtc/gtc.go", Old: "no such line"}
	if _, err := fault.Overlay(root, t.TempDir(), []fault.Fault{moved}); err == nil || !strings.Contains(err.Error(), "moved") {
		t.Errorf("got %v", err)
	}
}
