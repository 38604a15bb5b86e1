package bench

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/model/explore"
)

// table is a state of small.pml: what each philosopher does, and which forks
// are taken.
type table struct{ at, taken [16]uint8 }

// philosophers is small.pml.
type philosophers struct{ n int }

func (philosophers) Initial(emit func(table)) { emit(table{}) }

func (p philosophers) Expand(s table, emit func(explore.Transition[table])) explore.Verdict {
	for i := range p.n {
		right := i + 1
		if right == p.n {
			right = 0
		}
		t := explore.Transition[table]{To: s, Label: uint64(i)}
		switch {
		case s.at[i] == 0 && s.taken[i] == 0:
			t.To.at[i], t.To.taken[i] = 1, 1
		case s.at[i] == 1 && s.taken[right] == 0:
			t.To.at[i], t.To.taken[right] = 2, 1
		case s.at[i] == 2:
			t.To.at[i], t.To.taken[i], t.To.taken[right] = 0, 0, 0
		default:
			continue
		}
		emit(t)
	}
	return explore.Verdict{}
}

func small(n int) func() explore.System[table] {
	return func() explore.System[table] { return philosophers{n} }
}

// What all three have at 15 philosophers. SPIN counts the initial state among
// its transitions.
const (
	smallPhilosophers = 15
	smallStates       = 551614
	smallTransitions  = 5348835
)

// rate adds the rate to a benchmark, by the CPU time since start, in which one
// run was made for each iteration.
func rate(b *testing.B, start time.Duration, states, transitions int, octets float64) {
	seconds := (cpuTime() - start).Seconds() / float64(b.N)
	b.ReportMetric(float64(transitions)/seconds/1e6, "Mtransitions/CPU-s")
	b.ReportMetric(float64(transitions)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mtransitions/s")
	b.ReportMetric(float64(states), "states")
	b.ReportMetric(octets/float64(states), "octets/state")
}

// BenchmarkExploreSmall explores small.pml with the generic engine.
func BenchmarkExploreSmall(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers-%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			start, octets := cpuTime(), int64(0)
			for range b.N {
				r, err := explore.Run(small(smallPhilosophers), explore.Options{Workers: workers, States: smallStates})
				if err != nil {
					b.Fatal(err)
				}
				if r.States != smallStates || r.Transitions != smallTransitions {
					b.Fatalf("%d states, %d transitions", r.States, r.Transitions)
				}
				octets = r.Octets
			}
			rate(b, start, smallStates, smallTransitions, float64(octets))
		})
	}
}

// BenchmarkSpinSmall has SPIN do the same, as its users are told to: compiled
// with -O2 for safety alone.
func BenchmarkSpinSmall(b *testing.B) {
	pan := buildPan(b, smallPhilosophers)
	var user time.Duration
	b.ResetTimer()
	for range b.N {
		states, transitions, took := runPan(b, pan)
		if states != smallStates || transitions != smallTransitions {
			b.Fatalf("%d states, %d transitions", states, transitions)
		}
		user += took
	}
	b.ReportMetric(float64(smallTransitions)*float64(b.N)/user.Seconds()/1e6, "Mtransitions/CPU-s")
}

// buildPan compiles small.pml for n philosophers.
func buildPan(tb testing.TB, n int) string {
	tb.Helper()
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			tb.Skipf("%s is not here: apt-get install %s", tool, tool)
		}
	}
	source, err := filepath.Abs("small.pml")
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	for _, args := range [][]string{
		{"spin", fmt.Sprintf("-DN=%d", n), "-a", source},
		{"gcc", "-w", "-O2", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	return filepath.Join(dir, "pan")
}

var (
	panStates      = regexp.MustCompile(`(\d+) states, stored`)
	panTransitions = regexp.MustCompile(`(\d+) transitions \(= stored\+matched\)`)
)

// runPan runs the verifier and returns its counts, without the initial state
// among the transitions, and its CPU time.
func runPan(tb testing.TB, pan string) (states, transitions int, user time.Duration) {
	tb.Helper()
	cmd := exec.Command(pan, "-E", "-n", "-w22", "-m1000000")
	cmd.Dir = filepath.Dir(pan)
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("pan: %v\n%s", err, out)
	}
	count := func(re *regexp.Regexp) int {
		m := re.FindSubmatch(out)
		if m == nil {
			tb.Fatalf("pan says nothing of %v\n%s", re, out)
		}
		n, err := strconv.Atoi(string(m[1]))
		if err != nil {
			tb.Fatal(err)
		}
		return n
	}
	return count(panStates), count(panTransitions) - 1, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// TestSmallCounts: SPIN finds as many states and transitions as the engine.
func TestSmallCounts(t *testing.T) {
	const n = 9
	r, err := explore.Run(small(n), explore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	states, transitions, _ := runPan(t, buildPan(t, n))
	if r.States != states || r.Transitions != transitions {
		t.Errorf("%d states and %d transitions; SPIN has %d and %d", r.States, r.Transitions, states, transitions)
	}
}
