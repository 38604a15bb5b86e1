// Package explore is the rung that explores the model: every property holds on
// every reachable state and transition and has been exercised there, and every
// planted fault violates exactly the properties that are recorded for it.
package explore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
	engine "github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// Rung explores up to one move of the attacker, and up to two with --long.
var Rung = ladder.Rung{
	Name:  "explore",
	Shows: "all properties hold on the model; every mutant violates exactly those recorded for it",
	Run:   run,
}

func run(ctx context.Context, r *ladder.Run) error {
	properties := model.Properties()
	if err := cited(properties); err != nil {
		return err
	}
	budgets := []int{0, 1}
	if r.Long {
		budgets = append(budgets, 2)
	}
	for _, budget := range budgets {
		report, err := explore(ctx, r, model.Options{Budget: budget})
		if err != nil {
			return err
		}
		if err := holds(report); err != nil {
			return err
		}
		r.Count("states", report.States)
		r.Count("transitions", report.Transitions)
	}
	r.Count("properties", len(properties))
	return plantAll(ctx, r, properties, model.Mutants())
}

// plantAll explores under each mutant of the shard.
func plantAll(ctx context.Context, r *ladder.Run, properties []model.Property, mutants []model.Mutant) error {
	if err := recorded(properties, mutants); err != nil {
		return err
	}
	for i, m := range mutants {
		if !r.Shard.Has(i) {
			continue
		}
		report, err := explore(ctx, r, model.Options{Budget: m.Budget, Mutant: m.Name})
		if err != nil {
			return err
		}
		if err := violates(m, report); err != nil {
			return err
		}
		r.Count("mutants", 1)
	}
	return nil
}

func explore(ctx context.Context, r *ladder.Run, o model.Options) (*model.Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("budget %d", o.Budget)
	if o.Mutant != "" {
		what += ", mutant " + o.Mutant
	}
	report, err := model.Run(o, model.RunOptions{MaxMemory: 6 << 30, Progress: func(p engine.Progress) {
		r.Progress(p.States, 0, fmt.Sprintf("states, depth %d, %s", p.Depth, what))
	}})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	r.Logf("%s: %d states, %d transitions, depth %d, %.1f s", what, report.States, report.Transitions, report.Depth, report.Seconds)
	return report, nil
}

// holds returns the first property that does not hold, with its run, or that
// nothing exercised.
func holds(report *model.Report) error {
	for _, row := range report.Properties {
		switch row.Verdict {
		case model.Violated:
			return ladder.Differ("budget %d: %s does not hold (%s)\n%s",
				report.Budget, row.Name, strings.Join(row.Requirements, ", "), row.Counterexample)
		case model.Vacuous:
			return ladder.Differ("budget %d: %s was never exercised: its premise holds nowhere", report.Budget, row.Name)
		}
	}
	return nil
}

// violates compares what a mutant violates with the record.
func violates(m model.Mutant, report *model.Report) error {
	got := report.Violated()
	if slices.Equal(got, m.Violates) {
		return nil
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
