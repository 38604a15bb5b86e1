package target

import (
	"fmt"
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
	m, err := model.NewOpenMachine(s.Role(), sc, o)
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
	var kept []int
	for _, in := range inputs {
		kept = append(kept, slices.Index(m.Inputs, in))
	}
	for s := range m.Next {
		var next []int
		var out []string
		for _, i := range kept {
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

// Project leaves out of a machine what does not show from outside: that
// application data was delivered.
func Project(m *Machine) *Machine {
	return rewritten(m, func(out string) string {
		words := slices.DeleteFunc(strings.Fields(out), func(w string) bool { return w == "data" })
		if len(words) == 0 {
			return Silent
		}
		return strings.Join(words, " ")
	}).Minimize()
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

// Differences tells where a learned machine and the model's differ, the shortest
// conversation first: one for each input of each pair of states that equal
// answers lead to.
func Differences(learned, want *Machine, r spec.Role) (told []string) {
	for inputs := range learn.Differences(learned, want) {
		last := len(inputs) - 1
		told = append(told, Conversation(learned, r, inputs)+"model:   "+want.Run(inputs)[last]+"\nlearned: "+learned.Run(inputs)[last])
	}
	return told
}

// Table writes a machine for people: for each state what each input leads to.
// Inputs that end alike stand together, those of the largest group unnamed.
func Table(m *Machine) string {
	type end struct {
		out  string
		next int
	}
	var b strings.Builder
	for s := range m.Next {
		fmt.Fprintf(&b, "s%d\n", s)
		inputs := map[end][]string{}
		var ends []end
		var most end
		for i, in := range m.Inputs {
			e := end{m.Out[s][i], m.Next[s][i]}
			if inputs[e] == nil {
				ends = append(ends, e)
			}
			inputs[e] = append(inputs[e], in)
			if len(inputs[e]) > len(inputs[most]) {
				most = e
			}
		}
		for _, e := range ends {
			if e != most {
				fmt.Fprintf(&b, "  %s -> s%d: %s\n", strings.Join(inputs[e], ", "), e.next, e.out)
			}
		}
		fmt.Fprintf(&b, "  all else -> s%d: %s\n", most.next, most.out)
	}
	return b.String()
}
