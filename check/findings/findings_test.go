package findings

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// maxLines bounds a reproducer, so that a maintainer reads it in a minute.
const maxLines = 150

func all(t *testing.T) []Finding {
	t.Helper()
	list, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("there are no findings")
	}
	return list
}

// TestAll: each finding names what exists, and has a program that says what it
// is about.
func TestAll(t *testing.T) {
	quirks := map[spec.Quirk]bool{}
	for _, q := range spec.Quirks() {
		quirks[q.Quirk] = true
	}
	seen := map[string]bool{}
	for _, f := range all(t) {
		t.Run(f.ID, func(t *testing.T) {
			if seen[f.ID] {
				t.Error("there are two of that name")
			}
			seen[f.ID] = true
			if !slices.Contains(Grades, f.Grade) || !slices.Contains([]string{"client", "server", "both"}, f.Role) {
				t.Errorf("grade %q, role %q", f.Grade, f.Role)
			}
			for _, id := range f.Requirements {
				if _, ok := requirements.ByID(id); !ok {
					t.Errorf("%s does not exist", id)
				}
			}
			if len(f.Requirements) == 0 {
				t.Error("it cites no requirement")
			}
			for _, q := range f.Quirks {
				if !quirks[q] {
					t.Errorf("no quirk is named %s", q)
				}
			}
			versions := f.Affected
			for _, r := range releases.Releases() {
				if r.Library == f.Library && f.Affects(r.Version) {
					versions = slices.DeleteFunc(slices.Clone(versions), func(a string) bool { return a == r.Version || strings.HasPrefix(r.Version, a+".") })
				}
			}
			if len(versions) > 0 {
				t.Errorf("no release is one of %q", versions)
			}
			source, err := f.Reproducer()
			if err != nil {
				t.Fatal(err)
			}
			programs := []string{source}
			if source, ok, err := f.Python(); err != nil {
				t.Fatal(err)
			} else if ok {
				programs = append(programs, source)
			}
			for _, source := range programs {
				if n := strings.Count(source, "\n"); n > maxLines {
					t.Errorf("the program has %d lines; keep it to %d", n, maxLines)
				}
				for _, want := range append([]string{"CC0-1.0", f.Title, f.Requirements[0]}, f.References...) {
					if !strings.Contains(source, want) {
						t.Errorf("the program does not say %q", want)
					}
				}
			}
		})
	}
}

// TestFiles: each program belongs to a finding.
func TestFiles(t *testing.T) {
	list := all(t)
	for _, kind := range []string{".c", ".py"} {
		files, err := fs.Glob(tracked, "reproducers/*/*"+kind)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			library, id, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(file, "reproducers/"), kind), "/")
			if f, err := ByID(list, id); err != nil || f.Library != library {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// TestChart: the model shows each finding, or there is a reason why not.
func TestChart(t *testing.T) {
	for _, f := range all(t) {
		chart, err := f.Chart()
		if err != nil {
			t.Error(err)
		} else if (chart == "") != (f.Model.Reason != "") {
			t.Errorf("%s: the chart is %q, and the reason for none %q", f.ID, chart, f.Model.Reason)
		}
	}
	wrong := Finding{ID: "wrong", Model: Model{Mutant: "no-echo", Property: "agreement"}}
	if _, err := wrong.Chart(); err == nil || !strings.Contains(err.Error(), "session-id-echoed") {
		t.Errorf("a property that is not violated: %v", err)
	}
}

// TestIssue: the text has all that a maintainer asks for.
func TestIssue(t *testing.T) {
	f, err := ByID(all(t), "session-id-not-echoed")
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Issue()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# " + f.Title, f.Seen, f.Due, "FAST-TLS-07 (RFC 5077", "affected: 1.1.0i, ", "not affected: 3.6.3", "S->C ServerHello sid=fresh", "https://github.com/openssl/openssl/issues/29095", "int main(void)"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q", want)
		}
	}
}

func TestAffects(t *testing.T) {
	f := Finding{Affected: []string{"3.0", "3.2.1", "1.1.1w"}}
	for version, want := range map[string]bool{"3.0.8": true, "3.0.22": true, "3.2.1": true, "3.2.10": false, "3.2.2": false, "1.1.1w": true, "1.1.1": false, "30.1": false, "4.0.3": false} {
		if f.Affects(version) != want {
			t.Errorf("%s: %v", version, !want)
		}
	}
}

func TestLink(t *testing.T) {
	for reference, want := range map[string]string{
		"openssl/openssl#24213": "https://github.com/openssl/openssl/issues/24213", "openssl/openssl@8c1a534305": "https://github.com/openssl/openssl/commit/8c1a534305",
		"CVE-2014-0224": "", "SSL_set_session_secret_cb(3)": "",
	} {
		if got := Link(reference); got != want {
			t.Errorf("%s leads to %q", reference, got)
		}
	}
}

// TestUnreferenced: what has no public reference is not taken for public.
func TestUnreferenced(t *testing.T) {
	list, err := read(fstest.MapFS{"findings.json": {Data: []byte(`[{"id": "secret", "references": []}]`)}}, "findings.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := public(list); err == nil || !strings.Contains(err.Error(), "untriaged") {
		t.Errorf("it is public: %v", err)
	}
}

// TestQuirks: a release whose profile has a quirk that a finding is about is one
// that the finding's table has. Quirks without a finding have no public
// reference, as far as is known.
func TestQuirks(t *testing.T) {
	held := 0
	for _, f := range all(t) {
		for _, text := range contradicts(f, spec.Profiles()) {
			t.Error(text)
		}
		held += len(f.Quirks)
	}
	if held == 0 {
		t.Error("no finding is about a quirk")
	}
	wrong := Finding{ID: "wrong", Library: "openssl", Quirks: []spec.Quirk{"q"}, Affected: []string{"3.0"}}
	for name, want := range map[string]int{"openssl-3.0": 0, "openssl-3.0.8": 0, "openssl-3.4.1": 1, "hostap": 0} {
		if got := contradicts(wrong, []spec.Profile{{Name: name, Quirks: []spec.Quirk{"q"}}}); len(got) != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// contradicts returns the profiles of the finding's library that have one of its
// quirks, and whose releases are not affected.
func contradicts(f Finding, profiles []spec.Profile) (texts []string) {
	for _, p := range profiles {
		library, version, _ := strings.Cut(p.Name, "-")
		if version == "" {
			version = "5.9.4" // what the profile wolfssl was run on
		}
		for _, q := range f.Quirks {
			if library == f.Library && p.Has(q) && !f.Affects(version) {
				texts = append(texts, fmt.Sprintf("profile %s has %s, and %s is not said to affect %s", p.Name, q, f.ID, version))
			}
		}
	}
	return texts
}

// TestRecorded: what long runs have recorded is what the table says.
func TestRecorded(t *testing.T) {
	recorded, err := results.LoadFindings()
	if err != nil {
		t.Fatal(err)
	}
	list := all(t)
	for column, outcomes := range recorded.Outcomes {
		lib := libraryOf(column)
		for id, outcome := range outcomes {
			f, err := ByID(list, id)
			if err != nil {
				t.Errorf("%s: %v", column, err)
				continue
			}
			if text := (Result{Finding: f, Library: lib, Outcome: Outcome(outcome)}).Judge(); text != "" {
				t.Error(text)
			}
		}
	}
}

// libraryOf is the inverse of Column.
func libraryOf(column string) cc.Library {
	kind, version, _ := strings.Cut(column, "-")
	return cc.Library{Name: column, Kind: kind, Version: strings.TrimSuffix(version, "-asan")}
}
