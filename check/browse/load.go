package browse

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/check/explain"
	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Loaded is a trace or a capture, walked along the model.
type Loaded struct {
	Kind  string   `json:"kind"`  // "trace", "counterexample" or "capture"
	Walks []Walked `json:"walks"` // one for each run in it
	More  int      `json:"more"`  // runs that were left out
}

// Walked is one run, as far as the model goes along with it.
type Walked struct {
	Name   string `json:"name"`
	Steps  int    `json:"steps"`         // that were recorded
	Agreed int    `json:"agreed"`        // that the model has too
	Link   string `json:"link"`          // the address of where that leads
	Why    string `json:"why,omitempty"` // it goes no further
	// Tale is what was recorded, a line for each step.
	Tale []string `json:"tale"`
}

// walksMost bounds the runs of an answer.
const walksMost = 100

// load reads a file of either kind, and walks it along the model with the
// deviations of a setting's profile and mutant.
func load(ctx context.Context, s Setting, file []byte) (*Loaded, error) {
	if bytes.HasPrefix(file, []byte("{")) {
		return loadTraces(ctx, s, file)
	}
	return loadCapture(ctx, s, file)
}

func loadTraces(ctx context.Context, s Setting, file []byte) (*Loaded, error) {
	if traces, err := model.ReadTraces(bytes.NewReader(file)); err == nil {
		return loadCounterexamples(ctx, traces)
	}
	traces, err := tla.ReadTraces("the file", bytes.NewReader(file))
	if err != nil {
		return nil, wrong("the file", "give a trace of `sesame serve --trace`, `connect --trace` or `tla record`, or a report of `sesame model explore --json`", "%v", err)
	}
	l := &Loaded{Kind: "trace"}
	for _, t := range traces {
		if len(l.Walks) == walksMost {
			l.More++
			continue
		}
		w, err := walkTrace(ctx, s, t)
		if err != nil {
			return nil, err
		}
		l.Walks = append(l.Walks, *w)
	}
	return l, nil
}

// loadCounterexamples walks the traces of a report of the model's own.
func loadCounterexamples(ctx context.Context, traces []model.Trace) (*Loaded, error) {
	l := &Loaded{Kind: "counterexample"}
	for _, t := range traces {
		if len(l.Walks) == walksMost {
			l.More++
			continue
		}
		if t.Open != "" {
			return nil, wrong("the file", "give a report without --open", "it is about the machine of the %s alone", t.Open)
		}
		fix, err := model.ParseScenario(t.Scenario)
		if err != nil {
			return nil, wrong("the file", "give a report that `sesame model explore --json` has written", "%v", err)
		}
		s := Setting{Profile: t.Profile, Mutant: t.Mutant, Budget: t.Budget, Scenario: scenarioText(fix)}
		sys, err := s.system()
		if err != nil {
			return nil, err
		}
		path, err := sys.Find(ctx, t.Actions, t.Property)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			return nil, wrong("the file", "explore again: it may have been made by another version", "%v", err)
		}
		l.Walks = append(l.Walks, Walked{
			Name: orNone(t.Property), Steps: len(path), Agreed: len(path), Link: linkTo(s, sys, path), Tale: t.Actions,
		})
	}
	return l, nil
}

// scenarioText writes a scenario as a Setting has it: what is open is said.
func scenarioText(sc spec.Scenario) string {
	words := map[string]string{}
	for _, d := range dimensions() {
		words[d.Name] = open
	}
	for _, word := range strings.Fields(model.ScenarioString(sc)) {
		name, value, _ := strings.Cut(word, "=")
		words[name] = value
	}
	return distinctive(words)
}

// loadCapture walks the handshakes of a pcap or pcapng file.
func loadCapture(ctx context.Context, s Setting, file []byte) (*Loaded, error) {
	all, err := explain.Handshakes(bytes.NewReader(file), explain.Options{})
	if err != nil {
		return nil, wrong("the file", "give NDJSON traces, a report, or a pcap or pcapng file", "%v", err)
	}
	if len(all) == 0 {
		return nil, wrong("the file", "capture TCP of TLS 1.2, or RADIUS with EAP-FAST on UDP port 1812", "there is no TLS handshake in it")
	}
	l := &Loaded{Kind: "capture"}
	for _, h := range all {
		if len(l.Walks) == walksMost {
			l.More++
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w, err := walkHandshake(s, &h)
		if err != nil {
			return nil, err
		}
		l.Walks = append(l.Walks, *w)
	}
	return l, nil
}

// walkHandshake walks a handshake in the first of its scenarios with which the
// model goes along furthest.
func walkHandshake(s Setting, h *explain.Handshake) (best *Walked, err error) {
	for _, sc := range h.Scenarios {
		s.Budget, s.Scenario = 0, scenarioText(sc)
		w, err := walkScenario(s, h)
		if err != nil {
			return nil, err
		}
		if best == nil || w.Agreed > best.Agreed {
			best = w
		}
	}
	return best, nil
}

func walkScenario(s Setting, h *explain.Handshake) (*Walked, error) {
	sys, err := s.system()
	if err != nil {
		return nil, err
	}
	path, agreed, instead := h.Follow(sys, func(st model.State) int { return oddity(sys, st) })
	w := &Walked{Name: h.Name, Steps: len(h.Heard), Agreed: agreed}
	for _, x := range h.Heard {
		w.Tale = append(w.Tale, heardText(x))
	}
	w.Link, err = completed(s, sys, path)
	switch {
	case agreed < len(h.Heard) && instead != nil:
		w.Why = fmt.Sprintf("packet %d: %s; the model has %s there", h.Heard[agreed].Packet, heardText(h.Heard[agreed]), messages(instead))
	case agreed < len(h.Heard) && !h.Over(agreed):
		w.Why = fmt.Sprintf("packet %d: %s; the model has nothing there", h.Heard[agreed].Packet, heardText(h.Heard[agreed]))
	case agreed < len(h.Heard):
		w.Steps = agreed // what follows is no handshake any more
	case h.Broken != nil:
		w.Why = "what follows cannot be read: " + h.Broken.Error()
	}
	return w, err
}

// completed is the address at the end of a path, in a system of one scenario:
// what the path does not tell of it is at its default.
func completed(s Setting, sys *model.System, path []model.Action) (string, error) {
	wide := newWalk(s, sys)
	wide.follow(path)
	s.Scenario = scenarioText(sys.Complete(wide.end(), func(int) int { return 0 }))
	narrow, err := s.system()
	if err != nil {
		return "", err
	}
	w := newWalk(s, narrow)
	for _, a := range path {
		b, ok := narrow.Refined(w.end(), a)
		if !ok {
			return "", fmt.Errorf("browse: %v cannot be done in the scenario %s", a, s.Scenario)
		}
		w.follow([]model.Action{b})
	}
	return w.link(len(path)), nil
}

// oddity says how far a state's scenario is from the usual one: what was
// recorded may fit many.
func oddity(sys *model.System, st model.State) int {
	return len(strings.Fields(harness.Distinctive(sys.Complete(st, func(int) int { return 0 }))))
}

func heardText(x explain.Heard) string {
	text := x.From.String() + ": " + x.Message.String()
	switch {
	case x.Sealed:
		text += " (sealed)"
	case x.Message == spec.Alert:
		text += fmt.Sprintf(" %v %v", x.Alert.Level, x.Alert.Description)
	}
	return text
}

func messages(all []spec.Message) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = m.String()
	}
	return strings.Join(words, " or ")
}
