package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/phase2"
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
	cmd.AddCommand(newModelExplore(), newModelList(), newModelReplay(), newModelGraph(), newModelPhase2())
	return cmd
}

func newModelList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the properties, attacks, profiles and mutants",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := cmd.OutOrStdout()
			row := func(name, text string) { fmt.Fprintf(w, "  %-34s %s\n", name, text) }
			fmt.Fprintln(w, "properties")
			for _, p := range model.Properties() {
				row(p.Name, fmt.Sprintf("%s [%s]", p.Text, strings.Join(p.Requirements, " ")))
			}
			fmt.Fprintln(w, "attacks that nothing prevents")
			for _, a := range model.Attacks() {
				row(a.Name, fmt.Sprintf("%s [%s]", a.Text, strings.Join(a.Requirements, " ")))
			}
			fmt.Fprintln(w, "requirements that live elsewhere")
			for _, e := range model.Elsewheres() {
				row(e.Requirement, fmt.Sprintf("%s [%s]", e.Reason, strings.Join(append([]string{e.Place}, e.Instead...), " ")))
			}
			fmt.Fprintln(w, "properties of the second phase, and attacks on it that nothing prevents")
			for _, p := range phase2.Properties() {
				row(p.Name, fmt.Sprintf("%s [%s]", p.Text, strings.Join(p.Requirements, " ")))
			}
			for _, e := range phase2.Elsewheres() {
				row(e.Requirement, fmt.Sprintf("%s [%s]", e.Reason, e.Place))
			}
			fmt.Fprintln(w, "profiles")
			for _, p := range spec.Profiles() {
				quirks := make([]string, len(p.Quirks))
				for i, q := range p.Quirks {
					quirks[i] = string(q)
				}
				row(p.Name, strings.Join(quirks, " "))
			}
			fmt.Fprintln(w, "mutants")
			for _, m := range model.Mutants() {
				row(m.Name, fmt.Sprintf("%s [violates %s]", m.Text, strings.Join(m.Violates, " ")))
			}
			fmt.Fprintln(w, "mutants of the second phase")
			for _, m := range phase2.Mutants() {
				row(m.Name, fmt.Sprintf("%s [violates %s]", m.Text, strings.Join(m.Violates, " ")))
			}
			return nil
		},
	}
}

func newModelReplay() *cobra.Command {
	var itf itfFolder
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Walk counterexamples again",
		Long: `Walk the counterexamples of a report that "sesame model explore --json" has
written, or a single trace of one, and say which properties each violates. The
exit status is 1 if one of them does not violate what it was recorded for.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("replay got %d arguments; give one FILE, or - for standard input", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return usagef("%v; give a file that \"sesame model explore --json\" has written", err)
				}
				defer file.Close()
				in = file
			}
			traces, err := model.ReadTraces(in)
			if err != nil {
				return usagef("%s: %v; give a file that \"sesame model explore --json\" has written", args[0], err)
			}
			if err := itf.create(); err != nil {
				return err
			}
			return replay(cmd.OutOrStdout(), traces, &itf)
		},
	}
	itf.add(cmd.Flags())
	return cmd
}

func replay(w io.Writer, traces []model.Trace, itf *itfFolder) error {
	var missed []string
	for _, t := range traces {
		r, err := model.Replay(t)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\nviolates %s\n\n", strings.TrimSpace(r.Chart), strings.Join(r.Violated, ", "))
		if err := itf.path(cmp.Or(t.Property, "trace"), r.Path); err != nil {
			return err
		}
		if t.Property != "" && !slices.Contains(r.Violated, t.Property) {
			missed = append(missed, t.Property)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("not violated any more: %s", strings.Join(missed, ", "))
	}
	return nil
}

// jsonTo opens the target of a --json flag; nil if there is none.
func jsonTo(name string, stdout io.Writer) (io.Writer, func() error, error) {
	return fileOf("--json", name, stdout)
}

// fileOf opens the target of a flag; nil if there is none.
func fileOf(flag, name string, stdout io.Writer) (io.Writer, func() error, error) {
	switch name {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return stdout, func() error { return nil }, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, nil, usagef("%s: %v; give a file that can be written, or - for standard output", flag, err)
	}
	return file, file.Close, nil
}

// parseOctets reads a number of octets with an optional K, M or G.
func parseOctets(text string) (int64, error) {
	digits, shift := text, 0
	for i, unit := range []string{"K", "M", "G"} {
		if d, ok := strings.CutSuffix(text, unit); ok {
			digits, shift = d, 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is not a number of octets; give for instance 512M or 6G", text)
	}
	return n << shift, nil
}
