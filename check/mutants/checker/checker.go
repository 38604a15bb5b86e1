// Package checker is what the programs that look for faults have in common. The
// rung mutants builds them with faults in the implementation's source. They are
// small, and each links only what its checks need, so that this is quick. Without a
// fault all checks pass.
package checker

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Check is a way to find a fault.
type Check struct {
	Name    string // of the rung, where it is one's
	Text    string // what it is
	Program string // the folder, below this one, of the program that has it
}

// Checks are all checks, the cheap ones first.
var Checks = []Check{
	{"answers", "PRFs, keys, transcripts and records are what published vectors, and the RFCs' formulas written plainly, give", "answers"},
	{"table", "the rung `table`: the transition tables are the model's step", "machines"},
	{"probes", "machines by themselves, into what a model of symbols has not: bodies, fragments, forged flights, what the caller is asked", "machines"},
	{"lockstep", "the rung `lockstep` with few scenarios: every observable is the model's", "machines"},
	{"stack", "`impl/tls` refuses what it must: certificates, signatures, sessions, ends and downgrades that are not in order", "stack"},
	{"interop", "the rung `interop` with `crypto/tls` alone, in process", "stack"},
}

// Programs are the programs' folders, below this one.
func Programs() []string {
	var all []string
	for _, c := range Checks {
		if !slices.Contains(all, c.Program) {
			all = append(all, c.Program)
		}
	}
	return all
}

// Known reports whether there is a check of that name, and returns it.
func Known(name string) (Check, bool) {
	i := slices.IndexFunc(Checks, func(c Check) bool { return c.Name == name })
	if i < 0 {
		return Check{}, false
	}
	return Checks[i], true
}

// Line is what a program writes, one line of JSON each time that a check, or a
// fault in a table, begins or ends.
type Line struct {
	Check   string  `json:",omitempty"`
	Fault   string  `json:",omitempty"` // in a table
	Index   int     `json:",omitempty"` // of the fault
	Begins  bool    `json:",omitempty"`
	Failed  bool    `json:",omitempty"` // the check has failed: it has found a fault
	Seconds float64 `json:",omitempty"`
	Text    string  `json:",omitempty"` // why
}

// Func carries out a check.
type Func func(context.Context) error

var all = flag.Bool("all", false, "go on after a check that fails")

// Main runs the checks that the arguments name, or all that the program has, in
// the order of [Checks], up to the first that fails, or with -all to the end.
func Main(have map[string]Func) {
	if !flag.Parsed() {
		flag.Parse()
	}
	for _, name := range flag.Args() {
		if have[name] == nil {
			fmt.Fprintf(os.Stderr, "checker: %q is no check of this program\n", name)
			os.Exit(2)
		}
	}
	for _, c := range Checks {
		if have[c.Name] == nil || flag.NArg() > 0 && !slices.Contains(flag.Args(), c.Name) {
			continue
		}
		Write(Line{Check: c.Name, Begins: true})
		l := Run(c.Name, have[c.Name])
		if Write(l); l.Failed && !*all {
			return
		}
	}
}

// maxText bounds what is told of a failure, in octets.
const maxText = 4000

// Run runs a check. A panic is a failure.
func Run(name string, run Func) (l Line) {
	l.Check = name
	start := time.Now()
	fail := func(text string) { l.Failed, l.Text = true, strings.ToValidUTF8(text[:min(len(text), maxText)], "") }
	defer func() {
		if p := recover(); p != nil {
			fail(fmt.Sprint("panic: ", p))
		}
		l.Seconds = time.Since(start).Seconds()
	}()
	if err := run(context.Background()); err != nil {
		fail(err.Error())
	}
	return l
}

// Write writes a line to standard output.
func Write(l Line) {
	if err := json.NewEncoder(os.Stdout).Encode(l); err != nil {
		fmt.Fprintln(os.Stderr, "checker:", err)
		os.Exit(2)
	}
}
