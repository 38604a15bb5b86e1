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
