package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/bench"
	"github.com/sesame-tls/sesame/check/ladder"
)

func newBenchProfile() *cobra.Command {
	var dir, jsonFile string
	var each time.Duration
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "Profile the hot paths, and name the functions with most of the time",
		Long: `Profile our side of the hot paths: processor time and allocations. The profiles
are left in a folder for go tool pprof, which must be here; the first ten
functions of each are printed, with what they are needed for. The exit status is
1 if one above 5 % is neither a primitive nor needed.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if each < time.Millisecond {
				return usagef("--each %v; give a time, for instance 3s", each)
			}
			out := cmd.OutOrStdout()
			target, closeTarget, err := jsonTo(jsonFile, out)
			if err != nil {
				return err
			}
			defer closeTarget()
			live := ladder.NewLive(cmd.ErrOrStderr(), "profile")
			p, err := bench.ProfileRows(cmd.Context(), dir, each, func(name string) { live.Show(0, 0, name) })
			live.End()
			if err != nil {
				return err
			}
			if jsonFile != "-" {
				printProfile(cmd, p)
			}
			if target != nil {
				if err := p.Write(target); err != nil {
					return fmt.Errorf("--json: %w", err)
				}
			}
			if found := p.Unexplained(); len(found) > 0 {
				for _, f := range found {
					fmt.Fprintln(cmd.ErrOrStderr(), "neither a primitive nor needed:", f)
				}
				return errFailed
			}
			return closeTarget()
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", "bin/profiles", "leave the profiles in `FOLDER`")
	f.StringVar(&jsonFile, "json", "", "write the first functions of each to `FILE`, - for standard output")
	f.DurationVar(&each, "each", 5*time.Second, "profile each path for so long")
	return cmd
}

func printProfile(cmd *cobra.Command, p *bench.Profile) {
	out := cmd.OutOrStdout()
	for _, path := range p.Paths {
		fmt.Fprintln(out, path.Name)
		for _, e := range path.CPU {
			fmt.Fprintf(out, "  %5.1f %%  %-70s %s\n", e.Percent, e.Function, e.Why())
		}
		for _, e := range path.Allocations {
			fmt.Fprintf(out, "  %5.1f %% of the objects  %s\n", e.Percent, e.Function)
		}
	}
}
