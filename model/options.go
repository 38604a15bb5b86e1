package model

import "github.com/sesame-tls/sesame/spec"

// Options say which system is meant. The zero value is profile rfc without an
// attacker, over all scenarios, chosen when they matter.
type Options struct {
	// Profile names the deviations of both endpoints. The zero value is "rfc".
	Profile spec.Profile
	// Mutant names a planted fault (see [Mutants]); empty for none.
	Mutant string
	// Budget is the number of the attacker's moves, 0 to 3.
	Budget int
	// WireOnly keeps the attacker from taking an endpoint's part (Action.Takes).
	WireOnly bool
	// UpFront chooses every dimension in the initial state.
	UpFront bool
	// Fix holds the dimensions that are not to be explored: a field that is set
	// stays as it is, the zero value of a field leaves it open.
	Fix spec.Scenario
}
