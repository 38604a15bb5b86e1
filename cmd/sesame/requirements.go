package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/trace"
)

func newCheckRequirements() *cobra.Command {
	var twins string
	cmd := &cobra.Command{
		Use:   "requirements",
		Short: "Say what checks each requirement",
		Long: `Say what checks each requirement: the properties of the model and the tests that
cite it, each with the faults under which it must fail. A citation without such
a twin does not count. It reads the project's tree, so it is run inside of it.

With --twins, the tests are run instead, without and with each of their faults,
which are patched into a copy of the implementation's source.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := moduleRoot(cmd.Context())
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("twins") {
				return runTwins(cmd, root, twins)
			}
			coverage, err := trace.Read(os.DirFS(root))
			if err != nil {
				return err
			}
			return coverage.Report(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&twins, "twins", ".", "run the twins that match `REGEXP`, as in impl/wire.TestRefuse/long-vector")
	return cmd
}

func runTwins(cmd *cobra.Command, root, pattern string) error {
	match, err := regexp.Compile(pattern)
	if err != nil {
		return usagef("--twins: %v; give a regular expression, for instance impl/wire", err)
	}
	var ran atomic.Int64
	which := func(t trace.Twin) bool { return match.MatchString(t.String()) }
	if err := trace.Twins(cmd.Context(), root, which, runtime.GOMAXPROCS(0), func(trace.Twin) { ran.Add(1) }); err != nil {
		fmt.Fprintln(cmd.OutOrStdout(), err)
		return errFailed
	}
	if ran.Load() == 0 {
		return usagef("--twins: %q matches no twin; `sesame check requirements` lists them", pattern)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d tests fail under their faults, as they must\n", ran.Load())
	return nil
}

// moduleRoot finds Sesame's tree around the working directory.
func moduleRoot(ctx context.Context) (string, error) {
	root, err := checkout.Root(ctx)
	if err != nil {
		return "", usagef("there is no tree of Sesame around the working directory: %v; run it inside of one", err)
	}
	return root, nil
}
