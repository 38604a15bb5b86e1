package model

import (
	"fmt"

	"github.com/sesame-tls/sesame/spec"
)

// Machine is one endpoint alone, against a peer that may send anything: the
// input-enabled Mealy machine of its step function over a fixed alphabet, for
// one scenario. Its states are Endpoint values.
type Machine struct {
	sys      *System
	role     spec.Role
	scenario spec.Scenario
	inputs   []Input
}

// Input is one letter of a machine's alphabet.
type Input struct {
	Name    string
	Message Message // what is read; a hello's content is all in Message.Hello
	// Wrong: a Finished that opens and does not verify, or a signature that does not.
	Wrong bool
}

// NewMachine returns the machine of r in a scenario, whose open fields count as
// their defaults. Profile and mutant are o's.
func NewMachine(r spec.Role, scenario spec.Scenario, o Options) (*Machine, error) {
	o.Fix, o.Budget, o.UpFront = scenario.WithDefaults(), 0, false
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	m := &Machine{sys: sys, role: r, scenario: o.Fix}
	if r == spec.Server {
		m.inputs = serverInputs(o.Fix)
	} else {
		m.inputs = clientInputs()
	}
	return m, nil
}

// NewOpenMachine is [NewMachine] with the letters of an attacker too: each field
// of a hello changed, what does not verify, what is in the clear where keys are
// active, what opens nowhere, and the end of the stream.
func NewOpenMachine(r spec.Role, scenario spec.Scenario, o Options) (*Machine, error) {
	m, err := NewMachine(r, scenario, o)
	if err != nil {
		return nil, err
	}
	m.inputs = distinct(append(m.inputs, attackInputs(r, goodTicket(m.scenario))...))
	return m, nil
}

// goodTicket is the one that a server in a scenario can open.
func goodTicket(sc spec.Scenario) Ticket {
	if sc.ServerCallback == spec.CallbackUnset {
		return TicketOfSession
	}
	return TicketGood
}

// Role returns whose machine it is.
func (m *Machine) Role() spec.Role { return m.role }

// Inputs returns the alphabet. It is the same for every scenario of a role but
// for what a good ticket is.
func (m *Machine) Inputs() []Input { return append([]Input(nil), m.inputs...) }

// Initial returns the first state, and what has been shown before any input: a
// client has sent its ClientHello.
func (m *Machine) Initial() (Endpoint, spec.Observation) {
	st := m.sys.Initial()[0]
	if m.role == spec.Server {
		return st.Server, spec.Observation{Role: spec.Server, State: st.Server.State}
	}
	a := m.sys.Enabled(st)[0]
	next := m.sys.Next(st, a)
	return next.Client, m.sys.Observe(st, a, next)
}

// Step returns what an endpoint does when it reads in, and what it shows. An
// endpoint that has failed reads nothing any more.
func (m *Machine) Step(e Endpoint, in Input) (Endpoint, spec.Observation) {
	if e.State == spec.Failed {
		return e, spec.Observation{Role: m.role, State: e.State, Failure: e.Failure}
	}
	x, _ := m.step(e, in)
	after, _ := x.st.ends(m.role)
	return *after, x.observe(m.role, *after)
}

// step performs one input, and returns the state before it.
func (m *Machine) step(e Endpoint, in Input) (x *exec, from *State) {
	x = &exec{sys: m.sys, open: true}
	x.st.space = m.sys.space
	me, peer := x.st.ends(m.role)
	*me, *peer = e, unconstrained(m.role)
	before := x.st
	x.read(m.role, in)
	return x, &before
}

// Judge returns what an endpoint becomes when it reads in, as Step does, and what
// the properties that are local to it say about that step and where it leads.
func (m *Machine) Judge(e Endpoint, in Input) (Endpoint, Judgement) {
	if e.State == spec.Failed {
		return e, Judgement{}
	}
	x, from := m.step(e, in)
	v, reached := m.sys.judgeEdge(from, x), m.sys.judgeState(&x.st)
	v.Checked = (v.Checked | reached.Checked) & localTo[m.role]
	v.Violated = (v.Violated | reached.Violated) & localTo[m.role]
	after, _ := x.st.ends(m.role)
	return *after, judgement(v)
}

// unconstrained is what stands in the peer's place: what it says beyond the
// input is what an honest peer would.
func unconstrained(r spec.Role) Endpoint {
	if r == spec.Server {
		return Endpoint{State: spec.AwaitServerHello}
	}
	return Endpoint{State: spec.AwaitClientHello, Suite: SuiteNormal, ID: spec.IDFresh}
}

// read lets r read an input of its open machine.
func (x *exec) read(r spec.Role, in Input) {
	x.turn(r)
	waitsForHello := x.me.State == spec.AwaitServerHello || x.me.State == spec.AwaitClientHello
	if waitsForHello && (in.Message.Type == spec.ServerHello || in.Message.Type == spec.ClientHello) {
		x.me.Hello = in.Message.Hello
	}
	keys := x.me.State.ReadProtected()
	x.in = input{symbol: symbol{
		typ: in.Message.Type, sealed: keys, empty: in.Message.Empty, level: in.Message.Level, alert: in.Message.Alert,
	}}
	switch {
	case in.Message.Origin == Forged && keys:
		x.in.sealed = false
		x.in.class = x.classifyClear()
	case in.Message.Type == spec.Garbage && keys:
		x.in.class = classBadMAC
	case in.Message.Type == spec.Garbage:
		x.in.class = classGarbage
	case in.Wrong && verifies(x.me.State) == in.Message.Type:
		x.in.class = classBadVerify
	}
	x.step()
}

// verifies returns the message that an endpoint in a state checks against the
// transcript or a signature.
func verifies(s spec.State) spec.Message {
	switch s {
	case spec.AwaitServerKeyExchange:
		return spec.ServerKeyExchange
	case spec.AwaitCertificateVerify:
		return spec.CertificateVerify
	case spec.AwaitFinished, spec.AwaitFinishedAbbreviated:
		return spec.Finished
	}
	return spec.NoMessage
}

func named(m Message) Input {
	name := m.Type.String()
	switch {
	case m.Type == spec.Alert:
		name += " " + m.Level.String()
	case m.Empty:
		name += " empty"
	case m.Hello != (Hello{}):
		name += " " + m.Hello.String()
	}
	return Input{Name: name, Message: m}
}

// commonInputs are the letters of both alphabets.
func commonInputs() []Input {
	return []Input{
		named(Message{Type: spec.EmptyHandshake}), named(Message{Type: spec.ChangeCipherSpec}),
		named(Message{Type: spec.Finished}),
		{Name: "Finished wrong", Message: Message{Type: spec.Finished}, Wrong: true},
		named(Message{Type: spec.ApplicationData}),
		named(Message{Type: spec.Alert, Level: spec.LevelWarning, Alert: spec.UserCanceled}),
		named(Message{Type: spec.Alert, Level: spec.LevelFatal, Alert: spec.HandshakeFailure}),
	}
}

// serverInputs is the alphabet of a server. A good ticket is the one that this
// server can open.
func serverInputs(sc spec.Scenario) []Input {
	good := goodTicket(sc)
	var all []Input
	for _, t := range []struct {
		name   string
		ticket Ticket
	}{{"none", TicketStripped}, {"empty", TicketEmptied}, {"good", good}, {"bad", TicketGarbage}} {
		for _, id := range []spec.ID{spec.IDEmpty, spec.IDFresh, spec.IDCached} {
			all = append(all, Input{
				Name:    fmt.Sprintf("ClientHello ticket=%s sid=%v", t.name, id),
				Message: Message{Type: spec.ClientHello, Hello: Hello{Ticket: t.ticket, ID: id}},
			})
		}
	}
	all = append(all, named(Message{Type: spec.Certificate, Empty: true}), named(Message{Type: spec.Certificate}),
		named(Message{Type: spec.ClientKeyExchange}), named(Message{Type: spec.CertificateVerify}))
	return append(all, commonInputs()...)
}

// clientInputs is the alphabet of a client.
func clientInputs() []Input {
	var all []Input
	for _, id := range []spec.ID{spec.IDEmpty, spec.IDEcho, spec.IDOther} {
		for _, ext := range []spec.Switch{spec.Off, spec.On} {
			all = append(all, named(Message{Type: spec.ServerHello, Hello: Hello{ID: id, TicketExt: ext}}))
		}
	}
	plain := Hello{ID: spec.IDOther, TicketExt: spec.Off}
	wrongVersion, unrequested := plain, plain
	wrongVersion.Suite = SuiteWrongVersion
	unrequested.Unrequested = true
	all = append(all,
		named(Message{Type: spec.ServerHello, Hello: wrongVersion}), named(Message{Type: spec.ServerHello, Hello: unrequested}),
		named(Message{Type: spec.HelloRequest}), named(Message{Type: spec.Certificate, Empty: true}),
		named(Message{Type: spec.Certificate}), named(Message{Type: spec.ServerKeyExchange}),
		named(Message{Type: spec.CertificateRequest}), named(Message{Type: spec.ServerHelloDone}),
		named(Message{Type: spec.NewSessionTicket}))
	return append(all, commonInputs()...)
}
