package harness

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// goOn is the line of a script that stands for all that happens by itself.
const goOn = "..."

// Script returns the actions so far, one a line, as [Play] reads them.
func (r *Run) Script() string {
	var b strings.Builder
	for _, s := range r.steps {
		fmt.Fprintln(&b, s.action)
	}
	return b.String()
}

// Play begins r anew with a scenario, and takes the actions that a script
// names, one a line, as [model.Action] writes them. A line of three dots goes
// on without the attacker until nothing is left to do.
func (r *Run) Play(sc spec.Scenario, script string, seed uint64) error {
	sys, err := systemFor(sc, script)
	if err != nil {
		return err
	}
	if err := r.Begin(sys, seed); err != nil {
		return err
	}
	return follow(r, script)
}

// Tell returns what the model says to a script, as the lines of a conversation.
func Tell(sc spec.Scenario, script string) (string, error) {
	sys, err := systemFor(sc, script)
	if err != nil {
		return "", err
	}
	alone := &symbolicRun{system: sys, state: sys.Initial()[0]}
	err = follow(alone, script)
	return tellAll(alone.steps), err
}

// Told returns what the implementation has shown so far, as [Tell] does for the
// model.
func (r *Run) Told() string { return tellAll(r.steps) }

// symbolicRun is the model without an implementation beside it.
type symbolicRun struct {
	system *model.System
	state  model.State
	steps  []step
}

func (r *symbolicRun) Enabled() []model.Action { return r.system.Enabled(r.state) }

func (r *symbolicRun) Step(a model.Action) error {
	next := r.system.Next(r.state, a)
	r.steps = append(r.steps, step{a, r.system.Observe(r.state, a, next)})
	r.state = next
	return nil
}

// walker is what a script leads.
type walker interface {
	Enabled() []model.Action
	Step(model.Action) error
}

// systemFor returns the system of a script: the attacker may do what it says. As
// an endpoint it speaks as often as it likes, and pays once, so that the lines
// can be more than the largest budget.
func systemFor(sc spec.Scenario, script string) (*model.System, error) {
	budget := 0
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, spec.Attacker.String()) {
			budget++
		}
	}
	return model.New(model.Options{Fix: sc.WithDefaults(), Budget: min(budget, model.MaxBudget)})
}

// follow takes the actions that a script names.
func follow(w walker, script string) error {
	for line := range strings.Lines(script) {
		var err error
		switch line = strings.TrimSpace(line); line {
		case "":
		case goOn:
			err = finish(w)
		default:
			err = named(w, line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Finish goes on without the attacker until nothing is left to do.
func (r *Run) Finish() error { return finish(r) }

func finish(w walker) error {
	for {
		all := w.Enabled()
		if len(all) == 0 || all[0].Event.Role() == spec.Attacker {
			return nil
		}
		if err := w.Step(all[0]); err != nil {
			return err
		}
	}
}

// named takes the action that the model calls so.
func named(w walker, name string) error {
	var have []string
	for _, a := range w.Enabled() {
		if a.String() == name {
			return w.Step(a)
		}
		have = append(have, a.String())
	}
	return fmt.Errorf("harness: %q cannot be done here; there is\n%s", name, strings.Join(have, "\n"))
}
