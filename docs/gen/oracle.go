package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/spec"
)

// oraclePage is the conformance of other people's libraries.
func oraclePage(b *bytes.Buffer) error {
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
	for _, r := range all.Releases {
		releaseReport(b, r)
	}
	atlasSection(b, all.Atlas)
	return nil
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

// atlasSection draws the learned machines by what tells them apart.
func atlasSection(b *bytes.Buffer, machines []results.Machine) {
	fmt.Fprintf(b, "## Atlas of learned machines\n\nThe machines of both roles with an accepting callback, learned from each build as a black box. "+
		"%d are distinct; each is drawn by its differences to the model's under profile `rfc`, of which the shortest stand here.\n\n", len(machines))
	for i, m := range machines {
		fmt.Fprintf(b, "### Machine %d: %s, callback %s, %d states\n\n%s.\n\n", i+1, m.Role, m.Callback, m.States, strings.Join(m.Releases, ", "))
		for k, d := range m.Differences {
			const most = 12
			if k == most {
				fmt.Fprintf(b, "%d more.\n\n", len(m.Differences)-most)
				break
			}
			fmt.Fprintf(b, "```\n%s\n```\n\n", d)
		}
		if len(m.Differences) == 0 {
			fmt.Fprintf(b, "It is the model's.\n\n")
		}
	}
}
