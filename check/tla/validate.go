package tla

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/check/internal/atonce"
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
	if r.Field == "event" {
		return at + ": the step is not possible here"
	}
	return fmt.Sprintf("%s: %s = %s is not possible here", at, r.Field, s.value(r.Field))
}

// Validate asks TLC which traces are behaviours of tla/Trace.tla, and returns
// those that are not.
func Validate(ctx context.Context, dir string, traces []Trace, progress func(states int, line string)) ([]Rejected, error) {
	rejected, _, err := validate(ctx, dir, traces, progress)
	return rejected, err
}

func validate(ctx context.Context, dir string, traces []Trace, progress func(states int, line string)) ([]Rejected, *Outcome, error) {
	f, err := behaviours(ctx, dir, traces, false, progress)
	if err != nil {
		return nil, nil, err
	}
	var left []Trace
	for i, t := range traces {
		if f.accepted[i] == nil {
			left = append(left, t)
		}
	}
	rejected, err := explain(ctx, dir, left)
	return rejected, f.outcome, err
}

// value returns a field as the trace's file has it.
func (s Step) value(field string) string {
	var at any = s
	for _, name := range strings.Split(field, ".") {
		text, err := json.Marshal(at)
		var fields map[string]any
		if err != nil || json.Unmarshal(text, &fields) != nil {
			return "?"
		}
		at = fields[name]
	}
	text, err := json.Marshal(at)
	if err != nil {
		return "?"
	}
	return string(text)
}

// explain finds, of each trace that is no behaviour, the step that is not
// possible, and the field without which it would be: TLC goes through them twice.
func explain(ctx context.Context, dir string, traces []Trace) ([]Rejected, error) {
	if len(traces) == 0 {
		return nil, nil
	}
	f, err := behaviours(ctx, dir, traces, true, nil)
	if err != nil {
		return nil, err
	}
	rejected := make([]Rejected, len(traces))
	for i, t := range traces {
		r := Rejected{Trace: t, Step: max(f.reached[i], 1), Field: "event"}
		rejected[i] = r
		asked := &traces[i]
		asked.Steps, asked.ways = t.Steps[:r.Step-1], nil
		for _, f := range fieldsOfStep {
			s := t.Steps[r.Step-1]
			f.omit(&s)
			asked.ways = append(asked.ways, way{f.name, s})
		}
	}
	f, err = behaviours(ctx, dir, traces, false, nil)
	if err != nil {
		return nil, err
	}
	for i := range rejected {
		for _, part := range fieldsOfStep {
			if slices.Contains(f.accepted[i], part.name) {
				rejected[i].Field = part.name
				break
			}
		}
	}
	return rejected, nil
}

var (
	acceptedLine = regexp.MustCompile(`<<"accepted", (\d+), "([^"]*)">>`)
	reachedLine  = regexp.MustCompile(`<<"reached", (\d+), (\d+)>>`)
)

// found is what TLC has found of traces, by their index.
type found struct {
	accepted [][]string // by which ways the end was reached; nil: it was not
	reached  []int      // the step that was come to, where that was asked
	outcome  *Outcome
}

// atATime is how many traces one TLC gets: they are one expression of TLA+, and
// ten times as many do not fit into the memory that Java takes by itself.
var atATime = 700

// behaviours has TLC look at traces, with reach to see how far each comes: a part
// of them at a time, as many at once as there are processors.
func behaviours(ctx context.Context, dir string, traces []Trace, reach bool, progress func(int, string)) (*found, error) {
	parts := slices.Collect(slices.Chunk(traces, atATime))
	results := make([]*found, len(parts))
	shown := newSum(len(parts), progress)
	err := atonce.Do(runtime.GOMAXPROCS(0), len(parts), func(i int) (err error) {
		results[i], err = behavioursOf(ctx, dir, parts[i], reach, shown.of(i))
		return err
	})
	if err != nil {
		return nil, err
	}
	all := &found{outcome: &Outcome{}}
	for _, r := range results {
		all.accepted, all.reached = append(all.accepted, r.accepted...), append(all.reached, r.reached...)
		all.outcome.States += r.outcome.States
	}
	return all, nil
}

// sum shows the sum of what several count.
type sum struct {
	mu   sync.Mutex
	each []int
	show func(int, string)
}

func newSum(parts int, show func(int, string)) *sum {
	return &sum{each: make([]int, parts), show: show}
}

// of returns the progress of part i; nil where nobody looks.
func (s *sum) of(i int) func(int, string) {
	if s.show == nil {
		return nil
	}
	return func(n int, line string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.each[i] = n
		total := 0
		for _, n := range s.each {
			total += n
		}
		s.show(total, line)
	}
}

// behavioursOf runs one TLC.
func behavioursOf(ctx context.Context, dir string, traces []Trace, reach bool, progress func(int, string)) (*found, error) {
	work, err := os.MkdirTemp("", "sesame-trace-")
	if err != nil {
		return nil, fmt.Errorf("tla: %w", err)
	}
	defer os.RemoveAll(work)
	for _, name := range []string{"Scenario.tla", "Sesame.tla", "Trace.tla", "Trace.cfg"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("tla: %w", err)
		}
		if reach && name == "Trace.cfg" {
			data = []byte(strings.Replace(string(data), "Verbose = FALSE", "Verbose = TRUE", 1))
		}
		if err := os.WriteFile(filepath.Join(work, name), data, 0o600); err != nil {
			return nil, fmt.Errorf("tla: %w", err)
		}
	}
	data, err := appendData(nil, traces)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(work, "TraceData.tla"), data, 0o600); err != nil {
		return nil, fmt.Errorf("tla: %w", err)
	}
	t := TLC{Dir: work, Module: "Trace", Workers: 1, Small: true, Progress: progress}
	o, err := t.Run(ctx)
	if err != nil {
		return nil, err
	}
	if o.Exit != ExitFine {
		return nil, fmt.Errorf("tla: TLC on traces ended with status %d: %s", o.Exit, o.trouble())
	}
	f := &found{make([][]string, len(traces)), make([]int, len(traces)), o}
	for _, m := range acceptedLine.FindAllStringSubmatch(o.Output, -1) {
		i := number(m[1]) - 1
		f.accepted[i] = append(f.accepted[i], m[2])
	}
	for _, m := range reachedLine.FindAllStringSubmatch(o.Output, -1) {
		i := number(m[1]) - 1
		f.reached[i] = max(f.reached[i], number(m[2]))
	}
	return f, nil
}
