package findings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/internal/group"
)

// Outcome is what became of a reproducer.
type Outcome string

// The outcomes.
const (
	Passes   Outcome = "not affected"
	Fails    Outcome = "affected"
	Crashes  Outcome = "crash"
	Flagged  Outcome = "flagged"  // by AddressSanitizer
	Hangs    Outcome = "hang"     // it was ended after Limit
	Untold   Outcome = "untold"   // it could not be tried
	NotBuilt Outcome = "no build" // the library has not what the program needs
)

// Limit bounds one run of a reproducer. The slowest takes a second, most of it
// for a key.
const Limit = 30 * time.Second

// flaggedStatus is what AddressSanitizer is told to end a program with.
const flaggedStatus = 66

// maxOutput bounds what is kept of a program's output.
const maxOutput = 16 << 10

// Result is a run of one finding's reproducer against one library.
type Result struct {
	Finding Finding
	Library cc.Library
	Outcome Outcome
	Output  string
	Python  bool // it was the program in Python
}

// Run compiles a finding's reproducer against a library and runs it, for [Limit]
// at most. Whatever the program does is an outcome; an error is a compiler that
// is not there, or the end of ctx.
func Run(ctx context.Context, f Finding, lib cc.Library) (Result, error) {
	r := Result{Finding: f, Library: lib}
	source, err := f.Reproducer()
	if err != nil {
		return r, err
	}
	program, err := cc.Compile(ctx, cc.Program{Name: "finding-" + f.ID, Source: source}, lib)
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.Is(err, cc.ErrMissing):
		return r, err
	case err != nil:
		r.Outcome, r.Output = NotBuilt, err.Error()
		return r, nil
	}
	r.Outcome, r.Output = execute(ctx, program, Limit)
	return r, ctx.Err()
}

// execute runs a program that may do anything.
func execute(ctx context.Context, program string, limit time.Duration) (Outcome, string) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(limited, program)
	// The machine's own configuration may forbid versions and suites.
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull, fmt.Sprintf("ASAN_OPTIONS=exitcode=%d:detect_leaks=0", flaggedStatus))
	out := &bounded{}
	cmd.Stdout, cmd.Stderr = out, out
	group.Interrupt(cmd, time.Second)
	defer group.End(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case limited.Err() != nil:
		return Hangs, out.kept.String()
	case err == nil:
		return Passes, out.kept.String()
	case !errors.As(err, &exit):
		return Untold, err.Error()
	case exit.ExitCode() == 1:
		return Fails, out.kept.String()
	case exit.ExitCode() == flaggedStatus:
		return Flagged, out.kept.String()
	case exit.ExitCode() < 0:
		return Crashes, out.kept.String() + exit.String()
	}
	return Untold, out.kept.String()
}

// bounded keeps the beginning of what is written.
type bounded struct{ kept strings.Builder }

func (b *bounded) Write(text []byte) (int, error) {
	if room := maxOutput - b.kept.Len(); room > 0 {
		b.kept.Write(text[:min(room, len(text))])
	}
	return len(text), nil
}

// Affected reports whether the outcome is one of an affected library.
func (o Outcome) Affected() bool { return o == Fails || o == Crashes || o == Flagged }

// Said returns the last line that the program printed, without its verdict, or
// the first in which AddressSanitizer says what is wrong.
func (r Result) Said() string {
	text := strings.TrimSpace(r.Output)
	if _, report, ok := strings.Cut(text, "ERROR: "); ok && r.Outcome == Flagged {
		text, _, _ = strings.Cut(report, "\n")
		return text
	}
	text = text[strings.LastIndexByte(text, '\n')+1:]
	for _, o := range []Outcome{Passes, Fails} {
		text = strings.TrimPrefix(text, string(o)+": ")
	}
	return text
}

// Judge returns what is wrong with the result as the table of affected releases
// has it; empty if it is as the table says.
func (r Result) Judge() string {
	f, version := r.Finding, r.Library.Version
	want := Passes
	switch {
	case !f.Affects(version):
	case f.ASan && sanitized(r.Library):
		want = Flagged
	case f.Crash && !sanitized(r.Library) && !r.Python:
		want = Crashes
	case r.Outcome.Affected():
		return ""
	default:
		want = Fails
	}
	if r.Outcome == want {
		return ""
	}
	text := fmt.Sprintf("%s on %s %s: %s; the table says %s", r.Program(), r.Library.Kind, version, r.Outcome, want)
	if out := strings.TrimSpace(r.Output); out != "" {
		text += "\n" + out
	}
	return text
}

// Program names what is run.
func (r Result) Program() string {
	if r.Python {
		return r.Finding.ID + ".py"
	}
	return r.Finding.ID
}

// sanitized reports whether a library is built with AddressSanitizer.
func sanitized(lib cc.Library) bool { return strings.HasSuffix(lib.Name, "-asan") }
