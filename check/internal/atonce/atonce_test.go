package atonce

import (
	"errors"
	"sync/atomic"
	"testing"
)

func TestDo(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var done, running atomic.Int32
	err := Do(3, 10, func(i int) error {
		if running.Add(1) > 3 {
			t.Error("more at once than there are workers")
		}
		defer running.Add(-1)
		done.Add(1)
		switch i {
		case 7:
			return second
		case 2:
			return first
		}
		return nil
	})
	if done.Load() != 10 || err != first {
		t.Errorf("%d done, %v", done.Load(), err)
	}
	if err := Do(3, 0, func(int) error { return first }); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
}
