package tla

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Config is one configuration of tla/manifest.json: what is run, and what has
// to come of it.
type Config struct {
	Name string `json:"module"` // of its .tla, which says what it shows, and its .cfg

	// The constants, as the Go model has them.
	Fix      string `json:"fix,omitempty"` // as model.ParseScenario reads it
	Budget   int    `json:"budget,omitempty"`
	WireOnly bool   `json:"wireOnly,omitempty"`
	UpFront  bool   `json:"upFront,omitempty"`
	Mutant   string `json:"mutant,omitempty"`
	Open     string `json:"open,omitempty"` // a role: its machine alone, against any peer

	Exit        int    `json:"exit"`               // TLC's
	Violates    string `json:"violates,omitempty"` // the property, for an exit that is not 0
	States      int    `json:"states,omitempty"`
	Transitions int    `json:"transitions,omitempty"` // distinct ones; 0: not counted
	Depth       int    `json:"depth,omitempty"`
	Race        bool   `json:"race,omitempty"`  // have the Go explorer explore it too, with all processors each and without properties
	Graph       bool   `json:"graph,omitempty"` // compare the whole graph with the model's
	Quick       bool   `json:"quick,omitempty"` // a part of the rung tla without --long
	Long        bool   `json:"long,omitempty"`  // a part of neither `make tla` nor the rung, but of --long

	// Within names a configuration whose graph has this one's in it, with nothing
	// else to show: the rung leaves this one out where it has that one.
	Within string `json:"within,omitempty"`
}

// Load reads the manifest in a folder.
func Load(dir string) ([]Config, error) {
	data, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, fmt.Errorf("tla: %w", err)
	}
	var all []Config
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("tla: %s: %w", filepath.Join(dir, "manifest.json"), err)
	}
	return all, nil
}

// Find returns the configuration with a name, or an error that lists the names.
func Find(all []Config, name string) (Config, error) {
	var known []string
	for _, c := range all {
		if c.Name == name {
			return c, nil
		}
		known = append(known, c.Name)
	}
	return Config{}, fmt.Errorf("tla: no configuration is named %q; there are %s", name, strings.Join(known, ", "))
}

// Model returns the options of the same system in Go.
func (c Config) Model() (model.Options, error) {
	fix, err := model.ParseScenario(c.Fix)
	if err != nil {
		return model.Options{}, err
	}
	return model.Options{Fix: fix, Budget: c.Budget, WireOnly: c.WireOnly, UpFront: c.UpFront, Mutant: c.Mutant}, nil
}

// Explore builds the Go model's graph of c.
func (c Config) Explore(progress func(states int)) (*Graph, error) {
	o, err := c.Model()
	switch {
	case err != nil:
		return nil, err
	case c.Open == spec.Client.String():
		return ExploreOpen(spec.Client, o, progress)
	case c.Open == spec.Server.String():
		return ExploreOpen(spec.Server, o, progress)
	}
	return Explore(o, progress)
}

// Options steer Check.
type Options struct {
	Dir      string
	Workers  int
	Keep     string // a file for TLC's graph; empty: a temporary one
	Progress func(states int, at string)
}

// Check runs TLC on c and compares what comes of it with the manifest, and the
// graph with the Go model's. A difference is an error.
func (c Config) Check(ctx context.Context, o Options) (*Outcome, error) {
	t := TLC{Dir: o.Dir, Module: c.Name, Workers: o.Workers, Small: c.small()}
	if o.Progress != nil {
		t.Progress = func(states int, _ string) { o.Progress(states, "states, "+c.Name) }
	}
	if c.Race {
		t.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Transitions != 0 {
		t.Dump = o.Keep
		if t.Dump == "" {
			dir, err := os.MkdirTemp("", "sesame-graph-")
			if err != nil {
				return nil, fmt.Errorf("tla: %w", err)
			}
			defer os.RemoveAll(dir)
			t.Dump = filepath.Join(dir, "graph.dot")
		}
	}
	found, err := t.Run(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.compare(found); err != nil {
		return found, err
	}
	if c.Transitions != 0 {
		return found, c.compareGraph(t.Dump, o)
	}
	if c.Race {
		return found, c.race(found)
	}
	return found, nil
}

// race has the Go explorer explore c as TLC has done: the numbers must be the
// same, and how many times faster it was is noted.
func (c Config) race(o *Outcome) error {
	options, err := c.Model()
	if err != nil {
		return err
	}
	r, err := model.Run(options, model.RunOptions{Workers: runtime.GOMAXPROCS(0), Bare: true})
	if err != nil {
		return err
	}
	if r.States != c.States || r.Depth != c.Depth {
		return fmt.Errorf("tla: %s: the Go model has %d states, depth %d; the manifest has %d and %d", c.Name, r.States, r.Depth, c.States, c.Depth)
	}
	o.Faster = o.Seconds / r.Seconds
	return nil
}

// small reports whether TLC is done before it pays to compile it well: properties,
// and peers that may send anything, take longer than the states alone.
func (c Config) small() bool {
	return c.Exit != ExitFine || c.States < 1000 || c.Open == "" && c.Graph && c.States < 50000
}

func (c Config) compare(o *Outcome) error {
	switch {
	case o.Exit != c.Exit:
		return fmt.Errorf("tla: %s: TLC ends with status %d, expected %d%s", c.Name, o.Exit, c.Exit, because(o))
	case o.Violated != c.Violates && o.Violated != temporal:
		return fmt.Errorf("tla: %s: %q is violated, expected %q", c.Name, o.Violated, c.Violates)
	case c.States != 0 && (o.States != c.States || o.Depth != c.Depth):
		return fmt.Errorf("tla: %s: %d states, depth %d; the manifest has %d and %d", c.Name, o.States, o.Depth, c.States, c.Depth)
	}
	return nil
}

func because(o *Outcome) string {
	if o.Violated == "" {
		return ""
	}
	return ": " + o.Violated + " is violated"
}

func (c Config) compareGraph(dump string, o Options) error {
	progress := func(what string) func(int) {
		return func(states int) {
			if o.Progress != nil {
				o.Progress(states, "states "+what+", "+c.Name)
			}
		}
	}
	theirs, err := ReadDot(dump, progress("of TLC read"))
	if err != nil {
		return err
	}
	if c.Graph {
		ours, err := c.Explore(progress("of the model"))
		if err != nil {
			return err
		}
		if err := Compare(ours, theirs); err != nil {
			return err
		}
	}
	if len(theirs.Edges) != c.Transitions {
		return fmt.Errorf("tla: %s: %d transitions; the manifest has %d", c.Name, len(theirs.Edges), c.Transitions)
	}
	return nil
}
