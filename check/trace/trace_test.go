package trace

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// What is said to be checked is, with a twin.
func TestCheckedIsCovered(t *testing.T) {
	coverage, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range uncoveredClaims(requirements.All(), coverage) {
		t.Error(problem)
	}
}

func uncoveredClaims(all []requirements.Requirement, coverage Coverage) (problems []string) {
	for _, r := range all {
		if r.Status == requirements.Checked && !coverage.Covered(r.ID) {
			problems = append(problems, r.ID+" is said to be checked, and nothing with a twin cites it")
		}
	}
	return problems
}

func TestUncoveredClaimsAreFound(t *testing.T) {
	r := requirements.Requirement{ID: "FAST-TLS-07", Status: requirements.Checked}
	all := []requirements.Requirement{r}
	twin := []string{"TestOther"}
	for _, c := range []struct {
		name     string
		coverage Coverage
		problems int
	}{
		{"nothing", Coverage{}, 1},
		{"no twin", Coverage{r.ID: {{Kind: "test", Name: "TestEcho"}}}, 1},
		{"twin", Coverage{r.ID: {{Kind: "test", Name: "TestEcho", Twin: twin}}}, 0},
	} {
		if got := uncoveredClaims(all, c.coverage); len(got) != c.problems {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

const echoTest = `package p

// TestEcho: FAST-TLS-07 and FAST-TLS-08. Must fail: TestWrongEchoIsFound,
// no-echo.
func TestEcho(t *testing.T) {
	run("TLS-BASE-13")
}

// TestWrongEchoIsFound cites nothing.
func TestWrongEchoIsFound(t *testing.T) {}

func helper() { _ = "TLS-BASE-14" }

func TestAlone(t *testing.T) {
	// TLS-BASE-15
}
`

func TestCitationsOfTests(t *testing.T) {
	coverage := Coverage{}
	root := fstest.MapFS{
		"impl/p/p_test.go":          {Data: []byte(echoTest)},
		"impl/p/testdata/x_test.go": {Data: []byte("not Go")},
		"impl/p/p.go":               {Data: []byte("package p // TLS-BASE-16")},
	}
	if err := coverage.addTests(root, map[string]bool{"no-echo": true}); err != nil {
		t.Fatal(err)
	}
	ids := sortedKeys(coverage)
	if want := []string{"FAST-TLS-07", "FAST-TLS-08", "TLS-BASE-13", "TLS-BASE-15"}; !slices.Equal(ids, want) {
		t.Errorf("cited are %v, want %v", ids, want)
	}
	if got, want := coverage["FAST-TLS-07"][0].String(), "test TestEcho in impl/p/p_test.go (must fail: TestWrongEchoIsFound, no-echo)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !coverage.Covered("TLS-BASE-13") || coverage.Covered("TLS-BASE-15") || coverage.Covered("FAST-TLS-01") {
		t.Error("covered is what has a twin, and nothing else")
	}
}

func TestAnUnknownTwinIsFound(t *testing.T) {
	for name, twin := range map[string]string{"missing": "TestMissing", "itself": "TestEcho", "a test of another package": "TestOther"} {
		root := fstest.MapFS{
			"p/p_test.go": {Data: []byte("package p\n// FAST-TLS-07. Must fail: " + twin + ".\nfunc TestEcho(t *testing.T) {}\n")},
			"q/q_test.go": {Data: []byte("package q\nfunc TestOther(t *testing.T) {}\n")},
		}
		if err := (Coverage{}).addTests(root, nil); err == nil || !strings.Contains(err.Error(), "names the twin "+twin) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPropertiesHaveTheirMutants(t *testing.T) {
	coverage := Coverage{}
	coverage.addProperties(
		[]model.Property{{Name: "echoed", Requirements: []string{"FAST-TLS-07"}}, {Name: "idle", Requirements: []string{"FAST-TLS-08"}}},
		[]model.Mutant{{Name: "no-echo", Violates: []string{"echoed"}}})
	if !coverage.Covered("FAST-TLS-07") || coverage.Covered("FAST-TLS-08") {
		t.Errorf("%v", coverage)
	}
}

func TestReport(t *testing.T) {
	var b strings.Builder
	coverage := Coverage{"FAST-TLS-07": {{Kind: "property", Name: "session-id-echoed", Twin: []string{"no-echo"}}}}
	if err := coverage.Report(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"FAST-TLS-07   checked\n                property session-id-echoed (must fail: no-echo)\n",
		"FAST-TLS-08   open\n", "FAST-TLS-32   out of scope\n", "FAST-CB-07    review\n", "1 of 193 requirements are checked; open: FAST-TLS-01 ",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in the report", want)
		}
	}
}
