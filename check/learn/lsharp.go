package learn

import (
	"context"
	"fmt"
	"slices"
)

// LSharp learns with L#: it works on the tree of all that was seen, and needs
// the fewest symbols of the two algorithms as a rule.
func LSharp[I, O comparable](ctx context.Context, t *Teacher[I, O], eq Equivalence[I, O]) (*Machine[I, O], error) {
	l := &lsharp[I, O]{t: t, basis: []int{0}}
	for {
		if err := l.complete(ctx); err != nil {
			return nil, err
		}
		h := l.hypothesis()
		word, found := l.inconsistency(h)
		if !found {
			ce, err := counterexample(ctx, t, eq, h)
			if err != nil {
				return nil, err
			}
			if ce == nil {
				return h, nil
			}
			word = l.shortest(h, ce)
		}
		if err := l.process(ctx, h, word); err != nil {
			return nil, err
		}
	}
}

// lsharp is the state of the algorithm: the basis are nodes of the tree that
// are apart from each other, the frontier their children that are not in it.
type lsharp[I, O comparable] struct {
	t     *Teacher[I, O]
	basis []int
}

// complete asks until every input of the basis is known and each node of the
// frontier is apart from all of the basis but one.
func (l *lsharp[I, O]) complete(ctx context.Context) error {
	for {
		changed := false
		for b := 0; b < len(l.basis); b++ {
			for i := range l.t.Inputs {
				did, err := l.identify(ctx, l.basis[b], i)
				if err != nil {
					return err
				}
				changed = changed || did
			}
		}
		if !changed {
			return nil
		}
	}
}

// identify works on one input of a node of the basis, and reports whether that
// changed anything.
func (l *lsharp[I, O]) identify(ctx context.Context, q, i int) (bool, error) {
	t := l.t
	if t.nodes[q].child[i] == 0 {
		_, err := t.query(ctx, append(t.wordOf(q), i))
		return true, err
	}
	f := t.nodes[q].child[i]
	if slices.Contains(l.basis, f) {
		return false, nil
	}
	candidates := l.candidates(f)
	switch len(candidates) {
	case 0:
		l.basis = append(l.basis, f)
		return true, nil
	case 1:
		return false, nil
	}
	witness, ok := t.apart(candidates[0], candidates[1])
	if !ok {
		panic("learn: two states of the basis are not apart")
	}
	_, err := t.query(ctx, append(t.wordOf(f), witness...))
	return true, err
}

// candidates returns the nodes of the basis that f is not apart from.
func (l *lsharp[I, O]) candidates(f int) []int {
	var c []int
	for _, b := range l.basis {
		if _, apart := l.t.apart(f, b); !apart {
			c = append(c, b)
		}
	}
	return c
}

// hypothesis makes a machine of the basis, whose states are in its order.
func (l *lsharp[I, O]) hypothesis() *Machine[I, O] {
	h := &Machine[I, O]{Inputs: slices.Clone(l.t.Inputs)}
	for _, q := range l.basis {
		n := &l.t.nodes[q]
		next := make([]int, len(h.Inputs))
		for i, c := range n.child {
			if at := slices.Index(l.basis, c); at >= 0 {
				next[i] = at
			} else {
				next[i] = slices.Index(l.basis, l.candidates(c)[0])
			}
		}
		h.Next, h.Out = append(h.Next, next), append(h.Out, slices.Clone(n.out))
	}
	return h
}

// inconsistency returns a word whose node is apart from the state that the
// hypothesis has for it.
func (l *lsharp[I, O]) inconsistency(h *Machine[I, O]) ([]int, bool) {
	type at struct{ node, state int }
	for queue := []at{{0, 0}}; len(queue) > 0; queue = queue[1:] {
		a := queue[0]
		if _, apart := l.t.apart(a.node, l.basis[a.state]); apart {
			return l.t.wordOf(a.node), true
		}
		for i, c := range l.t.nodes[a.node].child {
			if c != 0 {
				queue = append(queue, at{c, h.Next[a.state][i]})
			}
		}
	}
	return nil, false
}

// shortest returns the shortest beginning of a counterexample whose node is
// apart from its state. The counterexample is in the tree.
func (l *lsharp[I, O]) shortest(h *Machine[I, O], ce []int) []int {
	for k := range ce {
		node, state := l.t.node(ce[:k]), h.walk(0, ce[:k])
		if _, apart := l.t.apart(node, l.basis[state]); apart {
			return ce[:k]
		}
	}
	panic("learn: the word is no counterexample")
}

// process halves a word until it ends in the basis or in the frontier, so that
// the next hypothesis must differ.
func (l *lsharp[I, O]) process(ctx context.Context, h *Machine[I, O], word []int) error {
	for {
		t := l.t
		node, state := t.node(word), h.walk(0, word)
		if slices.Contains(l.basis, node) || slices.Contains(l.basis, t.nodes[node].parent) {
			return nil
		}
		witness, ok := t.apart(node, l.basis[state])
		if !ok {
			return fmt.Errorf("learn: lost the difference after %v", named(t.Inputs, word))
		}
		half := (l.prefix(word) + len(word)) / 2
		q := l.basis[h.walk(0, word[:half])]
		other := append(t.wordOf(q), word[half:]...)
		if _, err := t.query(ctx, append(slices.Clone(other), witness...)); err != nil {
			return err
		}
		if _, apart := t.apart(q, t.node(word[:half])); apart {
			word = word[:half]
		} else {
			word = other
		}
	}
}

// prefix returns the length of the beginning of a word that lies in the
// frontier.
func (l *lsharp[I, O]) prefix(word []int) int {
	at := 0
	for k, i := range word {
		at = l.t.nodes[at].child[i]
		if !slices.Contains(l.basis, at) {
			return k + 1
		}
	}
	return len(word)
}
