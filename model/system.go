package model

import "github.com/sesame-tls/sesame/spec"

// System is the transition system that Options describe. It is safe for
// concurrent use.
type System struct {
	options Options
	space   space
}

// New returns the system, or an error that says which option is wrong.
func New(o Options) (*System, error) {
	s := &System{options: o, space: everything()}
	s.space.fix(o.Fix)
	s.space.settle()
	return s, nil
}

// Initial returns the initial states: one, unless every dimension is chosen up front.
func (s *System) Initial() []State {
	return []State{{Client: Endpoint{State: spec.Start}, Server: Endpoint{State: spec.AwaitClientHello, HasCached: true}, space: s.space, Budget: uint8(s.options.Budget)}}
}

// Enabled returns the actions of a state. An action whose course depends on a
// dimension that has not been chosen stands there once for each part of it.
func (s *System) Enabled(st State) []Action { return nil }

// Next returns the state that a leads to. It depends on nothing else.
func (s *System) Next(st State, a Action) State { return st }

// Observe returns what the endpoint that acts in a shows when it takes st to next.
func (s *System) Observe(st State, a Action, next State) spec.Observation {
	return spec.Observation{Event: a.Event}
}

// Scenario returns the scenario as far as st has chosen it.
func (s *System) Scenario(st State) spec.Scenario { return st.space.scenario() }

// Queue returns what is on the stream that to reads, the next message first.
func (s *System) Queue(st State, to spec.Role) []Message { return nil }
