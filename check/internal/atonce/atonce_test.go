package atonce

import (
	"errors"
	"sync/atomic"
	"testing"
)

// TestDo: all is done, several at once and no more than there are workers, and the
// first error in their order is returned.
func TestDo(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var done, running atomic.Int32
	met := make(chan bool) // the first two meet
	err := Do(3, 10, func(i int) error {
		if running.Add(1) > 3 {
			t.Error("more at once than there are workers")
		}
		defer running.Add(-1)
		done.Add(1)
		switch i {
		case 0:
			met <- true
		case 1:
			<-met
		case 2:
			return first
		case 7:
			return second
		}
		return nil
	})
	if done.Load() != 10 || err != first {
		t.Errorf("%d done, %v", done.Load(), err)
	}
	if err := Do(0, 1, func(int) error { return first }); err != first {
		t.Errorf("without a worker: %v", err)
	}
	if err := Do(3, 0, func(int) error { return first }); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
}

func TestPanic(t *testing.T) {
	var done atomic.Int32
	defer func() {
		if p := recover(); p != "oops" || done.Load() != 9 {
			t.Errorf("%v, and %d others done", p, done.Load())
		}
	}()
	Each(2, 10, func(i int) {
		if i == 3 {
			panic("oops")
		}
		done.Add(1)
	})
}
