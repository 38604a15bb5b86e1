package bench

import (
	"syscall"
	"time"
)

// Work does a piece of work n times and returns the CPU time that it took. An
// in-process piece of work is made by [CPU].
type Work func(n int) (time.Duration, error)

// CPU makes a Work of a function that does one operation n times in this
// process. What the garbage collector needs for it counts.
func CPU(f func(n int) error) Work {
	return func(n int) (time.Duration, error) {
		before := cpuTime()
		err := f(n)
		return cpuTime() - before, err
	}
}

// cpuTime is the user and system time of this process so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no other cause than a wrong argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Ours is the name of the side that is measured for its own sake, and Floor
// that of the primitives which the work cannot do without.
const (
	Ours      = "sesame"
	Floor     = "primitives"
	OpenSSL   = "openssl"
	CryptoTLS = "crypto/tls"
)

// Side is one that does a row's work.
type Side struct {
	Name string
	Work Work
	// Count, if it is set, counts what one operation allocates, in objects and
	// octets, over n of them.
	Count func(n int) (objects, octets float64, err error)
	// Close, if it is set, ends what the side has begun.
	Close func()
}

// local makes a side of a function that does one operation n times in this
// process.
func local(name string, f func(n int) error) Side {
	return Side{Name: name, Work: CPU(f), Count: func(n int) (float64, float64, error) { return allocations(f, n) }}
}

// Target is a bound on a ratio of times, side over ours or ours over side.
type Target struct {
	Against string  // the side's name
	AtLeast float64 // how many times faster than it we are, at least; zero: no such bound
	AtMost  float64 // how many times its time we need, at most; zero: no such bound
}

// Limit is a bound on what one operation of ours allocates.
type Limit struct {
	Objects float64 // at most so many
	Octets  float64 // at most so many; zero: no bound on octets
	As      string  // the side whose count of objects is the bound; "": Objects
}

// Kind groups rows that belong to one plot and one section.
type Kind string

// The kinds, in the order in which they are told.
const (
	KindPRF            Kind = "PRF"
	KindHandshake      Kind = "handshake"
	KindRecord         Kind = "record"
	KindConn           Kind = "connection"
	KindExplorer       Kind = "explorer"
	KindAuthentication Kind = "authentication"
	KindUnit           Kind = "unit cost"
)

// Row is one piece of work with all who do it.
type Row struct {
	Name    string
	Kind    Kind
	Octets  int // of output or of payload in one operation; 0: not a question of size
	States  int // explored in one operation
	Targets []Target
	Limit   *Limit
	// Prepare makes the sides, ours first, when the row's turn comes, so that what
	// one row holds is no other row's garbage collector's work.
	Prepare func() ([]Side, error)
	// Wall says that Work returns wall-clock time, on as many processors as it
	// likes: only for what is about more than one.
	Wall bool
	// Rounds, if it is set, is the most rounds: for work that takes seconds, and is
	// done once a round.
	Rounds int
	// Slices is how many times as long as usual each side works in a round; zero is
	// once. What allocates needs some collections of garbage in each, not one in
	// some of them.
	Slices int
	// Long says that the row takes minutes and gigabytes.
	Long bool
	// Counts, if it is set, counts something else than time.
	Counts func() ([]Count, error)
}

// sides makes Prepare of sides that hold nothing.
func sides(all ...Side) func() ([]Side, error) {
	return func() ([]Side, error) { return all, nil }
}

// with adds the sides of the peers that are here, and what is wanted against
// each: so many times faster at least, or, with 0, nothing.
func (r *Row) with(peers []*Peer, command string, atLeast float64) {
	if atLeast > 0 {
		r.Targets = append(r.Targets, Target{Against: OpenSSL, AtLeast: atLeast})
	}
	for _, p := range peers {
		if atLeast > 0 && p.Name != OpenSSL {
			r.Targets = append(r.Targets, Target{Against: p.Name, AtLeast: atLeast})
		}
		prepare := r.Prepare
		r.Prepare = func() ([]Side, error) {
			all, err := prepare()
			return append(all, Side{Name: p.Name, Work: p.Work(command)}), err
		}
	}
}
