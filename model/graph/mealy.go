package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Mealy is a deterministic machine that takes every input in every state. State
// 0 is the first.
type Mealy struct {
	Inputs []string   `json:"inputs"`
	States []string   `json:"states"` // names; they need not differ
	Next   [][]int    `json:"next"`   // by state and input
	Output [][]string `json:"output"` // by state and input
}

// Closed is the output of a step after which the endpoint reads nothing more,
// beside what it has sent, and of every step after that.
const Closed = "closed"

// Wire is what the wire shows of a step, in the words of a Mealy machine's
// output: the messages that were sent, with the Session ID's class and the
// SessionTicket extension of a ServerHello and the description of an alert;
// data where application data was delivered; closed where the endpoint failed.
func Wire(o spec.Observation) string {
	var words []string
	for _, s := range o.Sent {
		words = append(words, wireWord(s))
	}
	if o.Delivered > 0 {
		words = append(words, "data")
	}
	if o.State == spec.Failed {
		words = append(words, Closed)
	}
	return strings.Join(words, " ")
}

func wireWord(s spec.Sent) string {
	switch s.Message {
	case spec.Alert:
		return fmt.Sprintf("Alert(%v)", s.Alert)
	case spec.ServerHello:
		word := fmt.Sprintf("ServerHello(sid=%v)", s.ID)
		if slices.Contains(s.Extensions, spec.SessionTicket) {
			word = fmt.Sprintf("ServerHello(sid=%v,session_ticket)", s.ID)
		}
		return word
	}
	return s.Message.String()
}

// NewMealy returns the reachable part of an endpoint's machine, with what the
// wire shows as its output.
func NewMealy(m *model.Machine) *Mealy {
	inputs := m.Inputs()
	machine := &Mealy{}
	for _, in := range inputs {
		machine.Inputs = append(machine.Inputs, in.Name)
	}
	first, _ := m.Initial()
	index := map[model.Endpoint]int{first: 0}
	states := []model.Endpoint{first}
	for i := 0; i < len(states); i++ {
		var next []int
		var output []string
		for _, in := range inputs {
			to, shown := m.Step(states[i], in)
			if _, ok := index[to]; !ok {
				index[to] = len(states)
				states = append(states, to)
			}
			next, output = append(next, index[to]), append(output, Wire(shown))
		}
		machine.States = append(machine.States, states[i].State.String())
		machine.Next, machine.Output = append(machine.Next, next), append(machine.Output, output)
	}
	return machine
}

// Run returns the outputs for a word of inputs, given by their indices.
func (m *Mealy) Run(word []int) []string {
	var out []string
	state := 0
	for _, in := range word {
		out = append(out, m.Output[state][in])
		state = m.Next[state][in]
	}
	return out
}

// Minimise returns the smallest machine with the same outputs: states that no
// word tells apart become one, and the states are numbered breadth first.
func (m *Mealy) Minimise() *Mealy {
	class := m.classes()
	min := &Mealy{Inputs: slices.Clone(m.Inputs)}
	number := map[int]int{class[0]: 0} // of a class
	member := []int{0}                 // of a number, one state
	for i := 0; i < len(member); i++ {
		s := member[i]
		var next []int
		for _, to := range m.Next[s] {
			if _, ok := number[class[to]]; !ok {
				number[class[to]] = len(member)
				member = append(member, to)
			}
			next = append(next, number[class[to]])
		}
		min.States = append(min.States, m.States[s])
		min.Next, min.Output = append(min.Next, next), append(min.Output, slices.Clone(m.Output[s]))
	}
	return min
}

// classes returns the class of each state: the coarsest partition in which the
// states of a class have equal outputs and go to equal classes (Moore).
func (m *Mealy) classes() []int {
	class := make([]int, len(m.States))
	for count := 1; ; {
		index := map[string]int{}
		finer := make([]int, len(class))
		for s := range class {
			var key strings.Builder
			fmt.Fprintf(&key, "%d", class[s])
			for i, to := range m.Next[s] {
				fmt.Fprintf(&key, "|%d %s", class[to], m.Output[s][i])
			}
			if _, ok := index[key.String()]; !ok {
				index[key.String()] = len(index)
			}
			finer[s] = index[key.String()]
		}
		class = finer
		if len(index) == count {
			return class
		}
		count = len(index)
	}
}

// Difference returns a shortest word of inputs that two machines with the same
// inputs answer differently, and false where there is none.
func Difference(a, b *Mealy) (word []int, differ bool) {
	type pair struct{ a, b int }
	type step struct {
		from  pair
		input int
	}
	came := map[pair]step{{}: {input: -1}}
	for queue := []pair{{}}; len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		for in := range a.Inputs {
			if a.Output[p.a][in] != b.Output[p.b][in] {
				word = []int{in}
				for at := came[p]; at.input >= 0; at = came[at.from] {
					word = append([]int{at.input}, word...)
				}
				return word, true
			}
			next := pair{a.Next[p.a][in], b.Next[p.b][in]}
			if _, ok := came[next]; !ok {
				came[next] = step{p, in}
				queue = append(queue, next)
			}
		}
	}
	return nil, false
}

// JSON returns the machine as JSON, one state a line.
func (m *Mealy) JSON() ([]byte, error) { return json.MarshalIndent(m, "", " ") }
