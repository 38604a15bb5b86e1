package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// graphFlags are the flags of `sesame model graph`.
type graphFlags struct {
	model.Options
	profile, scenario string
	machine           string
	whole             bool
	max               int
	dotFile, jsonFile string
}

func newModelGraph() *cobra.Command {
	var g graphFlags
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Look at the model as a graph",
		Long: `Look at the reachable states as a graph: loops, distances, degrees, and for each
kind of handshake the transitions that every way to it passes. With --machine,
at one endpoint alone in one scenario: its Mealy machine on wire messages,
minimised, which is what a learner finds in a black box. --dot and --json write
the graph itself.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.check(); err != nil {
				return err
			}
			if g.machine != "" {
				return g.endpoint(cmd.OutOrStdout())
			}
			return g.system(cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.IntVar(&g.Budget, "budget", 0, "the attacker's moves, 0 to 3")
	f.StringVar(&g.Mutant, "mutant", "", "plant the fault `NAME`; `sesame model list` has the names")
	f.StringVar(&g.profile, "profile", "rfc", "deviate as the profile `NAME` does")
	f.BoolVar(&g.WireOnly, "wire-only", false, "keep the attacker from being an endpoint")
	f.StringVar(&g.scenario, "scenario", "", "fix dimensions, for instance \"ticket=pac server=accept\"")
	f.StringVar(&g.machine, "machine", "", "the machine of this `ROLE` alone: client or server")
	f.BoolVar(&g.whole, "whole", false, "the machine as it is, not minimised")
	f.IntVar(&g.max, "max-states", graph.DefaultMax, "refuse a graph of more than `N` states")
	f.StringVar(&g.dotFile, "dot", "", "write the graph in DOT to `FILE`, - for standard output")
	f.StringVar(&g.jsonFile, "json", "", "write the graph in JSON to `FILE`, - for standard output")
	return cmd
}

// check says what is wrong with the flags, and completes the options.
func (g *graphFlags) check() (err error) {
	if g.Profile, err = spec.ProfileByName(g.profile); err != nil {
		return usagef("--profile: %v", err)
	}
	if g.Fix, err = model.ParseScenario(g.scenario); err != nil {
		return usagef("--scenario: %v", err)
	}
	switch {
	case g.machine != "" && g.machine != "client" && g.machine != "server":
		return usagef("--machine: %q; give client or server", g.machine)
	case g.machine != "" && (g.Budget > 0 || g.WireOnly):
		return usagef("--machine has no --budget and no --wire-only: its peer may send anything already")
	case g.machine == "" && g.whole:
		return usagef("--whole is about a --machine; give one")
	case g.max < 1:
		return usagef("--max-states %d; give 1 or more", g.max)
	case g.dotFile == "-" && g.jsonFile == "-":
		return usagef("--dot and --json both want standard output; give one of them a file")
	}
	if _, err := model.New(g.Options); err != nil {
		return usageError{err}
	}
	return nil
}

// system looks at the reachable graph.
func (g *graphFlags) system(out io.Writer) error {
	sys, err := model.New(g.Options)
	if err != nil {
		return err
	}
	states, err := graph.Reachable(sys, g.max)
	var large *graph.TooLarge
	if errors.As(err, &large) {
		return fmt.Errorf("%w; --scenario, --budget and --max-states say how much there is", err)
	}
	if err != nil {
		return err
	}
	dot := func() (string, error) { return states.DOT("handshake", states.Short) }
	return g.write(out, states.Summarise().String(), dot, func() ([]byte, error) { return states.JSON(states.Name) })
}

// endpoint looks at one endpoint's machine.
func (g *graphFlags) endpoint(out io.Writer) error {
	role := spec.Client
	if g.machine == "server" {
		role = spec.Server
	}
	m, err := model.NewMachine(role, g.Fix, g.Options)
	if err != nil {
		return err
	}
	whole := graph.NewMealy(m)
	shown := whole.Minimise()
	text := fmt.Sprintf("%s: %d inputs, %d states, %d when minimised\n", g.machine, len(whole.Inputs), len(whole.States), len(shown.States))
	if g.whole {
		shown = whole
	}
	return g.write(out, text, func() (string, error) { return shown.DOT(g.machine, false) }, shown.JSON)
}

// write writes what is asked for. The text is left out where standard output
// has something else to take.
func (g *graphFlags) write(out io.Writer, text string, dot func() (string, error), json func() ([]byte, error)) error {
	if g.dotFile != "-" && g.jsonFile != "-" {
		fmt.Fprint(out, text)
	}
	if g.dotFile != "" {
		drawn, err := dot()
		if err == nil {
			err = writeTo("--dot", g.dotFile, out, []byte(drawn))
		}
		if err != nil {
			return err
		}
	}
	if g.jsonFile == "" {
		return nil
	}
	data, err := json()
	if err != nil {
		return err
	}
	return writeTo("--json", g.jsonFile, out, append(data, '\n'))
}

// writeTo writes data to the target of a flag.
func writeTo(flag, name string, stdout io.Writer, data []byte) error {
	target, closeTarget, err := fileOf(flag, name, stdout)
	if err != nil {
		return err
	}
	if _, err = target.Write(data); err != nil {
		closeTarget()
		return fmt.Errorf("%s: %w", flag, err)
	}
	if err := closeTarget(); err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	return nil
}
