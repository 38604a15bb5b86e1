package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/probe"
	"github.com/sesame-tls/sesame/check/sut"
)

// probeFlags are the flags of all of its verbs that probe.
type probeFlags struct {
	list, all, tap           bool
	run                      string
	jsonFile, junitFile      string
	baseline, writeBaseline  string
	out                      string
	timeout                  time.Duration
	chosen                   []cases.Case
	known                    *probe.Baseline
	report, junit, recording io.Writer
	closers                  []func() error
}

func (p *probeFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&p.list, "list", false, "list the cases and end")
	f.BoolVar(&p.all, "all", false, "take every kind of handshake, not only those in which each two settings come together")
	f.StringVar(&p.run, "run", "", "take the cases alone whose id, or one of whose requirements, this `REGEXP` matches")
	f.BoolVar(&p.tap, "tap", false, "write the Test Anything Protocol to standard output")
	f.StringVar(&p.jsonFile, "json", "", "write the results to `FILE`, - for standard output")
	f.StringVar(&p.junitFile, "junit", "", "write the results to `FILE` as JUnit's XML")
	f.StringVar(&p.baseline, "baseline", "", "the deviations that are known: a `FILE`, or the name of one that comes with the program: "+strings.Join(probe.KnownBaselines(), ", "))
	f.StringVar(&p.writeBaseline, "write-baseline", "", "write the deviations to `FILE`, with the reasons that --baseline has for them")
	f.StringVar(&p.out, "out", "", "write a pcapng for each case that fails to `DIR`")
	f.DurationVar(&p.timeout, "timeout", probe.DefaultLimit, "wait no longer than this `TIME` for an answer")
}

func newProbe() *cobra.Command {
	var p probeFlags
	var program string
	cmd := &cobra.Command{
		Use:   "probe --shim PROGRAM [flags] [-- ARG…]",
		Short: "Find out where a TLS library deviates",
		Long: `Play conformance cases against a TLS library: the handshake that a session-secret
callback shortens, the full one that it falls back to, and what must be refused.
A line says of each case what became of it, with its requirement and its grade:
MUST, "the RFC does not require the check", or "alert only" where the refusal is
right and its alert is not.

The library is a shim (docs/shim.md), which is set up for each case; or, by the
verbs server and client, an endpoint that is as it is, with the cases that fit.

The exit status is 0 if no case deviates but those of --baseline; 1 if another
one does, or one of --baseline passes; 2 for wrong flags, files or addresses.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && cmd.ArgsLenAtDash() != 0 {
				return usagef("probe has no verb %q; give one of %s, or --shim PROGRAM", args[0], strings.Join(verbs(cmd), ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if program == "" && !p.list {
				return usagef("probe needs something to probe; give --shim PROGRAM, or one of the verbs %s", strings.Join(verbs(cmd), ", "))
			}
			return p.with(cmd, func(ctx context.Context) (probe.System, func(), error) { return startShim(ctx, program, args) })
		},
	}
	p.add(cmd.Flags())
	cmd.Flags().StringVar(&program, "shim", "", "the `PROGRAM` that drives the library; what follows -- are its arguments")
	cmd.AddCommand(newProbeServer(), newProbeClient(), newProbeCases(), newProbePlayer())
	return cmd
}

// startShim starts the shim of a library, with certificates of its own.
func startShim(ctx context.Context, program string, args []string) (probe.System, func(), error) {
	dir, err := os.MkdirTemp("", "sesame-probe-")
	if err != nil {
		return nil, nil, err
	}
	pki, err := interop.NewPKI(dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, nil, err
	}
	s, err := sut.Start(ctx, sut.Program{Name: filepath.Base(program), Path: program, Args: args})
	if err != nil {
		os.RemoveAll(dir)
		return nil, nil, usagef("--shim: %v; give a program that speaks as docs/shim.md says", err)
	}
	return probe.NewShim(s, pki), func() { s.Close(); os.RemoveAll(dir) }, nil
}

// check says what is wrong with the flags, and opens what is written.
func (p *probeFlags) check(cmd *cobra.Command) error {
	pattern, err := regexp.Compile(p.run)
	if err != nil {
		return usagef("--run: %v", err)
	}
	p.chosen = cases.Chosen()
	if p.all {
		p.chosen = cases.All()
	}
	p.chosen = probe.Select(p.chosen, pattern)
	if len(p.chosen) == 0 {
		return usagef("--run: no case's id or requirement matches %q; --list lists the cases", p.run)
	}
	switch {
	case p.timeout <= 0:
		return usagef("--timeout %v; give a time above zero", p.timeout)
	case p.tap && p.jsonFile == "-":
		return usagef("--tap and --json - both write to standard output; give a file")
	}
	if p.baseline != "" {
		if p.known, err = readBaseline(p.baseline); err != nil {
			return usagef("--baseline: %v; give a file that --write-baseline has written, or one of %s", err, strings.Join(probe.KnownBaselines(), ", "))
		}
	}
	if p.list {
		return nil
	}
	for _, f := range []struct {
		flag, name string
		into       *io.Writer
	}{{"--json", p.jsonFile, &p.report}, {"--junit", p.junitFile, &p.junit}, {"--write-baseline", p.writeBaseline, &p.recording}} {
		w, closeFile, err := fileOf(f.flag, f.name, cmd.OutOrStdout())
		if err != nil {
			return err
		}
		*f.into = w
		p.closers = append(p.closers, closeFile)
	}
	if p.out != "" {
		if err := os.MkdirAll(p.out, 0o755); err != nil {
			return usagef("--out: %v; give a folder that can be made", err)
		}
	}
	return nil
}

func readBaseline(name string) (*probe.Baseline, error) {
	for _, known := range probe.KnownBaselines() {
		if name == known {
			return probe.KnownBaseline(name)
		}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return probe.ReadBaseline(file)
}

// with probes a system.
func (p *probeFlags) with(cmd *cobra.Command, start func(context.Context) (probe.System, func(), error)) error {
	if err := p.check(cmd); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if p.list {
		for _, c := range p.chosen {
			fmt.Fprintf(out, "%s  %s  %s  %s\n", c.ID, strings.Join(c.Requirements, " "), c.Grade.Text(), c.Name)
		}
		return nil
	}
	system, end, err := start(cmd.Context())
	if err != nil {
		return err
	}
	defer end()
	report, err := probe.Run(cmd.Context(), system, p.chosen, p.options(cmd))
	if cmd.Context().Err() != nil {
		return errors.New("interrupted")
	}
	if err != nil {
		return err
	}
	if err := p.write(out, report); err != nil {
		return err
	}
	if report.Failed() {
		return errFailed
	}
	return nil
}

func (p *probeFlags) options(cmd *cobra.Command) probe.Options {
	o := probe.Options{Limit: p.timeout, Baseline: p.known}
	line := ladder.NewLive(cmd.ErrOrStderr(), "probe")
	o.Progress = func(done int, c *cases.Case) { line.Show(done, len(p.chosen), c.ID) }
	o.Done = func(r probe.Result) {
		line.End()
		if !p.tap && p.jsonFile != "-" {
			fmt.Fprintln(cmd.OutOrStdout(), r)
		}
	}
	if p.out != "" {
		o.Failed = func(r probe.Result, pcapng []byte) error {
			name := strings.NewReplacer("/", "_", "=", "-").Replace(r.Case.ID) + ".pcapng"
			if err := os.WriteFile(filepath.Join(p.out, name), pcapng, 0o644); err != nil {
				return usagef("--out: %v; give a folder that can be written to", err)
			}
			return nil
		}
	}
	return o
}

// write writes what was asked for.
func (p *probeFlags) write(out io.Writer, r *probe.Report) error {
	var errs []error
	switch {
	case p.tap:
		errs = append(errs, r.TAP(out))
	case p.jsonFile != "-":
		fmt.Fprintln(out, r.Summary())
	}
	if p.report != nil {
		errs = append(errs, r.JSON(p.report))
	}
	if p.junit != nil {
		errs = append(errs, r.JUnit(p.junit))
	}
	if p.recording != nil {
		errs = append(errs, probe.NewBaseline(r, p.known).Write(p.recording))
	}
	return errors.Join(append(errs, p.close()...)...)
}

func newProbeCases() *cobra.Command {
	var all bool
	var run, jsonFile string
	cmd := &cobra.Command{
		Use:   "cases",
		Short: "Export the cases as data",
		Long: `Export the cases as JSON, for others to play: what is sent in symbols, every answer
that the RFCs allow, requirements and grades. The package check/cases describes
the format.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := probeFlags{all: all, run: run, timeout: time.Second, jsonFile: jsonFile}
			if err := p.check(cmd); err != nil {
				return err
			}
			return errors.Join(cases.Write(p.report, p.chosen), errors.Join(p.close()...))
		},
	}
	f := cmd.Flags()
	f.BoolVar(&all, "all", false, "with every kind of handshake")
	f.StringVar(&run, "run", "", "the cases alone whose id, or one of whose requirements, this `REGEXP` matches")
	f.StringVar(&jsonFile, "json", "-", "write to `FILE`, - for standard output")
	return cmd
}

func (p *probeFlags) close() (errs []error) {
	for _, closeFile := range p.closers {
		errs = append(errs, closeFile())
	}
	return errs
}

func newProbePlayer() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "player --out DIR",
		Short: "Write a player in Python",
		Long: `Write a player that needs Python 3.9 and nothing else, with the cases that end
before the first protected record and with fresh certificates, for those who have
no Go: python3 DIR/player.py --shim PROGRAM.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("probe player needs a place; give --out DIR")
			}
			if err := probe.WritePlayer(out); err != nil {
				return usagef("--out: %v; give a folder that can be written to", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: run it by python3\n", filepath.Join(out, "player.py"))
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write it to `DIR`")
	return cmd
}
