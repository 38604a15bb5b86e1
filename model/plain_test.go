package model

import (
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/model/plain"
	"github.com/sesame-tls/sesame/spec"
)

// plainInput translates a letter of a machine's alphabet.
func plainInput(in Input) plain.Input {
	m := in.Message
	p := plain.Input{
		Message: m.Type, Level: m.Level, Empty: m.Empty, Wrong: in.Wrong, ID: m.Hello.ID, Promise: m.Hello.TicketExt == spec.On,
		WrongSuite: m.Hello.Suite == SuiteWrongVersion, Unrequested: m.Hello.Unrequested,
	}
	switch m.Hello.Ticket {
	case TicketStripped:
		p.Ticket = spec.TicketAbsent
	case TicketEmptied:
		p.Ticket = spec.TicketEmpty
	case TicketGood, TicketGarbage:
		p.Ticket = spec.TicketPAC
	case TicketOfSession:
		p.Ticket = spec.TicketSession
	}
	return p
}

// wire describes what an observer of the wire sees of a message that the model
// has sent.
func wire(s spec.Sent) string {
	switch s.Message {
	case spec.ServerHello:
		promise := false
		for _, e := range s.Extensions {
			promise = promise || e == spec.SessionTicket
		}
		return fmt.Sprint(s.Message, s.ID, promise)
	case spec.Alert:
		return fmt.Sprint(s.Message, s.Alert)
	}
	return s.Message.String()
}

// plainWire is wire for what the plain model has sent.
func plainWire(o plain.Output) string {
	switch o.Message {
	case spec.ServerHello:
		return fmt.Sprint(o.Message, o.ID, o.Promise)
	case spec.Alert:
		return fmt.Sprint(o.Message, o.Alert)
	}
	return o.Message.String()
}

// bisimilar reports how the machine of r in a scenario and the plain endpoint
// differ: both are deterministic, so that they are bisimilar if and only if no
// pair of states that one word leads to answers any input differently.
func bisimilar(t *testing.T, r spec.Role, sc spec.Scenario) string {
	t.Helper()
	m, err := NewMachine(r, sc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	type pair struct {
		model Endpoint
		plain plain.Endpoint
	}
	first := pair{plain: plain.Server()}
	if r == spec.Client {
		first.plain = plain.Client()
	}
	first.model, _ = m.Initial()
	inputs := m.Inputs()
	seen := map[pair]bool{first: true}
	for queue := []pair{first}; len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		for _, in := range inputs {
			next, o := m.Step(p.model, in)
			plainNext, sent := p.plain.Step(sc, plainInput(in))
			if difference := compareSent(o.Sent, sent); difference != "" {
				return fmt.Sprintf("%v in %v reads %s: %s", r, p.model.State, in.Name, difference)
			}
			if (next.State == spec.Established) != (plainNext.Established && !plainNext.Closed) || (next.State == spec.Failed) != plainNext.Closed {
				return fmt.Sprintf("%v in %v reads %s: %v, and plain %+v", r, p.model.State, in.Name, next.State, plainNext)
			}
			if q := (pair{next, plainNext}); !seen[q] {
				seen[q] = true
				queue = append(queue, q)
			}
		}
	}
	return ""
}

func compareSent(model []spec.Sent, sent []plain.Output) string {
	if len(model) != len(sent) {
		return fmt.Sprintf("sends %d messages, plain %d", len(model), len(sent))
	}
	for i := range model {
		if wire(model[i]) != plainWire(sent[i]) {
			return fmt.Sprintf("sends %s, plain %s", wire(model[i]), plainWire(sent[i]))
		}
	}
	return ""
}

// scenarios calls f with every scenario that agrees with fix; dimensions that
// plain TLS or the role does not know are left at their defaults.
func scenarios(t *testing.T, fix spec.Scenario, f func(spec.Scenario)) {
	t.Helper()
	sp := everything()
	sp.fix(fix)
	if !sp.settle() {
		t.Fatalf("no such scenario: %+v", fix)
	}
	sp.each(func(one space) { f(one.scenario()) })
}

// unset are the scenarios of a client or a server without callbacks, as far as
// its own step can tell them apart.
func unset(r spec.Role) spec.Scenario {
	d := spec.Scenario{}.WithDefaults()
	fix := spec.Scenario{
		ServerCallback: spec.CallbackUnset, ClientCallback: spec.CallbackUnset, Keys: d.Keys, Named: d.Named, Preferred: d.Preferred,
		ClientVersion: d.ClientVersion, ServerVersion: d.ServerVersion, ClientEtM: d.ClientEtM, ServerEtM: d.ServerEtM,
		StandsIn: d.StandsIn, Mode: d.Mode,
	}
	if r == spec.Client {
		fix.ServerTickets, fix.ClientAuth = d.ServerTickets, d.ClientAuth
	} else {
		fix.Ticket, fix.SessionID, fix.ClientCert, fix.TrustRoot = d.Ticket, d.SessionID, d.ClientCert, d.TrustRoot
	}
	return fix
}

// TestConservativeOpen: with both callbacks unset each endpoint, alone against
// any peer, is bisimilar to plain TLS.
func TestConservativeOpen(t *testing.T) {
	for _, r := range roles {
		n := 0
		scenarios(t, unset(r), func(sc spec.Scenario) {
			n++
			if difference := bisimilar(t, r, sc); difference != "" && !t.Failed() {
				t.Errorf("%s\n%s", ScenarioString(sc), difference)
			}
		})
		t.Logf("%v: %d scenarios", r, n)
	}
}

// TestConservativeOpenControls: with any callback set, an endpoint is not plain
// TLS any more, in some scenario.
func TestConservativeOpenControls(t *testing.T) {
	for _, c := range []struct {
		role spec.Role
		fix  spec.Scenario
	}{
		{spec.Client, spec.Scenario{ClientCallback: spec.CallbackAccept, Ticket: spec.TicketPAC}},
		{spec.Client, spec.Scenario{ClientCallback: spec.CallbackFail, Ticket: spec.TicketPAC}},
		{spec.Client, spec.Scenario{ClientCallback: spec.CallbackWrongLength, Ticket: spec.TicketPAC}},
		{spec.Server, spec.Scenario{ServerCallback: spec.CallbackAccept}},
		{spec.Server, spec.Scenario{ServerCallback: spec.CallbackDecline, ServerTickets: spec.On}},
		{spec.Server, spec.Scenario{ServerCallback: spec.CallbackFail}},
		{spec.Server, spec.Scenario{ServerCallback: spec.CallbackWrongLength}},
	} {
		if bisimilar(t, c.role, c.fix.WithDefaults()) == "" {
			t.Errorf("%s: nothing tells the %v from plain TLS", ScenarioString(c.fix), c.role)
		}
	}
}
