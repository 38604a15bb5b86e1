package phase2

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	model "github.com/sesame-tls/sesame/model/phase2"
	"github.com/sesame-tls/sesame/spec"
)

var errFull = errors.New("the store is full")

// wire is a real peer and a real server, and the attacker between them.
type wire struct {
	world *world
	side  [2]*eapSide // by role
	// Packets on their way, and what the peer has answered last, and how: copies,
	// since records are opened in place.
	toPeer, toServer      []byte
	lastRequest, lastSaid []byte
}

// eapSide is one real side.
type eapSide struct {
	step   func(out, in []byte) ([]byte, eap.Status)
	said   [][]byte // the TLVs that it has sent in this step
	status eap.Status
}

func (s *eapSide) trace(sent bool, tlvs []byte) {
	if sent {
		s.said = append(s.said, bytes.Clone(tlvs))
	}
}

// take feeds a packet and returns the answer.
func (s *eapSide) take(in []byte) []byte {
	s.said = s.said[:0]
	var out []byte
	out, s.status = s.step(nil, in)
	return out
}

// newWire makes both sides and runs the first phase: after it, the server's
// first message of the second is on the wire. Altered says that the version in
// Start is.
func (w *world) newWire(sc *spec.Phase2, altered bool) (*wire, error) {
	c := &wire{world: w, side: [2]*eapSide{{}, {}}}
	engine, err := w.server(sc, c.side[spec.Server].trace)
	if err != nil {
		return nil, err
	}
	store := new(store)
	config, err := w.peer(sc, engine, store, c.side[spec.Client].trace)
	if err != nil {
		return nil, err
	}
	if sc.Tunnel == spec.SessionTunnel {
		// A session of an earlier conversation, which had no PAC either.
		first := *config
		first.Store = nil
		p := c.begin(engine, &first)
		if err := c.firstPhase(false); err != nil {
			return nil, err
		}
		if config.Session = p.Session(); config.Session == nil {
			return nil, errors.New("the first conversation leaves no session")
		}
	}
	c.begin(engine, config)
	err = c.firstPhase(altered)
	store.fails = sc.StoreFails
	return c, err
}

// begin sets both sides up for a conversation.
func (c *wire) begin(engine *fast.Server, config *fast.PeerConfig) *fast.Peer {
	peer := fast.NewPeer(config)
	var servers eap.Registry[eap.ServerMethod]
	servers.Add(eap.TypeFAST, func() eap.ServerMethod { return engine.NewSession() })
	var peers eap.Registry[eap.PeerMethod]
	peers.Add(eap.TypeFAST, func() eap.PeerMethod { return peer })
	s := eap.NewServer(&eap.ServerConfig{Methods: &servers, MTU: 1 << 14})
	p := eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &peers, MTU: 1 << 14})
	c.side[spec.Server].step = func(out, in []byte) ([]byte, eap.Status) { return s.Step(out, in, c.world.now) }
	c.side[spec.Client].step = func(out, in []byte) ([]byte, eap.Status) { return p.Step(out, in, c.world.now) }
	c.toPeer, c.toServer = nil, nil
	return peer
}

// maxRounds bounds the first phase.
const maxRounds = 30

// firstPhase runs until the server has said something in the tunnel.
func (c *wire) firstPhase(altered bool) error {
	server, peer := c.side[spec.Server], c.side[spec.Client]
	for range maxRounds {
		if c.toPeer = server.take(c.toServer); server.status != eap.Continue {
			return fmt.Errorf("the first phase: the server is %v", server.status)
		}
		if len(server.said) > 0 {
			return nil
		}
		if p, ok := eap.Parse(c.toPeer); ok && altered && p.Type == eap.TypeFAST && len(p.Data) > 0 && eap.Flags(p.Data[0])&eap.FlagStart != 0 {
			p.Data[0] |= 7 // another version than 1
		}
		c.lastRequest = bytes.Clone(c.toPeer)
		if c.toServer = peer.take(c.toPeer); peer.status != eap.Continue {
			return fmt.Errorf("the first phase: the peer is %v", peer.status)
		}
		c.lastSaid = bytes.Clone(c.toServer)
	}
	return errors.New("the first phase does not end")
}

// heard checks that what a side has said in its last step is what the model
// says.
func (s *eapSide) heard(want model.Message) error {
	if len(s.said) > 1 {
		return fmt.Errorf("%d messages in the tunnel at once", len(s.said))
	}
	var got model.Message
	if len(s.said) == 1 {
		var err error
		if got, err = read(s.said[0]); err != nil {
			return err
		}
	}
	if want.Clear != model.InTunnel {
		want = model.Message{}
	}
	if want = visible(want); got != want {
		return fmt.Errorf("it says: %v\nthe model: %v", got, want)
	}
	return nil
}

// stands checks that EAP stands where the model's state says.
func (s *eapSide) stands(state spec.Phase2State) error {
	want := eap.Continue
	switch state {
	case spec.Phase2Accepted:
		want = eap.Succeeded
	case spec.Phase2Rejected:
		want = eap.Failed
	}
	if s.status != want {
		return fmt.Errorf("it is %v, and the model %v", s.status, state)
	}
	return nil
}

// do performs an action on the real sides, and compares.
func (c *wire) do(a model.Action, from, to *model.State, said model.Message) error {
	server, peer := c.side[spec.Server], c.side[spec.Client]
	switch a.Kind {
	case model.PeerReads:
		c.lastRequest = bytes.Clone(c.toPeer)
		c.toServer = peer.take(c.toPeer)
		c.lastSaid = bytes.Clone(c.toServer)
		if from.Peer.State.Ended() && peer.status == eap.Discarded {
			return nil
		}
		if peer.status == eap.Discarded && from.Peer == to.Peer {
			return nil // a word that the peer does not believe
		}
		return errors.Join(peer.heard(said), peer.stands(to.Peer.State))
	case model.ServerReads:
		c.toPeer = server.take(c.toServer)
		return errors.Join(server.heard(said), server.stands(to.Server.State))
	case model.ForgeSuccess, model.ForgeFailure:
		return c.forge(a.Kind, from, to)
	case model.DuplicateRequest:
		if got := peer.take(bytes.Clone(c.lastRequest)); !bytes.Equal(got, c.lastSaid) || peer.status != eap.Continue {
			return fmt.Errorf("a duplicate is answered by %x (%v), and was by %x", got, peer.status, c.lastSaid)
		}
	case model.CorruptRequest:
		c.toPeer[len(c.toPeer)-1] ^= 1
	case model.CorruptResponse:
		c.toServer[len(c.toServer)-1] ^= 1
	}
	return nil
}

// forge tells the peer a clear-text end.
func (c *wire) forge(k model.Kind, from, to *model.State) error {
	peer := c.side[spec.Client]
	code := eap.CodeSuccess
	if k == model.ForgeFailure {
		code = eap.CodeFailure
	}
	// RFC 3748, Section 4.2: the identifier of the last response.
	peer.take(eap.Packet{Code: code, ID: c.lastRequest[1]}.Append(nil))
	if from.Peer == to.Peer {
		if peer.status != eap.Discarded {
			return fmt.Errorf("a forged end is believed: the peer is %v", peer.status)
		}
		return nil
	}
	return peer.stands(to.Peer.State)
}
