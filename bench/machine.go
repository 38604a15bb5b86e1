package bench

import (
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// machines does PAC handshakes of two machines over two buffers, without input
// and output.
type machines struct {
	*pacs
	cc, sc   handshake.Config
	up, down []byte
	sent     [4]int // octets of each flight of the last handshake
}

func newMachines(v spec.Version, suite spec.SuiteID) (*machines, error) {
	p, err := newPACs()
	if err != nil {
		return nil, err
	}
	m := &machines{pacs: p}
	for _, c := range []*handshake.Config{&m.cc, &m.sc} {
		c.MinVersion, c.MaxVersion, c.Suites = v, v, []spec.SuiteID{suite}
		c.EncryptThenMAC = handshake.Never // as with the peers
	}
	m.sc.SessionSecrets = true
	return m, nil
}

// run does n handshakes, each with another PAC.
func (m *machines) run(n int) error {
	for range n {
		if err := m.handshake(); err != nil {
			return err
		}
	}
	return nil
}

func (m *machines) handshake() error {
	c := m.take()
	client, err := handshake.NewClient(&m.cc, &handshake.ClientParams{Ticket: c.opaque, HasSecret: true, ServerName: serverName})
	if err != nil {
		return err
	}
	defer client.Release()
	server := handshake.NewServer(&m.sc)
	defer server.Release()
	var in []byte
	for i := range m.sent {
		machine, buf, mine := client, &m.up, c
		if i%2 == 1 {
			machine, buf, mine = server, &m.down, nil
		}
		if *buf, err = m.turn(machine, mine, (*buf)[:0], in); err != nil {
			return err
		}
		in, m.sent[i] = *buf, len(*buf)
	}
	if client.State() != spec.Established || server.State() != spec.Established {
		return fmt.Errorf("the machines end in %v and %v", client.State(), server.State())
	}
	return nil
}

// turn gives a machine what has come, and returns what it sends. A client has a
// PAC, a server none.
func (m *machines) turn(machine *handshake.Machine, mine *pac, out, in []byte) ([]byte, error) {
	for {
		sent, n, ev, err := machine.Step(out, in)
		if err != nil {
			return nil, err
		}
		out, in = sent, in[n:]
		switch ev {
		case handshake.NeedInput:
			return out, nil
		case handshake.SecretWanted:
			var secret []byte
			if mine != nil {
				secret = m.offered(mine, machine.ServerRandom(), machine.ClientRandom())
			} else if secret, err = m.accepted(machine.Hello().Ticket, machine.ServerRandom(), machine.ClientRandom()); err != nil {
				return nil, err
			}
			machine.AcceptSecret(secret, 0)
		}
	}
}
