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

func survives(name string, text []byte) (any, error) {
	if name == "mutants.json" {
		return parse[Mutants](name, text)
	}
	return parse[Findings](name, text)
}

// TestWrite: what is written is what was read, and nothing else is taken for it.
func TestWrite(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "check", "results"), 0o755); err != nil {
		t.Fatal(err)
	}
	mutants, err := LoadMutants()
	if err != nil {
		t.Fatal(err)
	}
	findings, err := LoadFindings()
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(string) error{"mutants.json": mutants.Write, "findings.json": findings.Write} {
		if err := write(root); err != nil {
			t.Fatal(err)
		}
		written, err := os.ReadFile(filepath.Join(root, "check", "results", name))
		if err != nil {
			t.Fatal(err)
		}
		again, err := survives(name, written)
		if err != nil || !reflect.DeepEqual(again, map[string]any{"mutants.json": mutants, "findings.json": findings}[name]) {
			t.Errorf("%s does not survive: %v", name, err)
		}
	}
	if _, err := parse[Findings]("findings.json", []byte(`{"unknown": 1}`)); err == nil {
		t.Error("an unknown field is taken")
	}
}
