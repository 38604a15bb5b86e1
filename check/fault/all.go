package fault

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"
)

// Outcome is what became of a package's tests.
type Outcome uint8

// The outcomes.
const (
	Passed Outcome = iota
	Failed
	Hung // they did not end in time
)

// RunAll runs all tests of the binary under a fault, up to the first that fails.
// Unlike [Binary.Run] it takes tests that do not end for an outcome, too.
func (b *Binary) RunAll(ctx context.Context, fault string, limit time.Duration) (Outcome, error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(bounded, b.path, "-test.failfast", "-test.short", "-test.skip=Alloc")
	cmd.Dir = b.folder
	cmd.Env = append(os.Environ(), variable+"="+fault)
	cmd.WaitDelay = time.Second // of children that hold its output
	var exit *exec.ExitError
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return Failed, ctx.Err()
	case bounded.Err() != nil:
		return Hung, nil
	case err == nil:
		return Passed, nil
	case errors.As(err, &exit):
		return Failed, nil
	}
	return Failed, err
}
