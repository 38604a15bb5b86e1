package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"time"

	"gonum.org/v1/gonum/stat"
)

// Work does a piece of work n times and returns the CPU time that it took. An
// in-process piece of work is made by [CPU].
type Work func(n int) (time.Duration, error)

// CPU makes a Work of a function that does one operation n times in this
// process. What the garbage collector needs for it counts.
func CPU(f func(n int) error) Work {
	return func(n int) (time.Duration, error) {
		before := cpuTime()
		err := f(n)
		return cpuTime() - before, err
	}
}

// cpuTime is the user and system time of this process so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no other cause than a wrong argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Side is one that does a row's work.
type Side struct {
	Name string
	Work Work
}

// Target is a bound on a ratio of times, side over ours or ours over side.
type Target struct {
	Against string  // the side's name
	AtLeast float64 // how many times faster than it we are, at least; zero: no such bound
	AtMost  float64 // how many times its time we need, at most; zero: no such bound
}

// Row is one piece of work with all who do it. The first side is ours.
type Row struct {
	Name    string
	Sides   []Side
	Targets []Target
}

// Options say how long to measure. The zero value is the usual.
type Options struct {
	Rounds int           // zero is 11
	Slice  time.Duration // CPU time of one side in one round, roughly; zero is 40 ms
	Seed   uint64        // of the bootstrap
	Step   func(row, side string, round, rounds int)
}

// Figure is what one side needs for one operation.
type Figure struct {
	Side        string  `json:"side"`
	Nanoseconds float64 `json:"ns"` // the median of the rounds
}

// Ratio is a target with what was found: the median of the rounds' ratios and
// the bounds of its 95 % bootstrap confidence interval.
type Ratio struct {
	Against string  `json:"against"`
	Ratio   float64 `json:"ratio"` // times faster than it, for AtLeast; times its time, for AtMost
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	AtLeast float64 `json:"at_least,omitempty"`
	AtMost  float64 `json:"at_most,omitempty"`
	Met     bool    `json:"met"`
}

// Result is a row, measured.
type Result struct {
	Name    string   `json:"name"`
	Figures []Figure `json:"figures"`
	Ratios  []Ratio  `json:"ratios"`
}

// Measure measures a row: all sides in turn, round by round, on one core.
func Measure(ctx context.Context, row Row, o Options) (Result, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if o.Rounds == 0 {
		o.Rounds = 11
	}
	if o.Slice == 0 {
		o.Slice = 40 * time.Millisecond
	}
	times := make([][]float64, len(row.Sides))
	counts := make([]int, len(row.Sides))
	for i, s := range row.Sides {
		n, err := calibrate(s.Work, o.Slice)
		if err != nil {
			return Result{}, fmt.Errorf("bench: %s, %s: %w", row.Name, s.Name, err)
		}
		counts[i] = n
	}
	for round := range o.Rounds {
		for i, s := range row.Sides {
			if err := ctx.Err(); err != nil {
				return Result{}, err
			}
			if o.Step != nil {
				o.Step(row.Name, s.Name, round, o.Rounds)
			}
			d, err := s.Work(counts[i])
			if err != nil {
				return Result{}, fmt.Errorf("bench: %s, %s: %w", row.Name, s.Name, err)
			}
			times[i] = append(times[i], float64(d.Nanoseconds())/float64(counts[i]))
		}
	}
	return summarise(row, times, o.Seed), nil
}

// calibrate returns how often the work fits into the slice.
func calibrate(w Work, slice time.Duration) (int, error) {
	for n := 1; ; n *= 4 {
		d, err := w(n)
		if err != nil {
			return 0, err
		}
		if d >= slice/8 || n >= 1<<26 {
			return max(1, int(float64(n)*float64(slice)/float64(max(d, 1)))), nil
		}
	}
}

// summarise makes figures and ratios of the rounds' times, side by side.
func summarise(row Row, times [][]float64, seed uint64) Result {
	res := Result{Name: row.Name}
	for i, s := range row.Sides {
		res.Figures = append(res.Figures, Figure{s.Name, median(times[i])})
	}
	for _, t := range row.Targets {
		other := slices.IndexFunc(row.Sides, func(s Side) bool { return s.Name == t.Against })
		if other < 0 {
			continue // a peer that is not on this machine
		}
		ratios := make([]float64, len(times[0]))
		for i := range ratios {
			ratios[i] = times[other][i] / times[0][i]
			if t.AtMost != 0 {
				ratios[i] = times[0][i] / times[other][i]
			}
		}
		low, high := bootstrap(ratios, rand.New(rand.NewPCG(seed, uint64(len(res.Ratios)))))
		r := Ratio{t.Against, median(ratios), low, high, t.AtLeast, t.AtMost, false}
		r.Met = (t.AtLeast == 0 || r.Ratio >= t.AtLeast) && (t.AtMost == 0 || r.Ratio <= t.AtMost)
		res.Ratios = append(res.Ratios, r)
	}
	return res
}

func median(x []float64) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// bootstrap returns the 2.5 and 97.5 percent quantiles of the medians of
// resamples of x.
func bootstrap(x []float64, r *rand.Rand) (low, high float64) {
	const resamples = 2000
	medians, sample := make([]float64, resamples), make([]float64, len(x))
	for i := range medians {
		for j := range sample {
			sample[j] = x[r.IntN(len(x))]
		}
		medians[i] = median(sample)
	}
	slices.Sort(medians)
	return stat.Quantile(0.025, stat.LinInterp, medians, nil), stat.Quantile(0.975, stat.LinInterp, medians, nil)
}
