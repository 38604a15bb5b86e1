package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check"
	"github.com/sesame-tls/sesame/check/evidence"
	"github.com/sesame-tls/sesame/check/ladder"
)

func newVerify() *cobra.Command {
	var rungs []string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Replay a bundle of evidence that `sesame check --bundle` has written",
		Long: `Hold a bundle against its hashes, and play what it has kept again: the
conversations against the model and the implementation, the traces and the
captures from their seeds. A rung that is named is run again with the bundle's
seed, and must come to the same verdict and the same counts. The exit status is
1 where something is not as it was recorded.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("%s takes one bundle, and got %d arguments", cmd.CommandPath(), len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runVerify(cmd, args[0], rungs) },
	}
	cmd.Flags().StringArrayVar(&rungs, "rung", nil, "run this rung again; may be repeated")
	return cmd
}

func runVerify(cmd *cobra.Command, name string, rungs []string) error {
	file, err := os.Open(name)
	if err != nil {
		return usagef("%v; give a bundle that sesame check --bundle has written", err)
	}
	defer file.Close()
	bundle, err := evidence.Read(file)
	var tampered *evidence.TamperedError
	switch {
	case errors.As(err, &tampered):
		return fmt.Errorf("%s: %w", name, err)
	case err != nil:
		return usagef("%s: %v; give a bundle that sesame check --bundle has written", name, err)
	}
	out, m := cmd.OutOrStdout(), &bundle.Manifest
	fmt.Fprintf(out, "content   %s, %d files\n", m.Content, len(m.Files))
	fmt.Fprintf(out, "made      with seed %d, long %v, shard %s, by %s on %s\n", m.Options.Seed, m.Options.Long, m.Options.Shard, bundle.Versions.Go, bundle.Versions.Platform)
	if !bundle.SameSource() {
		fmt.Fprintf(out, "source    %s, which is not known to be this program's\n", cmp.Or(bundle.Versions.Revision, "of unknown revision"))
	}
	names, verdicts := bundle.Rungs()
	for i, n := range names {
		fmt.Fprintf(out, "recorded  %-4s  %s\n", verdicts[i], n)
	}
	replayed, err := bundle.Replay()
	if err != nil {
		fmt.Fprintln(out, err)
		return errFailed
	}
	fmt.Fprintf(out, "replayed  %d conversations of %d steps, %d traces, %d captures\n", replayed.Conversations, replayed.Steps, replayed.Traces, replayed.Captures)
	return rerun(cmd, bundle, names, rungs)
}

// rerun runs rungs of the bundle again.
func rerun(cmd *cobra.Command, bundle *evidence.Bundle, recorded, rungs []string) error {
	if len(rungs) == 0 {
		return nil
	}
	for _, name := range rungs {
		if !slices.Contains(recorded, name) {
			return usagef("--rung: %q is not in the bundle; there are %s", name, strings.Join(recorded, ", "))
		}
	}
	made := bundle.Manifest.Options
	shard, err := parseShard(made.Shard)
	if err != nil {
		return err
	}
	o := ladder.Options{Rungs: rungs, Seed: made.Seed, Long: made.Long, Shard: shard, Out: cmd.OutOrStdout(), Live: cmd.ErrOrStderr()}
	report, err := ladder.Climb(cmd.Context(), check.Rungs(), o)
	if err != nil {
		return usagef("--rung: %v", err)
	}
	if err := bundle.Compare(report); err != nil {
		fmt.Fprintln(cmd.OutOrStdout(), err)
		return errFailed
	}
	fmt.Fprintf(cmd.OutOrStdout(), "run again %s: as recorded\n", strings.Join(rungs, ", "))
	return nil
}
