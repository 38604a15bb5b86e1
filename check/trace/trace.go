// Package trace says what checks each requirement: the model's properties, the
// tests that cite it, and the cases of the rung interop that obey it.
//
// A test cites requirements in the comments of its function, together with the
// faults under which it must fail, since a check that cannot fail checks
// nothing:
//
//	// Checks FAST-TLS-07, FAST-TLS-08 (must fail: no-echo).
//
// The faults are replacements in the implementation's source, in the files of
// faults/; see package fault. A citation without one does not count. A
// property's faults are the mutants of the model that are recorded as violating
// it, which the rung explore runs.
//
// Use [Read] on the project's tree, [Coverage.Report] to print the result, and
// [Twins] to see each citing test fail. docs/gen writes the citations into the
// requirements' data, from which their status follows.
package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/phase2"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// Coverage maps requirement ids to what checks them.
type Coverage map[string][]requirements.Citation

// Read collects what the model has and what the tests under root cite.
func Read(root fs.FS) (Coverage, error) {
	faults, err := Faults()
	if err != nil {
		return nil, err
	}
	coverage := Coverage{}
	coverage.addProperties(model.Properties(), model.Mutants())
	coverage.addProperties(secondPhase())
	if err := coverage.addTests(root, faults); err != nil {
		return nil, err
	}
	coverage.addCases(interop.Cases())
	for _, id := range sortedKeys(coverage) {
		if _, ok := requirements.ByID(id); !ok {
			return nil, fmt.Errorf("trace: %s is cited by %v and does not exist", id, coverage[id][0])
		}
	}
	return coverage, nil
}

// secondPhase is the properties and mutants of EAP-FAST's second phase, as the
// first one's are written.
func secondPhase() (properties []model.Property, mutants []model.Mutant) {
	for _, p := range phase2.Properties() {
		if !p.Attack {
			properties = append(properties, model.Property{Name: p.Name, Requirements: p.Requirements})
		}
	}
	for _, m := range phase2.Mutants() {
		mutants = append(mutants, model.Mutant{Name: m.Name, Violates: m.Violates})
	}
	return properties, mutants
}

func (c Coverage) addProperties(properties []model.Property, mutants []model.Mutant) {
	for _, p := range properties {
		citation := requirements.Citation{Kind: "property", Name: p.Name}
		for _, m := range mutants {
			if slices.Contains(m.Violates, p.Name) {
				citation.MustFail = append(citation.MustFail, m.Name)
			}
		}
		for _, id := range p.Requirements {
			c[id] = append(c[id], citation)
		}
	}
}

// addCases adds what the rung interop plays with other libraries. Nothing there
// must fail under a fault, so that it does not count.
func (c Coverage) addCases(cases []interop.Case) {
	for _, one := range cases {
		for _, id := range anyID.FindAllString(one.Rule, -1) {
			c[id] = append(c[id], requirements.Citation{Kind: "case", Name: "interop " + one.Ours.String() + ": " + one.Name})
		}
	}
}

// addTests adds the citations of every test file under root. Each fault must be
// known, and each must be named.
func (c Coverage) addTests(root fs.FS, faults []fault.Fault) error {
	found, err := citations(root)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, f := range found {
		for _, name := range f.MustFail {
			if !slices.ContainsFunc(faults, func(g fault.Fault) bool { return g.Name == name }) {
				return fmt.Errorf("trace: %s: %s must fail under %s, which is no fault in check/trace/faults", f.File, f.Name, name)
			}
			named[name] = true
		}
		for _, id := range f.ids {
			c[id] = append(c[id], f.Citation)
		}
	}
	for _, f := range faults {
		if !named[f.Name] {
			return fmt.Errorf("trace: the fault %s is named by no citation", f.Name)
		}
	}
	return nil
}

// Of returns a requirement with what the coverage says of it.
func (c Coverage) Of(r requirements.Requirement) requirements.Requirement {
	r.CheckedBy = c[r.ID]
	return r
}

// Open returns the ids that something that runs could check and nothing does,
// in order.
func (c Coverage) Open() (ids []string) {
	for _, r := range requirements.All() {
		if c.Of(r).Status() == requirements.Open {
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
		r = c.Of(r)
		fmt.Fprintf(&b, "%-13s %s\n", r.ID, r.Status())
		for _, by := range r.CheckedBy {
			fmt.Fprintf(&b, "%-13s   %v\n", "", by)
		}
		if r.Checkable() {
			checkable++
		}
	}
	open := c.Open()
	fmt.Fprintf(&b, "%d of %d requirements are checked", checkable-len(open), checkable)
	if len(open) > 0 {
		fmt.Fprintf(&b, "; open: %s", strings.Join(open, " "))
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

// JSON is the coverage as spec/requirements keeps it, a citation on a line.
func (c Coverage) JSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{")
	for i, id := range sortedKeys(c) {
		fmt.Fprintf(&b, "%s\n %q: [", map[bool]string{true: "", false: ","}[i == 0], id)
		for j, by := range c[id] {
			line, err := json.Marshal(by)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%s\n  %s", map[bool]string{true: "", false: ","}[j == 0], line)
		}
		b.WriteString("\n ]")
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
