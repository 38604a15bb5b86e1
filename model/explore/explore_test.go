package explore

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
)

// lattice is a system of paths through a cube: each coordinate goes up to size.
// With a back edge it has loops.
type lattice struct {
	size uint16
	back bool
}

type point [3]uint16

func (l lattice) Initial(emit func(point)) { emit(point{}) }

func (l lattice) Expand(p point, emit func(Transition[point])) (v Verdict) {
	for i := range p {
		if p[i] < l.size {
			q := p
			q[i]++
			t := Transition[point]{To: q, Label: uint64(i)}
			t.Verdict.Add(1, q != point{2, 3, 1})
			emit(t)
		}
	}
	if l.back && p == (point{l.size, 1, 1}) {
		emit(Transition[point]{To: point{l.size - 1, 1, 1}, Label: 9})
	}
	if p[0] == p[1] {
		v.Add(0, p[2] < 4 || p[0] < 3)
	}
	return v
}

var latticeOptions = Options{Properties: []string{"corner", "step", "idle"}}

func newLattice(size uint16, back bool) func() System[point] {
	return func() System[point] { return lattice{size, back} }
}

// TestRunAgainstMap compares counts, levels and verdicts with a plain search.
func TestRunAgainstMap(t *testing.T) {
	for _, size := range []uint16{0, 1, 5, 40} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			sys := lattice{size: size}
			depth := map[point]int{}
			var queue []point
			sys.Initial(func(p point) { queue = append(queue, p); depth[p] = 0 })
			edges, checked, ends := 0, 0, 0
			for i := 0; i < len(queue); i++ {
				v := sys.Expand(queue[i], func(e Transition[point]) {
					edges++
					if _, ok := depth[e.To]; !ok {
						depth[e.To] = depth[queue[i]] + 1
						queue = append(queue, e.To)
					}
				})
				checked += int(v.Checked & 1)
				if queue[i] == (point{size, size, size}) {
					ends++ // the corner, and nothing else
				}
			}
			r, err := Run(newLattice(size, false), latticeOptions)
			if err != nil {
				t.Fatal(err)
			}
			if r.States != len(queue) || r.Transitions != edges || r.Depth != depth[queue[len(queue)-1]] || r.Properties[0].Checked != checked {
				t.Errorf("%d states, %d edges, depth %d, %d checked; want %d, %d, %d, %d", r.States, r.Transitions, r.Depth,
					r.Properties[0].Checked, len(queue), edges, depth[queue[len(queue)-1]], checked)
			}
			if r.Ends != ends {
				t.Errorf("%d states without successors, want %d", r.Ends, ends)
			}
			if r.Properties[2].Checked != 0 {
				t.Error("the property that nobody asks was checked")
			}
		})
	}
}

// TestRunDeterministic: the number of workers, and of slots at the start, change
// nothing that is reported.
func TestRunDeterministic(t *testing.T) {
	var want *Result[point]
	for _, o := range []Options{{Workers: 1}, {Workers: 2}, {Workers: 3}, {Workers: 8}, {Workers: 2, States: 200000}} {
		o.Properties = latticeOptions.Properties
		r, err := Run(newLattice(50, false), o)
		if err != nil {
			t.Fatal(err)
		}
		r.graph, r.Workers, r.Octets = nil, 0, 0
		if want == nil {
			want = r
			if got := len(r.Properties[0].Counterexample.Labels); got != 3+3+4 {
				t.Errorf("counterexample of %d steps", got)
			}
			if p := r.Properties[1].Counterexample; p.States[len(p.States)-1] != (point{2, 3, 1}) || len(p.Labels) != 6 {
				t.Errorf("counterexample %v", p)
			}
		}
		if !reflect.DeepEqual(r, want) {
			t.Errorf("workers %d: %+v\nwant %+v", o.Workers, r, want)
		}
	}
}

// TestRunFirst stops at the level of the first violation.
func TestRunFirst(t *testing.T) {
	o := latticeOptions
	o.First = true
	r, err := Run(newLattice(50, false), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Complete || r.Properties[1].Violated == 0 || r.Properties[0].Violated != 0 || r.States > 1000 {
		t.Errorf("complete %v after %d states", r.Complete, r.States)
	}
}

// TestRunMemory: too little memory is an error that says so.
func TestRunMemory(t *testing.T) {
	for _, workers := range []int{1, 2} {
		_, err := Run(newLattice(100, false), Options{MaxMemory: 4 << 20, Workers: workers})
		var tooLarge *MemoryError
		if !errors.As(err, &tooLarge) || tooLarge.States == 0 || tooLarge.States > 101*101*101 {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

// TestLoops: a graph without a back edge has no loop, one with has one.
func TestLoops(t *testing.T) {
	for _, back := range []bool{false, true} {
		r, err := Run(newLattice(10, back), Options{})
		if err != nil {
			t.Fatal(err)
		}
		l, err := r.Loops(newLattice(10, back))
		if err != nil {
			t.Fatal(err)
		}
		if !back {
			if l.Components != 0 || l.Example != nil {
				t.Errorf("%d components in an acyclic graph", l.Components)
			}
			continue
		}
		if l.Components != 1 || l.States != 2 {
			t.Fatalf("%d components, %d states", l.Components, l.States)
		}
		p := l.Example
		if n := len(p.States); len(p.Labels) != n-1 || p.States[n-1] != p.States[n-3] || p.Labels[n-2]+p.Labels[n-3] != 9 {
			t.Errorf("example %v", p)
		}
	}
}

// TestWalkDeterministic: walks do not depend on the workers, and find what is
// easy to find.
func TestWalkDeterministic(t *testing.T) {
	var want *WalkResult[point]
	for workers := 1; workers <= 4; workers++ {
		o := WalkOptions{Properties: latticeOptions.Properties, Seed: 7, Walks: 300, Steps: 40, Workers: workers}
		r := Walk(newLattice(12, false), o)
		if want == nil {
			want = r
			if r.Properties[0].Counterexample == nil || r.Ended == 0 || r.Longest != 36 {
				t.Errorf("%+v", r)
			}
		}
		if !reflect.DeepEqual(r, want) {
			t.Errorf("%d workers: %+v, want %+v", workers, r, want)
		}
	}
}

// TestNoAllocation: a state costs no allocation.
func TestNoAllocation(t *testing.T) {
	explore := func(size uint16) float64 {
		return testing.AllocsPerRun(3, func() {
			if _, err := Run(newLattice(size, false), Options{Workers: 1, States: 200000}); err != nil {
				t.Fatal(err)
			}
		})
	}
	small, large := explore(10), explore(50)
	// One for each chunk of states, and for the spans of the levels.
	if perState := (large - small) / (51 * 51 * 51); perState > 0.01 {
		t.Errorf("%.3f allocations a state", perState)
	}
}

// TestLoopsDeterministic: the loop that is shown does not depend on the workers.
func TestLoopsDeterministic(t *testing.T) {
	var want *Loops[point]
	for workers := 1; workers <= 4; workers++ {
		r, err := Run(newLattice(40, true), Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		l, err := r.Loops(newLattice(40, true))
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = l
		}
		if !reflect.DeepEqual(l, want) {
			t.Errorf("%d workers: %+v, want %+v", workers, l, want)
		}
	}
}

// stopping is a lattice that closes a channel when it comes to a point.
type stopping struct {
	lattice
	at   point
	done chan struct{}
}

// Expand is the lattice's, and closes the channel once.
func (s stopping) Expand(p point, emit func(Transition[point])) Verdict {
	if p == s.at {
		select {
		case <-s.done:
		default:
			close(s.done)
		}
	}
	return s.lattice.Expand(p, emit)
}

// TestStopped: a run, the search for loops after it, and walks end when they
// are told to.
func TestStopped(t *testing.T) {
	done := make(chan struct{})
	newSystem := func() System[point] { return stopping{lattice{size: 60}, point{30, 0, 0}, done} }
	if _, err := Run(newSystem, Options{Workers: 1, Done: done}); !errors.Is(err, ErrStopped) {
		t.Errorf("run: %v", err)
	}
	later := make(chan struct{})
	r, err := Run(newLattice(10, true), Options{Done: later})
	if err != nil {
		t.Fatal(err)
	}
	close(later)
	if _, err := r.Loops(newLattice(10, true)); !errors.Is(err, ErrStopped) {
		t.Errorf("loops: %v", err)
	}
	if w := Walk(newLattice(10, false), WalkOptions{Done: later}); w.Walks != 0 {
		t.Errorf("%d walks", w.Walks)
	}
}

// straight is a lattice that walks along its last coordinate.
type straight struct{ lattice }

// Choose takes the last label.
func (straight) Choose(labels []uint64, _ func(int) int) int { return len(labels) - 1 }

// TestWalkChooser: a system's own choice is what walks take.
func TestWalkChooser(t *testing.T) {
	w := Walk(func() System[point] { return straight{lattice{size: 9}} }, WalkOptions{Properties: []string{"corner"}, Walks: 3, Steps: 9})
	if w.Steps != 27 || w.Properties[0].Checked != 27 {
		t.Errorf("%+v", w)
	}
}
