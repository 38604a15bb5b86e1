package target

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/learn"
	"github.com/sesame-tls/sesame/spec"
)

// Rung is learning on the ladder.
var Rung = ladder.Rung{
	Name:  "learn",
	Shows: "the machine learned from the implementation as a black box is the model's, in both roles",
	Run:   climb,
}

// one is a machine to learn.
type one struct {
	role     spec.Role
	scenario spec.Scenario
}

// ScenarioOf returns the scenario in which an endpoint of role r has its
// callback unset, accepting or declining. Where there is no callback there are
// sessions instead. A client cannot decline: it fails.
func ScenarioOf(r spec.Role, callback spec.Callback) spec.Scenario {
	var sc spec.Scenario
	switch {
	case r == spec.Server:
		sc.ServerCallback = callback
		if callback == spec.CallbackUnset {
			sc.ServerTickets = spec.On
		}
	case callback == spec.CallbackUnset:
		sc.Ticket, sc.SessionID, sc.ServerTickets = spec.TicketSession, spec.IDFresh, spec.On
	default:
		sc.Ticket, sc.ClientCallback = spec.TicketPAC, callback
		if callback == spec.CallbackDecline {
			sc.ClientCallback = spec.CallbackFail
		}
	}
	return sc.WithDefaults()
}

// short are the six machines of every run.
func short() (all []one) {
	for _, r := range []spec.Role{spec.Server, spec.Client} {
		for _, c := range []spec.Callback{spec.CallbackUnset, spec.CallbackAccept, spec.CallbackDecline} {
			all = append(all, one{r, ScenarioOf(r, c)})
		}
	}
	return all
}

// long are more of them: every callback beside what else changes a machine.
func long() (all []one) {
	for _, x := range []spec.Exchange{spec.ExchangeEphemeral, spec.ExchangeRSA} {
		for _, c := range []spec.Callback{spec.CallbackUnset, spec.CallbackAccept, spec.CallbackDecline, spec.CallbackFail, spec.CallbackWrongLength} {
			server := ScenarioOf(spec.Server, c)
			server.Exchange = x
			for _, auth := range []spec.ClientAuth{spec.ClientAuthOff, spec.ClientAuthRequest, spec.ClientAuthRequire} {
				server.ClientAuth = auth
				all = append(all, one{spec.Server, server})
			}
			client := ScenarioOf(spec.Client, c)
			client.Exchange, client.Mode = x, spec.ModeCBC
			for _, id := range []spec.ID{spec.IDEmpty, spec.IDFresh} {
				client.SessionID = id
				all = append(all, one{spec.Client, client})
			}
		}
	}
	cached := spec.Scenario{SessionID: spec.IDCached, Ticket: spec.TicketEmpty, ServerTickets: spec.On}
	return append(all, one{spec.Client, cached.WithDefaults()}, one{spec.Client, spec.Scenario{}.WithDefaults()})
}

func climb(ctx context.Context, r *ladder.Run) error {
	machines := short()
	deep := len(machines)
	if r.Long {
		machines = append(machines, long()...)
	}
	for i, m := range machines {
		if !r.Shard.Has(i) {
			continue
		}
		r.Progress(i, len(machines), m.String())
		if err := hold(ctx, r, m, i < deep); err != nil {
			return err
		}
		r.Count("machines", 1)
	}
	return nil
}

// String names a machine by what its scenario differs in.
func (o one) String() string { return fmt.Sprintf("%v %s", o.role, harness.Distinctive(o.scenario)) }

// hold learns a machine twice: by L#, which looks at the model at the end alone,
// and by L*, led by it. Each must be the model's.
func hold(ctx context.Context, r *ladder.Run, m one, deep bool) error {
	system, err := NewImpl(m.role, m.scenario, r.Seed)
	if err != nil {
		return err
	}
	want, err := Expect(system, m.scenario, spec.Profile{})
	if err != nil {
		return err
	}
	seed := r.Rand(m.String()).Uint64()
	black := Options{Algorithm: "lsharp", Equivalence: "wp", Seed: seed}
	if deep {
		black.Depth, black.Walks = 1, 2000
	}
	for _, o := range []Options{black, {Algorithm: "lstar", Equivalence: "model", Seed: seed}} {
		result, err := Learn(ctx, system, want, o)
		var changed *learn.Nondeterminism[string, string]
		if errors.As(err, &changed) {
			return ladder.Differ("%v\n%v", m, changed)
		} else if err != nil {
			return err
		}
		if o.Equivalence == "wp" {
			r.Count("states", result.Machine.States())
		}
		r.Count("queries", result.Counts.Queries)
		r.Count("resets", result.Counts.Resets)
		r.Count("symbols", result.Counts.Symbols)
		if d := Differences(result.Machine, want, m.role); len(d) > 0 {
			return ladder.Differ("handshake %s\n----\n%s\nthe machine of the %v differs from the model's (%s, %s)",
				harness.Distinctive(m.scenario), d[0], m.role, o.Algorithm, o.Equivalence)
		}
	}
	return nil
}
