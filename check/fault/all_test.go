package fault

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRunAll: tests pass, fail, hang, and eat memory, each with its outcome; the
// one that counts allocations is left out.
func TestRunAll(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.26\n",
		"p/p.go": "package p\n\nfunc P() int { return 1 }\n",
		"p/p_test.go": `package p

import "testing"

var kept [][]byte

func TestP(t *testing.T) {
	switch P() {
	case 1:
	case 2:
		for {
		}
	case 3:
		for {
			kept = append(kept, make([]byte, 1<<26))
		}
	default:
		t.Fail()
	}
}

func TestAllocations(t *testing.T) { t.Fail() }
`,
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var faults []Fault
	for name, value := range map[string]string{"fails": "0", "hangs": "2", "eats": "3"} {
		faults = append(faults, Fault{Name: name, File: "p/p.go", Old: "return 1", New: "return " + value})
	}
	overlay, err := Overlay(root, t.TempDir(), faults)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(t.Context(), root, overlay, "p")
	if err != nil {
		t.Fatal(err)
	}
	for fault, want := range map[string]Outcome{"": Passed, "fails": Failed, "hangs": Hung, "eats": Failed} {
		if got, _, err := b.RunAll(t.Context(), fault, 2*time.Second); got != want || err != nil {
			t.Errorf("%q: outcome %d, want %d: %v", fault, got, want, err)
		}
	}
	for fault, want := range map[string]bool{"": true, "fails": false} {
		if passed, output, err := b.Run(t.Context(), "", fault); passed != want || err != nil || !passed && !strings.Contains(output, "TestP") {
			t.Errorf("%q: passed %v, %v\n%s", fault, passed, err, output)
		}
	}
}
