package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/check/trace"
	"github.com/sesame-tls/sesame/spec/requirements"
)

func requirementsPage(b *bytes.Buffer, coverage trace.Coverage) error {
	all := requirements.All()
	checkable := 0
	for i, r := range all {
		all[i] = coverage.Of(r)
		if r.Checkable() {
			checkable++
		}
	}
	fmt.Fprintf(b, "%d requirements, of which %d can be checked by something that runs; %d of these are still open.\n\n", len(all), checkable, len(coverage.Open()))
	fmt.Fprintf(b, "Levels in upper case are the RFC's key words; *must* and *should* stand in the text without one; *def* is a format or a computation.\n"+
		"Ways: INV a property of the model, WIRE a test on the wire, KAT a known answer, IOP a run with other implementations, REV a review.\n"+
		"What checks a requirement stands with the faults under which it must fail: mutants of the model for a property, "+
		"patches of the implementation's source ([check/trace/faults](../check/trace/faults)) for a test.\n\n")
	for _, area := range requirements.Areas() {
		fmt.Fprintf(b, "## %s\n\n", area)
		var rows [][]string
		for _, r := range all {
			if r.Area() == area {
				rows = append(rows, requirementRow(r))
			}
		}
		table(b, []string{"ID", "Source", "Level", "Actor", "Requirement", "Ways", "Checked by"}, rows)
	}
	return nil
}

func requirementRow(r requirements.Requirement) []string {
	levels := make([]string, len(r.Levels))
	for i, l := range r.Levels {
		levels[i] = string(l)
	}
	ways := make([]string, len(r.Checks))
	for i, c := range r.Checks {
		ways[i] = string(c.Kind)
		if c.Note != "" {
			ways[i] += ": " + c.Note
		}
	}
	text := r.Text
	if r.Mode != "" {
		text += " (" + r.Mode + ")"
	}
	by := make([]string, len(r.CheckedBy))
	for i, c := range r.CheckedBy {
		by[i] = c.String()
	}
	switch status := r.Status(); {
	case r.Reason != "":
		by = append(by, string(status)+": "+r.Reason)
	case status != requirements.Checked:
		by = append(by, "*"+string(status)+"*")
	}
	return []string{anchor(r.ID), strings.Join(r.Sources, "; "), strings.Join(levels, ", "), string(r.Actor), text, strings.Join(ways, "; "), strings.Join(by, "; ")}
}

// anchor is a requirement's ID as others can link to it: see requirementLinks.
func anchor(id string) string { return fmt.Sprintf(`<a id="%s"></a>%s`, strings.ToLower(id), id) }

// requirementLinks links ids to the table of requirements, which is up from the
// page.
func requirementLinks(up string, ids []string) string {
	links := make([]string, len(ids))
	for i, id := range ids {
		links[i] = fmt.Sprintf("[%s](%srequirements.md#%s)", id, up, strings.ToLower(id))
	}
	return strings.Join(links, ", ")
}

func decisionsPage(b *bytes.Buffer) error {
	for _, part := range []struct{ prefix, title, where, text, decision string }{
		{"AMB", "Ambiguous texts", "Where", "What is unclear", "How it is read here"},
		{"DEP", "Deployed practice", "Who", "What is done", "What is done here"},
	} {
		fmt.Fprintf(b, "## %s\n\n", part.title)
		var rows [][]string
		for _, d := range requirements.Decisions() {
			if strings.HasPrefix(d.ID, part.prefix) {
				rows = append(rows, []string{d.ID, d.Where, d.Text, d.Decision})
			}
		}
		table(b, []string{"ID", part.where, part.text, part.decision}, rows)
	}
	return nil
}
