package model

import (
	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// Property is something that is true of every reachable state or transition.
type Property struct {
	Name         string
	Text         string   // what it says, in one sentence
	Requirements []string // ids of spec/requirements
	Budget       int      // the attacker's moves that it takes to exercise it
	Local        bool     // about one endpoint alone, so that the open machine has it too

	// state and edge return whether the premise holds and whether the property
	// does. An edge property is asked about the events in on alone.
	state func(s *System, st *State) (premise, holds bool)
	when  func(client, server spec.State) bool // where a state can meet the premise; nil: anywhere
	quiet bool                                 // only where nothing is on a stream
	edge  func(e *edge) (premise, holds bool)
	on    []spec.Event
	needs need // what a transition must have to meet the premise
}

// need is a set of things that a transition can have.
type need uint8

const (
	needFlight  need = 1 << iota // more than one message is sent
	needForeign                  // what is read is not the peer's own
)

// edge is one transition as the properties see it.
type edge struct {
	sys    *System
	from   *State
	to     *State
	out    *output
	in     *input
	open   bool      // one endpoint alone, against a peer that may send anything
	before *Endpoint // of the endpoint that acts
	after  *Endpoint
}

// sent reports whether the step has sent a message of type m.
func (e *edge) sent(m spec.Message) bool {
	for _, o := range e.out.sent[:e.out.n] {
		if symbols[o].typ == m {
			return true
		}
	}
	return false
}

// alert returns the fatal alert that the step has sent, or AlertNone.
func (e *edge) alert() spec.AlertDescription {
	if !e.out.refused {
		return spec.AlertNone
	}
	return e.out.refusal
}

// possible reports whether dimension d can still have a value in want.
func (st *State) possible(d dim, want set) bool { return st.space.get(d)&want != 0 }

// certain reports whether dimension d has a value in want.
func (st *State) certain(d dim, want set) bool { return st.space.get(d)&^want == 0 }

// properties is filled from the files that define them.
var properties = append(append([]Property{}, stateProperties...), edgeProperties...)

// Properties returns every property.
func Properties() []Property { return append([]Property(nil), properties...) }

// propertyNames are the names of the properties, and of the attacks after them.
func propertyNames() []string {
	var names []string
	for _, p := range properties {
		names = append(names, p.Name)
	}
	for _, a := range attacks {
		names = append(names, a.Name)
	}
	return names
}

// byEvent holds, for each event, the edge properties that are asked about it.
var byEvent = func() (t [spec.Events][]asked) {
	for i, p := range properties {
		for _, e := range p.on {
			t[e] = append(t[e], asked{i, p.needs})
		}
	}
	return t
}()

// asked is a property, and what a transition must have for it.
type asked struct {
	index int
	needs need
}

// byState holds, for each pair of the endpoints' states, the state properties
// that are asked about it; quiet ones only where nothing is on a stream. What
// comes after the properties are the attacks.
var byState = func() (t [2][spec.States][spec.States][]uint8) {
	add := func(i int, quiet bool, when func(client, server spec.State) bool) {
		for c := range spec.States {
			for s := range spec.States {
				if when != nil && !when(spec.State(c), spec.State(s)) {
					continue
				}
				t[1][c][s] = append(t[1][c][s], uint8(i))
				if !quiet {
					t[0][c][s] = append(t[0][c][s], uint8(i))
				}
			}
		}
	}
	for i, p := range stateProperties {
		add(i, p.quiet, p.when)
	}
	for i, a := range attacks {
		add(len(properties)+i, false, a.when)
	}
	return t
}()

// judgeState returns what the properties say about a state.
func (s *System) judgeState(st *State) (v explore.Verdict) {
	quiet := 0
	if st.toClient|st.toServer == 0 {
		quiet = 1
	}
	for _, i := range byState[quiet][st.Client.State][st.Server.State] {
		if int(i) >= len(properties) {
			if attacks[int(i)-len(properties)].state(st) {
				v.Add(int(i), false)
			}
		} else if premise, holds := stateProperties[i].state(s, st); premise {
			v.Add(int(i), holds)
		}
	}
	return v
}

// judgeEdge returns what the properties say about the move that x has performed
// on from.
func (s *System) judgeEdge(from *State, x *exec) (v explore.Verdict) {
	list := byEvent[x.out.event]
	if len(list) == 0 {
		return v
	}
	var has need
	if x.out.n > 1 {
		has |= needFlight
	}
	if x.in.origin != Honest {
		has |= needForeign
	}
	e := &x.edge // where it costs no allocation
	if e.from != from {
		*e = edge{sys: s, from: from, to: &x.st, out: &x.out, in: &x.in, open: x.open}
	}
	e.before, e.after = &from.Client, &x.st.Client
	if x.role == spec.Server {
		e.before, e.after = &from.Server, &x.st.Server
	}
	for _, a := range list {
		if a.needs&^has != 0 {
			continue
		}
		if premise, holds := properties[a.index].edge(e); premise {
			v.Add(a.index, holds)
		}
	}
	return v
}
