package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec/requirements"
)

var requirementID = regexp.MustCompile(`\b(FAST|TLS)-[A-Z]+-\d\d\b`)

// citations maps each requirement id to the files that cite it: code, tests
// and cases, but neither the requirements themselves nor what is generated.
func citations(t *testing.T) map[string][]string {
	cited := map[string][]string{}
	walk(t, func(file string) {
		if strings.HasPrefix(file, "spec/requirements/") || strings.HasPrefix(file, "docs/") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Error(err)
		}
		for _, id := range requirementID.FindAllString(string(text), -1) {
			if !slices.Contains(cited[id], file) {
				cited[id] = append(cited[id], file)
			}
		}
	})
	return cited
}

// citationProblems compares what the requirements say of themselves with what
// cites them.
func citationProblems(all []requirements.Requirement, cited map[string][]string) (problems []string) {
	known := map[string]bool{}
	for _, r := range all {
		known[r.ID] = true
		if r.Status == requirements.Checked && len(cited[r.ID]) == 0 {
			problems = append(problems, fmt.Sprintf("%s is said to be checked, and nothing cites it", r.ID))
		}
	}
	for id, files := range cited {
		if !known[id] {
			problems = append(problems, fmt.Sprintf("%s is cited by %v and does not exist", id, files))
		}
	}
	return problems
}

func TestCitations(t *testing.T) {
	for _, problem := range citationProblems(requirements.All(), citations(t)) {
		t.Error(problem)
	}
}

func TestCitationProblemsAreFound(t *testing.T) {
	all := requirements.All()[:1]
	all[0].Status = requirements.Checked
	cited := map[string][]string{all[0].ID: {"a_test.go"}}
	if p := citationProblems(all, cited); len(p) != 0 {
		t.Error(p)
	}
	if p := citationProblems(all, nil); len(p) != 1 {
		t.Errorf("a claim without a citation: %v", p)
	}
	cited["FAST-TLS"+"-99"] = []string{"a_test.go"}
	if p := citationProblems(all, cited); len(p) != 1 {
		t.Errorf("an unknown id: %v", p)
	}
}
