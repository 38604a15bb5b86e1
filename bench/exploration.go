package bench

import (
	"fmt"
	"os"
	"runtime"
)

// largeBudget is what the explorer's targets are about: some ten million states.
const largeBudget = 2

// modelStates are the model's states by budget, as model/manifest.json has them.
var modelStates = map[int]int{1: 445545, largeBudget: 18518536}

// explorerRows measure the explorer, beside SPIN and beside itself.
func explorerRows() []Row {
	return []Row{
		{Name: "explorer beside SPIN, 15 philosophers", Kind: KindExplorer, States: SmallStates, Rounds: 5,
			Prepare: besideSpin, Targets: []Target{{Against: Spin, AtLeast: FasterThanSpin}}},
		{Name: "explorer, two workers, 15 philosophers", Kind: KindExplorer, States: SmallStates, Rounds: 5, Wall: true,
			Prepare: workers(ExploreSmall)},
		properties(1), properties(largeBudget),
		{Name: fmt.Sprintf("explorer, two workers, the model at budget %d", largeBudget), Kind: KindExplorer, States: modelStates[largeBudget],
			Rounds: 3, Wall: true, Long: true, Targets: []Target{{Against: OneWorker, AtLeast: SecondWorker}},
			Prepare: workers(func(n int) func(int) error { return ExploreModel(largeBudget, n, false) })},
		{Name: "explorer, octets a state", Kind: KindExplorer, Counts: memoryCounts},
	}
}

// The sides of the explorer's rows.
const (
	Spin      = "spin"
	Bare      = "without properties"
	OneWorker = "one worker"
)

func besideSpin() ([]Side, error) {
	all := []Side{{Name: Ours, Work: CPU(ExploreSmall(1))}}
	dir, err := os.MkdirTemp("", "sesame-pan-")
	if err != nil {
		return nil, err
	}
	pan, err := BuildPan(dir, SmallPhilosophers)
	if err != nil {
		os.RemoveAll(dir)
		return all, nil // the row's figure stands alone
	}
	return append(all, Side{Name: Spin, Work: pan.Work(), Close: func() { os.RemoveAll(dir) }}), nil
}

// properties is what all properties cost on the model.
func properties(budget int) Row {
	row := Row{Name: fmt.Sprintf("explorer, properties, the model at budget %d", budget), Kind: KindExplorer, Rounds: 5,
		States:  modelStates[budget],
		Prepare: sides(Side{Name: Ours, Work: CPU(ExploreModel(budget, 1, true))}, Side{Name: Bare, Work: CPU(ExploreModel(budget, 1, false))})}
	if budget == largeBudget {
		row.Rounds, row.Long = 3, true
		row.Targets = []Target{{Against: Bare, AtMost: PropertiesCost}}
	}
	return row
}

// workers are two workers beside one.
func workers(explore func(workers int) func(n int) error) func() ([]Side, error) {
	return sides(Side{Name: Ours, Work: Wall(explore(2))}, Side{Name: OneWorker, Work: Wall(explore(1))})
}

// memoryCounts are the octets that the explorer keeps for a state, over the
// state's own.
func memoryCounts() ([]Count, error) {
	defer runtime.GC() // the tables
	found, err := ExploreMemory(1)
	var counts []Count
	for _, m := range found {
		f := float64(int(m.Factor()*100+0.5)) / 100
		counts = append(counts, Count{fmt.Sprintf("times %d octets, %s", m.Packed, m.System), f, MemoryFactor, verdict(f <= MemoryFactor)})
	}
	return counts, err
}
