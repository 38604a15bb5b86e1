package cases

import (
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// toured are the machines of which every edge is a case.
var toured = []struct {
	role     spec.Role
	name     string
	scenario spec.Scenario
	setup    Setup
}{
	{spec.Server, "unset", spec.Scenario{ServerTickets: spec.On}, Setup{Tickets: true}},
	{spec.Server, "accept", spec.Scenario{ServerCallback: spec.CallbackAccept}, Setup{Callback: "accept", Tickets: true}},
	{spec.Server, "decline", spec.Scenario{ServerCallback: spec.CallbackDecline}, Setup{Callback: "decline", Tickets: true}},
	{spec.Server, "require", spec.Scenario{ServerCallback: spec.CallbackDecline, ClientAuth: spec.ClientAuthRequire, ClientCert: spec.On},
		Setup{Callback: "decline", Verify: "require", Tickets: true}},
	{spec.Client, "unset", spec.Scenario{Ticket: spec.TicketAbsent}, Setup{}},
	{spec.Client, "accept", spec.Scenario{ClientCallback: spec.CallbackAccept, Ticket: spec.TicketPAC}, Setup{Callback: "accept", Ticket: "pac"}},
	{spec.Client, "fail", spec.Scenario{ClientCallback: spec.CallbackFail, Ticket: spec.TicketPAC}, Setup{Callback: "decline", Ticket: "pac"}},
}

// tours returns a case for each edge that no earlier case goes along.
func tours() (all []Case) {
	for _, t := range toured {
		m, err := model.NewMachine(t.role, t.scenario.WithDefaults(), model.Options{})
		if err != nil {
			panic("cases: " + err.Error())
		}
		tour := &tour{mealy: graph.NewMealy(m).Minimise(), inputs: m.Inputs()}
		tour.name()
		for _, word := range tour.words() {
			s := newScript(t.role, t.scenario.WithDefaults(), t.setup)
			all = append(all, tour.play(s, t.name, word))
		}
	}
	return all
}

// tour is a machine, its states' names, and a shortest word to each.
type tour struct {
	mealy  *graph.Mealy
	inputs []model.Input
	names  []string
	access [][]int
}

func (t *tour) name() {
	seen := map[string]int{}
	for _, name := range t.mealy.States {
		if seen[name]++; seen[name] > 1 {
			name += "-" + string(rune('0'+seen[name]))
		}
		t.names = append(t.names, name)
	}
	t.access = make([][]int, len(t.names))
	reached := map[int]bool{0: true}
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for _, in := range t.order() {
			if to := t.mealy.Next[queue[0]][in]; !reached[to] {
				reached[to] = true
				t.access[to] = append(slices.Clone(t.access[queue[0]]), in)
				queue = append(queue, to)
			}
		}
	}
}

// order returns the inputs, those that need a session last.
func (t *tour) order() []int {
	var first, last []int
	for i, in := range t.inputs {
		if h := in.Message.Hello; h.ID == spec.IDCached || h.Ticket == model.TicketOfSession {
			last = append(last, i)
		} else {
			first = append(first, i)
		}
	}
	return append(first, last...)
}

// ended reports whether a state is one of an endpoint that reads nothing more.
func (t *tour) ended(state int) bool { return t.mealy.States[state] == spec.Failed.String() }

// word is an edge, and how a conversation goes on after it.
type word struct {
	state, input int
	rest         []int
}

// words returns the edges that are to be gone along. Hellos, and messages that
// verify and do not, count once where the state does the same with them.
func (t *tour) words() (all []word) {
	type like struct {
		state, next int
		output      string
		message     spec.Message
	}
	gone := map[like]bool{}
	likeOf := func(state, in int) like {
		return like{state, t.mealy.Next[state][in], t.mealy.Output[state][in], t.inputs[in].Message.Type}
	}
	for state := range t.names {
		if t.ended(state) {
			continue
		}
		for in := range t.inputs {
			l := likeOf(state, in)
			if state == 0 {
				l.message += spec.Message(in) << 5 // what comes first is all different
			}
			// Where it is established, data passes in every case.
			echo := t.mealy.States[state] == spec.Established.String() && l.message == spec.ApplicationData
			if gone[l] || echo {
				continue
			}
			gone[l] = true
			w := word{state, in, t.onward(t.mealy.Next[state][in])}
			at := t.mealy.Next[state][in]
			for _, next := range w.rest {
				gone[likeOf(at, next)] = true
				at = t.mealy.Next[at][next]
			}
			all = append(all, w)
		}
	}
	return all
}

// onward returns a shortest word from a state to one that is established.
func (t *tour) onward(from int) []int {
	type step struct{ state, before, input int }
	steps := []step{{from, -1, 0}}
	reached := map[int]bool{from: true}
	for i := 0; i < len(steps); i++ {
		s := steps[i]
		if t.mealy.States[s.state] == spec.Established.String() {
			var word []int
			for ; s.before >= 0; s = steps[s.before] {
				word = append([]int{s.input}, word...)
			}
			return word
		}
		for _, in := range t.order() {
			to := t.mealy.Next[s.state][in]
			if !reached[to] && t.inputs[in].Message.Type != spec.Alert {
				reached[to] = true
				steps = append(steps, step{to, i, in})
			}
		}
	}
	return nil
}

// play writes the case of a word.
func (t *tour) play(s *script, name string, w word) Case {
	for _, in := range t.access[w.state] {
		s.say(t.inputs[in])
	}
	in := t.inputs[w.input]
	before := s.at
	shown := s.say(in)
	for _, next := range w.rest {
		s.say(t.inputs[next])
	}
	if len(s.unsaid) > 0 || s.at.State == spec.Established && len(w.rest) > 0 {
		s.echo()
	}
	if len(s.unsaid) > 0 {
		s.silence()
	}
	id := strings.Join([]string{roleName(s.role()), "tour", name, t.names[w.state], strings.ReplaceAll(in.Name, " ", "-")}, "/")
	r := about(s.role(), before, in, shown)
	grade, why := weigh(s.role(), before, in, r)
	c := s.done(id, "in "+t.names[w.state]+", "+in.Name, grade, r)
	c.Why = why
	return c
}
