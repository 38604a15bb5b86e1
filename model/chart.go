package model

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// String returns the state in one line: both endpoints, both streams, the
// attacker's budget, and the scenario as far as it is chosen.
func (st State) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "client %v | server %v | to-server [%s] to-client [%s] | budget %d", &st.Client, &st.Server,
		names(st.toServer), names(st.toClient), st.Budget)
	if st.Lost {
		b.WriteString(" lost")
	}
	if sc := ScenarioString(st.space.scenario()); sc != "" {
		b.WriteString(" | " + sc)
	}
	return b.String()
}

func names(q queue) string {
	var all []string
	for ; q != 0; q = q.pop() {
		all = append(all, symbols[q.head()].message().String())
	}
	return strings.Join(all, ", ")
}

// String returns the endpoint's fields that are not zero.
func (e *Endpoint) String() string {
	s := e.State.String()
	add := func(format string, args ...any) { s += " " + fmt.Sprintf(format, args...) }
	if e.Secret != spec.NoSecret {
		add("secret=%v", e.Secret)
	}
	if e.Pending {
		add("pending")
	}
	if e.Resumed != spec.Full {
		add("resumed=%v", e.Resumed)
	}
	if e.PeerAuth {
		add("peer-authenticated")
	}
	if e.Failure != spec.NoFailure {
		add("(%v)", e.Failure)
	}
	if e.Hello != (Hello{}) {
		add("hello{%v}", e.Hello)
	}
	return s
}

// String returns the message in a few words: its name, what was changed in it,
// and whose it is.
func (m Message) String() string {
	s := m.Type.String()
	if m.Type == spec.Alert {
		s += " " + m.Level.String() + " " + m.Alert.String()
	}
	if m.Empty {
		s += " empty"
	}
	if m.Keyed != spec.NoSecret {
		s += " {" + m.Keyed.String() + "}"
	}
	if m.Origin != Honest {
		s += " " + m.Origin.String()
	}
	if m.Hello != (Hello{}) {
		s += " " + m.Hello.String()
	}
	return s
}

// String returns the action in a few words, for instance "AttackerInject to
// Client: ChangeCipherSpec".
func (a Action) String() string {
	s := a.Event.String()
	if a.Event.Role() != spec.Attacker {
		return s
	}
	s += " to " + a.To.String()
	if a.Takes {
		s += " as its peer from now on"
	}
	if a.Splice {
		s += " instead"
	}
	if a.Message.Type != spec.NoMessage {
		s += ": " + a.Message.String()
	}
	return s
}

// Step is one transition of a path.
type Step struct {
	Action Action
	To     State
}

// Chart draws a path from a state as a message sequence chart in text: one line
// for each message as it is sent, each move of the attacker, and each end.
//
//	C->S ClientHello sid=empty ticket=pac
//	S->C ServerHello sid=echo
//	S->C ChangeCipherSpec
//	S->C Finished {pac}
//	C->S ChangeCipherSpec
//	C->S Finished {pac}
//	established resumed=session-secret
func (s *System) Chart(from State, path []Step) string {
	var b strings.Builder
	last := from
	if len(path) > 0 {
		last = path[len(path)-1].To
	}
	if sc := ScenarioString(last.space.scenario()); sc != "" {
		b.WriteString("handshake " + sc + "\n----\n")
	}
	at := from
	for i, o := range s.ObservePath(from, path) {
		chartStep(&b, at, path[i].Action, o)
		at = path[i].To
	}
	return b.String()
}

// ObservePath returns what each step of a path shows, with content as the whole
// path has chosen it: what the scenario still leaves open at a step may be known
// at the end.
func (s *System) ObservePath(from State, path []Step) []spec.Observation {
	all := make([]spec.Observation, len(path))
	for i, step := range path {
		a := step.Action
		if a.Event.Role() != spec.Attacker {
			a.space = path[len(path)-1].To.space
		}
		all[i] = s.Observe(from, a, step.To)
		from = step.To
	}
	return all
}

func chartStep(b *strings.Builder, at State, a Action, o spec.Observation) {
	if a.Event.Role() == spec.Attacker {
		arrow := "C->S"
		if a.To == spec.Client {
			arrow = "S->C"
		}
		fmt.Fprintf(b, "%s attacker: %v\n", arrow, a)
		return
	}
	arrow := "C->S"
	if o.Role == spec.Server {
		arrow = "S->C"
	}
	if o.Call.Made {
		fmt.Fprintf(b, "%v callback ticket=%v: %v\n", o.Role, o.Call.Ticket, o.Call.Result)
	}
	for _, sent := range o.Sent {
		fmt.Fprintf(b, "%s %s\n", arrow, sentString(sent))
	}
	before, _ := at.ends(o.Role)
	if o.State == before.State || !o.State.Ended() {
		return
	}
	who := strings.ToLower(o.Role.String())
	if o.State == spec.Failed {
		fmt.Fprintf(b, "%s failed: %v\n", who, o.Failure)
		return
	}
	fmt.Fprintf(b, "%s established secret=%v resumed=%v\n", who, o.Secret, o.Resumed)
}

// sentString describes a message in the words of a chart.
func sentString(s spec.Sent) string {
	t := s.Message.String()
	switch s.Message {
	case spec.ClientHello:
		t += fmt.Sprintf(" sid=%v ticket=%v", s.ID, s.Ticket)
	case spec.ServerHello:
		t += fmt.Sprintf(" sid=%v", s.ID)
		if s.Suite != 0 {
			t += fmt.Sprintf(" suite=%v", s.Suite)
		}
		for _, e := range s.Extensions {
			if e == spec.SessionTicket {
				t += " session_ticket"
			}
		}
	case spec.Alert:
		t += fmt.Sprintf(" %v %v", s.Level, s.Alert)
	}
	if s.Keyed != spec.NoSecret {
		t += fmt.Sprintf(" {%v}", s.Keyed)
	}
	return t
}
