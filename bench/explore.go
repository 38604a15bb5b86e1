package bench

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/explore"
)

// What the explorer's rows are made of. Beside SPIN, one worker each and without
// properties: [ExploreSmall] with one worker under [CPU] against [Pan.Work], at
// least [FasterThanSpin] times faster. What properties cost: [ExploreModel] with
// them against itself without, at most [PropertiesCost] times. What a second
// worker brings: ExploreSmall or ExploreModel with two workers against one under
// [Wall], at least [SecondWorker] times faster on ten million states and more,
// that is at budget 2. [ExploreMemory] is no matter of time. Explorations take
// from a tenth of a second (ExploreSmall) to some ten seconds (ExploreModel at
// budget 2).

// The explorer's targets.
const (
	FasterThanSpin = 4.0 // transitions a second on the small system
	PropertiesCost = 1.2 // time with all properties over time with none, at budget 2
	SecondWorker   = 1.3 // time with one worker over time with two
	MemoryFactor   = 1.6 // octets a state over the octets of a packed state
)

// What the engine, SPIN and TLC all find in the small system, dining
// philosophers (small.pml and Small.tla). The initial state is no transition.
const (
	SmallPhilosophers = 15
	SmallStates       = 551614
	SmallTransitions  = 5348835
)

// dining is a state of small.pml: what each philosopher does, and which forks
// are taken.
type dining struct{ at, taken [16]uint8 }

// philosophers is small.pml.
type philosophers struct{ n int }

// Initial emits the state in which all think.
func (philosophers) Initial(emit func(dining)) { emit(dining{}) }

// Expand lets each philosopher do what he can.
func (p philosophers) Expand(s dining, emit func(explore.Transition[dining])) explore.Verdict {
	for i := range p.n {
		right := i + 1
		if right == p.n {
			right = 0
		}
		t := explore.Transition[dining]{To: s, Label: uint64(i)}
		switch {
		case s.at[i] == 0 && s.taken[i] == 0:
			t.To.at[i], t.To.taken[i] = 1, 1
		case s.at[i] == 1 && s.taken[right] == 0:
			t.To.at[i], t.To.taken[right] = 2, 1
		case s.at[i] == 2:
			t.To.at[i], t.To.taken[i], t.To.taken[right] = 0, 0, 0
		default:
			continue
		}
		emit(t)
	}
	return explore.Verdict{}
}

// exploreSmall explores the small system with n philosophers.
func exploreSmall(n int, o explore.Options) (*explore.Result[dining], error) {
	return explore.Run(func() explore.System[dining] { return philosophers{n} }, o)
}

// ExploreSmall returns a function that explores the small system n times, and
// fails where it finds another number of states or transitions.
func ExploreSmall(workers int) func(n int) error {
	return func(n int) error {
		for range n {
			r, err := exploreSmall(SmallPhilosophers, explore.Options{Workers: workers, States: SmallStates})
			if err != nil {
				return err
			}
			if r.States != SmallStates || r.Transitions != SmallTransitions {
				return fmt.Errorf("bench: the small system has %d states and %d transitions; found %d and %d",
					SmallStates, SmallTransitions, r.States, r.Transitions)
			}
		}
		return nil
	}
}

// exploreMemory is enough for the model at budget 2, in octets.
const exploreMemory = 4 << 30

func exploreModel(budget, workers int, properties bool) (*model.Report, error) {
	return model.Run(model.Options{Budget: budget},
		model.RunOptions{Workers: workers, Bare: !properties, NoPaths: true, MaxMemory: exploreMemory})
}

// ExploreModel returns a function that explores the model of the handshake n
// times, over all scenarios, at a budget of the attacker's moves, with all
// properties or with none.
func ExploreModel(budget, workers int, properties bool) func(n int) error {
	return func(n int) error {
		for range n {
			r, err := exploreModel(budget, workers, properties)
			if err == nil && properties {
				err = r.Err()
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// Wall makes a Work of a function that does one operation n times, by the
// clock: for work on more than one processor.
func Wall(f func(n int) error) Work {
	return func(n int) (time.Duration, error) {
		start := time.Now()
		err := f(n)
		return time.Since(start), err
	}
}

// Memory is what the explorer keeps for each state of a system.
type Memory struct {
	System string  `json:"system"`
	States int     `json:"states"`
	Packed int     `json:"packed"`           // octets of a state itself
	Octets float64 `json:"octets_per_state"` // with the table
}

// Factor is the octets a state over its own; at most MemoryFactor is wanted.
func (m Memory) Factor() float64 { return m.Octets / float64(m.Packed) }

// ExploreMemory measures what the explorer keeps for the small system, without
// being told its size, and for the model at a budget.
func ExploreMemory(budget int) ([]Memory, error) {
	small, err := exploreSmall(SmallPhilosophers, explore.Options{})
	if err != nil {
		return nil, err
	}
	r, err := exploreModel(budget, 0, false)
	if err != nil {
		return nil, err
	}
	return []Memory{
		{fmt.Sprintf("%d philosophers", SmallPhilosophers), small.States, int(unsafe.Sizeof(dining{})), float64(small.Octets) / float64(small.States)},
		{fmt.Sprintf("the model at budget %d", budget), r.States, model.StateOctets, r.Octets},
	}, nil
}
