package tla

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Serve runs c with TLC's distributed mode: it waits for workers at an address
// of this machine, which they must be able to reach, and gives them states. Its
// port is 10997.
func (c Config) Serve(ctx context.Context, address string, o Options) (*Outcome, error) {
	t := TLC{Dir: o.Dir, Module: c.Name, server: address}
	if o.Progress != nil {
		t.Progress = func(states int, _ string) { o.Progress(states, "states, "+c.Name) }
	}
	found, err := t.Run(ctx)
	if err != nil {
		return nil, err
	}
	// The server's exit status is 0 even after an error, and it tells no depth.
	if found.Violated != "" {
		found.Exit = ExitSafety
		if found.Violated == temporal {
			found.Exit = ExitLiveness
		}
	} else if strings.Contains(found.Output, "\nError: ") {
		return found, fmt.Errorf("tla: TLC's server on %s: %s", c.Name, found.trouble())
	}
	if found.Violated == c.Violates && found.States == c.States {
		return found, nil
	}
	return found, fmt.Errorf("tla: %s: %d states%s; the manifest has %d", c.Name, found.States, because(found), c.States)
}

// Work explores states for the server at an address until it ends.
func Work(ctx context.Context, server string, threads int) error {
	jar, err := Jar()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "sesame-tlc-")
	if err != nil {
		return fmt.Errorf("tla: %w", err)
	}
	defer os.RemoveAll(scratch)
	args := []string{"-Djava.io.tmpdir=" + scratch, "-XX:+UseParallelGC", "-Dtlc2.tool.distributed.TLCWorker.threadCount=" + strconv.Itoa(threads)}
	if server == "127.0.0.1" || server == "localhost" {
		args = append(args, "-Djava.rmi.server.hostname=127.0.0.1")
	}
	cmd := exec.CommandContext(ctx, "java", append(args, "-cp", jar, "tlc2.tool.distributed.TLCWorker", server)...)
	cmd.Dir = scratch
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("tla: TLC's worker for %s: %w: %s", server, err, lines[len(lines)-1])
	}
	return nil
}
