package target

import (
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/learn"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// Machine is a machine over the names of package model's inputs and the words
// of [graph.Wire].
type Machine = learn.Machine[string, string]

// Words of the output that [graph.Wire] has not.
const (
	Silent = "-"      // nothing was sent
	Broken = "broken" // the endpoint has panicked, or takes no end of steps
)

// word is what a step has shown.
func word(o spec.Observation) string {
	if w := graph.Wire(o); w != "" {
		return w
	}
	return Silent
}

// alphabet returns the inputs of a role's machine.
func alphabet(r spec.Role, sc spec.Scenario) ([]model.Input, error) {
	m, err := model.NewMachine(r, sc, model.Options{})
	if err != nil {
		return nil, err
	}
	return m.Inputs(), nil
}

func byName(inputs []model.Input) map[string]model.Input {
	index := make(map[string]model.Input, len(inputs))
	for _, in := range inputs {
		index[in.Name] = in
	}
	return index
}

func names(inputs []model.Input) []string {
	all := make([]string, len(inputs))
	for i, in := range inputs {
		all[i] = in.Name
	}
	return all
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Expect returns the model's machine of a system's endpoint in a scenario, under
// a profile, minimal and with the system's inputs alone.
func Expect(s Endpoint, sc spec.Scenario, p spec.Profile) (*Machine, error) {
	return expect(s, sc, model.Options{Profile: p})
}

func expect(s Endpoint, sc spec.Scenario, o model.Options) (*Machine, error) {
	m, err := model.NewMachine(s.Role(), sc, o)
	if err != nil {
		return nil, err
	}
	mealy := graph.NewMealy(m)
	machine := &Machine{Inputs: mealy.Inputs, Next: mealy.Next, Out: mealy.Output}
	return restricted(rewritten(machine, func(w string) string {
		if w == "" {
			return Silent
		}
		return w
	}), s.Inputs()).Minimize(), nil
}

// Endpoint is a System of TLS.
type Endpoint interface {
	System
	Role() spec.Role
}

// restricted returns the machine without the inputs that are not listed.
func restricted(m *Machine, inputs []string) *Machine {
	less := &Machine{Inputs: inputs}
	for s := range m.Next {
		var next []int
		var out []string
		for _, in := range inputs {
			i := slices.Index(m.Inputs, in)
			next, out = append(next, m.Next[s][i]), append(out, m.Out[s][i])
		}
		less.Next, less.Out = append(less.Next, next), append(less.Out, out)
	}
	return less
}

// rewritten returns the machine with other words for its outputs.
func rewritten(m *Machine, f func(string) string) *Machine {
	other := &Machine{Inputs: m.Inputs, Next: m.Next}
	for _, row := range m.Out {
		out := make([]string, len(row))
		for i, w := range row {
			out[i] = f(w)
		}
		other.Out = append(other.Out, out)
	}
	return other
}

// Conversation tells a word of inputs and a machine's answers, up to the last
// one, as sent between an endpoint of role r and its peer.
func Conversation(m *Machine, r spec.Role, inputs []string) string {
	toEndpoint, fromEndpoint := "C->S ", "S->C "
	if r == spec.Client {
		toEndpoint, fromEndpoint = fromEndpoint, toEndpoint
	}
	var b strings.Builder
	out := m.Run(inputs)
	for i, in := range inputs {
		b.WriteString(toEndpoint + in + "\n")
		if i < len(inputs)-1 && out[i] != Silent {
			b.WriteString(fromEndpoint + out[i] + "\n")
		}
	}
	return b.String()
}

// Difference tells a shortest word on which a learned machine and the model's
// differ, and returns an empty text where there is none.
func Difference(learned, want *Machine, r spec.Role) string {
	inputs, differ := learn.Distinguish(learned, want)
	if !differ {
		return ""
	}
	last := len(inputs) - 1
	return Conversation(learned, r, inputs) + "model:   " + want.Run(inputs)[last] + "\nlearned: " + learned.Run(inputs)[last]
}
