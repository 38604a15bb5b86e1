package learn

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// LStar learns with L*: an observation table, one new column for each
// counterexample (Rivest and Schapire). [LSharp] usually asks less; that two
// such different algorithms agree is worth something.
func LStar[I, O comparable](ctx context.Context, t *Teacher[I, O], eq Equivalence[I, O]) (*Machine[I, O], error) {
	l := &lstar[I, O]{t: t}
	for i := range t.Inputs {
		l.suffixes = append(l.suffixes, []int{i})
	}
	if err := l.add(ctx, []int{}); err != nil {
		return nil, err
	}
	for {
		h, err := l.close(ctx)
		if err != nil {
			return nil, err
		}
		ce, err := counterexample(ctx, t, eq, h)
		if err != nil || ce == nil {
			return h, err
		}
		if err := l.split(ctx, h, ce); err != nil {
			return nil, err
		}
	}
}

// lstar is the observation table: a state for each access word, told apart by
// the outputs after the suffixes.
type lstar[I, O comparable] struct {
	t        *Teacher[I, O]
	access   [][]int
	rows     []string
	suffixes [][]int
}

// row returns the outputs after a word and each suffix.
func (l *lstar[I, O]) row(ctx context.Context, word []int) (string, error) {
	var row strings.Builder
	for _, s := range l.suffixes {
		out, err := l.t.query(ctx, slices.Concat(word, s))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&row, "%v;", out[len(word):])
	}
	return row.String(), nil
}

func (l *lstar[I, O]) add(ctx context.Context, word []int) error {
	row, err := l.row(ctx, word)
	l.access, l.rows = append(l.access, word), append(l.rows, row)
	return err
}

// close adds access words until each input leads from a state to a state.
func (l *lstar[I, O]) close(ctx context.Context) (*Machine[I, O], error) {
	h := &Machine[I, O]{Inputs: slices.Clone(l.t.Inputs)}
	for s := 0; s < len(l.access); s++ {
		next, outs := make([]int, len(h.Inputs)), make([]O, len(h.Inputs))
		for i := range h.Inputs {
			word := append(slices.Clone(l.access[s]), i)
			row, err := l.row(ctx, word)
			if err != nil {
				return nil, err
			}
			to := slices.Index(l.rows, row)
			if to < 0 {
				to = len(l.access)
				l.access, l.rows = append(l.access, word), append(l.rows, row)
			}
			out, err := l.t.query(ctx, word)
			if err != nil {
				return nil, err
			}
			next[i], outs[i] = to, out[len(word)-1]
		}
		h.Next, h.Out = append(h.Next, next), append(h.Out, outs)
	}
	return h, nil
}

// split finds the place in a counterexample where the hypothesis goes wrong,
// and takes what follows it as a new column.
func (l *lstar[I, O]) split(ctx context.Context, h *Machine[I, O], ce []int) error {
	// agrees says whether the hypothesis is right about the rest of the word
	// once the first k inputs are replaced by its state's access word.
	agrees := func(k int) (bool, error) {
		state := h.walk(0, ce[:k])
		out, err := l.t.query(ctx, slices.Concat(l.access[state], ce[k:]))
		if err != nil {
			return false, err
		}
		return slices.Equal(out[len(l.access[state]):], l.predict(h, state, ce[k:])), nil
	}
	low, high := 0, len(ce) // it is wrong at low, and right at high
	for high-low > 1 {
		mid := (low + high) / 2
		ok, err := agrees(mid)
		if err != nil {
			return err
		}
		if ok {
			high = mid
		} else {
			low = mid
		}
	}
	l.suffixes = append(l.suffixes, slices.Clone(ce[high:]))
	for s, word := range l.access {
		row, err := l.row(ctx, word)
		if err != nil {
			return err
		}
		l.rows[s] = row
	}
	return nil
}

func (l *lstar[I, O]) predict(h *Machine[I, O], state int, word []int) []O {
	out := make([]O, len(word))
	for k, i := range word {
		out[k], state = h.Out[state][i], h.Next[state][i]
	}
	return out
}
