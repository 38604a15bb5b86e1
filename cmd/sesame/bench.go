package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

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
compiler and libssl's headers the OpenSSL sides are left out. The exit status
does not depend on the targets.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if b.options.Rounds < 1 {
				return usagef("--rounds %d; give 1 or more", b.options.Rounds)
			}
			if b.only, err = regexp.Compile(b.run); err != nil {
				return usagef("--run: %v", err)
			}
			return b.measure(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&b.jsonFile, "json", "", "write the results to `FILE`, - for standard output")
	f.StringVar(&b.run, "run", "", "measure only the rows whose names fit `REGEXP`")
	f.IntVar(&b.options.Rounds, "rounds", 11, "measure each side in `N` rounds")
	f.Uint64Var(&b.options.Seed, "seed", 1, "of the bootstrap")
	f.BoolVar(&b.list, "list", false, "list the rows")
	return cmd
}

func (b *benchFlags) measure(cmd *cobra.Command) error {
	out, errs := cmd.OutOrStdout(), cmd.ErrOrStderr()
	peer, end, err := openPeer()
	if errors.Is(err, bench.ErrNoPeer) {
		fmt.Fprintln(errs, err)
	} else if err != nil {
		return err
	}
	defer end()
	rows, err := bench.Rows(peer)
	if err != nil {
		return err
	}
	rows = bench.Select(rows, b.only)
	if len(rows) == 0 {
		return usagef("--run %q fits no row; --list lists them", b.run)
	}
	if b.list {
		for _, r := range rows {
			fmt.Fprintln(out, r.Name)
		}
		return nil
	}
	report := bench.NewReport([]*bench.Peer{peer}, b.options)
	live := ladder.NewLive(errs, "bench")
	done := 0
	b.options.Step = func(row, side string, round, rounds int) {
		live.Show(done, len(rows), fmt.Sprintf("%s, %s, round %d of %d", row, side, round+1, rounds))
	}
	for ; done < len(rows); done++ {
		r, err := bench.Measure(cmd.Context(), rows[done], b.options)
		if err != nil {
			live.End()
			return err
		}
		report.Rows = append(report.Rows, r)
	}
	live.End()
	if b.jsonFile != "-" {
		report.Print(out)
	}
	return nil
}

// openPeer builds and starts the OpenSSL peer; nil with an error where that is
// not possible.
func openPeer() (*bench.Peer, func(), error) {
	dir, err := os.MkdirTemp("", "sesame-bench-")
	if err != nil {
		return nil, func() {}, err
	}
	end := func() { os.RemoveAll(dir) }
	program, err := bench.BuildPeer(dir)
	if err != nil {
		return nil, end, err
	}
	peer, err := bench.StartPeer(program)
	if err != nil {
		return nil, end, err
	}
	return peer, func() { peer.Close(); end() }, nil
}

var _ = strings.Join
