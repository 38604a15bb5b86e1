package releases

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/internal/group"
)

// grace is how long a program has for ending after an interrupt.
const grace = 5 * time.Second

// run runs a program in the job's folder; what it prints goes to the log.
func (j *job) run(ctx context.Context, program string, args ...string) error {
	return j.exec(ctx, nil, program, args...)
}

// output runs a program and returns what it prints to standard output.
func (j *job) output(ctx context.Context, program string, args ...string) (string, error) {
	var out bytes.Buffer
	err := j.exec(ctx, &out, program, args...)
	return out.String(), err
}

func (j *job) exec(ctx context.Context, stdout io.Writer, program string, args ...string) error {
	name := filepath.Base(program)
	j.show(name)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = j.dir
	cmd.Env = append(os.Environ(), j.env...)
	group.Interrupt(cmd, grace)
	defer group.End(cmd)
	log := &watched{job: j, at: name}
	cmd.Stdout, cmd.Stderr = stdout, log
	if stdout == nil {
		cmd.Stdout = log
	}
	fmt.Fprintf(j.log, "$ %s %s\n", program, strings.Join(args, " "))
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// watched is the log, in which the compiler's lines are counted.
type watched struct {
	job *job
	at  string
}

func (w *watched) Write(text []byte) (int, error) {
	if n := bytes.Count(text, []byte(" -c ")); n > 0 {
		w.job.files += n
		w.job.show(w.at)
	}
	return w.job.log.Write(text)
}

// tail returns the last lines of a log.
func tail(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
