// Package mutants puts faults into the implementation and wants each of them
// found. [Rung] is its rung of the ladder.
//
// There are three kinds. The faults in faults/ are bugs that libraries have had
// or that people make, as patches that a reader can read; each names the check
// that must find it. The faults in the transition tables are made from each of
// their rows. The operators of operators.go change the source of whole packages,
// in a long run, and are held against those packages' own tests as well.
//
// No fault is ever in the work tree: the go command takes the changed files as an
// overlay, from a temporary folder. The checks are those of checker/. Its programs
// are built with all patches at once, one of which is switched on, as far as these
// change functions and values only, and anew with every other fault. Without one,
// all checks must pass, and a patch that changes nothing must be a survivor.
package mutants
