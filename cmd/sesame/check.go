package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check"
	"github.com/sesame-tls/sesame/check/evidence"
	"github.com/sesame-tls/sesame/check/ladder"
)

func newCheck() *cobra.Command {
	var o ladder.Options
	var list bool
	var shard, jsonFile, bundle string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Run the ladder: model, implementation and others held against each other",
		Long: `Run the rungs of the ladder and print one verdict line each: what ran, how much,
how long, and the first difference in full when there is one. The exit status is
0 if nothing failed; with CI=true in the environment a skipped rung fails too.

A rung's work can be shared out: --shard 2/8 is the third of eight parts, and
with shards the rung tour takes every edge of the model. With --resume a part
that was interrupted goes on where it stopped, if seed and program are the same.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Shard, err = parseShard(shard); err != nil {
				return err
			}
			if list {
				for _, r := range check.Rungs() {
					fmt.Fprintf(cmd.OutOrStdout(), "%-10s %s\n", r.Name, r.Shows)
				}
				return nil
			}
			return runCheck(cmd, o, jsonFile, bundle)
		},
	}
	cmd.AddCommand(newCheckRequirements())
	f := cmd.Flags()
	f.StringArrayVar(&o.Rungs, "rung", nil, "run this rung only; may be repeated")
	f.StringArrayVar(&o.Without, "without", nil, "leave this rung out; may be repeated")
	f.Uint64Var(&o.Seed, "seed", 1, "what all random choices follow from")
	f.BoolVar(&o.Long, "long", false, "take the time to be complete")
	f.StringVar(&shard, "shard", "0/1", "do part `I/N` of the work, I from 0 to N-1")
	f.StringVar(&o.Resume, "resume", "", "keep in `DIR` how far a rung has come that can go on, and go on from there")
	f.StringVar(&jsonFile, "json", "", "write the verdicts to `FILE`, - for standard output")
	f.StringVar(&bundle, "bundle", "", "write what was shown to `FILE`, for sesame verify")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "show what the rungs log")
	f.BoolVar(&list, "list", false, "list the rungs and what they show")
	return cmd
}

func runCheck(cmd *cobra.Command, o ladder.Options, jsonFile, bundleFile string) error {
	if o.Resume != "" {
		if err := os.MkdirAll(o.Resume, 0o755); err != nil {
			return usagef("--resume: %v", err)
		}
	}
	o.Out, o.Live = cmd.OutOrStdout(), cmd.ErrOrStderr()
	if jsonFile == "-" {
		o.Out = cmd.ErrOrStderr() // standard output is the report's
	}
	report, closeReport, err := jsonTo(jsonFile, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	defer closeReport()
	bundle, err := bundleTo(bundleFile)
	if err != nil {
		return err
	}
	result, err := ladder.Climb(cmd.Context(), check.Rungs(), o)
	if err != nil {
		return usagef("%v", err)
	}
	if report != nil {
		if err := result.WriteJSON(report); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	if bundle != nil {
		content, err := evidence.Write(bundle, o, result)
		if err := errors.Join(err, bundle.Close()); err != nil {
			return fmt.Errorf("--bundle: %w", err)
		}
		fmt.Fprintf(o.Out, "%s: content %s\n", bundleFile, content)
	}
	if !result.OK(os.Getenv("CI") == "true") {
		return errFailed
	}
	return nil
}

// bundleTo opens the target of --bundle before anything runs; nil if there is
// none.
func bundleTo(name string) (*os.File, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, usagef("--bundle: %v; give a file that can be written", err)
	}
	return file, nil
}

func parseShard(s string) (ladder.Shard, error) {
	index, count, _ := strings.Cut(s, "/")
	i, errI := strconv.Atoi(index)
	n, errN := strconv.Atoi(count)
	if errI != nil || errN != nil || i < 0 || i >= n {
		return ladder.Shard{}, usagef("--shard: %q is not I/N with I from 0 to N-1, for instance 0/4", s)
	}
	return ladder.Shard{Index: i, Count: n}, nil
}
