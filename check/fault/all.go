package fault

import (
	"context"
	"errors"
	"fmt"
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

// allTests are the arguments to run all tests of a binary, up to the first that
// fails, but for those that count allocations: the switches between faults make
// some.
var allTests = []string{"-test.failfast", "-test.short", "-test.skip=Alloc"}

// MostTime is how long RunAll waits, whatever the tests do.
const MostTime = 10 * time.Minute

// RunAll runs all tests of the binary under a fault, up to the first that fails;
// those that count allocations are left out. It returns what became of them, and
// how much processor time they took. Tests that take more of it than limit have
// hung; a busy machine does not matter. A limit of 0 is none.
func (b *Binary) RunAll(ctx context.Context, fault string, limit time.Duration) (Outcome, time.Duration, error) {
	bounded, cancel := context.WithTimeout(ctx, MostTime)
	defer cancel()
	cmd := Limited(bounded, limit, b.path, allTests...)
	cmd.Dir = b.folder
	SwitchOn(cmd, fault)
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

// memory is the most address space of a program with a fault in it, in KiB: one
// that never stops to allocate ends by itself, and not the machine.
const memory = 4 << 20

// Limited returns a command that ends at a limit of processor time, 0 for none,
// and of memory.
func Limited(ctx context.Context, limit time.Duration, program string, args ...string) *exec.Cmd {
	script := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, memory)
	if limit > 0 {
		script = fmt.Sprintf("ulimit -t %d; ", max(1, int(limit.Seconds()))) + script
	}
	return exec.CommandContext(ctx, "sh", append([]string{"-c", script, program}, args...)...)
}
