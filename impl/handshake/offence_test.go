package handshake

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec/requirements"
)

// The table is kept by section: each that it names is one that some error names,
// and each requirement exists.
func TestOffencesOccur(t *testing.T) {
	var source strings.Builder
	for _, dir := range []string{".", "../record", "../internal/kx"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || file == "requirement.go" {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(text)
		}
	}
	for o, id := range byOffence {
		if !strings.Contains(source.String(), strconv.Quote(o.section)) {
			t.Errorf("%s: no error names %s", id, o.section)
		}
		if _, ok := requirements.ByID(id); !ok {
			t.Errorf("%s does not exist", id)
		}
	}
	for alert, id := range byAlert {
		if _, ok := requirements.ByID(id); !ok {
			t.Errorf("%v: %s does not exist", alert, id)
		}
	}
}
