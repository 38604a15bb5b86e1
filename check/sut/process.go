package sut

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/check/internal/group"
)

// What a shim may print.
const (
	maxLine   = 1 << 20 // octets in a line of standard output
	maxLines  = 8       // lines that nobody has asked for
	maxStderr = 1 << 16 // octets of standard error that are kept, the last ones
)

// process is a shim that runs.
type process struct {
	cmd   *exec.Cmd
	stdin *os.File
	lines chan string
	early []string      // lines that came before their time, and stand before lines
	ended chan struct{} // closed when it has ended and all its output is in

	mu      sync.Mutex
	partial []byte
	stderr  []byte
	flood   string // what was too much
	flooded chan struct{}
}

func startProcess(ctx context.Context, p Program) (*process, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s := &process{stdin: out, lines: make(chan string, maxLines), ended: make(chan struct{}), flooded: make(chan struct{})}
	s.cmd = exec.CommandContext(ctx, p.Path, p.Args...)
	group.Interrupt(s.cmd, time.Second)
	// The machine's own configuration may forbid versions and suites.
	s.cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull, "ASAN_OPTIONS=detect_leaks=0")
	s.cmd.Env = append(s.cmd.Env, p.Env...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = in, stdout{s}, stderr{s}
	if err := s.cmd.Start(); err != nil {
		out.Close()
		return nil, fmt.Errorf("sut: %w", err)
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is in ProcessState
		close(s.ended)
	}()
	return s, nil
}

// kill ends the shim, and returns when it has ended.
func (s *process) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	group.End(s.cmd)
	<-s.ended
	s.stdin.Close()
}

// over reports whether the shim has ended.
func (s *process) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// tell writes a line to the shim.
func (s *process) tell(line string, limit time.Duration) error {
	if err := s.stdin.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	_, err := s.stdin.WriteString(line + "\n")
	return err
}

// verdict tells why a shim is of no use any more, and ends it.
func (s *process) verdict(kind Kind, why string) Verdict {
	s.kill()
	s.mu.Lock()
	defer s.mu.Unlock()
	v := Verdict{Kind: kind, Why: why, Stderr: string(s.stderr)}
	if v.Sanitizer = sanitizer(v.Stderr); v.Sanitizer != "" {
		v.Kind = Crashed
	}
	if v.Kind == Crashed {
		v.Signal, v.Status = group.Signal(s.cmd), s.cmd.ProcessState.ExitCode()
	}
	return v
}

// errTooMuch ends the copying of what a shim prints.
var errTooMuch = errors.New("sut: too much output")

// stdout cuts what a shim prints into lines. It never waits for a reader.
type stdout struct{ *process }

func (s stdout) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flood != "" {
		return 0, errTooMuch
	}
	s.partial = append(s.partial, p...)
	for {
		line, rest, whole := bytes.Cut(s.partial, []byte("\n"))
		if !whole {
			break
		}
		s.partial = rest
		select {
		case s.lines <- string(line):
		default:
			return 0, s.tooMuch("lines that nobody has asked for")
		}
	}
	if len(s.partial) > maxLine {
		return 0, s.tooMuch(fmt.Sprintf("a line of more than %d octets", maxLine))
	}
	return len(p), nil
}

func (s stdout) tooMuch(what string) error {
	s.flood, s.partial = what, nil
	close(s.flooded)
	return errTooMuch
}

// stderr keeps the end of what a shim says there.
type stderr struct{ *process }

func (s stderr) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stderr = append(s.stderr, p...)
	if n := len(s.stderr) - maxStderr; n > 0 {
		s.stderr = append(s.stderr[:0], s.stderr[n:]...)
	}
	return len(p), nil
}

// quote shortens what a shim has printed.
func quote(line string) string {
	const most = 200
	if len(line) > most {
		return fmt.Sprintf("%q and %d octets more", line[:most], len(line)-most)
	}
	return fmt.Sprintf("%q", strings.TrimSpace(line))
}
