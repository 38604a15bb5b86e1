package learn

import (
	"context"
	"fmt"
	"slices"
)

// System is what is learned. It is deterministic: the outputs of a word of
// inputs after Reset are always the same.
type System[I, O comparable] interface {
	Reset(context.Context) error
	Step(context.Context, I) (O, error)
}

// Expecter is a System for which waiting is dear. Before a Step whose output is
// known, Expect tells it that output: once it has seen that much it need not
// wait for more.
type Expecter[O comparable] interface{ Expect(out O) }

// Forewarned is a System that wants to know, before Reset, the whole word that
// will be asked, so that it can make ready.
type Forewarned[I comparable] interface{ Forewarn(word []I) }

// Teacher asks a system and remembers what it was told: no word is put to the
// system twice.
type Teacher[I, O comparable] struct {
	Inputs []I
	Counts Counts
	// Progress, if set, is called after each word that the system was asked.
	Progress func(Counts)

	system System[I, O]
	nodes  []node[O]
}

// Counts is what the answers have cost.
type Counts struct {
	Queries int `json:"queries"` // words that were asked
	Cached  int `json:"cached"`  // of them, answered from memory
	Resets  int `json:"resets"`  // of the system
	Symbols int `json:"symbols"` // inputs given to the system
}

// node is what is known after a word: the observation tree is all of them, the
// root being the empty word.
type node[O comparable] struct {
	parent, in int
	child      []int // by input number; 0 where nothing is known
	out        []O
}

// NewTeacher returns a teacher of a system with these inputs.
func NewTeacher[I, O comparable](inputs []I, s System[I, O]) *Teacher[I, O] {
	t := &Teacher[I, O]{Inputs: slices.Clone(inputs), system: s}
	t.nodes = []node[O]{t.newNode(0, -1)}
	return t
}

func (t *Teacher[I, O]) newNode(parent, in int) node[O] {
	return node[O]{parent, in, make([]int, len(t.Inputs)), make([]O, len(t.Inputs))}
}

// Nondeterminism is the error of a system that has answered one word in two
// ways.
type Nondeterminism[I, O comparable] struct {
	Word    []I // up to the input whose output differed
	Was, Is O
}

// Error says which word it was.
func (e *Nondeterminism[I, O]) Error() string {
	return fmt.Sprintf("learn: the system is not deterministic: the last input of %v was answered by %v, and now by %v", e.Word, e.Was, e.Is)
}

// Query returns the system's outputs for a word.
func (t *Teacher[I, O]) Query(ctx context.Context, word []I) ([]O, error) {
	numbers := make([]int, len(word))
	for k, i := range word {
		if numbers[k] = slices.Index(t.Inputs, i); numbers[k] < 0 {
			return nil, fmt.Errorf("learn: %v is no input of the system", i)
		}
	}
	return t.query(ctx, numbers)
}

func (t *Teacher[I, O]) query(ctx context.Context, word []int) ([]O, error) {
	t.Counts.Queries++
	if out, known := t.recall(word); known {
		t.Counts.Cached++
		return out, nil
	}
	return t.ask(ctx, word)
}

// recall returns the outputs of a word that is in the tree.
func (t *Teacher[I, O]) recall(word []int) ([]O, bool) {
	out := make([]O, len(word))
	at := 0
	for k, i := range word {
		out[k] = t.nodes[at].out[i]
		if at = t.nodes[at].child[i]; at == 0 {
			return nil, false
		}
	}
	return out, true
}

// ask puts a word to the system, holds the answer against what is known, and
// adds it.
func (t *Teacher[I, O]) ask(ctx context.Context, word []int) ([]O, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if f, ok := t.system.(Forewarned[I]); ok {
		f.Forewarn(named(t.Inputs, word))
	}
	t.Counts.Resets++
	if err := t.system.Reset(ctx); err != nil {
		return nil, fmt.Errorf("learn: resetting the system: %w", err)
	}
	if t.Progress != nil {
		defer func() { t.Progress(t.Counts) }()
	}
	expecter, _ := t.system.(Expecter[O])
	out := make([]O, len(word))
	at := 0
	for k, i := range word {
		t.Counts.Symbols++
		if expecter != nil && t.nodes[at].child[i] != 0 {
			expecter.Expect(t.nodes[at].out[i])
		}
		o, err := t.system.Step(ctx, t.Inputs[i])
		if err != nil {
			return nil, fmt.Errorf("learn: after %v: %w", named(t.Inputs, word[:k+1]), err)
		}
		out[k] = o
		next := t.nodes[at].child[i]
		if next == 0 {
			next = len(t.nodes)
			t.nodes = append(t.nodes, t.newNode(at, i))
			t.nodes[at].child[i], t.nodes[at].out[i] = next, o
		} else if was := t.nodes[at].out[i]; was != o {
			return nil, &Nondeterminism[I, O]{named(t.Inputs, word[:k+1]), was, o}
		}
		at = next
	}
	return out, nil
}

// node returns the node of a word, or -1 where it is not known.
func (t *Teacher[I, O]) node(word []int) int {
	at := 0
	for _, i := range word {
		if at = t.nodes[at].child[i]; at == 0 {
			return -1
		}
	}
	return at
}

// wordOf returns the word that leads to a node.
func (t *Teacher[I, O]) wordOf(n int) []int {
	var word []int
	for ; n != 0; n = t.nodes[n].parent {
		word = append(word, t.nodes[n].in)
	}
	slices.Reverse(word)
	return word
}

// apart returns a word that is known after both nodes and answered differently.
func (t *Teacher[I, O]) apart(p, q int) ([]int, bool) {
	if p == q {
		return nil, false
	}
	for i := range t.Inputs {
		pc, qc := t.nodes[p].child[i], t.nodes[q].child[i]
		if pc == 0 || qc == 0 {
			continue
		}
		if t.nodes[p].out[i] != t.nodes[q].out[i] {
			return []int{i}, true
		}
		if tail, ok := t.apart(pc, qc); ok {
			return append([]int{i}, tail...), true
		}
	}
	return nil, false
}
