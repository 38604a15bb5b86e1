package eap

import (
	"path/filepath"
	"testing"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/impl/fast"
)

func needTools(t *testing.T) {
	t.Helper()
	for _, tool := range Rung.Needs {
		if err := tool.Find(); err != nil {
			t.Skipf("%s is missing (%s)", tool.Name, tool.Get)
		}
	}
}

func TestRung(t *testing.T) {
	needTools(t)
	run := ladder.NewRun(1)
	if err := Rung.Run(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	for _, c := range run.Counts() {
		t.Logf("%d %s", c.N, c.What)
	}
}

// Without the quirks of what is deployed, the keys differ under TLS 1.2 with
// CBC, and the rung sees it: in both roles (DEP-01).
func TestQuirksMatter(t *testing.T) {
	needTools(t)
	p, err := newPlace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := Case{Name: "no quirks", Quirks: fast.RFC, Steps: []Step{
		{Inner: "MSCHAPV2", Provision: fast.AuthenticatedProvisioning, Want: first}}}
	if _, err := asServer(t.Context(), p, &c, filepath.Join(t.TempDir(), "pacs")); !ladder.IsDifference(err) {
		t.Errorf("as server: %v", err)
	}
	if _, err := asPeer(t.Context(), p, &c, filepath.Join(t.TempDir(), "pacs")); !ladder.IsDifference(err) {
		t.Errorf("as peer: %v", err)
	}
}

// A step that ends otherwise than it must is a difference.
func TestCompareFinds(t *testing.T) {
	good := got{Want: first, Keys: true}
	if err := compare(0, Step{}, first, good); err != nil {
		t.Error(err)
	}
	for name, g := range map[string]got{
		"no access": {Want: Want{NewPAC: true}, Keys: true}, "keys differ": {Want: first}, "resumed": {Want: again, Keys: true},
	} {
		if err := compare(0, Step{}, first, g); !ladder.IsDifference(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
