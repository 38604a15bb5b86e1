package fault

import (
	"context"
	"errors"
	"fmt"
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

// MostTime is how long RunAll waits, whatever the tests do.
const MostTime = 10 * time.Minute

// RunAll runs all tests of the binary under a fault, up to the first that fails;
// those that count allocations are left out, since the switches between faults
// make some. It returns what became of them, and how much processor time they
// took. Tests that take more of it than limit have hung; a busy machine does not
// matter. A limit of 0 is none.
func (b *Binary) RunAll(ctx context.Context, fault string, limit time.Duration) (Outcome, time.Duration, error) {
	bounded, cancel := context.WithTimeout(ctx, MostTime)
	defer cancel()
	cmd := exec.CommandContext(bounded, "sh", "-c", limited(limit), b.path, "-test.failfast", "-test.short", "-test.skip=Alloc")
	cmd.Dir = b.folder
	cmd.Env = append(os.Environ(), variable+"="+fault)
	err := cmd.Run()
	var used time.Duration
	if cmd.ProcessState != nil {
		used = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Failed, used, ctx.Err()
	case bounded.Err() != nil:
		return Hung, used, nil
	case err == nil:
		return Passed, used, nil
	case errors.As(err, &exit) && exit.ExitCode() < 0: // by the limit's signal
		return Hung, used, nil
	case exit != nil:
		return Failed, used, nil
	}
	return Failed, used, err
}

// limited is a shell's command that becomes the program which its name is, with
// a limit of processor time, and of memory, so that no fault fills the machine's.
func limited(limit time.Duration) string {
	text := `exec "$0" "$@"`
	if limit > 0 {
		text = fmt.Sprintf("ulimit -t %d; ulimit -v %d; %s", max(1, int(limit.Seconds())), 8<<20, text)
	}
	return text
}
