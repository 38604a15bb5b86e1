// Package tour drives the model's edges into the implementation. The reachable
// graph of a budget is covered by paths, and each path is driven through package
// harness, with every observable compared after every step. [Rung] is the
// rung of the ladder.
//
// Without an attacker that is every edge. With one move of the attacker it is
// every [Kind] of edge: what an endpoint in a state reads, or what is done to
// what it will read, under a class of configuration. A long run, and a run that
// is shared out over shards, takes every edge there too.
//
// The model chooses a scenario only as far as a path asks for it, so that the
// end of a path stands for many. Which of them is driven is drawn from the
// seed, and so is the order of the paths; what a seed found, it finds again.
//
// Reuse equals fresh: the paths are driven on one pair of machines, which is
// reset for each of them in the middle of another path, so that it is reset from
// as many states as there are paths: without an attacker, and over shards, from
// every one. It has to go on like the model, and octet for octet like a machine
// that nobody has used before.
//
// Edges that cannot be driven are in undriven.txt, with reasons.
package tour
