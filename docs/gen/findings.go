package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/findings"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/results"
)

// findingsPage is the table of findings and releases, and each finding.
func findingsPage(b *bytes.Buffer) error {
	all, err := findings.All()
	if err != nil {
		return err
	}
	recorded, err := results.LoadFindings()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "`sesame findings run` compiles the programs against the machine's libssl, or by `--release` against releases that `sesame releases build` has built, "+
		"and runs them; `sesame findings show ID --reproducer` prints one, and `--issue` a text to report it with. The programs are CC0, need nothing but the library, and end with "+
		"status 0 where it is not affected. Where all is in the clear there is one in Python, too, which needs its standard library and any endpoint: `--python` prints it. The tables have what the last committed long run (`sesame check --long`) has seen; "+
		"a cell is empty where nothing was run. All findings have been public before.\n\n")
	for _, library := range []string{"openssl", "wolfssl"} {
		findingsTable(b, all, library, recorded.Outcomes)
	}
	for _, f := range all {
		if err := findingSection(b, f); err != nil {
			return err
		}
	}
	return nil
}

var libraryNames = map[string]string{"openssl": "OpenSSL", "wolfssl": "wolfSSL"}

// findingsTable has a row for each finding about a library, a column for each
// build that something was run on.
func findingsTable(b *bytes.Buffer, all []findings.Finding, library string, outcomes map[string]map[string]string) {
	var columns []string
	for column := range outcomes {
		if strings.HasPrefix(column, library+"-") {
			columns = append(columns, column)
		}
	}
	slices.SortFunc(columns, releases.Compare)
	head := []string{"Finding", "Grade"}
	for _, c := range columns {
		head = append(head, strings.TrimPrefix(c, library+"-"))
	}
	var rows [][]string
	for _, f := range all {
		if f.Library != library {
			continue
		}
		row := []string{fmt.Sprintf("[%s](#%[1]s)", f.ID), f.Grade}
		for _, c := range columns {
			cell := outcomes[c][f.ID]
			switch {
			case findings.Outcome(cell) == findings.Passes:
				cell = "–"
			case cell != "":
				cell = "**" + cell + "**"
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(b, "## %s\n\nA dash: not affected.\n\n", libraryNames[library])
	table(b, head, rows)
}

func findingSection(b *bytes.Buffer, f findings.Finding) error {
	fmt.Fprintf(b, "## %s\n\n**%s.** %s, %s; %s.\n\nSeen: %s\n\nDue: %s\n\n", f.ID, f.Title, libraryNames[f.Library], strings.ReplaceAll(f.Role, "both", "both roles"), f.Grade, f.Seen, f.Due)
	var requirements, references []string
	for _, id := range f.Requirements {
		requirements = append(requirements, fmt.Sprintf("[%s](requirements.md)", id))
	}
	for _, r := range f.References {
		if link := findings.Link(r); link != "" {
			r = fmt.Sprintf("[%s](%s)", r, link)
		}
		references = append(references, r)
	}
	programs := fmt.Sprintf("[%s.c](../check/findings/reproducers/%s/%[1]s.c)", f.ID, f.Library)
	if _, ok, err := f.Python(); err != nil {
		return err
	} else if ok {
		programs += fmt.Sprintf(", [%s.py](../check/findings/reproducers/%s/%[1]s.py)", f.ID, f.Library)
	}
	fmt.Fprintf(b, "Requirements: %s. References: %s. Program: %s.\n\n", strings.Join(requirements, ", "), strings.Join(references, ", "), programs)
	chart, err := f.Chart()
	if err != nil {
		return err
	}
	if chart == "" {
		fmt.Fprintf(b, "No run of the model: %s\n\n", f.Model.Reason)
		return nil
	}
	fmt.Fprintf(b, "A shortest run of the model with this fault, and no other:\n\n%s\n", fence("", chart))
	return nil
}
