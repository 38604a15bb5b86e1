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
	lines := strings.Split(strings.TrimSpace(script), "\n")
	budget := 0
	for _, line := range lines {
		if strings.HasPrefix(line, spec.Attacker.String()) {
			budget++
		}
	}
	sys, err := model.New(model.Options{Fix: sc, Budget: budget})
	if err != nil {
		return err
	}
	if err := r.Begin(sys, seed); err != nil {
		return err
	}
	for _, line := range lines {
		switch line = strings.TrimSpace(line); line {
		case "":
		case goOn:
			err = r.Finish()
		default:
			err = r.named(line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Finish goes on without the attacker until nothing is left to do.
func (r *Run) Finish() error {
	for {
		all := r.Enabled()
		if len(all) == 0 || all[0].Event.Role() == spec.Attacker {
			return nil
		}
		if err := r.Step(all[0]); err != nil {
			return err
		}
	}
}

// named takes the action that the model calls so.
func (r *Run) named(name string) error {
	var have []string
	for _, a := range r.Enabled() {
		if a.String() == name {
			return r.Step(a)
		}
		have = append(have, a.String())
	}
	return fmt.Errorf("harness: %q cannot be done after\n%sthere is\n%s", name, r.Conversation(), strings.Join(have, "\n"))
}
