package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/findings"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// exhibit is one bug that a library has had in this handshake. Each has a public
// reference: what has none does not belong here.
type exhibit struct {
	name     string // the page's, and the bug's
	title    string
	date     string // when it appeared or became known: year, or year and month
	library  string
	releases string // that had it
	what     string // what happened
	cause    string
	fixed    string
	refs     []string // what anyone can look up

	mutant  string // of the model; "" where the model has no place for it
	role    spec.Role
	finding string // in check/findings, whose program shows it on real releases; "" for none
	elseHow string // how Sesame finds it where there is no mutant, or beside it
	console string // a command, and what it prints
	release string // to try its program on; "": the newest one that has it
	printed string // by the program on that release, and on one without the bug
}

// museumPage lists the exhibits, and adds a page for each.
func (k *book) museumPage(b *bytes.Buffer) error {
	fmt.Fprintf(b, "OpenSSL's commits, issues and pull requests can be looked up by the numbers given here. In the diagrams, red is what the bug adds, dashed what it takes away.\n\n")
	var rows [][]string
	for i := range exhibits {
		x := &exhibits[i]
		rows = append(rows, []string{x.date, fmt.Sprintf("[%s](museum/%s.md)", x.title, x.name), x.library, x.releases, strings.Join(x.refs, ", ")})
		if err := k.add(page{"museum/" + x.name + ".md", x.title, "", func(b *bytes.Buffer) error { return k.exhibitPage(b, x) }}); err != nil {
			return err
		}
	}
	table(b, []string{"When", "What", "Whose", "Releases", "References"}, rows)
	return nil
}

func (k *book) exhibitPage(b *bytes.Buffer, x *exhibit) error {
	fmt.Fprintf(b, "[The museum](../museum.md). %s, %s.\n\n", x.library, x.date)
	table(b, []string{"", ""}, [][]string{
		{"What happened", x.what}, {"Why", x.cause}, {"Releases that had it", x.releases}, {"Fixed by", x.fixed}, {"References", strings.Join(x.refs, ", ")},
	})
	if x.mutant != "" {
		if err := k.exhibitMachine(b, x); err != nil {
			return err
		}
	}
	fmt.Fprintf(b, "## How Sesame finds it\n\n")
	if x.elseHow != "" {
		fmt.Fprintf(b, "%s\n\n", x.elseHow)
	}
	if x.finding != "" {
		if err := exhibitRelease(b, x); err != nil {
			return err
		}
	}
	if x.console != "" {
		fmt.Fprintf(b, "%s\n", x.console)
	}
	if x.mutant != "" {
		return k.exhibitRun(b, x)
	}
	return nil
}

// exhibitRelease says how to see the bug on a real release, where one that has
// it can be built.
func exhibitRelease(b *bytes.Buffer, x *exhibit) error {
	all, err := findings.All()
	if err != nil {
		return err
	}
	f, err := findings.ByID(all, x.finding)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "It is the finding [%s](../findings.md#%s): `sesame findings show %s --reproducer` prints a program on the library's public API that shows it.", f.ID, f.ID, f.ID)
	affected, others := f.Versions()
	if len(affected) == 0 {
		fmt.Fprintf(b, " None of the releases that can be built here has it any more.\n\n")
		return nil
	}
	try := []string{affected[len(affected)-1]}
	if x.release != "" {
		try[0] = x.release
	}
	if len(others) > 0 {
		try = append(try, others[len(others)-1])
	}
	fmt.Fprintf(b, " Of the releases that were tried these have it: %s.\n\n", strings.Join(affected, ", "))
	builds, runs := "$ sesame releases build", "$ sesame findings run "+f.ID
	for _, version := range try {
		builds, runs = builds+" "+version, runs+" --release "+version
	}
	fmt.Fprintf(b, "%s\n", fence("console", builds+"\n"+runs+"\n"+x.printed))
	return nil
}

// exhibitMachine draws the endpoint with the bug beside the RFCs'.
func (k *book) exhibitMachine(b *bytes.Buffer, x *exhibit) error {
	c, err := compare(model.Options{Mutant: x.mutant}, x.role)
	if err != nil {
		return err
	}
	all := c.merged(x.role)
	if len(all) == 0 {
		return fmt.Errorf("%s: the machine of the %v does not show it", x.name, x.role)
	}
	who := strings.ToLower(x.role.String())
	fmt.Fprintf(b, "## The %s\n\n![The %[1]s, with the bug in red](../diagrams/museum-%s.svg)\n\n", who, x.name)
	if err := k.drawComparison("diagrams/museum-"+x.name+".svg", x.title, x.role, c); err != nil {
		return err
	}
	differenceTable(b, all)
	return nil
}

// exhibitRun shows a shortest run of the model that goes wrong.
func (k *book) exhibitRun(b *bytes.Buffer, x *exhibit) error {
	all := model.Mutants()
	i := slices.IndexFunc(all, func(m model.Mutant) bool { return m.Name == x.mutant })
	if i < 0 {
		return fmt.Errorf("%s: there is no mutant %s", x.name, x.mutant)
	}
	m := all[i]
	first, err := counterexample(m, m.Violates[0])
	if err != nil {
		return err
	}
	links := make([]string, len(m.Violates))
	for i, name := range m.Violates {
		links[i] = fmt.Sprintf("[%s](../properties/%s.md)", name, name)
	}
	fmt.Fprintf(b, "In the model it is the fault `%s`, which violates %s. A shortest run, up to the step that does it:\n\n%s\n%s",
		m.Name, strings.Join(links, ", "), mermaid(first.drawn), first.command)
	return nil
}

// history is the table of the exhibits by date, for the page on the problem.
func history() string {
	var b bytes.Buffer
	var rows [][]string
	for _, x := range exhibits {
		rows = append(rows, []string{x.date, x.library, fmt.Sprintf("[%s](museum/%s.md)", x.title, x.name), x.releases})
	}
	table(&b, []string{"When", "Whose", "What", "Releases"}, rows)
	return b.String()
}
