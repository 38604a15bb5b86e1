package learn

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Machine is a complete deterministic Mealy machine. State 0 is the initial
// one. Next and Out are indexed by state and then by the input's place in
// Inputs.
type Machine[I, O comparable] struct {
	Inputs []I     `json:"inputs"`
	Next   [][]int `json:"next"`
	Out    [][]O   `json:"output"`
}

// States returns the number of states.
func (m *Machine[I, O]) States() int { return len(m.Next) }

// input returns the place of an input in Inputs.
func (m *Machine[I, O]) input(i I) int {
	at := slices.Index(m.Inputs, i)
	if at < 0 {
		panic(fmt.Sprintf("learn: %v is no input of the machine", i))
	}
	return at
}

// Run returns the outputs of a word from the initial state. It panics for an
// input that is not among Inputs.
func (m *Machine[I, O]) Run(word []I) []O {
	out := make([]O, len(word))
	state := 0
	for k, i := range word {
		at := m.input(i)
		out[k] = m.Out[state][at]
		state = m.Next[state][at]
	}
	return out
}

// walk returns the state after a word of input numbers.
func (m *Machine[I, O]) walk(state int, word []int) int {
	for _, i := range word {
		state = m.Next[state][i]
	}
	return state
}

// words turns input numbers into inputs.
func (m *Machine[I, O]) word(numbers []int) []I { return named(m.Inputs, numbers) }

func named[I any](inputs []I, numbers []int) []I {
	word := make([]I, len(numbers))
	for k, i := range numbers {
		word[k] = inputs[i]
	}
	return word
}

// Access returns, for each state, a shortest word that leads to it, and nil for a
// state that nothing leads to.
func (m *Machine[I, O]) Access() [][]I {
	words := make([][]I, m.States())
	for s, word := range m.access() {
		if word != nil {
			words[s] = m.word(word)
		}
	}
	return words
}

// access returns, for each state, a shortest word of input numbers that leads
// to it, and nil for a state that nothing leads to.
func (m *Machine[I, O]) access() [][]int {
	words := make([][]int, m.States())
	words[0] = []int{}
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for i, next := range m.Next[queue[0]] {
			if words[next] == nil {
				words[next] = append(slices.Clone(words[queue[0]]), i)
				queue = append(queue, next)
			}
		}
	}
	return words
}

// going returns, for each state, the inputs that do not lead into a state that
// no input leads out of.
func (m *Machine[I, O]) going() [][]int {
	going := make([][]int, m.States())
	for s, next := range m.Next {
		for i, to := range next {
			if slices.ContainsFunc(m.Next[to], func(on int) bool { return on != to }) {
				going[s] = append(going[s], i)
			}
		}
	}
	return going
}

// Minimize returns the smallest machine that is equal to m, its states in the
// order in which a breadth-first search with Inputs in order meets them: equal
// machines with equal Inputs become identical.
func (m *Machine[I, O]) Minimize() *Machine[I, O] {
	class := m.partition()
	number := map[int]int{class[0]: 0}
	least := &Machine[I, O]{Inputs: slices.Clone(m.Inputs)}
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		state := queue[0]
		next := make([]int, len(m.Inputs))
		for i, to := range m.Next[state] {
			if _, met := number[class[to]]; !met {
				number[class[to]] = len(number)
				queue = append(queue, to)
			}
			next[i] = number[class[to]]
		}
		least.Next = append(least.Next, next)
		least.Out = append(least.Out, slices.Clone(m.Out[state]))
	}
	return least
}

// partition returns a class for each state, equal for states that no word tells
// apart: Moore's refinement.
func (m *Machine[I, O]) partition() []int {
	class := make([]int, m.States())
	outputs := map[O]uint64{}
	for count := 0; ; {
		seen := map[string]int{}
		next := make([]int, len(class))
		var key []byte
		for s := range class {
			key = binary.AppendUvarint(key[:0], uint64(class[s]))
			for i, to := range m.Next[s] {
				if count > 0 { // from then on, a class has the same outputs
					key = binary.AppendUvarint(key, uint64(class[to]))
					continue
				}
				out := m.Out[s][i]
				if _, met := outputs[out]; !met {
					outputs[out] = uint64(len(outputs))
				}
				key = binary.AppendUvarint(key, outputs[out])
			}
			number, met := seen[string(key)]
			if !met {
				number = len(seen)
				seen[string(key)] = number
			}
			next[s] = number
		}
		class = next
		if len(seen) == count {
			return class
		}
		count = len(seen)
	}
}

// Distinguish returns a shortest word on which two machines with the same
// inputs answer differently, or nil and false if there is none. It panics
// where their inputs differ.
func Distinguish[I, O comparable](a, b *Machine[I, O]) ([]I, bool) {
	for word := range Differences(a, b) {
		return word, true
	}
	return nil, false
}

// Differences yields, the shortest first, a word for each two states that equal
// answers lead to and each input that they answer differently. It panics where
// the machines' inputs differ.
func Differences[I, O comparable](a, b *Machine[I, O]) func(func([]I) bool) {
	return differences(a, b, false)
}

// differences is Differences; beyond says that it goes on behind them.
func differences[I, O comparable](a, b *Machine[I, O], beyond bool) func(func([]I) bool) {
	if len(a.Inputs) != len(b.Inputs) {
		panic("learn: the machines have different inputs")
	}
	translate := make([]int, len(a.Inputs))
	for i, in := range a.Inputs {
		translate[i] = b.input(in)
	}
	type pair struct{ a, b int }
	type step struct {
		from pair
		in   int
	}
	return func(yield func([]I) bool) {
		came := map[pair]step{{0, 0}: {in: -1}}
		for queue := []pair{{0, 0}}; len(queue) > 0; queue = queue[1:] {
			at := queue[0]
			for i, j := range translate {
				if a.Out[at.a][i] != b.Out[at.b][j] {
					word := []int{i}
					for s := came[at]; s.in >= 0; s = came[s.from] {
						word = append(word, s.in)
					}
					slices.Reverse(word)
					if !yield(a.word(word)) {
						return
					}
					if !beyond {
						continue
					}
				}
				to := pair{a.Next[at.a][i], b.Next[at.b][j]}
				if _, met := came[to]; !met {
					came[to] = step{at, i}
					queue = append(queue, to)
				}
			}
		}
	}
}

// separating returns, for each two states of a minimal machine, a shortest word
// of input numbers on which they differ.
func (m *Machine[I, O]) separating() map[[2]int][]int {
	words := map[[2]int][]int{}
	n := m.States()
	for length := 1; len(words) < n*(n-1)/2; length++ {
		found := map[[2]int][]int{}
		for p := range n {
			for q := range p {
				if words[[2]int{q, p}] != nil {
					continue
				}
				for i := range m.Inputs {
					if length == 1 {
						if m.Out[p][i] != m.Out[q][i] {
							found[[2]int{q, p}] = []int{i}
							break
						}
						continue
					}
					tail := words[ordered(m.Next[p][i], m.Next[q][i])]
					if tail != nil {
						found[[2]int{q, p}] = append([]int{i}, tail...)
						break
					}
				}
			}
		}
		if len(found) == 0 && length > 1 {
			break // the machine is not minimal
		}
		for k, w := range found {
			words[k] = w
		}
	}
	return words
}

func ordered(p, q int) [2]int { return [2]int{min(p, q), max(p, q)} }

// DOT returns the machine in Graphviz's language, as learning tools draw it:
// states s0, s1 and so on, edges labelled "input / output", an arrow into s0.
// Edges between the same two states share an arrow.
func (m *Machine[I, O]) DOT() string {
	var b strings.Builder
	b.WriteString("digraph g {\n\n\t__start0 [label=\"\" shape=\"none\"];\n\n")
	for s := range m.Next {
		fmt.Fprintf(&b, "\ts%d [shape=\"circle\" label=\"s%d\"];\n", s, s)
	}
	for s := range m.Next {
		labels := map[int][]string{}
		var order []int
		for i, to := range m.Next[s] {
			if labels[to] == nil {
				order = append(order, to)
			}
			labels[to] = append(labels[to], escape(fmt.Sprintf("%v / %v", m.Inputs[i], m.Out[s][i])))
		}
		for _, to := range order {
			fmt.Fprintf(&b, "\ts%d -> s%d [label=\"%s\"];\n", s, to, strings.Join(labels[to], `\n`))
		}
	}
	b.WriteString("\n\t__start0 -> s0;\n}\n")
	return b.String()
}

func escape(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }
