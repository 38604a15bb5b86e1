// Package probe plays the cases of package cases against a TLS library, and says
// where it deviates.
//
// Use [NewShim] for a library behind a shim (package sut), [NewServer] for a
// server at an address and [NewClient] for a client that a command starts, and
// [Run] the cases:
//
//	system := probe.NewShim(shim, pki)
//	report, err := probe.Run(ctx, system, cases.Chosen(), probe.Options{})
//	report.TAP(os.Stdout)
//
// A [Baseline] lists the deviations that are known, each with a reason: with it a
// case that deviates and is not listed fails, and so does one that is listed and
// passes.
//
// What the system does is an outcome, whatever it is: silence, a crash, a shim
// that lies. Silence is told by the end of the stream: the player closes its half
// after its last words, so that a slow system is never taken for a silent one.
package probe
