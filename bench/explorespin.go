package bench

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

//go:embed small.pml
var smallPromela []byte

// ErrNoSpin says that SPIN, or a C compiler for what it makes, is not here.
var ErrNoSpin = errors.New("bench: SPIN is not here: apt-get install spin gcc")

// Pan is SPIN's verifier of the small system, compiled as its users are told
// to: with -O2, for safety alone, without reduction. It is a program of its own,
// and runs on one processor.
type Pan struct{ program string }

// BuildPan makes the verifier for n philosophers in a folder. The error is
// ErrNoSpin where it cannot be made here.
func BuildPan(dir string, n int) (*Pan, error) {
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("%w (%v)", ErrNoSpin, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "small.pml"), smallPromela, 0o666); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	for _, args := range [][]string{
		{"spin", fmt.Sprintf("-DN=%d", n), "-a", "small.pml"},
		{"gcc", "-w", "-O2", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("bench: %q: %v: %s", args, err, out)
		}
	}
	return &Pan{filepath.Join(dir, "pan")}, nil
}

var (
	panStates      = regexp.MustCompile(`(\d+) states, stored`)
	panTransitions = regexp.MustCompile(`(\d+) transitions \(= stored\+matched\)`)
)

// Run verifies once: the states and transitions that were found, without the
// initial state, which SPIN counts among the transitions, and the CPU time.
func (p *Pan) Run() (states, transitions int, cpu time.Duration, err error) {
	// Safety alone, no end states, no unreached code; a table of 2^22 slots.
	cmd := exec.Command(p.program, "-E", "-n", "-w22", "-m1000000")
	cmd.Dir = filepath.Dir(p.program)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, 0, 0, fmt.Errorf("bench: pan: %v: %s", err, out)
	}
	for re, n := range map[*regexp.Regexp]*int{panStates: &states, panTransitions: &transitions} {
		m := re.FindSubmatch(out)
		if m == nil {
			return 0, 0, 0, fmt.Errorf("bench: pan says nothing of %v: %s", re, out)
		}
		if *n, err = strconv.Atoi(string(m[1])); err != nil {
			return 0, 0, 0, fmt.Errorf("bench: pan: %w", err)
		}
	}
	return states, transitions - 1, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// Work returns the verifier's work on SmallPhilosophers as a [Work]: it fails
// where the counts differ from ours.
func (p *Pan) Work() Work {
	return func(n int) (took time.Duration, err error) {
		for range n {
			states, transitions, cpu, err := p.Run()
			if err != nil {
				return 0, err
			}
			if states != SmallStates || transitions != SmallTransitions {
				return 0, fmt.Errorf("bench: pan has %d states and %d transitions; we have %d and %d",
					states, transitions, SmallStates, SmallTransitions)
			}
			took += cpu
		}
		return took, nil
	}
}
