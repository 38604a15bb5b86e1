package bench

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// Options say how long to measure. The zero value is the usual.
type Options struct {
	Rounds int           // zero is 11
	Slice  time.Duration // CPU time of one side in one round, roughly; zero is 40 ms
	Seed   uint64        // of the bootstrap
	Step   func(row, side string, round, rounds int)
}

func (o Options) rounds(row Row) int {
	n := o.Rounds
	if n == 0 {
		n = 11
	}
	if row.Rounds > 0 {
		n = min(n, row.Rounds)
	}
	return n
}

// Figure is what one side needs for one operation.
type Figure struct {
	Side        string   `json:"side"`
	Nanoseconds float64  `json:"ns"`                    // the median of the rounds
	Objects     *float64 `json:"allocations,omitempty"` // where they can be counted
	Allocated   *float64 `json:"allocated_octets,omitempty"`
}

// Verdict is what became of a target.
type Verdict string

// The verdicts. A ratio without a target has none.
const (
	Met    Verdict = "met"
	NotMet Verdict = "not met"
)

func verdict(met bool) Verdict {
	if met {
		return Met
	}
	return NotMet
}

// Ratio is how our time compares with another side's: the median of the
// rounds' ratios and the bounds of its 95 % bootstrap confidence interval.
type Ratio struct {
	Against string  `json:"against"`
	Ratio   float64 `json:"ratio"` // times faster than it; against Floor and Calls, and with AtMost: times its time
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	AtLeast float64 `json:"at_least,omitempty"`
	AtMost  float64 `json:"at_most,omitempty"`
	Verdict Verdict `json:"verdict,omitempty"`
}

// Count is a limit on allocations with what was found.
type Count struct {
	What    string  `json:"what"`
	Count   float64 `json:"count"`
	AtMost  float64 `json:"at_most"`
	Verdict Verdict `json:"verdict"`
}

// Result is a row, measured.
type Result struct {
	Name    string   `json:"name"`
	Kind    Kind     `json:"kind"`
	Octets  int      `json:"octets,omitempty"`
	States  int      `json:"states,omitempty"`
	Wall    bool     `json:"wall,omitempty"` // of wall-clock time
	Figures []Figure `json:"figures"`
	Ratios  []Ratio  `json:"ratios"`
	Counts  []Count  `json:"counts,omitempty"`
}

// Figure returns what a side needs, and whether it was measured.
func (r Result) Figure(side string) (Figure, bool) {
	i := slices.IndexFunc(r.Figures, func(f Figure) bool { return f.Side == side })
	if i < 0 {
		return Figure{}, false
	}
	return r.Figures[i], true
}

// gcPercent makes the garbage collector look at as much for each octet that is
// allocated as it does in a small program, which has 4 MiB of heap between two
// collections. The program around this has some megabytes of tables, which
// would be looked at each time.
const gcPercent = 400

// Measure measures a row: all sides in turn, round by round, on one core.
func Measure(ctx context.Context, row Row, o Options) (res Result, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("bench: %s: %w", row.Name, err)
		}
	}()
	if !row.Wall {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	}
	var all []Side
	if row.Prepare != nil {
		if all, err = row.Prepare(); err != nil {
			return Result{}, err
		}
	}
	for _, s := range all {
		if s.Close != nil {
			defer s.Close()
		}
	}
	runtime.GC() // what the row before has left is not this one's
	counts, err := repetitions(row, all, o)
	if err != nil {
		return Result{}, err
	}
	times, err := measureRounds(ctx, row, all, counts, o)
	if err != nil {
		return Result{}, err
	}
	res = summarise(row, all, times, o.Seed)
	return res, count(row, all, counts, &res)
}

// repetitions are how often each side does its operation in a round.
func repetitions(row Row, all []Side, o Options) ([]int, error) {
	slice := cmp.Or(o.Slice, 40*time.Millisecond) * time.Duration(max(1, row.Slices))
	counts := make([]int, len(all))
	for i, s := range all {
		if counts[i] = 1; row.Rounds > 0 {
			continue
		}
		var err error
		if counts[i], err = calibrate(s.Work, slice); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return counts, nil
}

// measureRounds returns the nanoseconds of one operation by side and round.
func measureRounds(ctx context.Context, row Row, all []Side, counts []int, o Options) ([][]float64, error) {
	times := make([][]float64, len(all))
	rounds := o.rounds(row)
	for round := range rounds {
		for i, s := range all {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if o.Step != nil {
				o.Step(row.Name, s.Name, round, rounds)
			}
			d, err := s.Work(counts[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name, err)
			}
			times[i] = append(times[i], float64(d.Nanoseconds())/float64(counts[i]))
		}
	}
	return times, nil
}

// count counts allocations, and what else the row counts.
func count(row Row, all []Side, counts []int, res *Result) error {
	for i, s := range all {
		if s.Count == nil {
			continue
		}
		objects, octets, err := s.Count(min(max(counts[i], 100), 2000))
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		res.Figures[i].Objects, res.Figures[i].Allocated = &objects, &octets
	}
	res.Counts = row.Limit.hold(*res)
	if row.Counts == nil {
		return nil
	}
	more, err := row.Counts()
	res.Counts = append(res.Counts, more...)
	return err
}

// calibrate returns how often the work fits into the slice.
func calibrate(w Work, slice time.Duration) (int, error) {
	for n := 1; ; n *= 4 {
		d, err := w(n)
		if err == nil && d >= slice/8 {
			// What takes long once may be something else, at the first time above all.
			var again time.Duration
			again, err = w(n)
			d = min(d, again)
		}
		if err != nil {
			return 0, err
		}
		if d >= slice/8 || n >= 1<<26 {
			return max(1, int(float64(n)*float64(slice)/float64(max(d, 1)))), nil
		}
	}
}

// allocations counts what one operation allocates, in objects and in octets.
// Whatever is made once for many operations does not count, so that both are
// rounded down to a tenth, as go test rounds to one.
func allocations(f func(n int) error, n int) (objects, octets float64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := f(n); err != nil {
		return 0, 0, err
	}
	runtime.ReadMemStats(&after)
	tenths := func(x uint64) float64 { return float64(x*10/uint64(n)) / 10 }
	return tenths(after.Mallocs - before.Mallocs), tenths(after.TotalAlloc - before.TotalAlloc), nil
}

// hold holds a result against the limit.
func (l *Limit) hold(r Result) (counts []Count) {
	if l == nil || len(r.Figures) == 0 || r.Figures[0].Objects == nil {
		return nil
	}
	ours, bound := r.Figures[0], l.Objects
	if l.As != "" {
		other, ok := r.Figure(l.As)
		if !ok || other.Objects == nil {
			return nil
		}
		bound = *other.Objects
	}
	counts = append(counts, Count{"allocations", *ours.Objects, bound, verdict(*ours.Objects <= bound)})
	if l.Octets > 0 {
		counts = append(counts, Count{"allocated octets", *ours.Allocated, l.Octets, verdict(*ours.Allocated <= l.Octets)})
	}
	return counts
}

// summarise makes figures and ratios of the rounds' times, side by side.
func summarise(row Row, all []Side, times [][]float64, seed uint64) Result {
	res := Result{Name: row.Name, Kind: row.Kind, Octets: row.Octets, States: row.States, Wall: row.Wall, Ratios: []Ratio{}}
	for i, s := range all {
		res.Figures = append(res.Figures, Figure{Side: s.Name, Nanoseconds: median(times[i])})
	}
	for i := 1; i < len(all); i++ {
		t := Target{Against: all[i].Name}
		if j := slices.IndexFunc(row.Targets, func(t Target) bool { return t.Against == all[i].Name }); j >= 0 {
			t = row.Targets[j]
		}
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		res.Ratios = append(res.Ratios, compare(t, times[0], times[i], r))
	}
	return res
}

// compare makes a ratio of the rounds' times.
func compare(t Target, ours, other []float64, r *rand.Rand) Ratio {
	ratios := make([]float64, len(ours))
	for i := range ratios {
		ratios[i] = other[i] / ours[i]
		if t.AtMost != 0 || t.Against == Floor || t.Against == Calls {
			ratios[i] = ours[i] / other[i]
		}
	}
	low, high := bootstrap(ratios, r)
	found := Ratio{Against: t.Against, Ratio: median(ratios), Low: low, High: high, AtLeast: t.AtLeast, AtMost: t.AtMost}
	switch {
	case t.AtLeast != 0:
		found.Verdict = verdict(found.Ratio >= t.AtLeast)
	case t.AtMost != 0:
		found.Verdict = verdict(found.Ratio <= t.AtMost)
	}
	return found
}
