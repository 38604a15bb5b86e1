package findings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// Versions returns the releases that package releases knows of the finding's
// library, parted by whether they are affected.
func (f Finding) Versions() (affected, others []string) {
	for _, r := range releases.Releases() {
		switch {
		case r.Library != f.Library:
		case f.Affects(r.Version):
			affected = append(affected, r.Version)
		default:
			others = append(others, r.Version)
		}
	}
	return affected, others
}

// Issue returns a text in Markdown with which the finding can be reported to
// whoever makes the library.
func (f Finding) Issue() (string, error) {
	source, err := f.Reproducer()
	if err != nil {
		return "", err
	}
	chart, err := f.Chart()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", f.Title)
	fmt.Fprintf(&b, "## What happens\n\n%s\n\n## What is due\n\n%s\n\n", f.Seen, f.Due)
	for _, id := range f.Requirements {
		if r, ok := requirements.ByID(id); ok {
			fmt.Fprintf(&b, "- %s (%s): %s\n", id, strings.Join(r.Sources, "; "), r.Text)
		}
	}
	fmt.Fprintf(&b, "\n## Versions\n\n%s\n\n", f.versions())
	if chart != "" {
		fmt.Fprintf(&b, "## A shortest run of a model with this fault\n\n```\n%s\n```\n\n", chart)
	}
	if len(f.References) > 0 {
		fmt.Fprintf(&b, "## See\n\n")
		for _, r := range f.References {
			fmt.Fprintf(&b, "- %s\n", strings.TrimSpace(r+" "+Link(r)))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "## Reproducer\n\nIt ends with status 0 where the library is not affected, and with 1 or by a signal where it is.\n\n```c\n%s```\n", source)
	return b.String(), nil
}

func (f Finding) versions() string {
	affected, others := f.Versions()
	list := func(versions []string) string {
		if len(versions) == 0 {
			return "none"
		}
		return strings.Join(slices.Clone(versions), ", ")
	}
	return fmt.Sprintf("Of those that were tried, affected: %s; not affected: %s.", list(affected), list(others))
}

// Summary returns the finding in a few lines, with its chart.
func (f Finding) Summary() (string, error) {
	chart, err := f.Chart()
	if err != nil {
		return "", err
	}
	if chart == "" {
		chart = f.Model.Reason
	}
	references := "none: it is not public"
	if len(f.References) > 0 {
		references = strings.Join(f.References, ", ")
	}
	return fmt.Sprintf("%s (%s, %s, %s)\n%s\n\nseen: %s\ndue:  %s\n\nrequirements: %s\nreferences:   %s\n%s\n\n%s\n", f.ID, f.Library, f.Role, f.Grade, f.Title,
		f.Seen, f.Due, strings.Join(f.Requirements, " "), references, f.versions(), chart), nil
}
