package tla

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
)

// CheckAll checks configurations, as many at once as there are processors, and
// tells each what became of it, in their order. What is raced against the Go
// explorer comes last, alone. Progress and each are never called at the same
// time. An error that each returns ends it all, and so does the end of ctx.
func CheckAll(ctx context.Context, configs []Config, o Options, each func(Config, *Outcome, error) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	if show := o.Progress; show != nil {
		o.Progress = func(states int, at string) {
			mu.Lock()
			defer mu.Unlock()
			show(states, at)
		}
	}
	tell := func(c Config, found *Outcome, err error) error {
		mu.Lock()
		defer mu.Unlock()
		return each(c, found, err)
	}
	many := slices.DeleteFunc(slices.Clone(configs), func(c Config) bool { return c.Race })
	if err := checkAtOnce(ctx, many, o, tell); err != nil {
		stop()
		return err
	}
	for _, c := range configs {
		if !c.Race {
			continue
		}
		found, err := c.Check(ctx, o)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := tell(c, found, err); err != nil {
			return err
		}
	}
	return nil
}

// longestFirst returns the numbers of the configurations, those with most states
// first: one that is begun last leaves the other processors idle.
func longestFirst(configs []Config) []int {
	order := make([]int, len(configs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(configs[b].States, configs[a].States) })
	return order
}

// checkAtOnce is CheckAll without races. It returns when all that it has begun
// has ended.
func checkAtOnce(ctx context.Context, configs []Config, o Options, tell func(Config, *Outcome, error) error) error {
	type result struct {
		found *Outcome
		err   error
	}
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	results := make([]chan result, len(configs))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	next := make(chan int, len(configs))
	for _, i := range longestFirst(configs) {
		next <- i
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), len(configs)) {
		running.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				found, err := configs[i].Check(ctx, o)
				results[i] <- result{found, err}
			}
		})
	}
	for i, c := range configs {
		select {
		case r := <-results[i]:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := tell(c, r.found, r.err); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
