package bench

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

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

// quantile is the q quantile of x.
func quantile(x []float64, q float64) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return stat.Quantile(q, stat.LinInterp, s, nil)
}

// welch returns Welch's t of two samples: how far apart their means are, in
// standard errors. It is infinite for different means without any variance.
func welch(a, b []float64) float64 {
	meanA, varA := stat.MeanVariance(a, nil)
	meanB, varB := stat.MeanVariance(b, nil)
	if meanA == meanB {
		return 0
	}
	return (meanA - meanB) / math.Sqrt(varA/float64(len(a))+varB/float64(len(b)))
}
