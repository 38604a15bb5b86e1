package main

import (
	"fmt"
	"net"
	"os"
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
	cmd.AddCommand(newTLARun(), newTLAGraph(), newTLATrace(), newTLAServer(), newTLAWorker())
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
graph against the model's; without a CONFIG also a thousand traces of real runs.
As many run at once as there are processors. One line each: expected, found,
states, seconds.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, chosen, err := tlaConfigs(args, long)
			if err != nil {
				return err
			}
			failed, err := runConfigs(cmd, dir, chosen, workers)
			if err != nil {
				return err
			}
			if len(args) == 0 && !runTraces(cmd, long) {
				failed++
			}
			if failed > 0 {
				return fmt.Errorf("tla: %d of the lines above differ from what was expected", failed)
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 1, "run each TLC with `N` threads; as many run at once as there are processors")
	cmd.Flags().BoolVar(&long, "long", false, "run the long configurations too")
	return cmd
}

// runConfigs prints what becomes of configurations, and returns how many are not
// what the manifest says.
func runConfigs(cmd *cobra.Command, dir string, chosen []tla.Config, workers int) (failed int, err error) {
	live := ladder.NewLive(cmd.ErrOrStderr(), "tla")
	defer func() { live.End() }()
	o := tla.Options{Dir: dir, Workers: workers, Progress: func(states int, at string) { live.Show(states, 0, at) }}
	err = tla.CheckAll(cmd.Context(), chosen, o, func(c tla.Config, found *tla.Outcome, err error) error {
		live.End()
		if err != nil {
			failed++
			fmt.Fprintf(cmd.OutOrStdout(), "FAILED %s\n%v\n", c.Line(found), err)
		} else {
			fmt.Fprintln(cmd.OutOrStdout(), c.Line(found))
		}
		live = ladder.NewLive(cmd.ErrOrStderr(), "tla")
		return nil
	})
	return failed, err
}

// runTraces prints what becomes of the rung's traces.
func runTraces(cmd *cobra.Command, long bool) bool {
	live := ladder.NewLive(cmd.ErrOrStderr(), "tla")
	line, err := tla.CheckTraces(cmd.Context(), long, func(states int, at string) { live.Show(states, 0, at) })
	live.End()
	if err != nil {
		fmt.Fprintf(cmd.OutOrStdout(), "FAILED %s\n%v\n", line, err)
		return false
	}
	fmt.Fprintln(cmd.OutOrStdout(), line)
	return true
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

func newTLATrace() *cobra.Command {
	return &cobra.Command{
		Use:   "trace FILE...",
		Short: "Ask TLC whether traces are behaviours of the specification",
		Long: `Read traces, one JSON object a line, and ask TLC in one run whether they are
behaviours of the TLA+ specification. For each that is not, the step and the
field are named, and the exit status is 1.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("give one file with traces or more")
			}
			dir, err := tla.Dir()
			if err != nil {
				return usageError{err}
			}
			traces, err := readTraces(args)
			if err != nil {
				return err
			}
			live := ladder.NewLive(cmd.ErrOrStderr(), "tla")
			rejected, err := tla.Validate(cmd.Context(), dir, traces, func(states int, _ string) { live.Show(states, 0, "states") })
			live.End()
			if err != nil {
				return err
			}
			for _, r := range rejected {
				fmt.Fprintln(cmd.OutOrStdout(), r)
			}
			fmt.Fprintln(cmd.OutOrStdout(), tla.Summary(traces, rejected))
			if len(rejected) > 0 {
				return errFailed
			}
			return nil
		},
	}
}

// readTraces reads files of traces. With more than one, a trace is named with
// its file.
func readTraces(files []string) (all []tla.Trace, err error) {
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, usageError{err}
		}
		some, err := tla.ReadTraces(name, f)
		f.Close()
		if err != nil {
			return nil, usageError{err}
		}
		for i := range some {
			if len(files) > 1 {
				some[i].ID = name + ":" + some[i].ID
			}
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return nil, usagef("no traces in %s; sesame serve --trace and sesame connect --trace write them", strings.Join(files, ", "))
	}
	return all, nil
}

func newTLAServer() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "server CONFIG",
		Short: "Explore a configuration with workers on other machines",
		Long: `Be the server of TLC's distributed mode: wait at --address, port 10997, for
workers (sesame tla worker), give them states, and compare what comes of it with
tla/manifest.json.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one configuration of tla/manifest.json")
			}
			if net.ParseIP(address) == nil {
				return usagef("--address %q; give an IP address of this machine that workers can reach", address)
			}
			dir, chosen, err := tlaConfigs(args, true)
			if err != nil {
				return err
			}
			live := ladder.NewLive(cmd.ErrOrStderr(), "tla")
			o, err := chosen[0].Serve(cmd.Context(), address, tla.Options{Dir: dir, Progress: func(states int, at string) { live.Show(states, 0, at) }})
			live.End()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), chosen[0].Line(o))
			return nil
		},
	}
	cmd.Flags().StringVar(&address, "address", "127.0.0.1", "wait for workers at this `IP` address")
	return cmd
}

func newTLAWorker() *cobra.Command {
	var threads int
	cmd := &cobra.Command{
		Use:   "worker SERVER",
		Short: "Work for a server of TLC's distributed mode",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give the address of the server")
			}
			if threads < 1 {
				return usagef("--threads %d; give 1 or more", threads)
			}
			return tla.Work(cmd.Context(), args[0], threads)
		},
	}
	cmd.Flags().IntVar(&threads, "threads", 1, "work with `N` threads")
	return cmd
}
