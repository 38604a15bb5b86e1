package tla

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Record lets n random scenarios run through the real endpoints, with a random
// schedule and budget moves of an attacker on the wire, and returns their
// traces. The model says which steps can be taken; what is logged is the
// implementation's.
func Record(rnd *rand.Rand, n, budget int) ([]Trace, error) {
	run := harness.NewRun()
	var traces []Trace
	for len(traces) < n {
		sc := harness.Draw(rnd.IntN).WithDefaults()
		sys, err := model.New(model.Options{Fix: sc, Budget: budget, WireOnly: true})
		if err != nil {
			return nil, err
		}
		if err := run.Begin(sys, rnd.Uint64()>>8); err != nil {
			return nil, err
		}
		steps, err := record(rnd, sys, run, budget)
		if err != nil {
			return nil, err
		}
		traces = append(traces, Trace{
			ID: fmt.Sprintf("lockstep-%d-%d", budget, len(traces)+1), Scenario: model.ScenarioString(sc), Budget: budget,
			Sides: []string{spec.Client.String(), spec.Server.String()}, Steps: steps,
		})
	}
	return traces, nil
}

func record(rnd *rand.Rand, sys *model.System, run *harness.Run, budget int) ([]Step, error) {
	var steps []Step
	var shown *spec.Observation
	run.Pair.Bend = func(o *spec.Observation) {
		seen := *o
		shown = &seen
	}
	for enabled := run.Enabled(); len(enabled) > 0; enabled = run.Enabled() {
		a, before := enabled[rnd.IntN(len(enabled))], run.State()
		shown = nil
		if err := run.Step(a); err != nil {
			return nil, err
		}
		if run.Over() {
			break
		}
		s := Step{Event: a.Event.String(), Sent: []Sent{}}
		if shown != nil {
			s = StepOf(shown)
			// The alert on a protected record without keys is the implementation's to choose.
			if want := sys.Observe(before, a, run.State()); len(want.Sent) == 1 && len(shown.Sent) == 1 && want.Sent[0].Alert != shown.Sent[0].Alert {
				s.Sent = nil
			}
		} else {
			budget--
		}
		s.Variables = variablesOf(run.Pair.Variables(), budget)
		steps = append(steps, s)
	}
	return steps, nil
}

// OneSided returns t as if only one side had been logged, and nothing were
// known of the other's configuration.
func (t Trace) OneSided(r spec.Role) (Trace, error) {
	sc, err := model.ParseScenario(t.Scenario)
	if err != nil {
		return Trace{}, err
	}
	one := Trace{ID: t.ID + "-" + r.String(), Budget: 0, Sides: []string{r.String()}}
	known := spec.Scenario{
		ClientCallback: sc.ClientCallback, Ticket: sc.Ticket, SessionID: sc.SessionID, Preferred: sc.Preferred,
		ClientVersion: sc.ClientVersion, ClientEMS: sc.ClientEMS, ClientEtM: sc.ClientEtM, ClientCert: sc.ClientCert, TrustRoot: sc.TrustRoot,
	}
	if r == spec.Server {
		known = spec.Scenario{
			ServerCallback: sc.ServerCallback, Named: sc.Named, ServerTickets: sc.ServerTickets, ServerVersion: sc.ServerVersion,
			ServerEMS: sc.ServerEMS, ServerEtM: sc.ServerEtM, ClientAuth: sc.ClientAuth, StandsIn: sc.StandsIn,
		}
	}
	one.Scenario = model.ScenarioString(known)
	for _, s := range t.Steps {
		e, err := spec.ParseEvent(s.Event)
		if err != nil {
			return Trace{}, err
		}
		if e.Role() != r {
			continue
		}
		s.Variables = nil
		// That the two PAC keys differ is not one side's to know.
		s = s.renaming(spec.OtherPAC.String(), spec.PAC.String())
		one.Steps = append(one.Steps, s)
	}
	return one, nil
}

// renaming returns s with another name of a secret.
func (s Step) renaming(secret, name string) Step {
	for _, field := range []*string{&s.Secret, &s.Read, &s.Write} {
		if *field == secret {
			*field = name
		}
	}
	s.Sent = slices.Clone(s.Sent)
	for i := range s.Sent {
		if s.Sent[i].Keyed == secret {
			s.Sent[i].Keyed = name
		}
	}
	return s
}
