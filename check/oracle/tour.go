package oracle

import (
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// maxWord bounds a word of a tour: a connection can be made again, and what is
// harmless once is refused when it comes too often.
const maxWord = 12

// maxRow bounds what changes nothing, data aside, in a row: a fifth warning, or
// request to renegotiate, may be refused.
const maxRow = 4

// tour returns words that take every edge of a machine out of states that are not
// ends. Each ends with an input that is answered, so that what came before it
// need not be waited for in vain.
func tour(m *target.Machine) [][]string {
	t := &tourist{m: m, taken: map[[2]int]bool{}}
	for s := range m.Next {
		if !t.ended(s) {
			t.left += len(m.Inputs)
		}
	}
	var words [][]string
	for t.left > 0 {
		word := t.walk()
		if len(word) == 0 {
			break // what is left cannot be reached
		}
		words = append(words, word)
	}
	return words
}

// tourist walks along edges that nobody has taken.
type tourist struct {
	m     *target.Machine
	taken map[[2]int]bool
	left  int
}

// ended reports whether nothing leads out of a state.
func (t *tourist) ended(s int) bool {
	for i, to := range t.m.Next[s] {
		if to != s || t.m.Out[s][i] != graph.Closed {
			return false
		}
	}
	return true
}

// walk takes new edges for as long as some can be reached.
func (t *tourist) walk() []string {
	var word []int
	at, answered, row := 0, true, 0
	step := func(i int) {
		if edge := [2]int{at, i}; !t.taken[edge] && !t.ended(at) {
			t.taken[edge] = true
			t.left--
		}
		answered = t.m.Out[at][i] != target.Silent
		word = append(word, i)
		if row++; t.m.Next[at][i] != at || t.m.Inputs[i] == spec.ApplicationData.String() {
			row = 0
		}
		at = t.m.Next[at][i]
	}
	for len(word) < maxWord && row < maxRow {
		path := t.path(at, func(s, i int) bool { return !t.taken[[2]int{s, i}] && !t.ended(s) })
		if path == nil {
			break
		}
		for _, i := range path {
			step(i)
		}
	}
	if len(word) > 0 && !answered {
		for _, i := range t.path(at, func(s, i int) bool { return t.m.Out[s][i] != target.Silent }) {
			step(i)
		}
	}
	names := make([]string, len(word))
	for k, i := range word {
		names[k] = t.m.Inputs[i]
	}
	return names
}

// path returns a shortest path from a state whose last edge is as wanted, nil if
// there is none. Edges on the way that nobody has taken are preferred.
func (t *tourist) path(from int, wanted func(s, i int) bool) []int {
	type way struct {
		state int
		word  []int
	}
	met := map[int]bool{from: true}
	for queue := []way{{from, nil}}; len(queue) > 0; queue = queue[1:] {
		w := queue[0]
		// Edges that go on first: an end ends the word.
		for _, ends := range []bool{false, true} {
			for i, to := range t.m.Next[w.state] {
				if t.ended(to) == ends && wanted(w.state, i) {
					return append(slices.Clone(w.word), i)
				}
			}
		}
		for i, to := range t.m.Next[w.state] {
			if !met[to] {
				met[to] = true
				queue = append(queue, way{to, append(slices.Clone(w.word), i)})
			}
		}
	}
	return nil
}

// answered cuts the end of a word off that a machine answers by nothing but
// silence, and what follows an end.
func answered(m *target.Machine, word []string) []string {
	out := m.Run(word)
	for i, o := range out {
		if strings.HasSuffix(o, graph.Closed) {
			return word[:i+1]
		}
	}
	for len(word) > 0 && out[len(word)-1] == target.Silent {
		word = word[:len(word)-1]
	}
	return word
}
