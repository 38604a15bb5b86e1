package target

import (
	"context"
	"crypto/rsa"
	"fmt"
	"math/rand/v2"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// Impl is an endpoint of the implementation, in process. What it is told and
// what it answers are octets; its being at an end, and the data that it has
// delivered, are told by the machine. It is deterministic.
type Impl struct {
	role     spec.Role
	scenario spec.Scenario
	seed     uint64
	inputs   map[string]model.Input

	alone   *harness.Alone
	mapper  *mapper.Mapper
	source  *rand.ChaCha8
	closed  bool
	out, in []byte
}

// NewImpl returns an endpoint of role r in a scenario, whose open fields count
// as their defaults. The seed decides all randomness.
func NewImpl(r spec.Role, sc spec.Scenario, seed uint64) (*Impl, error) {
	sc = sc.WithDefaults()
	inputs, err := alphabet(r, sc)
	if err != nil {
		return nil, err
	}
	m := &Impl{role: r, scenario: sc, seed: seed, inputs: byName(inputs), alone: harness.NewAlone(), source: rand.NewChaCha8([32]byte{})}
	held := harness.HeldIn(sc)
	c := mapper.Config{
		Role: r, Version: min(sc.ClientVersion, sc.ServerVersion).Version(), Suites: held.Suites, Rand: m.source, ServerName: held.ServerName,
		PAC: &mapper.PAC{Opaque: held.PACOpaque, Secret: func(_, _ []byte) []byte { return held.PACSecret }},
		Session: &mapper.Session{
			ID: held.SessionID, Ticket: held.SessionTicket, IDSecret: held.SessionSecret, TicketSecret: held.SessionSecret,
		},
		Chain: held.Client, Key: held.Key, ServerKey: held.Key.Public().(*rsa.PublicKey),
	}
	if r == spec.Client {
		c.Suites, c.Chain = []spec.SuiteID{held.Normal}, held.Server
	}
	m.mapper = mapper.New(c)
	return m, nil
}

// Role returns whose machine it is.
func (m *Impl) Role() spec.Role { return m.role }

// Inputs returns the alphabet.
func (m *Impl) Inputs() []string { return names(must(alphabet(m.role, m.scenario))) }

// Reset makes the endpoint a new one, and lets a client send its hello.
func (m *Impl) Reset(context.Context) error {
	var key [32]byte
	key[0], key[1] = byte(m.seed), 'm'
	m.source.Seed(key)
	m.mapper.Reset()
	m.closed = false
	if err := m.alone.Begin(m.role, m.scenario, m.seed); err != nil {
		return err
	}
	if m.role == spec.Server {
		return nil
	}
	shown, err := m.give(nil)
	if err != nil {
		return err
	}
	if m.mapper.Hello() == nil {
		return fmt.Errorf("target: the client began with %s", shown)
	}
	return nil
}

// Step sends an input and returns the answer.
func (m *Impl) Step(_ context.Context, name string) (string, error) {
	if m.closed {
		return graph.Closed, nil
	}
	m.in = m.mapper.Write(m.in[:0], m.inputs[name])
	return m.give(m.in)
}

func (m *Impl) give(in []byte) (string, error) {
	out, delivered, failed, err := m.alone.Step(m.out[:0], in)
	m.out = out
	if err != nil {
		// An outcome, and not the learner's end.
		m.closed = true
		return Broken, nil
	}
	shown := spec.Observation{}
	n, sent := m.mapper.Read(out)
	if shown.Sent = sent; n < len(out) {
		shown.Sent = append(shown.Sent, spec.Sent{Message: spec.Garbage})
	}
	if delivered {
		shown.Delivered = 1
	}
	if failed {
		m.closed, shown.State = true, spec.Failed
	}
	return word(shown), nil
}
