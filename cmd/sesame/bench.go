package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/bench"
	"github.com/sesame-tls/sesame/check/ladder"
)

// benchFlags are the flags of `sesame bench`.
type benchFlags struct {
	options  bench.Options
	jsonFile string
	run      string
	only     *regexp.Regexp
	list     bool
	long     bool
	keep     bool
}

func newBench() *cobra.Command {
	var b benchFlags
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the PRF, the record layer, the handshake and the explorer beside their peers",
		Long: `Measure our code beside what one would pick instead, OpenSSL and crypto/tls, and
beside the primitives that the work cannot do without: all in turn, several
rounds, by CPU time on one core. Medians and 95 % bootstrap intervals of the
rounds' ratios are printed, with each target and whether it is met. Without a C
compiler and libssl's headers the OpenSSL sides are left out. Without --run, the
times of opening records that must not be told apart are compared too. The exit
status does not depend on the targets.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if b.options.Rounds < 1 {
				return usagef("--rounds %d; give 1 or more", b.options.Rounds)
			}
			if b.run != "" {
				if b.only, err = regexp.Compile(b.run); err != nil {
					return usagef("--run: %v", err)
				}
			}
			return b.measure(cmd)
		},
	}
	cmd.AddCommand(newBenchProfile())
	f := cmd.Flags()
	f.StringVar(&b.jsonFile, "json", "", "write the results to `FILE`, - for standard output")
	f.StringVar(&b.run, "run", "", "measure only the rows whose names fit `REGEXP`")
	f.IntVar(&b.options.Rounds, "rounds", 11, "measure each side in `N` rounds")
	f.Uint64Var(&b.options.Seed, "seed", 1, "of the bootstrap")
	f.BoolVar(&b.long, "long", false, "explore the model at budget 2 as well: minutes more, and 4 GiB")
	f.BoolVar(&b.list, "list", false, "list the rows")
	f.BoolVar(&b.keep, "keep", false, "keep what --json's FILE has of rows that are not measured; it must be of this machine, and as many rounds")
	return cmd
}

func (b *benchFlags) measure(cmd *cobra.Command) error {
	out, errs := cmd.OutOrStdout(), cmd.ErrOrStderr()
	peers, end, err := bench.OpenPeers()
	defer end()
	if errors.Is(err, bench.ErrNoPeer) {
		fmt.Fprintln(errs, err)
	} else if err != nil {
		return err
	}
	rows := bench.Select(bench.Rows(peers, b.long), b.only)
	if len(rows) == 0 {
		return usagef("--run %q fits no row; --list lists them", b.run)
	}
	if b.list {
		for _, r := range rows {
			fmt.Fprintln(out, r.Name)
		}
		return nil
	}
	report := bench.NewReport(peers, b.options)
	before, err := b.earlier(report)
	if err != nil {
		return err
	}
	target, closeTarget, err := jsonTo(b.jsonFile, out)
	if err != nil {
		return err
	}
	defer closeTarget()
	err = b.measureRows(cmd, rows, report)
	if err == nil && b.only == nil {
		err = b.complete(cmd, report)
	}
	if err == nil && b.jsonFile != "-" {
		report.Print(out)
	}
	if b.keep {
		report.Keep(before) // all of it, where measuring has failed: the file is open already
	} else if err == nil && before != nil {
		for _, line := range bench.Changed(before.Names(), report.Names()) {
			fmt.Fprintf(errs, "%s: %s\n", b.jsonFile, line)
		}
	}
	if target == nil || err != nil && !b.keep {
		return err
	}
	if e := report.Write(target); e != nil {
		return errors.Join(err, fmt.Errorf("--json: %w", e))
	}
	return errors.Join(err, closeTarget())
}

// earlier returns what --json's file has before it is written anew; nil where it
// has no results.
func (b *benchFlags) earlier(report *bench.Report) (*bench.Report, error) {
	before := reportIn(b.jsonFile)
	switch {
	case !b.keep:
		return before, nil
	case before == nil:
		return nil, usagef("--keep: --json %q is no file with results", b.jsonFile)
	}
	if now, then := report.Circumstances(), before.Circumstances(); now != then {
		return nil, usagef("--keep: %s was measured under other circumstances: %s; here: %s", b.jsonFile, then, now)
	}
	return before, nil
}

// measureRows measures the rows into the report, and says on a terminal how far
// it has come.
func (b *benchFlags) measureRows(cmd *cobra.Command, rows []bench.Row, report *bench.Report) error {
	live := ladder.NewLive(cmd.ErrOrStderr(), "bench")
	defer live.End()
	o := b.options
	for done, row := range rows {
		o.Step = func(row, side string, round, rounds int) {
			live.Show(done, len(rows), fmt.Sprintf("%s, %s, round %d of %d", row, side, round+1, rounds))
		}
		r, err := bench.Measure(cmd.Context(), row, o)
		if err != nil {
			return err
		}
		report.Rows = append(report.Rows, r)
	}
	return nil
}

// complete adds to a report of all rows what is no row: the times of opening
// that must not differ, and what a PAC handshake cannot do without.
func (b *benchFlags) complete(cmd *cobra.Command, report *bench.Report) (err error) {
	live := ladder.NewLive(cmd.ErrOrStderr(), "bench")
	defer live.End()
	report.Timing, err = bench.ConstantTime(0, b.options.Seed, func(protection string) {
		live.Show(0, 0, "constant time, "+protection)
	})
	if err != nil {
		return err
	}
	report.Costs, err = bench.PACHandshakeCosts()
	return err
}

// reportIn is what a results file holds; nil where it holds none.
func reportIn(file string) *bench.Report {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	report, err := bench.ReadReport(f)
	if err != nil {
		return nil // it is written over
	}
	return report
}
