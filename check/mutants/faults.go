package mutants

import (
	"embed"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/check/mutants/checker"
)

//go:embed faults/*.patch
var patches embed.FS

// Faults returns the faults, by name.
func Faults() ([]*Fault, error) {
	entries, err := patches.ReadDir("faults")
	if err != nil {
		return nil, err
	}
	var all []*Fault
	for _, e := range entries {
		text, err := patches.ReadFile("faults/" + e.Name())
		if err != nil {
			return nil, err
		}
		f, err := parseFault(strings.TrimSuffix(e.Name(), ".patch"), string(text))
		if err != nil {
			return nil, err
		}
		if _, known := checker.Known(f.Check); !known {
			return nil, fmt.Errorf("%s: no check is named %q", f.Name, f.Check)
		}
		all = append(all, f)
	}
	return all, nil
}
