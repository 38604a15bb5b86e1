package model

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec/requirements"
)

// TestRequirements: every id that is cited exists, and each requirement of the
// handshake, of TLS and of security that asks for an invariant is cited by a
// property or an attack, or lives elsewhere, and not both.
func TestRequirements(t *testing.T) {
	cited := map[string]string{}
	cite := func(name string, ids []string) {
		for _, id := range ids {
			if _, ok := requirements.ByID(id); !ok {
				t.Errorf("%s cites %s, which does not exist", name, id)
			}
			cited[id] = name
		}
	}
	for _, p := range properties {
		cite(p.Name, p.Requirements)
	}
	for _, a := range attacks {
		cite(a.Name, a.Requirements)
	}
	away := map[string]bool{}
	for _, e := range elsewhere {
		if _, ok := requirements.ByID(e.Requirement); !ok || e.Reason == "" {
			t.Errorf("elsewhere: %+v", e)
		}
		if by, ok := cited[e.Requirement]; ok {
			t.Errorf("%s is said to live elsewhere and is cited by %s", e.Requirement, by)
		}
		away[e.Requirement] = true
		ids := e.Instead
		if len(ids) == 0 {
			ids = []string{e.Requirement}
		}
		for _, id := range ids {
			if !citedIn(t, filepath.Join("..", e.Place), id) {
				t.Errorf("%s is said to live in %s, which does not cite %s", e.Requirement, e.Place, id)
			}
		}
	}
	for _, r := range requirements.All() {
		area := r.Area()
		if area != requirements.Handshake && area != requirements.TLS && area != requirements.Security {
			continue
		}
		for _, c := range r.Checks {
			if c.Kind == requirements.Invariant && cited[r.ID] == "" && !away[r.ID] {
				t.Errorf("%s (%s) asks for an invariant, and nothing here has it", r.ID, r.Text)
			}
		}
	}
}

// citedIn reports whether a Go file of a folder has an id in it.
func citedIn(t *testing.T, folder, id string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(id)) {
			return true
		}
	}
	return false
}

// TestCitedIn: a folder that says nothing of a requirement is found out.
func TestCitedIn(t *testing.T) {
	if !citedIn(t, ".", "FAST-SEC-04") || citedIn(t, "explore", "FAST-SEC-04") || citedIn(t, "no such folder", "FAST-SEC-04") {
		t.Error("a citation is taken for another")
	}
}

// TestNames: names are unique and in one style, and texts are sentences.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	check := func(name, text string) {
		if seen[name] || name == "" || strings.ToLower(name) != name || strings.Contains(name, " ") {
			t.Errorf("the name %q is taken, or no name", name)
		}
		seen[name] = true
		if !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q is no sentence", name, text)
		}
	}
	for _, p := range properties {
		check(p.Name, p.Text)
	}
	for _, a := range attacks {
		check(a.Name, a.Text)
	}
	for _, m := range Mutants() {
		check(m.Name, m.Text)
	}
}
