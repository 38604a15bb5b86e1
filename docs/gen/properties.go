package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/docs/gen/chart"
	"github.com/sesame-tls/sesame/model"
)

// propertiesPage lists the properties, and adds a page for each.
func (k *book) propertiesPage(b *bytes.Buffer) error {
	inGo, err := goProperties(k.source)
	if err != nil {
		return err
	}
	inTLA, err := tlaProperties(k.source)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "`make check` proves each of them on the model over all scenarios, with an attacker that may make one move (`--long`: two), and TLC proves the same of [tla/Properties.tla](../tla/Properties.tla). "+
		"A property that no fault violates would say nothing: each has at least one that does. In the charts, `?` stands for what does not matter.\n\n")
	var rows [][]string
	for _, p := range model.Properties() {
		path := "properties/" + p.Name + ".md"
		m := witness(p.Name)
		rows = append(rows, []string{fmt.Sprintf("[%s](%s)", p.Name, path), p.Text, requirementLinks("", p.Requirements), "`" + m.Name + "`"})
		err := k.add(page{path, p.Name, p.Text, func(b *bytes.Buffer) error {
			return k.propertyPage(b, p, m, inGo[p.Name], inTLA[tla.Name(p.Name)])
		}})
		if err != nil {
			return err
		}
	}
	table(b, []string{"Property", "What it says", "Requirements", "A fault that violates it"}, rows)
	fmt.Fprintf(b, "## What is not true\n\nThe protocol does not prevent these; a model in which they could not happen would be wrong, so the exploration has to find them.\n\n")
	rows = nil
	for _, a := range model.Attacks() {
		rows = append(rows, []string{a.Name, a.Text, requirementLinks("", a.Requirements)})
	}
	table(b, []string{"Attack", "What happens", "Requirements"}, rows)
	return nil
}

// witness returns the mutant that shows best what a property is for: one that a
// library has had rather than one that was made up, with a small budget, and
// that violates little else.
func witness(property string) model.Mutant {
	all := slices.DeleteFunc(model.Mutants(), func(m model.Mutant) bool { return !slices.Contains(m.Violates, property) })
	weight := func(m model.Mutant) int {
		w := 10*m.Budget + len(m.Violates)
		if m.Source == "" {
			w += 3
		}
		return w
	}
	slices.SortStableFunc(all, func(a, b model.Mutant) int { return weight(a) - weight(b) })
	return all[0]
}

func (k *book) propertyPage(b *bytes.Buffer, p model.Property, m model.Mutant, inGo, inTLA string) error {
	if inGo == "" || inTLA == "" {
		return fmt.Errorf("the definition of %s was not found", p.Name)
	}
	fmt.Fprintf(b, "[All properties](../properties.md). Requirements: %s. In TLA+ it is checked as a property of [tla/Properties.tla](../../tla/Properties.tla).\n\n",
		requirementLinks("../", p.Requirements))
	fmt.Fprintf(b, "<table>\n<tr><th>Go, in the model</th><th>TLA+</th></tr>\n<tr><td>\n\n%s\n</td><td>\n\n%s\n</td></tr>\n</table>\n\n",
		fence("go", inGo), fence("tla", inTLA))
	fmt.Fprintf(b, "## A fault that violates it\n\n`%s`: %s", m.Name, m.Text)
	if m.Source != "" {
		fmt.Fprintf(b, " Seen in %s.", strings.TrimSuffix(m.Source, "."))
	}
	b.WriteString("\n\n")
	x, err := counterexample(m, p.Name)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "A shortest run that violates the property; its last step, `%s`, does it.\n\n%s\n", x.last, mermaid(x.drawn))
	b.WriteString(x.command)
	return nil
}

// exploration is what has been found under a mutant, once for all pages.
type exploration struct {
	mutant model.Mutant
	first  bool // stopped after the first level with a violation
	report *model.Report
}

var explorations = map[string]*exploration{}

// exploreFor explores the model with a fault, until something is violated if that
// is enough for the property.
func exploreFor(m model.Mutant, property string) (*exploration, error) {
	for _, first := range []bool{true, false} {
		key := fmt.Sprint(m.Name, first)
		if explorations[key] == nil {
			r, err := model.Run(model.Options{Mutant: m.Name, Budget: m.Budget}, model.RunOptions{First: first})
			if err != nil {
				return nil, err
			}
			explorations[key] = &exploration{m, first, r}
		}
		if e := explorations[key]; slices.Contains(e.report.Violated(), property) {
			return e, nil
		}
	}
	return nil, fmt.Errorf("the mutant %s does not violate %s", m.Name, property)
}

// command is how a reader finds the same, and what is printed then.
func (e *exploration) command() string {
	line := "$ sesame model explore --mutant " + e.mutant.Name
	if e.mutant.Budget > 0 {
		line += fmt.Sprintf(" --budget %d", e.mutant.Budget)
	}
	if e.first {
		line += " --first"
	}
	line += " | grep '^violated'\n"
	for _, row := range e.report.Properties {
		if row.Verdict == model.Violated {
			line += fmt.Sprintf("%-9s %-34s %12d checked  %s\n", row.Verdict, row.Name, row.Checked, strings.Join(row.Requirements, " "))
		}
	}
	return fence("console", line)
}

// example is a counterexample as a page shows it.
type example struct {
	drawn   chart.Chart
	last    string // the step that violates the property
	command string // a block
}

// counterexample returns a shortest run under a mutant that violates a property.
func counterexample(m model.Mutant, property string) (*example, error) {
	e, err := exploreFor(m, property)
	if err != nil {
		return nil, err
	}
	for _, row := range e.report.Properties {
		if row.Name != property {
			continue
		}
		drawn, err := chart.Parse(row.Counterexample)
		if err != nil {
			return nil, err
		}
		last := row.Trace.Actions[len(row.Trace.Actions)-1]
		drawn.Lines = append(drawn.Lines, chart.Line{From: actor(last), Text: last, Bad: true})
		return &example{drawn, last, e.command()}, nil
	}
	return nil, fmt.Errorf("no report on %s", property)
}

// actor returns whose lifeline an action belongs to.
func actor(action string) string {
	for _, who := range []string{chart.Client, chart.Server} {
		if strings.HasPrefix(action, who) {
			return who
		}
	}
	return chart.Attacker
}
