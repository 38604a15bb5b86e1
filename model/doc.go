// Package model is Sesame's explicit-state model of the TLS handshake up to
// version 1.2 as the session-secret callback modifies it: a client, a server,
// two streams between them, and an attacker with a budget.
//
// Use [Run] to explore it and [Report] to read what came of it. To walk it one
// step at a time, make a [System]: its states are values, an action leads from
// one to the next, and [System.Observe] says what the endpoint that acted has
// shown.
//
//	sys, err := model.New(model.Options{Fix: scenario})
//	s := sys.Initial()[0]
//	for _, a := range sys.Enabled(s) {
//		next := sys.Next(s, a)
//		fmt.Println(a, sys.Observe(s, a, next))
//	}
//
// Content is symbolic. A secret is a term, a Finished verifies when secret and
// transcript agree, and a message is one octet: what an honest endpoint puts
// into a hello follows from the scenario, so that a state holds only what an
// attacker has changed in it.
//
// The scenario is chosen when it matters. A state holds, for each dimension of
// [spec.Scenario], the set of values that are still possible; a step that
// depends on a dimension splits that set. So a dimension that never matters
// costs nothing, and a state stands for all scenarios that cannot be told
// apart so far. With a scenario fixed, or with Options.UpFront, the same code
// runs on sets of one element.
package model
