// Package findings is what is wrong with other people's session-secret path, one
// finding for each root cause: what was seen and is due, the requirement, the
// releases that have it, a shortest run of the model that shows it, and a
// standalone program on the library's public API that fails on the affected
// releases and passes on the others.
//
// Use [All] to list the findings, [Finding.Reproducer] for the program,
// [Finding.Issue] for a text to report it with, and [Run] to compile and run a
// program against a library: what it does is then held against
// [Finding.Affects]. The rung does so with the machine's libssl, and in the long
// run with every release that package releases has built.
//
// A finding that its library's makers have not been told of has no public
// reference. It stays in the folder untriaged, which is not tracked, in the same
// form: [Untriaged] reads it, and no page under docs/ has it.
package findings
