// Package faulty runs tests with faults in the source that they test: the source
// itself stays as it is.
package faulty

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/fault"
)

// Edit is one change of a source file: what stands there once, and what is put
// in its place.
type Edit struct{ File, Right, Wrong string }

// Test runs the tests of the caller's package that match run, with the edits in
// copies of a folder's files. It returns what the go command has printed, and
// its error if they fail; source that does not build ends the test.
func Test(t *testing.T, folder string, edits []Edit, run string) (string, error) {
	t.Helper()
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	dir, replace := t.TempDir(), map[string]string{}
	for _, e := range edits {
		text, err := os.ReadFile(filepath.Join(folder, e.File))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), e.Right) != 1 {
			t.Fatalf("%s no longer has %q once", e.File, e.Right)
		}
		write(t, filepath.Join(dir, e.File), []byte(strings.Replace(string(text), e.Right, e.Wrong, 1)))
		replace[filepath.Join(folder, e.File)] = filepath.Join(dir, e.File)
	}
	overlay, err := fault.WriteOverlay(dir, replace)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-count=1", "-overlay="+overlay, "-run="+run, ".").CombinedOutput()
	if strings.Contains(string(out), "[build failed]") {
		t.Fatalf("the fault does not build:\n%s", out)
	}
	return string(out), err
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
