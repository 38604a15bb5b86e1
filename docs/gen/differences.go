package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// profileOf is a profile, and those whose machines are the same.
type profileOf struct {
	spec.Profile
	same []string
}

// differencesPage compares every profile's endpoints with the RFCs'.
func (k *book) differencesPage(b *bytes.Buffer) error {
	fmt.Fprintf(b, "A profile is what a release was seen to do, as quirks of the model ([vocabulary](vocabulary.md)); `sesame learn` and `sesame check --rung interop` hold it against the library itself. "+
		"Each endpoint is walked beside the RFCs' in %d scenarios, against a peer that may send anything, for as long as both wait for the same. "+
		"In red is what the library does, dashed what it should do instead.\n\n", len(compared[spec.Client])+len(compared[spec.Server]))
	table(b, []string{"Profile", "Client", "Server", "Quirks"}, k.profileRows())
	for _, role := range []spec.Role{spec.Server, spec.Client} {
		fmt.Fprintf(b, "## %vs\n\n", role)
		for _, p := range distinctProfiles(role) {
			if err := k.differences(b, role, p); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
		}
	}
	return nil
}

// profileRows counts what each profile does differently.
func (k *book) profileRows() (rows [][]string) {
	for _, p := range spec.Profiles()[1:] {
		rows = append(rows, []string{"`" + p.Name + "`", fmt.Sprint(len(p.Only(spec.Client).Quirks)), fmt.Sprint(len(p.Only(spec.Server).Quirks)), fmt.Sprint(len(p.Quirks))})
	}
	return rows
}

// distinctProfiles returns the profiles that have quirks of a role, each set of
// them once.
func distinctProfiles(role spec.Role) (all []profileOf) {
	for _, p := range spec.Profiles() {
		own := p.Only(role)
		if len(own.Quirks) == 0 {
			continue
		}
		i := slices.IndexFunc(all, func(o profileOf) bool { return slices.Equal(o.Only(role).Quirks, own.Quirks) })
		if i >= 0 {
			all[i].same = append(all[i].same, p.Name)
			continue
		}
		all = append(all, profileOf{p, nil})
	}
	return all
}

func (k *book) differences(b *bytes.Buffer, role spec.Role, p profileOf) error {
	c, err := compare(model.Options{Profile: p.Profile}, role)
	if err != nil {
		return err
	}
	all := c.merged(role)
	who := strings.ToLower(role.String())
	fmt.Fprintf(b, "### %s, %s\n\n", p.Name, who)
	if len(p.same) > 0 {
		fmt.Fprintf(b, "Also %s.\n\n", strings.Join(p.same, ", "))
	}
	for _, q := range spec.Quirks() {
		if p.Has(q.Quirk) && q.Role == role {
			fmt.Fprintf(b, "- `%s`: %s\n", q.Quirk, q.Text)
		}
	}
	b.WriteByte('\n')
	if len(all) == 0 {
		fmt.Fprintf(b, "None of these shows in the scenarios that are compared here.\n\n")
		return nil
	}
	path := fmt.Sprintf("diagrams/%s-%s.svg", p.Name, who)
	if err := k.drawComparison(path, fmt.Sprintf("The %s of %s beside the RFCs'", who, p.Name), role, c); err != nil {
		return err
	}
	fmt.Fprintf(b, "![The %s of %s beside the RFCs'](%s)\n\n", who, p.Name, path)
	differenceTable(b, all)
	return nil
}

// differenceTable lists the differences, folded, since there may be many.
func differenceTable(b *bytes.Buffer, all []difference) {
	fmt.Fprintf(b, "<details><summary>%d differences</summary>\n\n", len(all))
	var rows [][]string
	for _, d := range all {
		rows = append(rows, []string{d.from.String(), d.reads, d.rfc.String(), d.here.String(), "`" + d.scenario + "`"})
	}
	table(b, []string{"State", "Reads", "RFCs", "Here", "Scenarios"}, rows)
	fmt.Fprintf(b, "</details>\n\n")
}
