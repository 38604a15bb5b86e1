package probe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/probe"
	"github.com/sesame-tls/sesame/check/sut"
)

// written writes the player, with a change in one of its files; none: as it is.
func written(t *testing.T, file, right, wrong string) string {
	t.Helper()
	dir := t.TempDir()
	if err := probe.WritePlayer(dir); err != nil {
		t.Fatal(err)
	}
	if file == "" {
		return dir
	}
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), right) != 1 {
		t.Fatalf("%s has not %q once: %v", file, right, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), right, wrong, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// python plays the cases against a shim, and returns a line for each.
func python(t *testing.T, dir string, p sut.Program) map[string]string {
	t.Helper()
	program, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3; install it")
	}
	args := append([]string{filepath.Join(dir, "player.py"), "--json", "--shim", p.Path}, p.Args...)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), p.Env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var results []struct{ ID, Status, Grade string }
	if jsonErr := json.Unmarshal(out, &results); jsonErr != nil {
		t.Fatalf("%v, %v\n%s", err, jsonErr, stderr.String())
	}
	lines := map[string]string{}
	for _, r := range results {
		lines[r.ID] = r.Status + ", " + r.Grade
	}
	return lines
}

// differences lists where the two players judge otherwise.
func differences(report *probe.Report, lines map[string]string) (all []string) {
	for _, r := range report.Results {
		if got, want := lines[r.Case.ID], fmt.Sprintf("%s, %s", r.Status, r.Grade); got != want {
			all = append(all, fmt.Sprintf("%s: in Python %q, here %v", r.Case.ID, got, r))
		}
	}
	return all
}

// TestPlayer: the player in Python judges as this one does, on the implementation
// and on OpenSSL; one that errs is found to.
func TestPlayer(t *testing.T) {
	impl, err := probe.OwnShim("impl")
	if err != nil {
		t.Fatal(err)
	}
	whole := written(t, "", "", "")
	for name, find := range map[string]func() (sut.Program, error){
		"impl": func() (sut.Program, error) { return impl, nil },
		"openssl": func() (sut.Program, error) {
			path, err := sut.BuildSystem(t.Context())
			return sut.Program{Name: "openssl", Path: path}, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := find()
			if errors.Is(err, cc.ErrMissing) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			list := probe.Clear(cases.Chosen())
			report, err := probe.Run(t.Context(), start(t, p), list, probe.Options{})
			if err != nil {
				t.Fatal(err)
			}
			lines := python(t, whole, p)
			for _, d := range differences(report, lines) {
				t.Error(d)
			}
			if len(lines) != len(list) {
				t.Errorf("it has played %d of %d cases", len(lines), len(list))
			}
			t.Log(report.Summary())
		})
	}
	list := probe.Clear(cases.Chosen())[:40]
	report, err := probe.Run(t.Context(), start(t, impl), list, probe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	erring := written(t, "words.py", `"ServerHello": 2,`, `"ServerHello": 3,`)
	if len(differences(report, python(t, erring, impl))) == 0 {
		t.Error("a player that does not know ServerHello judges as this one does")
	}
}
