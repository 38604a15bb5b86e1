// Package harness drives model and implementation together: two handshake
// machines with real records between them, and the model's state beside them.
//
// Use [Run]: Begin with a system of one scenario, take an action that Enabled
// offers, Step. After each step the real endpoint's observation is held against
// the model's; the first difference is an error that tells the whole
// conversation.
//
//	run := harness.NewRun()
//	sys, _ := model.New(model.Options{Fix: sc, Budget: 1})
//	err := run.Begin(sys, seed)
//	for err == nil && len(run.Enabled()) > 0 {
//		err = run.Step(run.Enabled()[0])
//	}
//
// [Draw] makes random scenarios, [Script] writes and reads runs as text.
//
// What is compared comes from octets wherever octets tell: messages from
// records, opened with keys that the harness derives itself; secrets by
// comparison with the ones that it has handed out; a Session ID by what the
// other side has sent. The attacker's moves are made on records, with package
// wire.
//
// One thing is left to the implementation: what a protected record does to a
// side without keys. It ends in unexpected_message, illegal_parameter or
// decode_error, or the side waits; then the run is over.
package harness
