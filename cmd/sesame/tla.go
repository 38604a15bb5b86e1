package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/tla"
)

func newTLA() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tla",
		Short: "Run TLC on the TLA+ specification, and compare it with the model",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("tla has no verb %q; give one of %s", args[0], strings.Join(verbs(cmd), ", "))
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newTLARun(), newTLAGraph())
	return cmd
}

// tlaConfigs returns the configurations with the given names; none: all but
// the long ones, unless they are asked for too.
func tlaConfigs(args []string, long bool) (dir string, chosen []tla.Config, err error) {
	if dir, err = tla.Dir(); err != nil {
		return "", nil, usageError{err}
	}
	all, err := tla.Load(dir)
	if err != nil {
		return "", nil, err
	}
	for _, name := range args {
		c, err := tla.Find(all, name)
		if err != nil {
			return "", nil, usageError{err}
		}
		chosen = append(chosen, c)
	}
	if len(args) == 0 {
		for _, c := range all {
			if long || !c.Long {
				chosen = append(chosen, c)
			}
		}
	}
	return dir, chosen, nil
}

func newTLARun() *cobra.Command {
	var workers int
	var long bool
	cmd := &cobra.Command{
		Use:   "run [CONFIG...]",
		Short: "Run configurations of tla/manifest.json",
		Long: `Run TLC on configurations of tla/manifest.json, by default on all but the long
ones: what must hold, what must fail, and where the manifest says so the whole
graph against the model's. One line each: expected, found, states, seconds.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, chosen, err := tlaConfigs(args, long)
			if err != nil {
				return err
			}
			failed := 0
			for _, c := range chosen {
				live := ladder.NewLive(cmd.ErrOrStderr(), "tla")
				o, err := c.Check(cmd.Context(), tla.Options{Dir: dir, Workers: workers,
					Progress: func(states int, at string) { live.Show(states, 0, at) }})
				live.End()
				if cmd.Context().Err() != nil {
					return cmd.Context().Err()
				}
				if err != nil {
					failed++
					fmt.Fprintf(cmd.OutOrStdout(), "FAILED %s\n%v\n", c.Line(o), err)
					continue
				}
				fmt.Fprintln(cmd.OutOrStdout(), c.Line(o))
			}
			if failed > 0 {
				return fmt.Errorf("tla: %d of %d configurations differ from the manifest", failed, len(chosen))
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 2, "run TLC with `N` threads")
	cmd.Flags().BoolVar(&long, "long", false, "run the long configurations too")
	return cmd
}

func newTLAGraph() *cobra.Command {
	var keep string
	cmd := &cobra.Command{
		Use:   "graph CONFIG",
		Short: "Compare TLC's graph of a configuration with the model's",
		Long: `Let TLC dump the graph of a configuration, and compare its states and its
transitions with the model's, both ways. The first difference is shown as a
state with a shortest path to it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one configuration of tla/manifest.json")
			}
			dir, chosen, err := tlaConfigs(args, true)
			if err != nil {
				return err
			}
			c := chosen[0]
			c.Graph = true
			live := ladder.NewLive(cmd.ErrOrStderr(), "tla")
			o, err := c.Check(cmd.Context(), tla.Options{Dir: dir, Keep: keep,
				Progress: func(states int, at string) { live.Show(states, 0, at) }})
			live.End()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), c.Line(o))
			return nil
		},
	}
	cmd.Flags().StringVar(&keep, "keep", "", "keep TLC's graph in `FILE`, in DOT")
	return cmd
}
