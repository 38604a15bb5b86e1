package model

import (
	"slices"

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
	edge  func(e *edge) (premise, holds bool)
	on    []spec.Event
	needs need // what a state or a transition must have to meet the premise

	clientsAlone bool // a state property that says nothing of the server
}

// about reports whether the property says something of r.
func (p *Property) about(r spec.Role) bool {
	if p.state != nil {
		return r == spec.Client || !p.clientsAlone
	}
	return slices.ContainsFunc(p.on, func(e spec.Event) bool { return e.Role() == r })
}

// need is a set of things that a state or a transition can have.
type need uint8

const (
	needQuiet     need = 1 << iota // a state: nothing is on a stream
	needPending                    // a ticket is pending; before a transition
	needFlight                     // more than one message is sent
	needForeign                    // what is read is not the peer's own
	needHello                      // the peer's hello is awaited, or a callback was called
	needFinished                   // Finished is awaited
	needUntouched                  // the attacker has done nothing
	allNeeds                       // as many sets of them are there
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

// onEvent holds, for each event, the edge properties that are asked about it.
var onEvent = func() (t [spec.Events]explore.Set) {
	for i, p := range properties {
		for _, e := range p.on {
			t[e] |= 1 << i
		}
	}
	return t
}()

// inStates holds, for each pair of the endpoints' states, the state properties
// that are asked about it. What comes after the properties are the attacks.
var inStates = func() (t [spec.States][spec.States]explore.Set) {
	add := func(i int, when func(client, server spec.State) bool) {
		for c := range spec.States {
			for s := range spec.States {
				if when == nil || when(spec.State(c), spec.State(s)) {
					t[c][s] |= 1 << i
				}
			}
		}
	}
	for i, p := range stateProperties {
		add(i, p.when)
	}
	for i, a := range attacks {
		add(len(properties)+i, a.when)
	}
	return t
}()

// satisfied holds, for what a state or a transition has, the properties that
// need no more.
var satisfied = func() (t [allNeeds]explore.Set) {
	for has := range t {
		t[has] = ^explore.Set(0)
		for i, p := range properties {
			if p.needs&^need(has) != 0 {
				t[has] &^= 1 << i
			}
		}
	}
	return t
}()

// untouched reports whether the attacker has done nothing so far.
func (s *System) untouched(st *State) bool { return st.Budget == uint8(s.options.Budget) }

// judgeState returns what the properties say about a state.
func (s *System) judgeState(st *State) (v explore.Verdict) {
	var has need
	if st.toClient|st.toServer == 0 {
		has |= needQuiet
	}
	if st.Client.Pending {
		has |= needPending
	}
	for asked := inStates[st.Client.State][st.Server.State] & satisfied[has]; asked != 0; asked &= asked - 1 {
		i := asked.First()
		if i >= len(properties) {
			if attacks[i-len(properties)].state(st) {
				v.Add(i, false)
			}
		} else if premise, holds := stateProperties[i].state(s, st); premise {
			v.Add(i, holds)
		}
	}
	return v
}

// judgeEdge returns what the properties say about the move that x has performed
// on from.
func (s *System) judgeEdge(from *State, x *exec) (v explore.Verdict) {
	asked := onEvent[x.out.event]
	if asked == 0 {
		return v
	}
	e := &x.edge // where it costs no allocation
	if e.from != from {
		*e = edge{sys: s, from: from, to: &x.st, out: &x.out, in: &x.in, open: x.open}
	}
	e.before, e.after = &from.Client, &x.st.Client
	if x.role == spec.Server {
		e.before, e.after = &from.Server, &x.st.Server
	}
	for asked &= satisfied[e.has()]; asked != 0; asked &= asked - 1 {
		i := asked.First()
		if premise, holds := properties[i].edge(e); premise {
			v.Add(i, holds)
		}
	}
	return v
}

// has returns what a transition has of what properties need.
func (e *edge) has() (has need) {
	if e.from.Client.Pending {
		has |= needPending
	}
	if e.out.n > 1 {
		has |= needFlight
	}
	if e.in.origin != Honest {
		has |= needForeign
	}
	switch e.before.State {
	case spec.AwaitClientHello, spec.AwaitServerHello:
		has |= needHello
	case spec.AwaitFinished, spec.AwaitFinishedAbbreviated:
		has |= needFinished
	}
	if e.out.call != spec.CallbackOpen {
		has |= needHello
	}
	if !e.open && e.sys.untouched(e.to) {
		has |= needUntouched
	}
	return has
}
