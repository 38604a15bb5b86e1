package model

import (
	"math/rand/v2"

	"github.com/sesame-tls/sesame/spec"
)

// Walks takes random walks through a system, each to its end, and yields what an
// endpoint read on each, as inputs of its open machine ([NewOpenMachine]) in the
// scenario. What the machine has no letter for, such as another's certificate, is
// left out: a word is a way to behave, and no more.
func Walks(r spec.Role, scenario spec.Scenario, o Options, rng *rand.Rand) (func(func([]string) bool), error) {
	m, err := NewOpenMachine(r, scenario, o)
	if err != nil {
		return nil, err
	}
	o.Fix = peerOpen(r, m.scenario)
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	return func(yield func([]string) bool) {
		for yield(sys.walkInputs(m, rng)) {
		}
	}, nil
}

// peerOpen is a scenario with what is the peer's alone left open.
func peerOpen(r spec.Role, sc spec.Scenario) spec.Scenario {
	if r == spec.Server {
		sc.ClientCallback, sc.Ticket, sc.SessionID, sc.Preferred = 0, 0, 0, 0
		sc.ClientEMS, sc.ClientCert = 0, 0
	} else {
		sc.ServerCallback, sc.ServerTickets, sc.ServerEMS, sc.ClientAuth = 0, 0, 0, 0
	}
	sc.Keys = 0
	return sc
}

// walkInputs takes one walk.
func (s *System) walkInputs(m *Machine, rng *rand.Rand) (word []string) {
	initial := s.Initial()
	at := initial[rng.IntN(len(initial))]
	for range walkSteps {
		actions := s.Enabled(at)
		if len(actions) == 0 {
			break
		}
		a := actions[rng.IntN(len(actions))]
		if in, ok := s.read(at, a, m.role); ok {
			if letter, ok := m.letter(in); ok {
				word = append(word, letter.Name)
			}
		}
		at = s.Next(at, a)
	}
	return word
}

// read returns what r reads in an action, if that is what the action does.
func (s *System) read(st State, a Action, r spec.Role) (in Input, ok bool) {
	if a.move.kind != moveDeliver || a.move.to != r {
		return in, false
	}
	x := s.perform(st, a)
	in.Message = Message{Type: x.in.typ, Empty: x.in.empty, Level: x.in.level, Alert: x.in.alert}
	switch {
	case x.in.class == classBadMAC && x.in.sealed, x.in.class == classGarbage:
		in.Message = Message{Type: spec.Garbage}
	case x.in.class == classBadMAC:
		in.Message.Origin = Forged
	case x.in.class == classBadVerify:
		in.Wrong = true
	}
	if in.Message.Type == spec.ClientHello || in.Message.Type == spec.ServerHello {
		in.Message.Hello = x.me.Hello
		x.honest(&in.Message.Hello)
	}
	return in, true
}

// honest fills in what a hello's honest sender has put there.
func (x *exec) honest(h *Hello) {
	sc := x.st.space.scenario()
	if x.role == spec.Client {
		if h.ID == spec.IDOpen {
			h.ID = x.st.Server.ID
		}
		if h.TicketExt == spec.SwitchOpen {
			h.TicketExt = spec.Off
			if x.st.Server.Promised {
				h.TicketExt = spec.On
			}
		}
		return
	}
	if h.Ticket == SameTicket {
		h.Ticket = map[spec.Ticket]Ticket{
			spec.TicketAbsent: TicketStripped, spec.TicketEmpty: TicketEmptied, spec.TicketPAC: TicketGood, spec.TicketSession: TicketOfSession,
		}[sc.Ticket]
	}
	if h.ID == spec.IDOpen {
		h.ID = sc.SessionID
	}
}

// letter returns the letter of a machine that is most like an input.
func (m *Machine) letter(in Input) (best Input, ok bool) {
	most := -1
	for _, l := range m.inputs {
		a, b := l.Message, in.Message
		a.Hello, b.Hello = Hello{}, Hello{}
		if a != b && !(a.Type == spec.Alert && b.Type == spec.Alert && a.Level == b.Level) || l.Wrong != in.Wrong {
			continue
		}
		if n := alike(l.Message.Hello, in.Message.Hello); n > most {
			best, most, ok = l, n, true
		}
	}
	return best, ok
}

// alike says how much two hellos have in common, changes counting most.
func alike(a, b Hello) (n int) {
	for _, field := range []struct {
		same   bool
		weight int
	}{
		{a.Version == b.Version, 4}, {a.Suites == b.Suites, 4}, {a.Suite == b.Suite, 4}, {a.Renegotiation == b.Renegotiation, 4},
		{a.EMS == b.EMS, 3}, {a.EtM == b.EtM, 3}, {a.Ticket == b.Ticket, 2}, {a.TicketExt == b.TicketExt, 1}, {a.ID == b.ID, 2},
	} {
		if field.same {
			n += field.weight
		}
	}
	return n
}
