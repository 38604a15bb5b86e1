// Package bench measures Sesame beside what a user would pick instead, and
// beside the floor that the primitives set.
//
// [Rows] are what is measured: each a piece of work, done by us, by peers and by
// the primitives alone. [Measure] runs the sides of a row in turn, several
// rounds, and gives the ratios of the rounds with a bootstrap confidence
// interval: the machine's speed drifts, the ratio of two neighbours does not.
// Figures are nanoseconds of CPU time of the process that did the work, on one
// core. A [Report] holds them, with [ConstantTime], and what a PAC handshake
// must cost; [Results] are those of the last run, [Profiles] where the time goes.
//
// The OpenSSL peer is a C program, openssl/peer.c, built by [BuildPeer] where a
// compiler and libssl's headers are there.
package bench
