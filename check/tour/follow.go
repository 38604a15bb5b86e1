package tour

import (
	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
)

// follow drives edges, which begin a path, in one of the scenarios that their
// end stands for. Which one is drawn from the seed and the attempt. It returns
// how many edges were driven.
func (t *Tour) follow(run *harness.Run, edges []int32, seed uint64, path int32, attempt int) (int, error) {
	if len(edges) == 0 {
		return 0, nil
	}
	end := t.graph.State[t.graph.Head(int(edges[len(edges)-1]))]
	rng := t.rand(seed, int(path)*attempts+attempt)
	sys, err := model.New(model.Options{Budget: t.Budget, Fix: t.system.Complete(end, rng.IntN)})
	if err != nil {
		return 0, err
	}
	// Runs that share their randomness share their signatures, too.
	if err := run.Begin(sys, seed+uint64(attempt)); err != nil {
		return 0, err
	}
	actions := make([]model.Action, len(edges))
	for i, e := range edges {
		actions[i] = t.graph.Action[e]
	}
	return run.Follow(actions)
}
