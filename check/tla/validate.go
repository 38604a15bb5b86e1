package tla

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Rejected is a trace that is no behaviour of the specification.
type Rejected struct {
	Trace Trace
	Step  int    // the first one that is not possible, from 1
	Field string // what in it must be otherwise: a field, or "event" for the whole step
}

// String names the trace, the step and the field.
func (r Rejected) String() string {
	s := r.Trace.Steps[r.Step-1]
	at := fmt.Sprintf("trace %s, step %d (%s)", r.Trace.ID, r.Step, s.Event)
	values := map[string]string{
		"state": s.State, "failure": s.Failure, "secret": s.Secret, "resumed": s.Resumed, "pending": s.Pending,
		"peerAuth": s.PeerAuth, "sent": fmt.Sprint(s.Sent),
	}
	if r.Field == "event" {
		return at + ": the step is not possible here"
	}
	return fmt.Sprintf("%s: %s = %s is not possible here", at, r.Field, values[r.Field])
}

// Validate asks TLC which traces are behaviours of tla/Trace.tla, all in one
// run, and returns those that are not.
func Validate(ctx context.Context, dir string, traces []Trace, progress func(states int, line string)) ([]Rejected, error) {
	accepted, _, err := behaviours(ctx, dir, traces, false, progress)
	if err != nil {
		return nil, err
	}
	var rejected []Rejected
	for _, t := range traces {
		if accepted[t.ID] {
			continue
		}
		r, err := explain(ctx, dir, t)
		if err != nil {
			return nil, err
		}
		rejected = append(rejected, r)
	}
	return rejected, nil
}

// fieldsOfStep say how a step looks without one of its fields.
var fieldsOfStep = []struct {
	name string
	omit func(*Step)
}{
	{"state", func(s *Step) { s.State = "" }}, {"failure", func(s *Step) { s.Failure = "" }},
	{"secret", func(s *Step) { s.Secret = "" }}, {"resumed", func(s *Step) { s.Resumed = "" }},
	{"pending", func(s *Step) { s.Pending = "" }}, {"peerAuth", func(s *Step) { s.PeerAuth = "" }},
	{"sent", func(s *Step) { s.Sent = nil }},
}

// explain finds the step that is not possible, and the field without which it
// would be.
func explain(ctx context.Context, dir string, t Trace) (Rejected, error) {
	_, reached, err := behaviours(ctx, dir, []Trace{t}, true, nil)
	if err != nil {
		return Rejected{}, err
	}
	r := Rejected{Trace: t, Step: max(reached[t.ID], 1), Field: "event"}
	var variants []Trace
	for _, f := range fieldsOfStep {
		v := t
		v.ID, v.Steps = f.name, append([]Step(nil), t.Steps[:r.Step]...)
		f.omit(&v.Steps[r.Step-1])
		variants = append(variants, v)
	}
	accepted, _, err := behaviours(ctx, dir, variants, false, nil)
	if err != nil {
		return Rejected{}, err
	}
	for _, f := range fieldsOfStep {
		if accepted[f.name] {
			r.Field = f.name
			break
		}
	}
	return r, nil
}

var (
	acceptedLine = regexp.MustCompile(`<<"accepted", "([^"]*)">>`)
	reachedLine  = regexp.MustCompile(`<<"reached", "([^"]*)", (\d+)>>`)
)

// behaviours runs TLC on traces, and returns which have reached their end, and
// with reach the step that each has come to.
func behaviours(ctx context.Context, dir string, traces []Trace, reach bool, progress func(int, string)) (map[string]bool, map[string]int, error) {
	work, err := os.MkdirTemp("", "sesame-trace-")
	if err != nil {
		return nil, nil, fmt.Errorf("tla: %w", err)
	}
	defer os.RemoveAll(work)
	for _, name := range []string{"Scenario.tla", "Sesame.tla", "Trace.tla", "Trace.cfg"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, nil, fmt.Errorf("tla: %w", err)
		}
		if reach && name == "Trace.cfg" {
			data = []byte(strings.Replace(string(data), "Verbose = FALSE", "Verbose = TRUE", 1))
		}
		if err := os.WriteFile(filepath.Join(work, name), data, 0o600); err != nil {
			return nil, nil, fmt.Errorf("tla: %w", err)
		}
	}
	data, err := appendData(nil, traces)
	if err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(filepath.Join(work, "TraceData.tla"), data, 0o600); err != nil {
		return nil, nil, fmt.Errorf("tla: %w", err)
	}
	t := TLC{Dir: work, Module: "Trace", Config: "Trace", Workers: 1, Small: len(traces) < 20, Progress: progress}
	o, err := t.Run(ctx)
	if err != nil {
		return nil, nil, err
	}
	if o.Exit != ExitFine {
		return nil, nil, fmt.Errorf("tla: TLC on traces ended with status %d: %s", o.Exit, o.trouble())
	}
	accepted, reached := map[string]bool{}, map[string]int{}
	for _, m := range acceptedLine.FindAllStringSubmatch(o.Output, -1) {
		accepted[m[1]] = true
	}
	for _, m := range reachedLine.FindAllStringSubmatch(o.Output, -1) {
		n, _ := strconv.Atoi(m[2])
		reached[m[1]] = max(reached[m[1]], n)
	}
	return accepted, reached, nil
}
