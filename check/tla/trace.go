package tla

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Trace is one run of real endpoints, or of one of them, step by step.
type Trace struct {
	ID       string   `json:"trace"`
	Scenario string   `json:"scenario"` // as model.ParseScenario reads it; what is not known stays open
	Budget   int      `json:"budget"`   // the attacker's moves
	Sides    []string `json:"sides"`    // who was logged: "Client", "Server"
	// Quirks are deviations, by their names in package spec, that the end which was
	// not logged is known to have; of interest are those of a Session ID's echo.
	Quirks []string `json:"quirks,omitempty"`
	Steps  []Step   `json:"-"`

	ways []way // to read one more step
}

// way is one reading of a step: without one of its fields.
type way struct {
	name string
	step Step
}

// WriteTraces writes traces as NDJSON: a line with the trace, then one for each
// step.
func WriteTraces(w io.Writer, traces []Trace) error {
	enc := json.NewEncoder(w)
	for _, t := range traces {
		if err := enc.Encode(t); err != nil {
			return fmt.Errorf("tla: %w", err)
		}
		for _, s := range t.Steps {
			if err := enc.Encode(s); err != nil {
				return fmt.Errorf("tla: %w", err)
			}
		}
	}
	return nil
}

// ReadTraces reads what WriteTraces writes. The name is for errors.
func ReadTraces(name string, r io.Reader) ([]Trace, error) {
	var all []Trace
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var err error
		if all, err = readLine(all, line); err != nil {
			return nil, fmt.Errorf("tla: %s, line %d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("tla: %s: %w", name, err)
	}
	return all, nil
}

// readLine reads a line into the traces before it.
func readLine(all []Trace, line []byte) ([]Trace, error) {
	var t Trace
	if err := json.Unmarshal(line, &t); err != nil {
		return nil, err
	}
	if t.ID != "" {
		_, err := model.ParseScenario(t.Scenario)
		return append(all, t), err
	}
	var s Step
	if err := json.Unmarshal(line, &s); err != nil {
		return nil, err
	}
	if s.Event == "" || len(all) == 0 {
		return nil, errors.New("neither a trace nor a step of one")
	}
	last := &all[len(all)-1]
	last.Steps = append(last.Steps, s)
	_, err := spec.ParseEvent(s.Event)
	return all, err
}
