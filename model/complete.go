package model

import "github.com/sesame-tls/sesame/spec"

// Complete returns one of the scenarios that st stands for. Where a dimension
// has more than one value left, pick chooses: it returns a number below n, and 0
// takes the default if that is among them.
func (s *System) Complete(st State, pick func(n int) int) spec.Scenario {
	plain := everything()
	plain.fix(spec.Scenario{}.WithDefaults())
	sp := st.space
	for d := range dims {
		left := sp.get(d)
		if left.one() {
			continue
		}
		var choices []set
		if usual := plain.get(d) & left; usual != 0 {
			choices, left = append(choices, usual), left&^usual
		}
		for ; left != 0; left &= left - 1 {
			choices = append(choices, left&-left)
		}
		sp.put(d, choices[pick(len(choices))])
		sp.settle()
	}
	return sp.scenario()
}

// Refined returns the action of st that does what a does, which Enabled has
// returned for a state with more scenarios left; false where st has none. It
// spares a look at all the others.
func (s *System) Refined(st State, a Action) (found Action, ok bool) {
	possible := false
	s.moves(&st, func(m move) { possible = possible || m == a.move })
	if !possible {
		return Action{}, false
	}
	x := &exec{sys: s}
	x.run(&st, a.move, func() {
		if b := x.action(a.move); !ok && sameAction(a, b) {
			found, ok = b, true
		}
	})
	return found, ok
}

// Widened is the inverse of [System.Refined]: it returns the action of st that
// does what a does, which Enabled has returned for a state with fewer scenarios
// left; false where st has none.
func (s *System) Widened(st State, a Action) (found Action, ok bool) {
	x := &exec{sys: s}
	x.run(&st, a.move, func() {
		if b := x.action(a.move); !ok && sameAction(a, b) && a.space.within(b.space) {
			found, ok = b, true
		}
	})
	return found, ok
}

// sameAction reports whether two actions are the same but for what they leave
// open.
func sameAction(a, b Action) bool {
	return a.Event == b.Event && a.To == b.To && a.Message == b.Message && a.Splice == b.Splice && a.Takes == b.Takes
}
