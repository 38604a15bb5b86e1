package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/check/results"
)

func mutantsPage(b *bytes.Buffer) error {
	all, err := results.LoadMutants()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "`sesame check --rung mutants` builds the implementation with each fault, and fails if one is not found. "+
		"The tables below are what the last committed long run (`sesame check --long`) has found.\n\n")
	b.WriteString("The checks:\n\n")
	for _, c := range checker.Checks {
		fmt.Fprintf(b, "- **%s**: %s.\n", c.Name, c.Text)
	}
	faultsTable(b, all.Faults)
	rowsTable(b, all.Rows)
	operatorsTable(b, all.Operators)
	return nil
}

// faultsTable is the matrix of patches and checks.
func faultsTable(b *bytes.Buffer, faults []results.Fault) {
	fmt.Fprintf(b, "\n## Patches\n\n%d bugs that libraries have had, or that people make, as patches in [check/mutants/faults](../check/mutants/faults). "+
		"Each must be found by the check in bold type; the time is that of the check alone.\n\n", len(faults))
	head := []string{"Fault", "What is wrong", "Seen"}
	for _, c := range checker.Checks {
		head = append(head, c.Name)
	}
	var rows [][]string
	for _, f := range faults {
		row := []string{fmt.Sprintf("[%s](../check/mutants/faults/%s.patch)", f.Name, f.Name), f.What, f.Seen}
		for _, c := range checker.Checks {
			cell := f.Found[c.Name]
			if c.Name == f.Check && cell != "" {
				cell = "**" + cell + "**"
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	table(b, head, rows)
}

// rowsTable is what became of the faults in the transition tables.
func rowsTable(b *bytes.Buffer, r results.Rows) {
	fmt.Fprintf(b, "## Transition tables\n\n%d faults: each row of both tables deleted, without each of its guards, with each other next state, and without each of its actions.\n\n", r.All)
	var rows [][]string
	for _, c := range checker.Checks {
		if n := r.Found[c.Name]; n > 0 {
			rows = append(rows, []string{c.Name, fmt.Sprint(n)})
		}
	}
	table(b, []string{"First found by", "Faults"}, rows)
	equivalents(b, r.Equivalent)
}

// operatorsTable is what became of the changes by operators.
func operatorsTable(b *bytes.Buffer, o results.Operators) {
	fmt.Fprintf(b, "## Operators\n\nConditions negated, comparisons and operators swapped, numbers one too large, truth values inverted, statements deleted, functions that return at once: "+
		"a sample, drawn from seed %d, of what builds. A package's own tests are the first to find it.\n\n", o.Seed)
	var rows [][]string
	for _, p := range o.Packages {
		found, of := p.Found()
		share := "–"
		if of > 0 {
			share = fmt.Sprintf("%.1f %%", 100*float64(found)/float64(of))
		}
		rows = append(rows, []string{"`" + p.Name + "`", fmt.Sprint(p.All), fmt.Sprint(p.Ran), fmt.Sprint(p.Tests), fmt.Sprint(p.Hung), fmt.Sprint(p.Ladder),
			fmt.Sprint(p.Equal), fmt.Sprint(p.Equivalent), fmt.Sprint(p.Survivors), share})
	}
	table(b, []string{"Package", "Changes", "Drawn", "Found by tests", "By tests that do not end", "By the checks", "Same machine code", "Equivalent", "Survivors", "Found"}, rows)
	if len(o.Survivors) > 0 {
		fmt.Fprintf(b, "The survivors:\n\n")
		for _, s := range o.Survivors {
			fmt.Fprintf(b, "- %s\n", code(s))
		}
		b.WriteByte('\n')
	}
	equivalents(b, o.Equivalent)
}

func equivalents(b *bytes.Buffer, all []results.Equivalent) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "Equivalent:\n\n")
	for _, e := range all {
		fmt.Fprintf(b, "- %s: %s.\n", code(e.What), e.Reason)
	}
	b.WriteByte('\n')
}

// code sets text as code, whatever backquotes it has.
func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}
