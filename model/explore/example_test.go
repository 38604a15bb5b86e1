package explore_test

import (
	"fmt"

	"github.com/sesame-tls/sesame/model/explore"
)

// jugs is a state of a riddle: how much water is in a jug of three and in a jug
// of five gallons.
type jugs struct{ three, five uint8 }

// riddle fills, empties and pours.
type riddle struct{}

func (riddle) Initial(emit func(jugs)) { emit(jugs{}) }

func (riddle) Expand(j jugs, emit func(explore.Transition[jugs])) (v explore.Verdict) {
	step := func(label uint64, three, five uint8) {
		emit(explore.Transition[jugs]{Label: label, To: jugs{three, five}})
	}
	step(0, 3, j.five)
	step(1, j.three, 5)
	step(2, 0, j.five)
	step(3, j.three, 0)
	pour := min(j.three, 5-j.five)
	step(4, j.three-pour, j.five+pour)
	pour = min(j.five, 3-j.three)
	step(5, j.three+pour, j.five-pour)
	v.Add(0, j.five != 4)
	return v
}

// How to measure four gallons with jugs of three and of five: say that it
// cannot be done, and read the counterexample.
func ExampleRun() {
	labels := []string{"fill 3", "fill 5", "empty 3", "empty 5", "3 into 5", "5 into 3"}
	r, err := explore.Run(func() explore.System[jugs] { return riddle{} }, explore.Options{Properties: []string{"never four"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.States, "states,", r.Transitions, "transitions, depth", r.Depth)
	path := r.Properties[0].Counterexample
	for i, label := range path.Labels {
		fmt.Println(labels[label], path.States[i+1])
	}
	// Output:
	// 16 states, 96 transitions, depth 7
	// fill 5 {0 5}
	// 5 into 3 {3 2}
	// empty 3 {0 2}
	// 5 into 3 {2 0}
	// fill 5 {2 5}
	// 5 into 3 {3 4}
}
