package explore

import (
	"errors"
	"math/bits"
)

// System is what is explored. Its methods are called by one worker; every
// worker has its own System (see [Run]), which may keep scratch memory. Scratch
// memory in small pieces of its own should be padded to 128 octets: where two
// workers write to one cache line, the second brings nothing.
type System[S comparable] interface {
	// Initial emits the initial states.
	Initial(emit func(S))
	// Expand emits every transition out of s, in an order that depends on s
	// alone, and returns what the properties of states say about s.
	Expand(s S, emit func(Transition[S])) Verdict
}

// A Hasher is a System that hashes its states itself, faster than hash/maphash
// does. Both halves of the hash are used: see the package's description. Hash
// may be called by several workers at once, and must depend on the state alone.
type Hasher[S comparable] interface {
	Hash(s *S) uint64
}

// A Chooser is a System that chooses the steps of random walks itself, where
// equal probabilities would seldom lead where it is interesting. Choose returns
// the index of one of the labels, of which there is one at least, and depends on
// them and on pick alone: pick returns a random number from 0 to n-1.
type Chooser interface {
	Choose(labels []uint64, pick func(n int) int) int
}

// Transition is one edge out of a state.
type Transition[S comparable] struct {
	To      S
	Label   uint64  // the system's own, for paths; explore does not look at it
	Verdict Verdict // what the properties of edges say about this one
}

// Set is a set of properties: bit i is the i-th of Options.Properties.
type Set uint64

// First returns the first property in s, which is not empty.
func (s Set) First() int { return bits.TrailingZeros64(uint64(s)) }

// MaxProperties is the largest number of properties of one run.
const MaxProperties = 64

// Verdict says of which properties a state or an edge met the premise, and
// which of those it violates.
type Verdict struct {
	Checked, Violated Set
}

// Add notes for property i that its premise held, and whether it was met.
func (v *Verdict) Add(i int, holds bool) {
	v.Checked |= 1 << i
	if !holds {
		v.Violated |= 1 << i
	}
}

// Options steer a run. The zero value explores everything on all processors
// within 1 GiB.
type Options struct {
	Properties []string // names, at most MaxProperties
	Workers    int      // 0: one for each processor
	MaxMemory  int64    // octets for states and table; 0: 1 GiB
	States     int      // the expected number of states: sizes the table; 0: it grows
	NoPaths    Set      // the properties that need no counterexample; those of the others take about as long again
	First      bool     // stop after the first level that violates a property
	// Done, unless nil, ends the run with ErrStopped when it is closed.
	Done <-chan struct{}
	// Progress, unless nil, is called after each level and about once for each
	// million transitions, never concurrently.
	Progress func(Progress)
}

// ErrStopped says that Options.Done has ended a run.
var ErrStopped = errors.New("explore: stopped")

// stopped reports whether done is closed.
func stopped(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// Progress is how far a run has come.
type Progress struct {
	States      int // found so far
	Transitions int
	Queue       int // found and not yet expanded
	Depth       int // of the level that is being expanded
	Octets      int64
}

// Result is what a run has found.
type Result[S comparable] struct {
	States      int // distinct reachable states
	Transitions int // edges, as emitted
	Ends        int // states without successors
	Depth       int // edges on the longest of the shortest paths from an initial state
	Octets      int64
	Workers     int
	Properties  []Property[S]
	Complete    bool // false where Options.First has cut the run short
	graph       *graph[S]
}

// Property is what became of one property.
type Property[S comparable] struct {
	Name     string
	Checked  int // states or edges at which its premise held
	Violated int // of those, where it did not hold
	// Counterexample is a shortest path to the first violation; nil where there
	// is none, and where Options.NoPaths says so.
	Counterexample *Path[S]
}

// Path is a sequence of transitions. States has one element more than Labels.
type Path[S comparable] struct {
	States []S
	Labels []uint64
}
