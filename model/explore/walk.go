package explore

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// WalkOptions steer random walks.
type WalkOptions struct {
	Properties []string
	Seed       uint64
	Walks      int             // how many; 0: 1000
	Steps      int             // the most steps of one walk; 0: 1000
	Workers    int             // 0: one for each processor
	Done       <-chan struct{} // unless nil, ends the walks when it is closed
	// Progress, unless nil, is called now and then with the walks that are done.
	Progress func(walks int)
}

// WalkResult is what random walks have seen. It is the same for any number of
// workers, unless WalkOptions.Done has ended them.
type WalkResult[S comparable] struct {
	Walks      int // ended
	Steps      int // taken
	Longest    int // walk, in steps
	Ended      int // walks that came to a state without successors
	Properties []Property[S]
}

// Walk takes random walks from the initial states, each step with equal
// probability among the transitions that are possible, or as a [Chooser]
// chooses. Properties are asked
// about every state that is visited and every transition out of it. A
// counterexample is the walk, up to the violation, of the first walk that has
// one.
func Walk[S comparable](newSystem func() System[S], o WalkOptions) *WalkResult[S] {
	if o.Walks <= 0 {
		o.Walks = 1000
	}
	if o.Steps <= 0 {
		o.Steps = 1000
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	walkers := make([]*walker[S], o.Workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range walkers {
		w := &walker[S]{sys: newSystem(), o: o, first: make([]found[S], len(o.Properties))}
		walkers[i] = w
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= o.Walks || stopped(o.Done) {
					return
				}
				w.walk(n)
				w.walks++
				if i == 0 && o.Progress != nil {
					o.Progress(n + 1)
				}
			}
		})
	}
	wg.Wait()
	return gather(walkers, o)
}

// found is a violation: in which walk, and the way to it.
type found[S comparable] struct {
	walk int
	path *Path[S]
}

type walker[S comparable] struct {
	sys            System[S]
	o              WalkOptions
	out            []Transition[S]
	labels         []uint64 // of out, for a Chooser
	path           Path[S]
	walks, ended   int
	steps, longest int
	checks, bad    counter
	first          []found[S]
}

func (w *walker[S]) walk(n int) {
	rng := rand.New(rand.NewPCG(w.o.Seed, uint64(n)))
	w.path.States, w.path.Labels = w.path.States[:0], w.path.Labels[:0]
	var initial []S
	w.sys.Initial(func(s S) { initial = append(initial, s) })
	at := initial[rng.IntN(len(initial))]
	w.path.States = append(w.path.States, at)
	for range w.o.Steps {
		w.out = w.out[:0]
		w.judge(n, w.sys.Expand(at, func(t Transition[S]) { w.out = append(w.out, t) }), nil)
		for i := range w.out {
			w.judge(n, w.out[i].Verdict, &w.out[i])
		}
		if len(w.out) == 0 {
			w.ended++
			break
		}
		t := w.out[w.choose(rng)]
		w.path.add(t)
		at = t.To
	}
	w.steps += len(w.path.Labels)
	w.longest = max(w.longest, len(w.path.Labels))
}

// choose returns the index of the transition to take.
func (w *walker[S]) choose(rng *rand.Rand) int {
	chooser, ok := w.sys.(Chooser)
	if !ok {
		return rng.IntN(len(w.out))
	}
	w.labels = w.labels[:0]
	for i := range w.out {
		w.labels = append(w.labels, w.out[i].Label)
	}
	return chooser.Choose(w.labels, rng.IntN)
}

// judge counts a verdict on the state that the walk has come to, or on a
// transition out of it.
func (w *walker[S]) judge(n int, v Verdict, edge *Transition[S]) {
	w.checks.add(v.Checked)
	if v.Violated == 0 {
		return
	}
	w.bad.add(v.Violated)
	for i := range w.first {
		if v.Violated>>i&1 == 0 || w.first[i].path != nil && w.first[i].walk <= n {
			continue
		}
		p := &Path[S]{States: append([]S(nil), w.path.States...), Labels: append([]uint64(nil), w.path.Labels...)}
		if edge != nil {
			p.add(*edge)
		}
		w.first[i] = found[S]{n, p}
	}
}

func gather[S comparable](walkers []*walker[S], o WalkOptions) *WalkResult[S] {
	r := &WalkResult[S]{}
	for i, name := range o.Properties {
		p := Property[S]{Name: name}
		walk := o.Walks
		for _, w := range walkers {
			p.Checked += w.checks.total(i)
			p.Violated += w.bad.total(i)
			if f := w.first[i]; f.path != nil && f.walk < walk {
				walk, p.Counterexample = f.walk, f.path
			}
		}
		r.Properties = append(r.Properties, p)
	}
	for _, w := range walkers {
		r.Walks += w.walks
		r.Steps += w.steps
		r.Longest = max(r.Longest, w.longest)
		r.Ended += w.ended
	}
	return r
}
