package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/learn"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/spec"
)

func newLearn() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "learn",
		Short: "Learn the state machine of a TLS endpoint as a black box",
		Long: `Learn the state machine of a TLS endpoint from its answers alone: which message
it takes in which state, and what it sends then. With --profile the machine is
held against the model's; the exit status is 1 if they differ, and a shortest
conversation says where.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("learn has no verb %q; give one of %s", args[0], strings.Join(verbs(cmd), ", "))
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newLearnServer(), newLearnClient(), newLearnImpl())
	return cmd
}

// learnFlags are the flags of all of its verbs.
type learnFlags struct {
	target.Options
	callback, profile, dotFile, jsonFile string
	itf                                  itfFolder
}

func (l *learnFlags) add(f *pflag.FlagSet) {
	f.StringVar(&l.Algorithm, "algorithm", "lsharp", "`lsharp` or lstar")
	f.StringVar(&l.Equivalence, "equivalence", "random", "look for what was missed by `random` walks; by wp, too, which excludes any difference up to --depth; or led by the model of --profile")
	f.IntVar(&l.Depth, "depth", 1, "of wp: look for `N` states more than there seem to be")
	f.IntVar(&l.Walks, "walks", 500, "take `N` random walks")
	f.Uint64Var(&l.Seed, "seed", 1, "of the random walks")
	f.StringVar(&l.profile, "profile", "", "hold the machine against the model's of the profile `NAME`")
	f.StringVar(&l.dotFile, "dot", "", "draw the machine to a Graphviz `FILE`")
	f.StringVar(&l.jsonFile, "json", "", "write machine, counts and differences to `FILE`, - for standard output")
	l.itf.add(f)
}

var callbacks = map[string]spec.Callback{"unset": spec.CallbackUnset, "accept": spec.CallbackAccept, "decline": spec.CallbackDecline}

// check says what is wrong with the flags.
func (l *learnFlags) check() error {
	switch {
	case !slices.Contains(target.Algorithms, l.Algorithm):
		return usagef("--algorithm: %q; give %s", l.Algorithm, strings.Join(target.Algorithms, " or "))
	case !slices.Contains(target.Equivalences, l.Equivalence):
		return usagef("--equivalence: %q; give one of %s", l.Equivalence, strings.Join(target.Equivalences, ", "))
	case l.Equivalence == "model" && l.profile == "":
		return usagef("--equivalence model is led by the model of a profile; give --profile, for instance rfc")
	case l.Depth < 0 || l.Depth > 4:
		return usagef("--depth %d; give 0 to 4 states: each makes it some twenty times longer", l.Depth)
	case l.Walks < 1:
		return usagef("--walks %d; give 1 or more", l.Walks)
	case l.callback != "" && callbacks[l.callback] == 0:
		return usagef("--callback: %q; give unset, accept or decline", l.callback)
	}
	if l.profile != "" {
		if _, err := spec.ProfileByName(l.profile); err != nil {
			return usagef("--profile: %v", err)
		}
	}
	return nil
}

// learned is an endpoint, and what its machine is held against.
type learned struct {
	target.Endpoint
	name     string
	scenario spec.Scenario
	outside  bool // only its octets are seen
}

// learning is the report.
type learning struct {
	Target string `json:"target"`
	*target.Result
	States      int      `json:"states"`
	Seconds     float64  `json:"seconds"`
	Silence     string   `json:"silence,omitempty"`
	Notes       []string `json:"notes,omitempty"`
	Profile     string   `json:"profile,omitempty"`
	Differences []string `json:"differences,omitempty"`
}

// run learns, reports and compares.
func (l *learnFlags) run(cmd *cobra.Command, e learned) error {
	out := cmd.OutOrStdout()
	report, closeReport, err := jsonTo(l.jsonFile, out)
	if err != nil {
		return err
	}
	defer closeReport()
	drawing, err := l.createDOT()
	if err != nil {
		return err
	}
	if drawing != nil {
		defer drawing.Close()
	}
	if err := l.itf.create(); err != nil {
		return err
	}
	found, err := l.learn(cmd, e)
	if err != nil {
		return err
	}
	if l.jsonFile != "-" {
		found.print(out)
	}
	if drawing != nil {
		if _, err := io.WriteString(drawing, found.Machine.DOT()); err != nil {
			return fmt.Errorf("--dot: %w", err)
		}
	}
	if report != nil {
		enc := json.NewEncoder(report)
		enc.SetIndent("", " ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(found); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	if len(found.Differences) > 0 {
		return errFailed
	}
	return nil
}

func (l *learnFlags) createDOT() (*os.File, error) {
	if l.dotFile == "" {
		return nil, nil
	}
	file, err := os.Create(l.dotFile)
	if err != nil {
		return nil, usagef("--dot: %v; give a file that can be written", err)
	}
	return file, nil
}

func (l *learnFlags) learn(cmd *cobra.Command, e learned) (*learning, error) {
	var want *target.Machine
	if l.profile != "" {
		profile, err := spec.ProfileByName(l.profile)
		if err != nil {
			return nil, err
		}
		if want, err = target.Expect(e, e.scenario, profile); err != nil {
			return nil, err
		}
	}
	line, began := ladder.NewLive(cmd.ErrOrStderr(), "learn"), time.Now()
	defer line.End()
	o := l.Options
	o.Progress = func(states int, c learn.Counts) {
		line.Show(c.Queries, 0, fmt.Sprintf("queries, %d connections, %d states so far", c.Resets, states))
	}
	result, err := target.Learn(cmd.Context(), e.Endpoint, want, o)
	var changed *learn.Nondeterminism[string, string]
	switch {
	case errors.As(err, &changed) && e.outside:
		return nil, fmt.Errorf("%s: %w; give a longer --silence if it is slow", e.name, err)
	case errors.Is(err, context.Canceled):
		return nil, errors.New("interrupted")
	case err != nil:
		return nil, fmt.Errorf("%s: %w", e.name, err)
	}
	found := &learning{Target: e.name, Result: result, States: result.Machine.States(), Seconds: time.Since(began).Seconds(), Profile: l.profile}
	if r, ok := e.Endpoint.(interface {
		Silence() time.Duration
		Notes() []string
	}); ok {
		found.Silence, found.Notes = r.Silence().String(), r.Notes()
	}
	if want != nil {
		if e.outside {
			want = target.Project(want)
		}
		found.Differences = target.Differences(result.Machine, want, e.Role())
		for word := range learn.Differences(result.Machine, want) {
			if err := l.itf.difference(result.Machine, want, word); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func (f *learning) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d states, %d inputs\n", f.Target, f.States, len(f.Machine.Inputs))
	fmt.Fprintf(w, "%d queries, %d of them known, %d connections, %d inputs sent, %d hypotheses, %.1f s", f.Counts.Queries, f.Counts.Cached,
		f.Counts.Resets, f.Counts.Symbols, f.Hypotheses, f.Seconds)
	if f.Silence != "" {
		fmt.Fprintf(w, ", an answer ended by %s of silence", f.Silence)
	}
	fmt.Fprintln(w)
	for _, n := range f.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	fmt.Fprint(w, target.Table(f.Machine))
	switch {
	case f.Profile == "":
	case len(f.Differences) == 0:
		fmt.Fprintf(w, "equal to the model's machine of profile %s\n", f.Profile)
	default:
		fmt.Fprintf(w, "differs from the model's machine of profile %s in %d places; the first:\n%s\n", f.Profile, len(f.Differences), f.Differences[0])
	}
}
