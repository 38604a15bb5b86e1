package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// exploreFlags are the flags of `sesame model explore`.
type exploreFlags struct {
	model.Options
	run             model.RunOptions
	profile, memory string
	open, jsonFile  string
	itf             itfFolder
	walks           int
	seed            uint64
}

func newModelExplore() *cobra.Command {
	var e exploreFlags
	cmd := &cobra.Command{
		Use:   "explore",
		Short: "Visit every reachable state and say which properties hold",
		Long: `Visit every reachable state of client, server, streams and attacker, over all
scenarios, and say which properties hold, with a shortest counterexample for
each that does not. With --open, one endpoint alone against a peer that may send
anything. With --loops, also whether every run ends. With --simulate, random walks through what is too large. The exit
status is 1 if a property is violated, or was never exercised, if an attack that
nothing prevents was not found, or if a run goes on for ever; random walks may miss things, so for them only a
violation counts.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := e.check(); err != nil {
				return err
			}
			return e.explore(cmd)
		},
	}
	f := cmd.Flags()
	f.IntVar(&e.Budget, "budget", 0, "the attacker's moves, 0 to 3")
	f.StringVar(&e.Mutant, "mutant", "", "plant the fault `NAME`; `sesame model list` has the names")
	f.StringVar(&e.profile, "profile", "rfc", "deviate as the profile `NAME` does")
	f.StringVar(&e.open, "open", "", "explore this `ROLE` alone: client or server")
	f.BoolVar(&e.UpFront, "up-front", false, "choose the scenario in the initial state, not when it matters")
	f.BoolVar(&e.WireOnly, "wire-only", false, "keep the attacker from being an endpoint")
	f.IntVar(&e.run.Workers, "workers", 0, "explore with `N` goroutines; 0: one for each processor")
	f.StringVar(&e.memory, "max-memory", "4G", "stop with an error beyond this many `OCTETS`, for instance 512M or 6G")
	f.BoolVar(&e.run.Loops, "loops", false, "also look for runs that go on for ever: the strongly connected components")
	f.BoolVar(&e.run.First, "first", false, "stop after the first level that violates a property")
	f.IntVar(&e.walks, "simulate", 0, "take `N` random walks instead")
	f.Uint64Var(&e.seed, "seed", 1, "of the random walks")
	f.StringVar(&e.jsonFile, "json", "", "write the report to `FILE`, - for standard output")
	e.itf.add(f)
	return cmd
}

// check says what is wrong with the flags, and completes the options.
func (e *exploreFlags) check() (err error) {
	if e.Profile, err = spec.ProfileByName(e.profile); err != nil {
		return usagef("--profile: %v", err)
	}
	if e.run.MaxMemory, err = parseOctets(e.memory); err != nil {
		return usagef("--max-memory: %v", err)
	}
	switch {
	case e.Budget < 0 || e.Budget > 3:
		return usagef("--budget %d; give 0 to 3 moves", e.Budget)
	case e.run.Workers < 0:
		return usagef("--workers %d; give 1 or more, or 0 for one for each processor", e.run.Workers)
	case e.walks < 0:
		return usagef("--simulate %d; give the number of walks", e.walks)
	case e.open != "" && e.open != "client" && e.open != "server":
		return usagef("--open: %q; give client or server", e.open)
	case e.open != "" && (e.Budget > 0 || e.walks > 0 || e.run.Loops):
		return usagef("--open has no --budget, --simulate or --loops: its peer may send anything already")
	case e.walks > 0 && e.run.Loops:
		return usagef("--simulate has no --loops: random walks do not find them")
	case e.run.First && e.run.Loops:
		return usagef("--first has no --loops: they are looked for in all that can be reached")
	}
	if _, err := model.New(e.Options); err != nil {
		return usageError{err}
	}
	return nil
}

func (e *exploreFlags) explore(cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	target, closeTarget, err := jsonTo(e.jsonFile, out)
	if err != nil {
		return err
	}
	defer closeTarget()
	if err := e.itf.create(); err != nil {
		return err
	}
	e.run.Done = cmd.Context().Done()
	result, verdict, err := e.result(cmd.ErrOrStderr())
	var memory *explore.MemoryError
	if errors.As(err, &memory) {
		return fmt.Errorf("%w; give more by --max-memory, or a smaller --budget", err)
	}
	if cmd.Context().Err() != nil {
		return errors.New("interrupted")
	}
	if err != nil {
		return err
	}
	if e.jsonFile != "-" {
		result.print(out)
	}
	if target != nil {
		enc := json.NewEncoder(target)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(result.report); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	for _, row := range result.rows {
		if err := e.itf.path(row.Name, row.Path); err != nil {
			return err
		}
	}
	if err := e.itf.path("loop", result.loop); err != nil {
		return err
	}
	if verdict != nil {
		return errFailed
	}
	return nil
}

// result is what an exploration or a simulation has found.
type result struct {
	report  any // for JSON
	summary string
	rows    []model.Row
	loop    *model.Path // nil: none
}

func (e *exploreFlags) result(live io.Writer) (found result, verdict, err error) {
	line, start := ladder.NewLive(live, "explore"), time.Now()
	defer line.End()
	if e.walks > 0 {
		s, err := model.Simulate(e.Options, model.SimulateOptions{
			Seed: e.seed, Walks: e.walks, Workers: e.run.Workers, Done: e.run.Done,
			Progress: func(walks int) { line.Show(walks, e.walks, "walks") },
		})
		if err != nil {
			return result{}, nil, err
		}
		summary := fmt.Sprintf("%d walks, %d steps, the longest %d, seed %d, %.1f s", s.Walks, s.Steps, s.Longest, s.Seed, s.Seconds)
		return result{s, summary, append(s.Properties, s.Attacks...), nil}, violated(s.Properties), nil
	}
	e.run.Progress = func(p explore.Progress) {
		rate := float64(p.States) / time.Since(start).Seconds()
		line.Show(p.States, 0, fmt.Sprintf("states, %d waiting, %.0f states/s, depth %d", p.Queue, rate, p.Depth))
	}
	run := func() (*model.Report, error) { return model.Run(e.Options, e.run) }
	switch e.open {
	case "client":
		run = func() (*model.Report, error) { return model.RunOpen(spec.Client, e.Options, e.run) }
	case "server":
		run = func() (*model.Report, error) { return model.RunOpen(spec.Server, e.Options, e.run) }
	}
	r, err := run()
	if err != nil {
		return result{}, nil, err
	}
	summary := fmt.Sprintf("%d states, %d transitions, depth %d, %.1f octets a state, %.1f s, %d workers",
		r.States, r.Transitions, r.Depth, r.Octets, r.Seconds, r.Workers)
	var loop *model.Path
	if l := r.Loops; l != nil {
		loop = l.Path
		summary += fmt.Sprintf("\n%d loops of %d states; %d ends", l.Components, l.States, r.Ends)
		if l.Run != "" {
			summary += "\n" + indented(l.Run)
		}
	}
	return result{r, summary, append(r.Properties, r.Attacks...), loop}, r.Err(), nil
}

// violated is the verdict on random walks.
func violated(rows []model.Row) error {
	for _, row := range rows {
		if row.Verdict == model.Violated {
			return errFailed
		}
	}
	return nil
}

func (r result) print(w io.Writer) {
	fmt.Fprintln(w, r.summary)
	for _, p := range r.rows {
		fmt.Fprintf(w, "%-9s %-34s %12d checked  %s\n", p.Verdict, p.Name, p.Checked, strings.Join(p.Requirements, " "))
		if p.Verdict == model.Violated {
			fmt.Fprintln(w, indented(p.Counterexample))
		}
	}
}

// indented is a chart as it stands below a line.
func indented(chart string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(chart), "\n", "\n    ")
}
