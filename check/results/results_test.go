package results

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestClass(t *testing.T) {
	for seconds, want := range map[float64]string{0: "< 0.1 s", 0.1: "< 1 s", 0.99: "< 1 s", 1: "< 10 s", 59: "< 60 s"} {
		if got := Class(seconds); got != want {
			t.Errorf("%g s are %s, want %s", seconds, got, want)
		}
	}
}

// TestFound: what is the same code, or equivalent, could not have been found.
func TestFound(t *testing.T) {
	p := Package{Ran: 20, Tests: 10, Hung: 2, Ladder: 3, Equal: 1, Equivalent: 2, Survivors: 2}
	if found, of := p.Found(); found != 15 || of != 17 {
		t.Errorf("%d of %d", found, of)
	}
}

// TestWrite: the committed file is what Write would write.
func TestWrite(t *testing.T) {
	m, err := LoadMutants()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "check", "results"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.Write(root); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(root, "check", "results", "mutants.json"))
	if err != nil {
		t.Fatal(err)
	}
	old := mutants
	defer func() { mutants = old }()
	mutants = written
	again, err := LoadMutants()
	if err != nil || !reflect.DeepEqual(m, again) {
		t.Errorf("it does not survive: %v", err)
	}
	mutants = []byte(`{"unknown": 1}`)
	if _, err := LoadMutants(); err == nil {
		t.Error("an unknown field is taken")
	}
}
