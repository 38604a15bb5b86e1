package bench

import (
	"cmp"
	"crypto/subtle"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// Timing is whether the time to open a record tells two classes of records
// apart, by Welch's t-test, as dudect has it (Reparaz, Balasch, Verbauwhede:
// Dude, is my code constant time?). The classes are such as an attacker must not
// tell apart; that a record was refused is no secret, the alert says so.
type Timing struct {
	Protection string  `json:"protection"`
	Pair       string  `json:"pair"` // the two classes
	T          float64 `json:"t"`    // the median of three runs
	// Leaks says that the opener is one that does tell, which must be seen:
	// otherwise the other rows say nothing.
	Leaks   bool    `json:"leaks,omitempty"`
	Verdict Verdict `json:"verdict"`
}

// MaxT is the |t| up to which two classes count as not told apart. The t of a
// real difference grows with the samples beyond any bound.
const MaxT = 4.5

func newTiming(name string, p pair, leaks bool, t float64) Timing {
	return Timing{name, p.name, t, leaks, verdict((math.Abs(t) <= MaxT) != leaks)}
}

// String is the timing as a line.
func (t Timing) String() string {
	return fmt.Sprintf("%-44s %-52s t = %8.1f  %s", t.Protection, t.Pair, t.T, t.Verdict)
}

// ConstantTime measures every protection of records, and an opener that leaks.
// Samples is how many records of each pair are opened in one run; 0 is the
// usual. Step, if it is set, is told what comes next.
func ConstantTime(samples int, seed uint64, step func(protection string)) ([]Timing, error) {
	r := rand.New(rand.NewPCG(seed, 13))
	samples = cmp.Or(samples, 60_000)
	var all []Timing
	for _, f := range forgers() {
		if step != nil {
			step(f.name())
		}
		for _, p := range f.pairs() {
			t, err := medianT(f, p, f.open, samples, r)
			if err != nil {
				return nil, err
			}
			all = append(all, newTiming(f.name(), p, false, t))
		}
	}
	f := forgers()[0]
	p := f.pairs()[1]
	t, err := medianT(f, p, f.leak, samples, r)
	return append(all, newTiming("an opener that leaks, "+f.name(), p, true, t)), err
}

// pair is two classes of records, of the same length.
type pair struct {
	name string
	make [2]func(r *rand.Rand) []byte
	good bool // they open
}

// opener opens a record, and reports the time that it took and whether it
// opened.
type opener func(in []byte) (took time.Duration, good bool, err error)

func medianT(f *forger, p pair, open opener, samples int, r *rand.Rand) (float64, error) {
	var ts []float64
	for range 3 {
		t, err := f.tell(p, open, samples, r)
		if err != nil {
			return 0, err
		}
		ts = append(ts, t)
	}
	return median(ts), nil
}

// exemplars is how many records there are of each class.
const exemplars = 16

// tell opens records of both classes in a random order, and returns the t of
// their times, without the slowest tenth, in which the system took its time. A
// record of each class is read before every opening: which memory is in the
// cache, and what it has driven out of there, says nothing of the class.
func (f *forger) tell(p pair, open opener, samples int, r *rand.Rand) (float64, error) {
	var records [2][exemplars][]byte
	for class := range records {
		for i := range records[class] {
			records[class][i] = p.make[class](r)
		}
	}
	var times [2][]float64
	in := make([]byte, len(records[0][0]))
	for range samples {
		class, i := r.IntN(2), r.IntN(exemplars)
		copy(in, records[0][i])
		subtle.ConstantTimeCopy(class, in, records[1][i])
		took, good, err := open(in)
		if err != nil {
			return 0, err
		}
		if good != p.good {
			return 0, fmt.Errorf("bench: %s, %s: a record of class %d opens: %v", f.name(), p.name, class, good)
		}
		times[class] = append(times[class], float64(took.Nanoseconds()))
	}
	slowest := quantile(slices.Concat(times[0], times[1]), 0.9)
	for class := range times {
		times[class] = slices.DeleteFunc(times[class], func(t float64) bool { return t > slowest })
	}
	return welch(times[0], times[1]), nil
}

// open opens with our Half, with keys of its own each time.
func (f *forger) open(in []byte) (time.Duration, bool, error) {
	h := &f.half
	h.Reset()
	if err := h.PrepareRead(spec.TLS12, f.suite, f.keys, f.etm); err != nil {
		return 0, false, err
	}
	if err := h.Activate(); err != nil {
		return 0, false, err
	}
	start := time.Now()
	_, _, _, err := h.Open(in)
	return time.Since(start), err == nil, nil
}

// forgers make records of every protection that there is.
func forgers() (all []*forger) {
	seen := map[string]bool{}
	for _, s := range spec.Suites() {
		for _, etm := range []bool{false, true} {
			f := &forger{suite: s, etm: etm}
			if etm && s.Cipher.AEAD() || seen[f.name()] {
				continue
			}
			seen[f.name()] = true
			block := make([]byte, record.KeyBlockSize(spec.TLS12, s))
			for i := range block {
				block[i] = byte(i)
			}
			f.keys, _ = record.SplitKeyBlock(block, spec.TLS12, s)
			all = append(all, f)
		}
	}
	return all
}
