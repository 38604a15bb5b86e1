package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/model/phase2"
)

func newModelPhase2() *cobra.Command {
	var o phase2.Options
	var ro phase2.RunOptions
	var memory, jsonFile string
	var itf itfFolder
	cmd := &cobra.Command{
		Use:   "phase2",
		Short: "Explore the model of EAP-FAST's second phase",
		Long: `Visit every reachable state of peer and server inside the tunnel, over all
scenarios and under every attacker: on the wire, in the middle of two tunnels,
and as either side. The exit status is 1 if a property is violated, or an attack
that nothing prevents was not found.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if ro.MaxMemory, err = parseOctets(memory); err != nil {
				return usagef("--max-memory: %v", err)
			}
			if ro.Workers < 0 {
				return usagef("--workers %d; give 1 or more, or 0 for one for each processor", ro.Workers)
			}
			if _, err := phase2.New(o); err != nil {
				return usageError{err}
			}
			if err := itf.create(); err != nil {
				return err
			}
			return explorePhase2(cmd, o, ro, jsonFile, &itf)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.Budget, "budget", 0, "the moves of the attacker on the wire, 0 to 2")
	f.StringVar(&o.Mutant, "mutant", "", "plant the fault `NAME`; `sesame model list` has the names")
	f.StringVar(&o.Profile, "profile", "rfc", "deviate as the profile `NAME` does: rfc or hostap")
	f.IntVar(&ro.Workers, "workers", 0, "explore with `N` goroutines; 0: one for each processor")
	f.StringVar(&memory, "max-memory", "4G", "stop with an error beyond this many `OCTETS`, for instance 512M or 6G")
	f.StringVar(&jsonFile, "json", "", "write the report to `FILE`, - for standard output")
	itf.add(f)
	return cmd
}

func explorePhase2(cmd *cobra.Command, o phase2.Options, ro phase2.RunOptions, jsonFile string, itf *itfFolder) error {
	out := cmd.OutOrStdout()
	target, closeTarget, err := jsonTo(jsonFile, out)
	if err != nil {
		return err
	}
	defer closeTarget()
	line, start := ladder.NewLive(cmd.ErrOrStderr(), "phase2"), time.Now()
	ro.Progress = func(p explore.Progress) {
		line.Show(p.States, 0, fmt.Sprintf("states, %d waiting, %.0f states/s, depth %d", p.Queue, float64(p.States)/time.Since(start).Seconds(), p.Depth))
	}
	r, err := phase2.Run(o, ro)
	line.End()
	var full *explore.MemoryError
	if errors.As(err, &full) {
		return fmt.Errorf("%w; give more by --max-memory, or a smaller --budget", err)
	}
	if err != nil {
		return err
	}
	if jsonFile != "-" {
		fmt.Fprintf(out, "%d states, %d transitions, depth %d\n", r.States, r.Transitions, r.Depth)
		for _, rows := range [][]phase2.Row{r.Properties, r.Attacks} {
			for _, p := range rows {
				fmt.Fprintf(out, "%-9s %-38s %10d checked  %s\n", p.Verdict, p.Name, p.Checked, strings.Join(p.Requirements, " "))
				if p.Counterexample != "" {
					fmt.Fprintln(out, indented(p.Counterexample))
				}
			}
		}
	}
	if target != nil {
		enc := json.NewEncoder(target)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	for _, row := range append(slices.Clone(r.Properties), r.Attacks...) {
		if err := itf.phase2(row.Name, row.Path); err != nil {
			return err
		}
	}
	if r.Err() != nil {
		return errFailed
	}
	return nil
}
