package learn

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Equivalence looks for a word on which the system answers differently from a
// hypothesis. It returns nil if it has found none.
type Equivalence[I, O comparable] func(ctx context.Context, h *Machine[I, O]) ([]I, error)

// counterexample runs an equivalence, cuts the word after the first difference,
// and returns it as input numbers.
func counterexample[I, O comparable](ctx context.Context, t *Teacher[I, O], eq Equivalence[I, O], h *Machine[I, O]) ([]int, error) {
	word, err := eq(ctx, h)
	if err != nil || word == nil {
		return nil, err
	}
	want, err := t.Query(ctx, word)
	if err != nil {
		return nil, err
	}
	got := h.Run(word)
	for k := range word {
		if got[k] != want[k] {
			numbers := make([]int, k+1)
			for j := range numbers {
				numbers[j] = slices.Index(t.Inputs, word[j])
			}
			return numbers, nil
		}
	}
	return nil, fmt.Errorf("learn: the equivalence says that %v tells the hypothesis from the system, and it does not", word)
}

// RandomWalks tries count words. Each leads to some state of the hypothesis, and
// from there 1 to length inputs at random; one in eight of them may lead to
// where nothing happens any more, since the rest of such a walk shows little.
func RandomWalks[I, O comparable](t *Teacher[I, O], r *rand.Rand, count, length int) Equivalence[I, O] {
	return func(ctx context.Context, h *Machine[I, O]) ([]I, error) {
		access, going := h.access(), h.going()
		for range count {
			start := r.IntN(h.States())
			word, state := slices.Clone(access[start]), start
			for range 1 + r.IntN(length) {
				in := r.IntN(len(h.Inputs))
				if onward := going[state]; len(onward) > 0 && r.IntN(8) > 0 {
					in = onward[r.IntN(len(onward))]
				}
				word, state = append(word, in), h.Next[state][in]
			}
			if bad, err := differs(ctx, t, h, word); err != nil || bad {
				return named(t.Inputs, word), err
			}
		}
		return nil, nil
	}
}

// Known compares with a machine that is known. The system itself is asked only
// what the two disagree on; if it takes the hypothesis' side there, that is an
// error, since what is known is wrong.
func Known[I, O comparable](known *Machine[I, O]) Equivalence[I, O] {
	return func(_ context.Context, h *Machine[I, O]) ([]I, error) {
		word, differ := Distinguish(h, known)
		if !differ {
			return nil, nil
		}
		return word, nil
	}
}

// Guided is led by a machine that the system should be like, and need not be:
// it tries a word for each two states, of the hypothesis and of that machine,
// that are met together and answer some input differently.
func Guided[I, O comparable](t *Teacher[I, O], like *Machine[I, O]) Equivalence[I, O] {
	return func(ctx context.Context, h *Machine[I, O]) ([]I, error) {
		for word := range differences(h, like, true) {
			numbers := make([]int, len(word))
			for k, i := range word {
				numbers[k] = slices.Index(t.Inputs, i)
			}
			if bad, err := differs(ctx, t, h, numbers); err != nil || bad {
				return word, err
			}
		}
		return nil, nil
	}
}

// Wp is the partial W-method (Fujiwara et al. 1991): it finds every difference
// to a system that has at most extra states more than the hypothesis.
func Wp[I, O comparable](t *Teacher[I, O], extra int) Equivalence[I, O] {
	return func(ctx context.Context, h *Machine[I, O]) ([]I, error) {
		access, separating := h.access(), h.separating()
		var all [][]int // tells any two states apart
		for _, w := range separating {
			if !slices.ContainsFunc(all, func(have []int) bool { return slices.Equal(have, w) }) {
				all = append(all, w)
			}
		}
		slices.SortFunc(all, slices.Compare)
		if len(all) == 0 {
			all = [][]int{{}} // one state
		}
		own := func(state int) [][]int { // tells state from the others
			var words [][]int
			for other := range access {
				if w := separating[ordered(state, other)]; w != nil {
					words = append(words, w)
				}
			}
			return append(words, []int{})
		}
		for length := 0; length <= extra+1; length++ {
			for _, a := range access {
				for middle := range wordsOf(len(h.Inputs), length) {
					prefix := slices.Concat(a, middle)
					ends := own(h.walk(0, prefix))
					if length <= extra {
						ends = append(ends, all...)
					}
					for _, end := range ends {
						word := slices.Concat(prefix, end)
						if bad, err := differs(ctx, t, h, word); err != nil || bad {
							return named(t.Inputs, word), err
						}
					}
				}
			}
		}
		return nil, nil
	}
}

// wordsOf yields all words of a length over so many inputs. They are valid
// until the next one.
func wordsOf(inputs, length int) func(func([]int) bool) {
	return func(yield func([]int) bool) {
		word := make([]int, length)
		for {
			if !yield(word) {
				return
			}
			k := length - 1
			for ; k >= 0; k-- {
				if word[k]++; word[k] < inputs {
					break
				}
				word[k] = 0
			}
			if k < 0 {
				return
			}
		}
	}
}

// Each tries one equivalence after the other.
func Each[I, O comparable](list ...Equivalence[I, O]) Equivalence[I, O] {
	return func(ctx context.Context, h *Machine[I, O]) ([]I, error) {
		for _, eq := range list {
			if word, err := eq(ctx, h); err != nil || word != nil {
				return word, err
			}
		}
		return nil, nil
	}
}

// differs reports whether the system answers a word otherwise than h.
func differs[I, O comparable](ctx context.Context, t *Teacher[I, O], h *Machine[I, O], word []int) (bool, error) {
	out, err := t.query(ctx, word)
	if err != nil {
		return false, err
	}
	state := 0
	for k, i := range word {
		if h.Out[state][i] != out[k] {
			return true, nil
		}
		state = h.Next[state][i]
	}
	return false, nil
}
