package requirements

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Example looks a requirement up by the id that a test cites.
func Example() {
	r, _ := ByID("FAST-TLS-07")
	fmt.Println(r.Sources[0], r.Levels[0], r.Actor)
	fmt.Println(r.Text)
	// Output:
	// RFC 5077, Section 3.4 MUST server
	// A server that accepts the ticket repeats a non-empty Session ID of ClientHello unchanged in ServerHello.
}

func TestCountsPerArea(t *testing.T) {
	want := map[Area]int{Handshake: 40, PAC: 38, Method: 64, TLS: 42, Security: 20}
	got := map[Area]int{}
	for _, r := range All() {
		got[r.Area()]++
	}
	for area, n := range want {
		if got[area] != n {
			t.Errorf("%s: %d requirements, want %d", area, got[area], n)
		}
	}
	if len(got) != len(Areas()) {
		t.Errorf("areas %v, want %v", got, Areas())
	}
}

func TestRequirementsAreWellFormed(t *testing.T) {
	for _, problem := range problems(All()) {
		t.Error(problem)
	}
}

func TestOutOfScope(t *testing.T) {
	var got []string
	for _, r := range All() {
		if r.Status() == OutOfScope {
			got = append(got, r.ID)
		}
	}
	if want := []string{"FAST-TLS-32", "TLS-BASE-22", "TLS-BASE-24"}; !slices.Equal(got, want) {
		t.Errorf("out of scope are %v, want %v", got, want)
	}
}

// The status follows from what checks a requirement.
func TestStatus(t *testing.T) {
	run, read := []Check{{Kind: Wire}, {Kind: Review}}, []Check{{Kind: Review}}
	test := Citation{Kind: "test", Name: "TestEcho", File: "impl/p/p_test.go"}
	twin := test
	twin.MustFail = []string{"no-echo"}
	for _, c := range []struct {
		r    Requirement
		want Status
	}{
		{Requirement{Checks: run}, Open},
		{Requirement{Checks: run, CheckedBy: []Citation{test}}, Open},
		{Requirement{Checks: run, CheckedBy: []Citation{test, twin}}, Checked},
		{Requirement{Checks: read}, Reviewed},
		{Requirement{Checks: run, Reason: "refused"}, OutOfScope},
	} {
		if got := c.r.Status(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.r, got, c.want)
		}
	}
	if got, want := twin.String(), "test TestEcho in impl/p/p_test.go (must fail: no-echo)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDecisionsAreWellFormed(t *testing.T) {
	counts, seen := map[string]int{}, map[string]bool{}
	for _, d := range Decisions() {
		if seen[d.ID] || d.Where == "" || d.Text == "" || d.Decision == "" {
			t.Errorf("%s: twice, or incomplete", d.ID)
		}
		seen[d.ID] = true
		counts[d.ID[:3]]++
	}
	if counts["AMB"] != 21 || counts["DEP"] != 23 {
		t.Errorf("%v, want 21 AMB and 23 DEP", counts)
	}
}

// A text may refer to other ids; each has to exist.
func TestReferencesExist(t *testing.T) {
	known := map[string]bool{}
	for _, d := range Decisions() {
		known[d.ID] = true
	}
	for _, r := range All() {
		known[r.ID] = true
	}
	ids := regexp.MustCompile(`\b(?:FAST|TLS)-[A-Z]+-\d\d\b|\b(?:AMB|DEP)-\d\d\b`)
	for _, text := range []string{string(requirementsJSON), string(decisionsJSON)} {
		for _, id := range ids.FindAllString(text, -1) {
			if !known[id] {
				t.Errorf("%s is referred to and does not exist", id)
			}
		}
	}
}

func TestProblemsAreFound(t *testing.T) {
	good := All()[6]
	for name, spoil := range map[string]func(*Requirement){
		"level":    func(r *Requirement) { r.Levels = []Level{"ought"} },
		"no level": func(r *Requirement) { r.Levels = nil },
		"actor":    func(r *Requirement) { r.Actor = "client" },
		"kind":     func(r *Requirement) { r.Checks = []Check{{Kind: "TEST"}} },
		"no check": func(r *Requirement) { r.Checks = nil },
		"source":   func(r *Requirement) { r.Sources = []string{"5077 3.4"} },
		"text":     func(r *Requirement) { r.Text = "" },
		"id":       func(r *Requirement) { r.ID = "FAST-XYZ-01" },
		"citation": func(r *Requirement) { r.CheckedBy = []Citation{{Kind: "hearsay", Name: "x"}} },
	} {
		bad := good
		spoil(&bad)
		if len(problems([]Requirement{bad})) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if len(problems([]Requirement{good, good})) == 0 {
		t.Error("a double id was not found")
	}
	if p := problems([]Requirement{good}); len(p) != 0 {
		t.Error(p)
	}
}

var (
	levels = []Level{Must, MustNot, Should, ShouldNot, ShallNot, Recommended, May, NeededMust, NeededShould, Definition, Goal, ExpectedViolation, Practice}
	kinds  = []Kind{Invariant, Wire, KnownAnswer, Interoperation, Review}
	source = regexp.MustCompile(`^(RFC \d{4}(, (Section \d+(\.\d+)*|Appendix [A-F](\.\d+)*|erratum \d+))?|AMB-\d\d|CVE-\d{4}-\d+|good practice)$`)
)

func problems(all []Requirement) (found []string) {
	report := func(r Requirement, format string, args ...any) {
		found = append(found, r.ID+": "+fmt.Sprintf(format, args...))
	}
	seen := map[string]bool{}
	for _, r := range all {
		if seen[r.ID] {
			report(r, "twice")
		}
		seen[r.ID] = true
		if r.Area() == "" {
			report(r, "no area has such ids")
		}
		if !strings.HasSuffix(r.Text, ".") {
			report(r, "the text is no sentence: %q", r.Text)
		}
		if !slices.Contains([]Actor{Peer, Server, Both}, r.Actor) {
			report(r, "actor %q", r.Actor)
		}
		for _, c := range r.CheckedBy {
			if !slices.Contains([]string{"property", "test", "case"}, c.Kind) || c.Name == "" || (c.Kind == "test") != (c.File != "") {
				report(r, "cited by %+v", c)
			}
		}
		if len(r.Levels) == 0 || len(r.Checks) == 0 || len(r.Sources) == 0 {
			report(r, "no level, check or source")
		}
		for _, l := range r.Levels {
			if !slices.Contains(levels, l) {
				report(r, "level %q", l)
			}
		}
		for _, c := range r.Checks {
			if !slices.Contains(kinds, c.Kind) {
				report(r, "check kind %q", c.Kind)
			}
		}
		for _, s := range r.Sources {
			if !source.MatchString(s) {
				report(r, "source %q", s)
			}
		}
	}
	return found
}
