// Package learn learns Mealy machines: it finds the state machine of a system
// that can only be reset, given inputs and watched.
//
// Wrap the system in a [Teacher], choose an algorithm, [LSharp] for most, and an
// [Equivalence] that looks for differences between a hypothesis and the
// system:
//
//	teacher := learn.NewTeacher(inputs, system)
//	machine, err := learn.LSharp(ctx, teacher, learn.RandomWalks(teacher, rng, 1000, 20))
//
// What comes out is minimal and agrees with all that was seen. It is the
// system's machine as far as the equivalence can tell: random walks find
// differences that are frequent, [Wp] finds all up to a number of extra
// states, [Guided] is led by a machine that the system should be like, and
// [Known] compares with a machine that is known already.
//
// A system may be slow: one that waits for an answer implements [Expecter]. What
// the answers have cost is counted in [Teacher.Counts]. Systems of TLS, and what
// they are held against, are in package target.
//
// [Distinguish] returns a shortest word on which two machines differ, [Machine.Minimize]
// the smallest equal machine, and [Machine.DOT] a drawing.
//
// The algorithms are L* (Angluin 1987) for Mealy machines with the
// counterexample analysis of Rivest and Schapire (1993), and L# (Vaandrager,
// Garhewal, Rot and Wißmann 2022).
package learn
