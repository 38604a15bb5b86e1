// Package explore is the rung that explores the model: every system of the
// model's manifest has the committed numbers of states and transitions; every
// property holds there and has been exercised; what an attacker can always do
// is found; every run ends; and every planted fault violates exactly the
// properties that are recorded for it, those that are local to one endpoint on
// that endpoint's open machine too.
package explore

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
	engine "github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// Rung explores the manifest, and with --long the part of it that takes minutes.
var Rung = ladder.Rung{
	Name:  "explore",
	Shows: "all properties hold on the model; every mutant violates exactly those recorded for it",
	Run:   run,
}

// maxMemory is enough for the largest system of the manifest, in octets.
const maxMemory = 6 << 30

func run(ctx context.Context, r *ladder.Run) error {
	entries, err := model.Manifest()
	if err != nil {
		return err
	}
	properties, mutants := model.Properties(), model.Mutants()
	if err := cited(properties); err != nil {
		return err
	}
	if err := recorded(properties, mutants); err != nil {
		return err
	}
	all := jobs(r, entries, mutants)
	for i, j := range all {
		if !r.Shard.Has(i) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		ro := shown(r, i, len(all), j.what)
		ro.Done = ctx.Done()
		if err := j.run(r, ro); err != nil {
			return cmp.Or(ctx.Err(), err)
		}
	}
	if r.Shard.Has(0) {
		if err := secondPhase(r); err != nil {
			return err
		}
	}
	r.Count("properties", len(properties))
	return nil
}

// job is one exploration. Shards share out the jobs.
type job struct {
	what string
	run  func(r *ladder.Run, ro model.RunOptions) error
}

func jobs(r *ladder.Run, entries []model.Entry, mutants []model.Mutant) (all []job) {
	for _, e := range entries {
		if e.Long && !r.Long {
			continue
		}
		all = append(all, job{nameOf(e), func(r *ladder.Run, ro model.RunOptions) error { return explore(r, e, ro) }})
	}
	for _, m := range mutants {
		all = append(all, job{"mutant " + m.Name, func(r *ladder.Run, ro model.RunOptions) error { return plant(r, m, ro) }})
	}
	return all
}

func shown(r *ladder.Run, i, n int, what string) model.RunOptions {
	r.Progress(i, n, what)
	return model.RunOptions{MaxMemory: maxMemory, Progress: func(p engine.Progress) {
		r.Progress(i, n, fmt.Sprintf("%s: %d states, depth %d", what, p.States, p.Depth))
	}}
}

func nameOf(e model.Entry) string {
	name := fmt.Sprintf("profile %s, budget %d", e.Profile, e.Budget)
	if e.Open != "" {
		name += ", the open machine of the " + e.Open
	}
	return name
}

// explore explores one system of the manifest.
func explore(r *ladder.Run, e model.Entry, ro model.RunOptions) error {
	profile, err := spec.ProfileByName(e.Profile)
	if err != nil {
		return err
	}
	o := model.Options{Profile: profile, Budget: e.Budget}
	var report *model.Report
	switch e.Open {
	case "":
		// Every run ends, unless a profile has a fault that says otherwise.
		ro.Loops = len(e.Violated) == 0
		report, err = model.Run(o, ro)
	case spec.Client.String():
		report, err = model.RunOpen(spec.Client, o, ro)
	case spec.Server.String():
		report, err = model.RunOpen(spec.Server, o, ro)
	default:
		err = fmt.Errorf("%q is neither role", e.Open)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", nameOf(e), err)
	}
	r.Logf("%s: %d states, %d transitions, depth %d, %.1f s", nameOf(e), report.States, report.Transitions, report.Depth, report.Seconds)
	r.Count("states", report.States)
	r.Count("transitions", report.Transitions)
	return compare(e, report)
}

// compare returns the first difference between an entry and what was found.
func compare(e model.Entry, report *model.Report) error {
	for _, row := range report.Properties {
		switch {
		case row.Verdict == model.Vacuous:
			return ladder.Differ("%s: %s was never exercised: its premise holds nowhere", nameOf(e), row.Name)
		case row.Verdict == model.Violated && !slices.Contains(e.Violated, row.Name):
			return ladder.Differ("%s: %s does not hold (%s)\n%s", nameOf(e), row.Name, strings.Join(row.Requirements, ", "), row.Counterexample)
		}
	}
	for _, row := range report.Attacks {
		if row.Verdict != model.Found {
			return ladder.Differ("%s: the attack %s, which nothing prevents, was not found", nameOf(e), row.Name)
		}
	}
	if l := report.Loops; l != nil && l.Components > 0 {
		return ladder.Differ("%s: a run goes on for ever\n%s", nameOf(e), l.Run)
	}
	got := e
	got.States, got.Transitions, got.Depth, got.Violated = report.States, report.Transitions, report.Depth, report.Violated()
	if !reflect.DeepEqual(got, e) {
		return ladder.Differ("%s\nmanifest: %d states, %d transitions, depth %d, violated %q\nfound:    %d states, %d transitions, depth %d, violated %q",
			nameOf(e), e.States, e.Transitions, e.Depth, e.Violated, got.States, got.Transitions, got.Depth, got.Violated)
	}
	return nil
}

// plant explores under one mutant and compares what it violates with the record.
func plant(r *ladder.Run, m model.Mutant, ro model.RunOptions) error {
	report, err := model.Run(model.Options{Budget: m.Budget, Mutant: m.Name}, ro)
	if err != nil {
		return fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	r.Count("mutants", 1)
	got := report.Violated()
	if slices.Equal(got, m.Violates) {
		return plantOpen(m, ro)
	}
	text := fmt.Sprintf("mutant %s, budget %d\nrecorded: %s\nviolated: %s", m.Name, m.Budget, strings.Join(m.Violates, ", "), strings.Join(got, ", "))
	for _, row := range report.Properties {
		if row.Verdict == model.Violated && !slices.Contains(m.Violates, row.Name) {
			text += fmt.Sprintf("\n%s\n%s", row.Name, row.Counterexample)
			break
		}
	}
	return ladder.Differ("%s", text)
}

// plantOpen explores each endpoint alone under a mutant: what it violates that
// is local to one endpoint it violates there too, without any budget.
func plantOpen(m model.Mutant, ro model.RunOptions) error {
	ro.NoPaths = true
	found := map[string]bool{}
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		report, err := model.RunOpen(role, model.Options{Mutant: m.Name}, ro)
		if err != nil {
			return fmt.Errorf("mutant %s, the open machine of the %v: %w", m.Name, role, err)
		}
		for _, name := range report.Violated() {
			found[name] = true
		}
	}
	for _, p := range model.Properties() {
		if p.Local && slices.Contains(m.Violates, p.Name) && !found[p.Name] {
			return ladder.Differ("mutant %s violates %s, which is local to one endpoint, and neither open machine shows it", m.Name, p.Name)
		}
	}
	return nil
}

// recorded checks that each mutant violates something and each property is
// violated by something: otherwise one of them says nothing.
func recorded(properties []model.Property, mutants []model.Mutant) error {
	violated := map[string]bool{}
	for _, m := range mutants {
		if len(m.Violates) == 0 {
			return ladder.Differ("mutant %s is recorded as violating nothing", m.Name)
		}
		for _, name := range m.Violates {
			violated[name] = true
		}
	}
	for _, p := range properties {
		if !violated[p.Name] {
			return ladder.Differ("no mutant is recorded as violating %s", p.Name)
		}
	}
	return nil
}

// cited checks that the requirements that properties name exist.
func cited(properties []model.Property) error {
	for _, p := range properties {
		for _, id := range p.Requirements {
			if _, ok := requirements.ByID(id); !ok {
				return ladder.Differ("%s cites %s, which does not exist", p.Name, id)
			}
		}
	}
	return nil
}
