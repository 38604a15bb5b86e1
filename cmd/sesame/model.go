package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

func newModel() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "model",
		Short: "Explore the model of the handshake",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("model has no verb %q; give one of %s", args[0], strings.Join(verbs(cmd), ", "))
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newModelExplore(), newModelList())
	return cmd
}

func newModelExplore() *cobra.Command {
	var o model.Options
	var ro model.RunOptions
	var profile, memory, jsonFile string
	cmd := &cobra.Command{
		Use:   "explore",
		Short: "Visit every reachable state and say which properties hold",
		Long: `Visit every reachable state of client, server, streams and attacker, over all
scenarios, and say which properties hold, with a shortest counterexample for
each that does not. The exit status is 1 if a property is violated or was never
exercised.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Profile, err = spec.ProfileByName(profile); err != nil {
				return usagef("--profile: %v", err)
			}
			if o.Budget < 0 || o.Budget > 3 {
				return usagef("--budget %d; give 0 to 3 moves", o.Budget)
			}
			if ro.Workers < 0 {
				return usagef("--workers %d; give 1 or more, or 0 for one for each processor", ro.Workers)
			}
			if ro.MaxMemory, err = parseOctets(memory); err != nil {
				return usagef("--max-memory: %v", err)
			}
			if _, err := model.New(o); err != nil {
				return usageError{err}
			}
			return runModelExplore(cmd, o, ro, jsonFile)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.Budget, "budget", 0, "the attacker's moves, 0 to 3")
	f.StringVar(&o.Mutant, "mutant", "", "plant the fault `NAME`; `sesame model list` has the names")
	f.StringVar(&profile, "profile", "rfc", "deviate as the profile `NAME` does")
	f.BoolVar(&o.UpFront, "up-front", false, "choose the scenario in the initial state, not when it matters")
	f.IntVar(&ro.Workers, "workers", 0, "explore with `N` goroutines; 0: one for each processor")
	f.StringVar(&memory, "max-memory", "4G", "stop with an error beyond this many octets, for instance 512M or 6G")
	f.BoolVar(&ro.First, "first", false, "stop after the first level that violates a property")
	f.StringVar(&jsonFile, "json", "", "write the report to `FILE`, - for standard output")
	return cmd
}

func runModelExplore(cmd *cobra.Command, o model.Options, ro model.RunOptions, jsonFile string) error {
	out := cmd.OutOrStdout()
	report, closeReport, err := jsonTo(jsonFile, out)
	if err != nil {
		return err
	}
	defer closeReport()
	live, start := ladder.NewLive(cmd.ErrOrStderr(), "explore"), time.Now()
	ro.Progress = func(p explore.Progress) {
		rate := float64(p.States) / time.Since(start).Seconds()
		live.Show(p.States, 0, fmt.Sprintf("states, %d waiting, %.0f states/s, depth %d", p.Queue, rate, p.Depth))
	}
	r, err := model.Run(o, ro)
	live.End()
	var memory *explore.MemoryError
	if errors.As(err, &memory) {
		return fmt.Errorf("%w; give more by --max-memory, or a smaller --budget", err)
	}
	if err != nil {
		return err
	}
	if jsonFile != "-" {
		printModelReport(out, r)
	}
	if report != nil {
		enc := json.NewEncoder(report)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	if r.Err() != nil {
		return errFailed
	}
	return nil
}

func printModelReport(w io.Writer, r *model.Report) {
	fmt.Fprintf(w, "%d states, %d transitions, depth %d, %.1f octets a state, %.1f s, %d workers\n",
		r.States, r.Transitions, r.Depth, r.Octets, r.Seconds, r.Workers)
	for _, p := range r.Properties {
		fmt.Fprintf(w, "%-9s %-32s %12d checked  %s\n", p.Verdict, p.Name, p.Checked, strings.Join(p.Requirements, " "))
		if p.Counterexample != "" {
			fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(strings.TrimSpace(p.Counterexample), "\n", "\n    "))
		}
	}
}

func newModelList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the properties, profiles and mutants",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := cmd.OutOrStdout()
			fmt.Fprintln(w, "properties")
			for _, p := range model.Properties() {
				fmt.Fprintf(w, "  %-32s %s [%s]\n", p.Name, p.Text, strings.Join(p.Requirements, " "))
			}
			fmt.Fprintln(w, "profiles")
			for _, p := range spec.Profiles() {
				quirks := make([]string, len(p.Quirks))
				for i, q := range p.Quirks {
					quirks[i] = string(q)
				}
				fmt.Fprintf(w, "  %-32s %s\n", p.Name, strings.Join(quirks, " "))
			}
			fmt.Fprintln(w, "mutants")
			for _, m := range model.Mutants() {
				fmt.Fprintf(w, "  %-32s %s\n", m.Name, m.Text)
			}
			return nil
		},
	}
}

// jsonTo opens the target of a --json flag; nil if there is none.
func jsonTo(name string, stdout io.Writer) (io.Writer, func() error, error) {
	switch name {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return stdout, func() error { return nil }, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, nil, usagef("--json: %v; give a file that can be written, or - for standard output", err)
	}
	return file, file.Close, nil
}

// parseOctets reads a number of octets with an optional K, M or G.
func parseOctets(text string) (int64, error) {
	digits, shift := text, 0
	if i := strings.IndexByte("KMG", lastByte(text)); i >= 0 {
		digits, shift = text[:len(text)-1], 10*(i+1)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is not a number of octets; give for instance 512M or 6G", text)
	}
	return n << shift, nil
}

func lastByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}
