// Package results has what long runs of the ladder have found, as committed
// files, so that documentation can be made of them by whoever has no hour to
// wait. Only `sesame check --long` writes them.
package results

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Mutants is what the rung mutants has found.
type Mutants struct {
	Faults    []Fault   `json:"faults"`
	Rows      Rows      `json:"rows"`
	Operators Operators `json:"operators"`
}

// Fault is a patch of the implementation's source.
type Fault struct {
	Name  string `json:"name"`
	What  string `json:"what"`
	Seen  string `json:"seen,omitempty"` // where; empty: nowhere that we know of
	Check string `json:"check"`          // that must find it

	// Found has the checks that find it, and the class of the time that it took
	// them, as [Class] names it.
	Found map[string]string `json:"found"`
}

// Rows are the faults in the transition tables.
type Rows struct {
	All        int            `json:"all"`
	Found      map[string]int `json:"found"` // by check
	Equivalent []Equivalent   `json:"equivalent"`
}

// Equivalent is a fault that changes nothing that can be seen.
type Equivalent struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// Compare orders by what the fault is.
func (e Equivalent) Compare(other Equivalent) int { return strings.Compare(e.What, other.What) }

// Operators are the changes that operators have made to packages' source.
type Operators struct {
	Seed       uint64       `json:"seed"`
	Packages   []Package    `json:"packages"`
	Survivors  []string     `json:"survivors"`
	Equivalent []Equivalent `json:"equivalent"` // of those that ran
}

// Package is what became of one package's changes.
type Package struct {
	Name       string `json:"name"`
	All        int    `json:"all"`        // that the operators make, not all of which build
	Ran        int    `json:"ran"`        // of those that build, the part that was drawn
	Tests      int    `json:"tests"`      // found by the package's own tests
	Hung       int    `json:"hung"`       // found since these do not end
	Ladder     int    `json:"ladder"`     // found by the checks, and not by the tests
	Equal      int    `json:"equal"`      // the same machine code
	Equivalent int    `json:"equivalent"` // said to change nothing, with a reason
	Survivors  int    `json:"survivors"`
}

// Found returns how many of the changes were found, and how many could have
// been.
func (p Package) Found() (found, of int) {
	found = p.Tests + p.Hung + p.Ladder
	return found, found + p.Survivors
}

// Class returns the class of a time: that is all that is kept of it.
func Class(seconds float64) string {
	for _, limit := range []float64{0.1, 1, 10} {
		if seconds < limit {
			return fmt.Sprintf("< %g s", limit)
		}
	}
	return "< 60 s"
}

// Findings is what the rung findings has found: by library, such as
// "openssl-3.2.1", the outcome of each finding's reproducer, by the finding's id.
type Findings struct {
	Outcomes map[string]map[string]string `json:"outcomes"`
}

//go:embed mutants.json findings.json oracle.json
var committed embed.FS

// LoadMutants returns the committed results.
func LoadMutants() (*Mutants, error) { return load[Mutants]("mutants.json") }

// LoadFindings returns the committed results.
func LoadFindings() (*Findings, error) { return load[Findings]("findings.json") }

func load[T any](name string) (*T, error) {
	text, err := committed.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parse[T](name, text)
}

func parse[T any](name string, text []byte) (*T, error) {
	var t T
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return nil, fmt.Errorf("results: %s: %w", name, err)
	}
	return &t, nil
}

// Write writes the results into a checkout of the module.
func (m *Mutants) Write(root string) error { return write(root, "mutants.json", m) }

// Write writes the results into a checkout of the module.
func (f *Findings) Write(root string) error { return write(root, "findings.json", f) }

func write(root, name string, all any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(all); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "check", "results", name), b.Bytes(), 0o644)
}
