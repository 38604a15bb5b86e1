package model

import (
	"fmt"

	"github.com/sesame-tls/sesame/spec"
)

// MaxBudget is the largest budget that a state has room for.
const MaxBudget = 3

// System is the transition system that Options describe. It is safe for
// concurrent use.
type System struct {
	options  Options
	faults   faults
	conducts conducts
	space    space
	without  reductions // that tests turn off
}

// reductions are what saves states without hiding anything.
type reductions struct {
	startFirst   bool // the attacker waits for ClientHello
	clearRecords bool // few records in the clear stand for all where keys are active
	noDeadData   bool // no application data is sent to a failed endpoint
}

// New returns the system, or an error that says which option is wrong.
func New(o Options) (*System, error) {
	s := &System{options: o, space: everything()}
	if o.Budget < 0 || o.Budget > MaxBudget {
		return nil, fmt.Errorf("model: budget %d: give 0 to %d", o.Budget, MaxBudget)
	}
	if o.Profile.Name == "" {
		s.options.Profile = spec.Profiles()[0]
	}
	m, err := mutantByName(o.Mutant)
	if err != nil {
		return nil, err
	}
	s.faults, s.conducts = m.union(faultsOf(s.options.Profile)), conductsOf(s.options.Profile)
	s.space.fix(o.Fix)
	if !s.space.settle() {
		return nil, fmt.Errorf("model: no such scenario: %+v", o.Fix)
	}
	return s, nil
}

// Initial returns the initial states: one, unless every dimension is chosen up
// front.
func (s *System) Initial() []State {
	first := State{
		Client: Endpoint{State: spec.Start},
		Server: Endpoint{State: spec.AwaitClientHello, HasCached: true},
		space:  s.space,
		Budget: uint8(s.options.Budget),
	}
	if !s.options.UpFront {
		return []State{first}
	}
	var all []State
	s.space.each(func(sp space) {
		first.space = sp
		all = append(all, first)
	})
	return all
}

// Enabled returns the actions of a state. An action whose course depends on a
// dimension that has not been chosen stands there once for each part of it.
func (s *System) Enabled(st State) []Action {
	var all []Action
	s.Successors(st, func(a Action, _ State) { all = append(all, a) })
	return all
}

// action describes the move that x has just performed.
func (x *exec) action(m move) Action {
	a := Action{Event: x.out.event, To: m.to, Splice: m.splice, move: m, space: x.st.space}
	switch m.kind {
	case moveInject, moveReplay, moveTake, movePlay:
		a.Takes = m.kind == moveTake
		a.Message = symbols[m.sym].message()
		if m.kind == moveReplay {
			a.Message.Origin = Recorded
		}
	case moveChange:
		c := &changes[m.change]
		if c.flip != noFlip {
			// What is asked here must not lead to more runs of the move.
			y := *x
			y.alts = nil
			x = &y
		}
		a.Message = Message{Type: c.hello, Hello: c.to}
		me, _ := x.st.ends(m.to)
		value := func(s spec.Switch, now bool) spec.Switch {
			switch {
			case s != spec.SwitchOpen:
				return s
			case now:
				return spec.On
			}
			return spec.Off
		}
		client := c.hello == spec.ClientHello
		switch c.flip {
		case flipEMS:
			a.Message.Hello.EMS = value(me.Hello.EMS, client && x.chEMS() || !client && x.shEMS())
		case flipEtM:
			a.Message.Hello.EtM = value(me.Hello.EtM, client && x.chEtM() || !client && x.sentEtM())
		case flipTicketExt:
			a.Message.Hello.TicketExt = value(me.Hello.TicketExt, x.shTicketExtension())
		}
	}
	return a
}

// Next returns the state that a leads to. It depends on nothing else.
func (s *System) Next(st State, a Action) State {
	return s.perform(st, a).st
}

// perform carries out an action that Enabled has returned for st.
func (s *System) perform(st State, a Action) *exec {
	x := &exec{sys: s, st: st}
	x.st.space = a.space
	x.perform(a.move)
	return x
}

// Scenario returns the scenario as far as st has chosen it.
func (s *System) Scenario(st State) spec.Scenario { return st.space.scenario() }

// Queue returns what is on the stream that to reads, the next message first.
func (s *System) Queue(st State, to spec.Role) []Message {
	me, peer := st.ends(to)
	var all []Message
	for q := st.stream(to); q != 0; q = q.pop() {
		m := symbols[q.head()].message()
		if m.Keyed != spec.NoSecret && m.Origin == Honest {
			m.Keyed = peer.Secret
		}
		if m.Origin == Honest && (m.Type == spec.ClientHello || m.Type == spec.ServerHello) && len(all) == 0 && !me.hasRead(m.Type) {
			m.Hello = me.Hello
		}
		all = append(all, m)
	}
	return all
}

// hasRead reports whether an endpoint has read the hello that it waits for.
func (e *Endpoint) hasRead(hello spec.Message) bool {
	if hello == spec.ClientHello {
		return e.State != spec.AwaitClientHello
	}
	return e.State != spec.AwaitServerHello
}

// message returns the symbol as a message. A sealed one is Keyed with the
// exchanged secret of another session until its sender is known.
func (s symbol) message() Message {
	m := Message{Type: s.typ, Origin: s.origin, Level: s.level, Alert: s.alert, Empty: s.empty}
	if s.sealed {
		m.Keyed = spec.OtherKeyExchanged
	}
	if s.second && s.typ == spec.ClientHello {
		m.Hello.Ticket = TicketOtherPAC
	}
	if s.second && s.typ == spec.ServerHello {
		m.Hello.Suite = SuiteAnonymous
	}
	return m
}

// Successors calls f with each action of a state and the state that it leads
// to. It is [System.Enabled] and [System.Next] in one, and faster.
func (s *System) Successors(st State, f func(Action, State)) {
	x := &exec{sys: s}
	s.moves(&st, func(m move) {
		x.run(&st, m, func() {
			next := x.st
			f(x.action(m), next)
		})
	})
}
