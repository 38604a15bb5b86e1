package table

import (
	"sync"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// step is one step of the model.
type step struct {
	scenario   spec.Scenario
	from, next model.Endpoint
	in         model.Input
	shown      spec.Observation
}

// steps are all steps of a role's machine, the client's first one included.
var steps = map[spec.Role]func() ([]step, error){
	spec.Client: sync.OnceValues(func() ([]step, error) { return walk(spec.Client) }),
	spec.Server: sync.OnceValues(func() ([]step, error) { return walk(spec.Server) }),
}

func walk(role spec.Role) (all []step, err error) {
	for _, sc := range scenarios(role) {
		m, err := model.NewMachine(role, sc, model.Options{})
		if err != nil {
			return nil, err
		}
		first, shown := m.Initial()
		if role == spec.Client {
			all = append(all, step{sc, model.Endpoint{State: spec.Start}, first, model.Input{Name: "nothing"}, shown})
		}
		reached := map[model.Endpoint]bool{first: true}
		for queue := []model.Endpoint{first}; len(queue) > 0; queue = queue[1:] {
			e := queue[0]
			for _, in := range inputs(m) {
				next, shown := m.Step(e, in)
				all = append(all, step{sc, e, next, in, shown})
				if next.State != spec.Failed && !reached[next] {
					reached[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return all, nil
}

// inputs is the machine's alphabet without what is the same in every state and
// no row, and with a signature that does not verify.
func inputs(m *model.Machine) (all []model.Input) {
	for _, in := range m.Inputs() {
		if in.Message.Type != spec.Alert && in.Message.Type != spec.EmptyHandshake {
			all = append(all, in)
		}
	}
	for _, t := range []spec.Message{spec.ServerKeyExchange, spec.CertificateVerify} {
		all = append(all, model.Input{Name: t.String() + " wrong", Message: model.Message{Type: t}, Wrong: true})
	}
	return all
}

// scenarios returns all that a role's guards and actions can tell apart, of
// those that the model has: no session is offered beside a PAC, for instance.
func scenarios(role spec.Role) (all []spec.Scenario) {
	exchanges := []spec.Exchange{spec.ExchangeRSA, spec.ExchangeEphemeral, spec.ExchangeAnonymous}
	for _, x := range exchanges {
		base := spec.Scenario{Exchange: x}
		if role == spec.Client {
			all = append(all, clientScenarios(base)...)
		} else {
			all = append(all, serverScenarios(base)...)
		}
	}
	var known []spec.Scenario
	for _, sc := range all {
		sc = sc.WithDefaults()
		if _, err := model.New(model.Options{Fix: sc}); err == nil {
			known = append(known, sc)
		}
	}
	return known
}

func clientScenarios(sc spec.Scenario) (all []spec.Scenario) {
	for _, sc.Ticket = range []spec.Ticket{spec.TicketAbsent, spec.TicketEmpty, spec.TicketPAC, spec.TicketSession} {
		for _, sc.SessionID = range []spec.ID{spec.IDEmpty, spec.IDFresh, spec.IDCached} {
			for _, sc.ClientCallback = range []spec.Callback{spec.CallbackUnset, spec.CallbackAccept, spec.CallbackFail, spec.CallbackWrongLength} {
				for _, sc.ClientCert = range []spec.Switch{spec.Off, spec.On} {
					all = append(all, sc)
				}
			}
		}
	}
	return all
}

func serverScenarios(sc spec.Scenario) (all []spec.Scenario) {
	for _, sc.ServerCallback = range []spec.Callback{spec.CallbackUnset, spec.CallbackAccept, spec.CallbackDecline, spec.CallbackFail, spec.CallbackWrongLength} {
		for _, sc.ServerTickets = range []spec.Switch{spec.Off, spec.On} {
			for _, sc.ClientAuth = range []spec.ClientAuth{spec.ClientAuthOff, spec.ClientAuthRequest, spec.ClientAuthRequire} {
				sc.StandsIn = spec.Off
				all = append(all, sc)
				if sc.ClientAuth == spec.ClientAuthRequire {
					sc.StandsIn = spec.On
					all = append(all, sc)
				}
			}
		}
	}
	return all
}
