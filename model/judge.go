package model

import "github.com/sesame-tls/sesame/model/explore"

// Judgement is what the properties say about a state or a transition, by their
// names, in the order of [Properties].
type Judgement struct {
	Checked  []string // their premise is met
	Violated []string // and these do not hold
	Attacks  []string // what of [Attacks] has happened
}

// JudgeState returns what the properties of states, and the attacks, say about
// st.
func (s *System) JudgeState(st State) Judgement { return judgement(s.judgeState(&st)) }

// JudgeStep returns what the properties of transitions say about a, which
// Enabled has returned for st.
func (s *System) JudgeStep(st State, a Action) Judgement {
	return judgement(s.judgeEdge(&st, s.perform(st, a)))
}

func judgement(v explore.Verdict) (j Judgement) {
	for i, name := range propertyNames() {
		switch {
		case v.Checked>>i&1 == 0:
			continue
		case i >= len(properties):
			j.Attacks = append(j.Attacks, name)
			continue
		case v.Violated>>i&1 != 0:
			j.Violated = append(j.Violated, name)
		}
		j.Checked = append(j.Checked, name)
	}
	return j
}
