package mutants

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/mutants/checker"
)

// hangs is how long a checker may say nothing, on however busy a machine: a
// fault that makes it hang is found.
const hangs = 5 * time.Minute

// runChecker runs a checker's program under one of the faults that are woven into
// it, "" being none, and tells each line of an end. A program that dies or hangs
// has found the fault in the check that it had begun.
func runChecker(ctx context.Context, program, under string, patience time.Duration, ended func(checker.Line), args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := fault.Limited(ctx, 0, program, args...)
	fault.SwitchOn(cmd, under)
	var stderr head
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	silent := time.AfterFunc(patience, cancel)
	begun, last := time.Now(), checker.Line{}
	for in := bufio.NewScanner(out); in.Scan(); {
		silent.Reset(patience)
		last = checker.Line{}
		if err := json.Unmarshal(in.Bytes(), &last); err != nil {
			return fmt.Errorf("the checker says %q: %w", in.Text(), err)
		}
		if begun = time.Now(); !last.Begins {
			ended(last)
		}
	}
	hung := !silent.Stop()
	if err = cmd.Wait(); err == nil {
		return nil
	}
	if !last.Begins {
		return fmt.Errorf("the checker: %w\n%s", err, stderr.text())
	}
	last.Begins, last.Failed, last.Seconds = false, true, time.Since(begun).Seconds()
	if last.Text = fmt.Sprintf("it dies: %v\n%s", err, stderr.text()); hung {
		last.Text = "it hangs"
	}
	ended(last)
	return nil
}

// head keeps the beginning of a long text: of a panic.
type head struct{ bytes.Buffer }

const headSize = 4096

// Write never fails, and keeps nothing beyond the size.
func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), max(0, headSize-h.Len()))])
	return len(p), nil
}

func (h *head) text() string { return strings.TrimSpace(h.String()) }

// bench is where faults are tried.
type bench struct {
	root     string        // the module's folder
	dir      string        // for temporary files
	patience time.Duration // processor time for tests that need none otherwise
	woven    woven         // programs that have faults in them already
}

// try runs the checks that args name, all that the programs have if there is none,
// under a fault. It returns the lines of those that have failed.
func (b *bench) try(ctx context.Context, f *Fault, programs []string, args ...string) (found []checker.Line, err error) {
	if !b.woven.has[f.Name] {
		return b.tryAlone(ctx, f, programs, args...)
	}
	for _, name := range programs {
		if err := runChecks(ctx, b.woven.files[name], f.Name, &found, args...); err != nil {
			return found, err
		}
	}
	return found, nil
}

// tryAlone is try with programs that are built for the fault.
func (b *bench) tryAlone(ctx context.Context, f *Fault, programs []string, args ...string) (found []checker.Line, err error) {
	o, err := newOverlay(b.root, b.dir)
	if err != nil {
		return nil, err
	}
	defer o.remove()
	if err := o.patch(f); err != nil {
		return nil, err
	}
	files, err := o.buildCheckers(ctx, programs...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmp.Or(f.Name, "no fault"), err)
	}
	for _, file := range files {
		if err := runChecks(ctx, file, "", &found, args...); err != nil {
			return found, err
		}
	}
	return found, nil
}

// runChecks is runChecker that keeps the lines of what has failed.
func runChecks(ctx context.Context, program, under string, found *[]checker.Line, args ...string) error {
	err := runChecker(ctx, program, under, hangs, func(l checker.Line) {
		if l.Failed {
			*found = append(*found, l)
		}
	}, args...)
	return cmp.Or(ctx.Err(), err)
}

// tryAll is try with all programs and checks.
func (b *bench) tryAll(ctx context.Context, f *Fault) (found []checker.Line, err error) {
	return b.try(ctx, f, checker.Programs(), "-all")
}

// judge tries a fault with the check that must find it, or with all. A fault
// that its own check does not find is an error.
func (b *bench) judge(ctx context.Context, f *Fault, all bool) (found []checker.Line, err error) {
	if c, known := checker.Known(f.Check); known && !all {
		found, err = b.try(ctx, f, []string{c.Program}, c.Name)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	if found, err = b.tryAll(ctx, f); err != nil {
		return nil, err
	}
	return found, f.missed(found)
}

// missed is nil if its own check is among those that have found a fault.
func (f *Fault) missed(found []checker.Line) error {
	for _, l := range found {
		if l.Check == f.Check {
			return nil
		}
	}
	if len(found) > 0 {
		return fmt.Errorf("%s: %s does not find it, %s does; if that is right, let its patch say so\n%s", f.Name, f.Check, found[0].Check, found[0].Text)
	}
	return fmt.Errorf("%s survives: no check finds anything wrong where %s", f.Name, strings.ToLower(f.What[:1])+strings.TrimSuffix(f.What[1:], "."))
}

// sound is nil if all checks pass where there is no fault.
func (b *bench) sound(ctx context.Context) error {
	found, err := b.tryAll(ctx, new(Fault))
	switch {
	case err != nil:
		return err
	case len(found) > 0:
		return fmt.Errorf("without any fault %s fails:\n%s", found[0].Check, found[0].Text)
	}
	return nil
}
