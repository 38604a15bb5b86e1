package model_test

import (
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// A client that has offered a PAC, and what it makes of the next message.
func ExampleMachine() {
	m, err := model.NewMachine(spec.Client,
		spec.Scenario{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept}, model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	byName := map[string]model.Input{}
	for _, in := range m.Inputs() {
		byName[in.Name] = in
	}
	state, _ := m.Initial()
	state, _ = m.Step(state, byName["ServerHello sid=empty ticket-extension=off"])
	for _, name := range []string{"ChangeCipherSpec", "Certificate", "NewSessionTicket", "HelloRequest"} {
		next, shown := m.Step(state, byName[name])
		fmt.Println(name, next.State, shown.Secret, shown.Resumed)
	}
	// Output:
	// ChangeCipherSpec AwaitFinishedAbbreviated pac session-secret
	// Certificate AwaitServerKeyExchange none none
	// NewSessionTicket Failed none none
	// HelloRequest AwaitServerFlight pac none
}

// TestMachineTotal: every state takes every input, and each step is the same
// when it is made again.
func TestMachineTotal(t *testing.T) {
	for _, r := range []spec.Role{spec.Client, spec.Server} {
		for _, sc := range []spec.Scenario{
			{},
			{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept, ServerCallback: spec.CallbackAccept},
			{Ticket: spec.TicketSession, ServerTickets: spec.On, SessionID: spec.IDFresh},
			{Exchange: spec.ExchangeAnonymous, ClientAuth: spec.ClientAuthRequest, Ticket: spec.TicketPAC, ClientCallback: spec.CallbackFail},
		} {
			m, err := model.NewMachine(r, sc, model.Options{})
			if err != nil {
				t.Fatal(err)
			}
			first, _ := m.Initial()
			seen := map[model.Endpoint]bool{first: true}
			for queue := []model.Endpoint{first}; len(queue) > 0; queue = queue[1:] {
				for _, in := range m.Inputs() {
					next, o := m.Step(queue[0], in)
					again, p := m.Step(queue[0], in)
					if next != again || o.State != p.State || len(o.Sent) != len(p.Sent) || o.State != next.State {
						t.Fatalf("%v: %v on %s: %v, then %v", r, queue[0], in.Name, next, again)
					}
					if !seen[next] {
						seen[next] = true
						queue = append(queue, next)
					}
				}
			}
			if len(seen) < 10 {
				t.Errorf("%v: %d states reached", r, len(seen))
			}
		}
	}
}
