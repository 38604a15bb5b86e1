package phase2

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	wirecodec "github.com/sesame-tls/sesame/impl/wire"
	model "github.com/sesame-tls/sesame/model/phase2"
	"github.com/sesame-tls/sesame/spec"
)

// rogue is an attacker that is one of the sides. It has a tunnel to the real
// other one, and says there what it is told to.
type rogue struct {
	world     *world
	role      spec.Role // that it plays
	real      *eapSide
	machine   *handshake.Machine
	fragments eap.Fragments
	id        uint8     // of the last request
	answered  uint8     // of the last one that was answered
	pac       *fast.PAC // that opens the tunnel; nil: none does
	prf       prf.PRF
	voice     voice
}

// newRogue plays a role towards the real side of a scenario: it makes the tunnel.
func (w *world) newRogue(role spec.Role, sc *spec.Phase2) (*rogue, error) {
	r := &rogue{world: w, role: role, real: new(eapSide), fragments: eap.Fragments{Version: fast.Version}, id: 1}
	server, peer := r.real.trace, r.real.trace
	if role == spec.Server {
		server = nil
	} else {
		peer = nil
	}
	engine, err := w.server(sc, server)
	if err != nil {
		return nil, err
	}
	store := new(store)
	config, err := w.peer(sc, engine, store, peer)
	if err != nil {
		return nil, err
	}
	if sc.Tunnel == spec.PACTunnel {
		r.pac = store.pacs[0]
	}
	c := &wire{world: w, side: [2]*eapSide{{}, {}}}
	c.begin(engine, config)
	r.real.step = c.side[role.Peer()].step
	if role == spec.Server {
		err = r.serve(sc)
	} else {
		err = r.knock(sc)
	}
	if err == nil {
		err = r.voice.begin(r, sc)
	}
	store.fails = sc.StoreFails
	return r, err
}

func (r *rogue) config(sc *spec.Phase2) *handshake.Config {
	c := &handshake.Config{Suites: []spec.SuiteID{certificateSuite.id}, SessionSecrets: r.role == spec.Server, DisableRecordSplitting: true}
	if sc.Tunnel == spec.AnonymousTunnel {
		c.Suites, c.AllowAnonymous = []spec.SuiteID{anonymousSuite.id}, true
	}
	return c
}

// serve is the first phase as a server.
func (r *rogue) serve(sc *spec.Phase2) error {
	r.machine = handshake.NewServer(r.config(sc))
	start := append([]byte{byte(eap.FlagStart) | fast.Version, 0, attrAID, 0, byte(len(authority))}, authority...)
	out := r.real.take(eap.Packet{Code: eap.CodeRequest, ID: r.id, Type: eap.TypeFAST, Data: start}.Append(nil))
	for range maxRounds {
		message, _, err := r.hear(out)
		if err != nil {
			return err
		}
		if r.machine.State() == spec.Established && len(message) == 0 {
			return nil // the peer has finished, or acknowledged
		}
		out = r.real.take(r.packet(message))
	}
	return errors.New("the first phase does not end")
}

// knock is the first phase as a peer: it ends with the server's first message of
// the second.
func (r *rogue) knock(sc *spec.Phase2) error {
	params := &handshake.ClientParams{}
	if r.pac != nil {
		params.Ticket, params.HasSecret = r.pac.Opaque, true
	}
	var err error
	if r.machine, err = handshake.NewClient(r.config(sc), params); err != nil {
		return err
	}
	packet := r.real.take(nil)
	identity, _ := eap.Parse(packet)
	packet = r.real.take(eap.Packet{Code: eap.CodeResponse, ID: identity.ID, Type: eap.TypeIdentity, Data: []byte("anonymous")}.Append(nil))
	start, _ := eap.Parse(packet)
	r.id = start.ID
	message, _, err := r.feed(nil)
	for range maxRounds {
		if err != nil {
			return err
		}
		packet = r.real.take(r.packet(message))
		var data [][]byte
		message, data, err = r.hear(packet)
		if len(r.real.said) > 0 && err == nil {
			return r.voice.learn(data)
		}
	}
	return errors.New("the first phase does not end")
}

// packet wraps what goes out: a request, or the response to the last one.
func (r *rogue) packet(message []byte) []byte {
	p := eap.Packet{Code: eap.CodeResponse, Type: eap.TypeFAST}
	if r.role == spec.Server {
		r.id++
		p.Code = eap.CodeRequest
	}
	p.ID = r.id
	r.fragments.Send(message)
	p.Data = r.fragments.Append(nil, 1<<14)
	return p.Append(nil)
}

// hear reads a packet of the real side. What it returns has to go back.
func (r *rogue) hear(packet []byte) (out []byte, data [][]byte, err error) {
	p, ok := eap.Parse(packet)
	if !ok || p.Type != eap.TypeFAST {
		return nil, nil, nil // a clear-text end
	}
	r.id, r.answered = p.ID, p.ID
	if _, err := r.fragments.Receive(p.Data); err != nil {
		return nil, nil, err
	}
	return r.feed(r.fragments.Message())
}

// feed runs the machine.
func (r *rogue) feed(in []byte) (out []byte, data [][]byte, err error) {
	for {
		var n int
		var ev handshake.Event
		out, n, ev, err = r.machine.Step(out, in)
		in = in[n:]
		switch {
		case err != nil && r.machine.State() == spec.Failed:
			return nil, data, nil // the real side's alert
		case err != nil:
			return nil, nil, err
		case ev == handshake.NeedInput || ev == handshake.CloseNotify:
			return out, data, nil
		case ev == handshake.Data:
			data = append(data, append([]byte(nil), r.machine.Data()...))
		default:
			r.answer(ev)
		}
	}
}

func (r *rogue) answer(ev handshake.Event) {
	m := r.machine
	switch ev {
	case handshake.SecretWanted:
		var secret [prf.MasterSecretSize]byte
		if r.pac == nil {
			m.DeclineSecret()
			return
		}
		r.prf.SessionSecret(secret[:], r.pac.Key, m.ServerRandom(), m.ClientRandom())
		m.AcceptSecret(secret[:], 0)
	case handshake.SessionWanted:
		m.NoSession()
	case handshake.CertificateWanted:
		if r.role == spec.Client {
			m.NoCertificate()
			return
		}
		m.UseCertificate(handshake.Certificate{Chain: wirecodec.MakeChain(r.world.cert.Certificate...), PublicKey: r.world.leaf.PublicKey})
	case handshake.SignWanted:
		m.SignWith(r.world.cert.PrivateKey.(crypto.Signer))
	case handshake.VerifyWanted:
		m.PeerVerified(r.world.leaf.PublicKey)
	}
}

// do says what the action has it say, and compares.
func (r *rogue) do(a model.Action, from, to *model.State, said model.Message) error {
	packet, err := r.say(a.Message)
	if err != nil {
		return err
	}
	out := r.real.take(packet)
	state, before := to.Peer.State, from.Peer.State
	if r.role == spec.Client {
		state, before = to.Server.State, from.Server.State
	}
	if r.real.status == eap.Discarded {
		end := a.Message.Clear == model.ClearSuccess || a.Message.Clear == model.ClearFailure
		if r.role == spec.Server && state == before && (end || state == spec.Phase2Failing) {
			return nil // a word that the peer does not believe, or after its end
		}
	}
	if err := errors.Join(r.real.heard(said), r.real.stands(state)); err != nil {
		return err
	}
	r.voice.follow(from, to)
	_, data, err := r.hear(out)
	if err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	return r.voice.learn(data)
}

// say makes the packet of a message.
func (r *rogue) say(m model.Message) ([]byte, error) {
	switch m.Clear {
	case model.ClearSuccess:
		return eap.Packet{Code: eap.CodeSuccess, ID: r.answered}.Append(nil), nil
	case model.ClearFailure:
		return eap.Packet{Code: eap.CodeFailure, ID: r.answered}.Append(nil), nil
	}
	if m == (model.Message{}) {
		return r.packet(nil), nil
	}
	if r.machine.State() == spec.Failed {
		return r.packet([]byte{0x17, 3, 3, 0, 1, 0}), nil // the tunnel is gone: whatever is said is noise
	}
	sealed, err := r.machine.Seal(nil, r.voice.encode(m))
	if err != nil {
		return nil, err
	}
	if m.Clear == model.Outside {
		sealed[len(sealed)-1] ^= 1
	}
	return r.packet(sealed), nil
}
