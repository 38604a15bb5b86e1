// Package lockstep lets random scenarios, schedules and attacks run through
// model and implementation together, and compares every observable after every
// step. [Rung] is its rung of the ladder.
//
// Two drivers do it independently of each other: [Rapid] draws each choice by
// itself and shrinks a failure to a minimal one, [Gopter] draws a sequence of
// commands. The harness is the same, so that a failure of either is a
// [*Failure]: a scenario, a script and the conversation up to the difference.
// [Failure.Save] keeps it as a test that runs for ever.
package lockstep
