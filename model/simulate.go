package model

import (
	"time"

	"github.com/sesame-tls/sesame/model/explore"
)

// SimulateOptions steer random walks through a system that is too large to be
// explored.
type SimulateOptions struct {
	Seed     uint64
	Walks    int // 0: 100,000
	Workers  int // 0: one for each processor
	Progress func(walks int)
	Done     <-chan struct{} // unless nil, ends the walks when it is closed
}

// Simulation is what random walks have seen.
type Simulation struct {
	Profile    string  `json:"profile"`
	Mutant     string  `json:"mutant,omitempty"`
	Budget     int     `json:"budget"`
	Seed       uint64  `json:"seed"`
	Walks      int     `json:"walks"`
	Steps      int     `json:"steps"`
	Longest    int     `json:"longest"`
	Seconds    float64 `json:"seconds"`
	Properties []Row   `json:"properties"`
	Attacks    []Row   `json:"attacks,omitempty"`
}

// walkSteps is more than any run of the system has.
const walkSteps = 200

// Simulate takes random walks, each to its end. The same seed gives the same
// walks.
func Simulate(o Options, so SimulateOptions) (*Simulation, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	if so.Walks == 0 {
		so.Walks = 100_000
	}
	began := time.Now()
	res := explore.Walk(func() explore.System[packed] { return newExplorer(sys, true) }, explore.WalkOptions{
		Properties: propertyNames(), Seed: so.Seed, Walks: so.Walks, Steps: walkSteps, Workers: so.Workers, Progress: so.Progress, Done: so.Done,
	})
	sim := &Simulation{
		Profile: sys.options.Profile.Name, Mutant: o.Mutant, Budget: o.Budget, Seed: so.Seed, Walks: res.Walks,
		Steps: res.Steps, Longest: res.Longest, Seconds: time.Since(began).Seconds(),
	}
	sim.Properties, sim.Attacks, err = sys.rows(res.Properties)
	return sim, err
}
