package tla

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Trace is one run of real endpoints, or of one of them, step by step.
type Trace struct {
	ID       string   `json:"trace"`
	Scenario string   `json:"scenario"` // as model.ParseScenario reads it; what is not known stays open
	Budget   int      `json:"budget"`   // the attacker's moves
	Sides    []string `json:"sides"`    // who was logged: "Client", "Server"
	Steps    []Step   `json:"-"`
}

// Step is what an endpoint showed in one step. An empty field was not logged;
// a nil Sent neither. Of an attacker's step there is the event alone.
type Step struct {
	Event    string `json:"event"`
	State    string `json:"state,omitempty"`
	Failure  string `json:"failure,omitempty"`
	Secret   string `json:"secret,omitempty"`
	Resumed  string `json:"resumed,omitempty"`
	Pending  string `json:"pending,omitempty"`  // "TRUE" or "FALSE"
	PeerAuth string `json:"peerAuth,omitempty"` // "TRUE" or "FALSE"
	Sent     []Sent `json:"sent"`
}

// Sent is one message: what it is, of an alert which, and whether it is sealed.
type Sent struct {
	Message string `json:"message"`
	Alert   string `json:"alert,omitempty"`
	Sealed  bool   `json:"sealed,omitempty"`
}

// StepOf turns what a Tracer gets into a step.
func StepOf(o *spec.Observation) Step {
	flag := func(b bool) string { return strings.ToUpper(fmt.Sprint(b)) }
	s := Step{
		Event: o.Event.String(), State: o.State.String(), Failure: o.Failure.String(), Secret: o.Secret.String(),
		Resumed: o.Resumed.String(), Pending: flag(o.Pending), PeerAuth: flag(o.PeerAuth), Sent: []Sent{},
	}
	for _, m := range o.Sent {
		sent := Sent{Message: m.Message.String(), Sealed: m.Keyed != spec.NoSecret}
		if m.Message == spec.Alert {
			sent.Alert = m.Alert.String()
		}
		s.Sent = append(s.Sent, sent)
	}
	return s
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
		var both struct {
			Trace
			Step
		}
		if err := json.Unmarshal(line, &both); err != nil {
			return nil, fmt.Errorf("tla: %s, line %d: %w", name, n, err)
		}
		switch {
		case both.ID != "":
			if _, err := model.ParseScenario(both.Scenario); err != nil {
				return nil, fmt.Errorf("tla: %s, line %d: %w", name, n, err)
			}
			all = append(all, both.Trace)
		case both.Event == "" || len(all) == 0:
			return nil, fmt.Errorf("tla: %s, line %d: neither a trace nor a step of one", name, n)
		default:
			if _, err := spec.ParseEvent(both.Event); err != nil {
				return nil, fmt.Errorf("tla: %s, line %d: %w", name, n, err)
			}
			t := &all[len(all)-1]
			t.Steps = append(t.Steps, both.Step)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("tla: %s: %w", name, err)
	}
	return all, nil
}

// appendData appends the TLA+ module TraceData with these traces.
func appendData(dst []byte, traces []Trace) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	b.WriteString("----------------------------- MODULE TraceData ------------------------------\n")
	b.WriteString("(* Traces of real runs, written by `sesame tla trace`. *)\nEXTENDS Scenario\n\nTraces == <<\n")
	for i, t := range traces {
		if i > 0 {
			b.WriteString(",\n")
		}
		if err := t.data(b); err != nil {
			return nil, err
		}
	}
	b.WriteString(">>\n\n=============================================================================\n")
	return b.Bytes(), nil
}

func (t Trace) data(b *bytes.Buffer) error {
	sc, err := model.ParseScenario(t.Scenario)
	if err != nil {
		return err
	}
	space, err := model.TLASpace(sc)
	if err != nil {
		return err
	}
	sides := make([]string, len(t.Sides))
	for i, s := range t.Sides {
		sides[i] = `"` + s + `"`
	}
	fmt.Fprintf(b, "[id |-> %q, budget |-> %d, sides |-> {%s}, scenario |-> %s, steps |-> <<\n", t.ID, t.Budget, strings.Join(sides, ", "), space)
	for i, s := range t.Steps {
		if i > 0 {
			b.WriteString(",\n")
		}
		s.data(b)
	}
	b.WriteString(">>]")
	return nil
}

func (s Step) data(b *bytes.Buffer) {
	word := func(v string) string {
		if v == "" {
			v = "*"
		}
		return `"` + v + `"`
	}
	sent := `<<"*">>`
	if s.Sent != nil {
		all := make([]string, len(s.Sent))
		for i, m := range s.Sent {
			all[i] = fmt.Sprintf("<<%q, %q, %s>>", m.Message, m.Alert, strings.ToUpper(fmt.Sprint(m.Sealed)))
		}
		sent = "<<" + strings.Join(all, ", ") + ">>"
	}
	fmt.Fprintf(b, "  [event |-> %q, state |-> %s, failure |-> %s, secret |-> %s, resumed |-> %s, pending |-> %s, peerAuth |-> %s, sent |-> %s]",
		s.Event, word(s.State), word(s.Failure), word(s.Secret), word(s.Resumed), word(s.Pending), word(s.PeerAuth), sent)
}
