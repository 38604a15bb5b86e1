package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// oraclePage is the conformance of other people's libraries.
func (k *book) oraclePage(b *bytes.Buffer) error {
	all, err := results.LoadOracle()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "`sesame check --rung oracle` drives each library, as a server and as a client, along every edge of the model's machine of one endpoint, "+
		"attackers' inputs included, and along what an endpoint reads on random walks under an attacker with a budget of 3. Deviations are what differs from profile `rfc`; "+
		"the library's own profile, applied afterwards, must predict every answer, alert for alert: what it does not is unexplained. "+
		"The page has what the last committed long run (`sesame check --long`) has found.\n\n")
	releaseTable(b, all.Releases)
	requirementTable(b, all.Releases)
	propertyTable(b, all.Releases)
	for _, r := range all.Releases {
		releaseReport(b, r)
	}
	return k.atlasSection(b, all.Atlas)
}

func releaseTable(b *bytes.Buffer, releases []results.Release) {
	var rows [][]string
	for _, r := range releases {
		rows = append(rows, []string{"[" + r.Name + "](#" + releaseAnchor(r.Name) + ")", r.Library, r.Profile, fmt.Sprint(r.Words), fmt.Sprint(r.Deviating),
			fmt.Sprint(len(r.Deviations)), fmt.Sprint(len(r.Unexplained)), crashText(r.Crashes), crashText(r.Sanitized)})
	}
	table(b, []string{"Build", "Library", "Profile", "Words", "Deviating", "Deviations", "Unexplained", "Crashes", "With a secret of 600 octets, under AddressSanitizer"}, rows)
}

func releaseAnchor(name string) string { return strings.ReplaceAll(name, ".", "") }

func crashText(crashes []results.Crash) string {
	var parts []string
	for _, c := range crashes {
		parts = append(parts, fmt.Sprintf("%s (%d)", c.What, c.Words))
	}
	return strings.Join(parts, "; ")
}

// requirementTable is releases by what they deviate from.
func requirementTable(b *bytes.Buffer, releases []results.Release) {
	against := map[string][]string{}
	for _, q := range spec.Quirks() {
		against[string(q.Quirk)] = q.Requirements
	}
	counts := map[string]map[string]int{}
	var ids []string
	for _, r := range releases {
		for _, d := range r.Deviations {
			requirements := against[d.Quirk]
			if len(requirements) == 0 {
				requirements = []string{"none: left open"}
			}
			for _, id := range requirements {
				if counts[id] == nil {
					counts[id] = map[string]int{}
					ids = append(ids, id)
				}
				counts[id][r.Name] += d.Words
			}
		}
	}
	slices.Sort(ids)
	fmt.Fprintf(b, "## Releases and requirements\n\nHow many of the words show a deviation from each requirement ([requirements.md](requirements.md)).\n\n")
	head := []string{"Requirement"}
	for _, r := range releases {
		head = append(head, r.Name)
	}
	var rows [][]string
	for _, id := range ids {
		row := []string{id}
		for _, r := range releases {
			cell := ""
			if n := counts[id][r.Name]; n > 0 {
				cell = fmt.Sprint(n)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	table(b, head, rows)
}

// propertyTable is releases by what of the model's properties they keep.
func propertyTable(b *bytes.Buffer, releases []results.Release) {
	releases = slices.DeleteFunc(slices.Clone(releases), func(r results.Release) bool { return len(r.Properties) == 0 }) // older than it
	if len(releases) == 0 {
		return
	}
	fmt.Fprintf(b, "## Releases and properties\n\nWhich [properties](properties.md) each keeps. Of those that are local to one endpoint: "+
		"how many of the words that put it to the test break it, in **bold**, or how many there were, none of which does; a dash where none did. "+
		"What does not show from outside, such as the secret in force, is what the library's own profile says, which has predicted the whole word. "+
		"Of the others, what becomes of them in the model with the library's profile on both sides, under an attacker who has one move.\n\n")
	head := []string{"Property"}
	for _, r := range releases {
		head = append(head, r.Name)
	}
	var rows [][]string
	var examples []string
	for _, p := range model.Properties() {
		row := []string{fmt.Sprintf("[%s](properties/%[1]s.md)", p.Name)}
		example := ""
		for _, r := range releases {
			var found results.Property // none where the run is older than the property
			if i := slices.IndexFunc(r.Properties, func(f results.Property) bool { return f.Name == p.Name }); i >= 0 {
				found = r.Properties[i]
			}
			if found.Example != "" && example == "" {
				example = fmt.Sprintf("**%s** (%s)\n\n%s\n", p.Name, r.Name, fence("", found.Example))
			}
			row = append(row, propertyCell(found))
		}
		rows = append(rows, row)
		if example != "" {
			examples = append(examples, example)
		}
	}
	table(b, head, rows)
	fmt.Fprintf(b, "A shortest conversation that breaks each, with the first build that does:\n\n%s\n", strings.Join(examples, ""))
}

func propertyCell(p results.Property) string {
	switch {
	case p.Both != "":
		return strings.Replace(p.Both, "violated", "**violated**", 1)
	case p.Broken > 0:
		return fmt.Sprintf("**%d** of %d", p.Broken, p.Words)
	case p.Words > 0:
		return fmt.Sprint(p.Words)
	}
	return "–"
}

// releaseReport tells what one build does otherwise.
func releaseReport(b *bytes.Buffer, r results.Release) {
	fmt.Fprintf(b, "## %s\n\n%s: %d classes of scenarios, %d words, %d inputs, profile `%s`.\n\n", r.Name, r.Library, r.Classes, r.Words, r.Steps, r.Profile)
	for _, s := range append(slices.Clone(r.Skipped), r.Notes...) {
		fmt.Fprintf(b, "- %s\n", s)
	}
	if len(r.Skipped)+len(r.Notes) > 0 {
		b.WriteByte('\n')
	}
	for _, d := range r.Deviations {
		fmt.Fprintf(b, "**%s** (%d words)\n\n```\n%s\n```\n\n", d.Quirk, d.Words, d.Example)
	}
	for i, u := range r.Unexplained {
		const most = 10
		if i == most {
			fmt.Fprintf(b, "%d more are unexplained.\n\n", len(r.Unexplained)-most)
			break
		}
		fmt.Fprintf(b, "**unexplained**\n\n```\n%s\n```\n\n", u)
	}
}

// atlasSection draws the learned machines.
func (k *book) atlasSection(b *bytes.Buffer, machines []results.Machine) error {
	learned := 0
	for _, m := range machines {
		learned += min(m.States, 1)
	}
	fmt.Fprintf(b, "## Atlas of learned machines\n\nThe machines of both roles with an accepting callback, learned from each build as a black box. "+
		"%d are distinct. In grey is what each does as the model does under profile `rfc` and goes on, in red what it does otherwise; "+
		"a state has the name of what the model waits for there. The shortest conversations on which they differ stand below.\n\n", learned)
	for i, m := range machines {
		fmt.Fprintf(b, "### Machine %d: %s, callback %s, %d states\n\n%s.\n\n", i+1, m.Role, m.Callback, m.States, strings.Join(m.Releases, ", "))
		if len(m.Arcs) > 0 {
			path := fmt.Sprintf("diagrams/atlas-%s-%s.svg", m.Releases[0], strings.ToLower(m.Role))
			title := fmt.Sprintf("The %s's machine as learned from %s", strings.ToLower(m.Role), m.Releases[0])
			if err := k.drawLearned(path, title, m.Arcs); err != nil {
				return err
			}
			fmt.Fprintf(b, "![%s](%s)\n\n", title, path)
		}
		switch {
		case m.States == 0:
			fmt.Fprintf(b, "%s.\n\n", strings.ToUpper(m.Differences[0][:1])+m.Differences[0][1:])
			continue
		case len(m.Differences) == 0:
			fmt.Fprintf(b, "It is the model's.\n\n")
			continue
		}
		fmt.Fprintf(b, "<details><summary>%d differences</summary>\n\n", len(m.Differences))
		for n, d := range m.Differences {
			const most = 12
			if n == most {
				fmt.Fprintf(b, "%d more.\n\n", len(m.Differences)-most)
				break
			}
			fmt.Fprintf(b, "```\n%s\n```\n\n", d)
		}
		fmt.Fprintf(b, "</details>\n\n")
	}
	return nil
}

// drawLearned draws a learned machine.
func (k *book) drawLearned(path, title string, arcs []results.Arc) error {
	l, place := lines{}, map[string]int{}
	for i, a := range arcs {
		if _, met := place[a.From]; !met {
			place[a.From] = i
		}
		class := ""
		if a.Own {
			class = "new"
		}
		l.add(a.From, a.To, class, strings.Replace(a.Label, " / ", " /\n", 1))
	}
	return k.drawLines(path, title, l, func(a, b line) int {
		return cmp.Or(cmp.Compare(place[a.from], place[b.from]), strings.Compare(a.to, b.to), strings.Compare(a.class, b.class))
	})
}
