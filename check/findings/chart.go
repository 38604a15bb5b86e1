package findings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Chart returns a shortest run of the model with the finding's fault alone, up
// to the violation of its property, as a message sequence chart in text; empty
// for a finding that the model cannot show.
func (f Finding) Chart() (string, error) {
	m := f.Model
	if m.Reason != "" {
		return "", nil
	}
	fix, err := model.ParseScenario(m.Scenario)
	if err != nil {
		return "", fmt.Errorf("findings: %s: %w", f.ID, err)
	}
	o := model.Options{Mutant: m.Mutant, Budget: m.Budget, Fix: fix}
	if m.Quirk != "" {
		o.Profile = spec.Profile{Name: string(m.Quirk), Quirks: []spec.Quirk{m.Quirk}}
	}
	report, err := model.Run(o, model.RunOptions{})
	if err != nil {
		return "", fmt.Errorf("findings: %s: %w", f.ID, err)
	}
	i := slices.IndexFunc(report.Properties, func(r model.Row) bool { return r.Name == m.Property && r.Verdict == model.Violated })
	if i < 0 {
		return "", fmt.Errorf("findings: %s: the model does not violate %q; it violates %s", f.ID, m.Property, strings.Join(report.Violated(), ", "))
	}
	return strings.TrimSpace(report.Properties[i].Counterexample), nil
}
