// Package explore is an exact explicit-state explorer: given the initial states
// of a system and its transitions, it visits every reachable state once,
// breadth first, and says what properties hold.
//
// Use [Run] for a space that fits into memory, and [Walk] for one that does
// not. A system is anything with [System]'s two methods over any comparable
// state type; states should hold no pointers, so that the collector never looks
// at them.
//
// The number of states, transitions and levels, what was checked, and each
// counterexample are the same for any number of workers: a counterexample is a
// shortest one, and among those the first in the order in which the system
// emits its transitions. No parents are stored for that; a path is found by
// going back through the levels once more.
//
// States are kept whole, in chunks, beside an open-addressing table that holds a
// 32-bit tag of the hash and a 32-bit index for each: a lookup that meets no
// equal tag never touches a state, and the memory beside the states is 8
// octets over the load factor (at most 0.8). Successors are looked up in
// batches, so that the processor waits for many cache misses at a time.
package explore
