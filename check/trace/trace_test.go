package trace

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// read returns the coverage of this tree.
func read(t *testing.T) Coverage {
	t.Helper()
	coverage, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	return coverage
}

// Every requirement that something that runs can check is checked.
func TestNothingIsOpen(t *testing.T) {
	coverage := read(t)
	if open := coverage.Open(); len(open) > 0 {
		t.Errorf("%d requirements are cited by nothing that must fail: %v", len(open), open)
	}
	// Its twin: each is open without what cites it.
	for _, r := range requirements.All() {
		if !r.Checkable() {
			continue
		}
		cited := coverage[r.ID]
		delete(coverage, r.ID)
		if open := coverage.Open(); !slices.Contains(open, r.ID) {
			t.Errorf("%s, which nothing cites, is not open", r.ID)
		}
		coverage[r.ID] = cited
	}
}

// The requirements' data says what the citations say.
func TestDataIsFresh(t *testing.T) {
	coverage := read(t)
	want, err := coverage.JSON()
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../spec/requirements/checks.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("spec/requirements/checks.json is stale: run make docs")
	}
	coverage["FAST-TLS-07"] = nil
	if changed, err := coverage.JSON(); err != nil || bytes.Equal(changed, want) {
		t.Errorf("a citation less changes nothing, %v", err)
	}
}

const echoTest = `package p

// TestEcho cites TLS-BASE-16 in passing.
//
// Checks FAST-TLS-07, FAST-TLS-08 (must fail: no-echo,
// other-echo).
// Checks TLS-BASE-14.
func TestEcho(t *testing.T) {
	// Checks TLS-BASE-13 (must fail: no-echo).
	run("TLS-BASE-15")
}

func helper() { _ = "TLS-BASE-14" }
`

func tree(file string) fstest.MapFS {
	return fstest.MapFS{
		"impl/p/p_test.go":          {Data: []byte(file)},
		"impl/p/testdata/x_test.go": {Data: []byte("not Go")},
		"impl/p/p.go":               {Data: []byte("package p // Checks TLS-BASE-16 (must fail: no-echo).")},
	}
}

var someFaults = []fault.Fault{{Name: "no-echo"}, {Name: "other-echo"}}

func TestCitationsOfTests(t *testing.T) {
	coverage := Coverage{}
	if err := coverage.addTests(tree(echoTest), someFaults); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, id := range sortedKeys(coverage) {
		for _, c := range coverage[id] {
			got = append(got, id+" "+c.String())
		}
	}
	const test = " test TestEcho in impl/p/p_test.go "
	want := []string{
		"FAST-TLS-07" + test + "(must fail: no-echo, other-echo)", "FAST-TLS-08" + test + "(must fail: no-echo, other-echo)",
		"TLS-BASE-13" + test + "(must fail: no-echo)", "TLS-BASE-14" + test + "(nothing must fail)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if twins, err := twinsOf(tree(echoTest)); err != nil || len(twins) != 2 || twins[0].String() != "impl/p.TestEcho/no-echo" {
		t.Errorf("twins %v, %v", twins, err)
	}
}

func TestWrongCitationsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		faults []fault.Fault
		want   string
	}{
		"unknown fault":    {echoTest, someFaults[:1], "must fail under other-echo, which is no fault"},
		"idle fault":       {strings.ReplaceAll(echoTest, ",\n// other-echo", ""), someFaults, "the fault other-echo is named by no citation"},
		"of no test":       {"package p\n\n// Checks FAST-TLS-07 (must fail: no-echo).\nfunc helper() {}\n", someFaults, "in the comments of no test function"},
		"a method's":       {"package p\n\n// Checks FAST-TLS-07 (must fail: no-echo).\nfunc (s *suite) TestEcho() {}\n", someFaults, "in the comments of no test function"},
		"a file like that": {"package", someFaults, "expected"},
	} {
		if err := (Coverage{}).addTests(tree(c.file), c.faults); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestPropertiesHaveTheirMutants(t *testing.T) {
	coverage := Coverage{}
	coverage.addProperties(
		[]model.Property{{Name: "echoed", Requirements: []string{"FAST-TLS-07"}}, {Name: "idle", Requirements: []string{"FAST-TLS-08"}}},
		[]model.Mutant{{Name: "no-echo", Violates: []string{"echoed"}}})
	if !coverage["FAST-TLS-07"][0].Counts() || coverage["FAST-TLS-08"][0].Counts() {
		t.Errorf("%v", coverage)
	}
}

func TestCasesDoNotCount(t *testing.T) {
	coverage := Coverage{}
	coverage.addCases([]interop.Case{{Name: "echoed", Ours: spec.Server, Rule: "FAST-TLS-07, FAST-TLS-08"}})
	if got := fmt.Sprint(coverage["FAST-TLS-08"]); got != "[case interop Server: echoed (nothing must fail)]" || coverage["FAST-TLS-07"][0].Counts() {
		t.Errorf("got %s", got)
	}
}

func TestReport(t *testing.T) {
	var b strings.Builder
	coverage := Coverage{"FAST-TLS-07": {{Kind: "property", Name: "session-id-echoed", MustFail: []string{"no-echo"}}}}
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
