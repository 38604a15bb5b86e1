// Package trace says what checks each requirement: the model's properties, and
// the tests that cite it.
//
// A test cites a requirement by its id, anywhere in the test function or its
// doc comment. A citation counts only with a twin, something that must fail
// where the check is any good, named in the same function's comments as
//
//	// FAST-TLS-07: the Session ID is echoed. Must fail: TestWrongEchoIsFound.
//
// The twin is another test of the same package, or a mutant of the model. A
// property's twins are the mutants that are recorded as violating it.
//
// Use [Read] on the project's tree, and [Coverage.Report] to print the result.
package trace

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// Check is one thing that checks a requirement.
type Check struct {
	Kind string // "property" or "test"
	Name string
	File string   // a test's, from the module's root
	Twin []string // what must fail; none: the citation does not count
}

// String is for instance "property session-id-echoed (must fail: no-echo)".
func (c Check) String() string {
	s := c.Kind + " " + c.Name
	if c.File != "" {
		s += " in " + c.File
	}
	if len(c.Twin) == 0 {
		return s + " (no twin)"
	}
	return s + " (must fail: " + strings.Join(c.Twin, ", ") + ")"
}

// Coverage maps requirement ids to what checks them.
type Coverage map[string][]Check

// Read collects what the model has and what the tests under root cite.
func Read(root fs.FS) (Coverage, error) {
	coverage := Coverage{}
	mutants := map[string]bool{}
	for _, m := range model.Mutants() {
		mutants[m.Name] = true
	}
	coverage.addProperties(model.Properties(), model.Mutants())
	if err := coverage.addTests(root, mutants); err != nil {
		return nil, err
	}
	for id := range coverage {
		if _, ok := requirements.ByID(id); !ok {
			return nil, fmt.Errorf("trace: %s is cited by %v and does not exist", id, coverage[id][0])
		}
	}
	return coverage, nil
}

func (c Coverage) addProperties(properties []model.Property, mutants []model.Mutant) {
	for _, p := range properties {
		check := Check{Kind: "property", Name: p.Name}
		for _, m := range mutants {
			if slices.Contains(m.Violates, p.Name) {
				check.Twin = append(check.Twin, m.Name)
			}
		}
		for _, id := range p.Requirements {
			c[id] = append(c[id], check)
		}
	}
}

// Covered reports whether something with a twin checks the requirement.
func (c Coverage) Covered(id string) bool {
	return slices.ContainsFunc(c[id], func(check Check) bool { return len(check.Twin) > 0 })
}

// Uncovered returns the ids that something that runs could check and nothing
// does, in order.
func (c Coverage) Uncovered() (ids []string) {
	for _, r := range requirements.All() {
		if r.Checkable() && !c.Covered(r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// Report prints each requirement with what checks it, and the counts.
func (c Coverage) Report(w io.Writer) error {
	var b strings.Builder
	checkable := 0
	for _, r := range requirements.All() {
		if !r.Checkable() {
			fmt.Fprintf(&b, "%-13s %s\n", r.ID, r.Status)
			continue
		}
		checkable++
		fmt.Fprintf(&b, "%-13s %s\n", r.ID, map[bool]string{true: "checked", false: "open"}[c.Covered(r.ID)])
		for _, check := range c[r.ID] {
			fmt.Fprintf(&b, "%-13s   %v\n", "", check)
		}
	}
	open := c.Uncovered()
	fmt.Fprintf(&b, "%d of %d requirements are checked; open: %s\n", checkable-len(open), checkable, strings.Join(open, " "))
	_, err := io.WriteString(w, b.String())
	return err
}
