package tla

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// TLC is one run of the model checker.
type TLC struct {
	Dir     string // with the modules
	Module  string // MODULE.tla, with the configuration in MODULE.cfg
	Workers int    // 0: one
	Dump    string // a file for the graph, empty for none
	Small   bool   // start fast rather than run fast

	// Progress, unless nil, is called with each of TLC's progress lines and the
	// number of distinct states so far.
	Progress func(states int, line string)

	server string // an address: be the server of a distributed run there
}

// Outcome is how a run of TLC has ended.
type Outcome struct {
	Exit      int    // TLC's exit status; 0: no error
	Violated  string // the property that does not hold; empty for none
	Generated int    // successors, with those that came more than once
	States    int    // distinct
	Depth     int    // edges on the longest of the shortest paths
	Seconds   float64
	Faster    float64 // how many times faster the Go explorer was; 0: not asked
	Output    string
}

// temporal stands for the name of a property where TLC does not tell it.
const temporal = "a temporal property"

// TLC's exit statuses.
const (
	ExitFine         = 0
	ExitAssumption   = 10
	ExitDeadlock     = 11
	ExitSafety       = 12
	ExitLiveness     = 13
	exitFirstTrouble = 14 // what comes from here on is no verdict
)

var (
	statesLine   = regexp.MustCompile(`^([\d,]+) states generated, ([\d,]+) distinct states found`)
	depthLine    = regexp.MustCompile(`^The depth of the complete state graph search is (\d+)`)
	progressLine = regexp.MustCompile(`^Progress\(\d+\).* ([\d,]+) distinct states found`)
	violatedLine = regexp.MustCompile(`^Error: (?:Invariant|Action property|Property) (\S+) is violated`)
	// A property inside another module's is told by its place alone.
	placeLine    = regexp.MustCompile(`^Error: Action property line .* is violated`)
	temporalLine = regexp.MustCompile(`^Error: Temporal properties were violated`)
)

// Run runs TLC. Its error is one line that says what went wrong; a violated
// property is none.
func (t TLC) Run(ctx context.Context) (*Outcome, error) {
	jar, err := Jar()
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "sesame-tlc-")
	if err != nil {
		return nil, fmt.Errorf("tla: %w", err)
	}
	defer os.RemoveAll(scratch)
	cmd := exec.CommandContext(ctx, "java", t.arguments(jar, scratch)...)
	if cmd.Dir, err = cleanCopy(t.Dir, scratch); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("tla: %w", err)
	}
	cmd.Stderr = cmd.Stdout
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("tla: %w; check/setup installs Java", err)
	}
	o := &Outcome{}
	var all bytes.Buffer
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		o.read(lines.Text(), t.Progress)
		all.WriteString(lines.Text() + "\n")
	}
	err = cmd.Wait()
	o.Output, o.Seconds = all.String(), time.Since(began).Seconds()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.Exit = exit.ExitCode()
	case err != nil:
		return nil, fmt.Errorf("tla: TLC on %s: %w", t.Module, err)
	}
	if o.Exit < 0 || o.Exit >= exitFirstTrouble {
		return nil, fmt.Errorf("tla: TLC on %s ended with status %d: %s", t.Module, o.Exit, o.trouble())
	}
	return o, nil
}

// cleanCopy copies the modules and configurations of a folder, and nothing else:
// that is all that TLC gets.
func cleanCopy(dir, scratch string) (string, error) {
	to := filepath.Join(scratch, "tla")
	if err := os.Mkdir(to, 0o700); err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	for _, pattern := range []string{"*.tla", "*.cfg"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return "", fmt.Errorf("tla: %w", err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err == nil {
				err = os.WriteFile(filepath.Join(to, filepath.Base(f)), data, 0o600)
			}
			if err != nil {
				return "", fmt.Errorf("tla: %w", err)
			}
		}
	}
	return to, nil
}

func (t TLC) arguments(jar, scratch string) []string {
	// Concurrent runs need folders of their own.
	args := []string{"-Djava.io.tmpdir=" + scratch}
	if t.Small {
		args = append(args, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
	} else {
		args = append(args, "-XX:+UseParallelGC")
	}
	if t.server != "" {
		return append(args, "-Djava.rmi.server.hostname="+t.server, "-cp", jar, "tlc2.tool.distributed.TLCServer",
			"-metadir", filepath.Join(scratch, "states"), "-deadlock", "-config", t.Module+".cfg", t.Module+".tla")
	}
	args = append(args, "-cp", jar, "tlc2.TLC", "-metadir", filepath.Join(scratch, "states"), "-fp", "0",
		"-workers", strconv.Itoa(max(t.Workers, 1)), "-config", t.Module+".cfg")
	if t.Dump != "" {
		args = append(args, "-dump", "dot,actionlabels", t.Dump)
	}
	return append(args, t.Module+".tla")
}

func (o *Outcome) read(line string, progress func(int, string)) {
	if m := statesLine.FindStringSubmatch(line); m != nil {
		o.Generated, o.States = number(m[1]), number(m[2])
	}
	if m := depthLine.FindStringSubmatch(line); m != nil {
		o.Depth = number(m[1]) - 1 // TLC counts states
	}
	if m := violatedLine.FindStringSubmatch(line); m != nil && o.Violated == "" {
		o.Violated = m[1]
	}
	if (temporalLine.MatchString(line) || placeLine.MatchString(line)) && o.Violated == "" {
		o.Violated = temporal
	}
	if m := progressLine.FindStringSubmatch(line); m != nil && progress != nil {
		progress(number(m[1]), line)
	}
}

func number(text string) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	return n
}

// trouble returns what TLC said of an error, in one line.
func (o *Outcome) trouble() string {
	after, found := "", false
	for _, head := range []string{"***Parse Error***", "*** Errors: ", "Error: "} {
		if _, after, found = strings.Cut(o.Output, head); found {
			break
		}
	}
	switch {
	case found:
	case o.Exit == 128+int(syscall.SIGKILL) || o.Exit == 128+int(syscall.SIGTERM) || o.Exit == 128+int(syscall.SIGINT):
		return "somebody ended it; where memory is short, give it a machine with more"
	default:
		return "it said nothing of the reason"
	}
	words := strings.Fields(after)
	return strings.Join(words[:min(len(words), 40)], " ")
}
