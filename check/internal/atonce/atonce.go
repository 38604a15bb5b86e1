// Package atonce does many things, several at a time.
package atonce

import (
	"cmp"
	"sync"
)

// Do calls do for 0 to n-1, on so many workers at once, and returns the first
// error in that order.
func Do(workers, n int, do func(i int) error) error {
	errs := make([]error, n)
	Each(workers, n, func(i int) { errs[i] = do(i) })
	return cmp.Or(errs...)
}

// Each calls do for 0 to n-1, on so many workers at once, at least one. If one
// panics, so does Each, once the others have ended.
func Each(workers, n int, do func(i int)) {
	next := make(chan int)
	var wait sync.WaitGroup
	var once sync.Once
	var panicked any
	guarded := func(i int) {
		defer func() {
			if p := recover(); p != nil {
				once.Do(func() { panicked = p })
			}
		}()
		do(i)
	}
	for range min(max(workers, 1), n) {
		wait.Go(func() {
			for i := range next {
				guarded(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
