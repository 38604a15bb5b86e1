package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/sesame-tls/sesame/spec/requirements"
)

var requirementID = regexp.MustCompile(`\b(FAST|TLS)-[A-Z]+-\d\d\b`)

// unknownIDs says which lines of a text cite a requirement that does not exist.
func unknownIDs(text []byte) (found []string) {
	for _, id := range requirementID.FindAllString(string(text), -1) {
		if _, ok := requirements.ByID(id); !ok {
			found = append(found, fmt.Sprintf("%s does not exist", id))
		}
	}
	return found
}

func TestCitedRequirementsExist(t *testing.T) {
	cited := 0
	walk(t, func(file string) {
		if file == "spec/requirements/requirements_test.go" {
			return // it makes some up
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Error(err)
		}
		cited += len(requirementID.FindAll(text, -1))
		for _, problem := range unknownIDs(text) {
			t.Errorf("%s: %s", file, problem)
		}
	})
	if cited < 500 {
		t.Errorf("only %d citations were found", cited)
	}
}

func TestUnknownRequirementsAreFound(t *testing.T) {
	if p := unknownIDs([]byte("// FAST-TLS-07: echo\n// FAST-TLS" + "-99: nothing\n")); len(p) != 1 {
		t.Errorf("found %v", p)
	}
}
