//go:build !linux

package bench

import (
	"errors"
	"time"
)

// cpuTimeOf is known on Linux alone.
func cpuTimeOf(int) (time.Duration, error) {
	return 0, errors.ErrUnsupported
}
