package fast

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

// peerPhase2 is what a peer keeps of phase 2.
type peerPhase2 struct {
	inner  *eap.Peer
	method eap.PeerMethod // that inner runs
	bound  bool           // every inner method that has run is bound
	ran    bool           // an inner method has run
	stored bool           // a PAC has come
	asked  bool           // for PACs
	over   bool           // Result success has been exchanged
}

func (p *peerPhase2) release() {
	if p.inner != nil {
		p.inner.Release()
	}
	*p = peerPhase2{}
}

// phase2Step takes one message of the tunnel and returns the answer.
func (p *Peer) phase2Step(data []byte) []byte {
	m, err := ParseMessage(data)
	if err == nil {
		err = m.Check(true)
	}
	switch {
	case err != nil:
		return p.abort(UnexpectedTLVs, err)
	case m.Result == Failure:
		p.fail(p.serverFailure(m))
		// RFC 4851, Section 3.6.2: Result failure is answered by Result failure.
		p.state = eap.PeerState{State: eap.Done}
		return appendResult(nil, Failure)
	case m.hasUnknown && m.Result != None:
		return p.abort(UnexpectedTLVs, tlvError("mandatory TLV %d is not known", m.Unknown))
	case m.hasUnknown:
		return appendNAK(nil, m.vendor, m.Unknown)
	}
	out, code, err := p.consume(m)
	if err != nil {
		return p.abort(code, err)
	}
	return out
}

func (p *Peer) serverFailure(m *Message) error {
	if method, ok := p.phase2.method.(interface{ Reason() error }); ok && method.Reason() != nil {
		return method.Reason()
	}
	if m.Error != NoError {
		return fmt.Errorf("fast: the server ends with Result failure and error %d", m.Error)
	}
	return fmt.Errorf("fast: the server ends with Result failure")
}

// consume answers the TLVs of a message in the order in which they depend on
// each other.
func (p *Peer) consume(m *Message) (out []byte, code ErrorCode, err error) {
	if m.Result == Success {
		out = appendResult(out, Success)
	}
	switch m.Intermediate {
	case Failure:
		p.dropInner()
		out = appendIntermediate(out, Failure)
	case Success:
		out = appendIntermediate(out, Success)
	}
	if m.Result == Success || m.Intermediate == Success {
		if out, err = p.bind(out, m); err != nil {
			return nil, TunnelCompromise, err
		}
	} else if m.Binding != nil {
		return nil, UnexpectedTLVs, tlvError("Crypto-Binding without success")
	}
	if m.EAP != nil {
		if out, err = p.innerStep(out, m.EAP); err != nil {
			return nil, UnexpectedTLVs, err
		}
	}
	if len(m.PACs) > 0 {
		if m.Result != Success || !p.authentic() {
			return nil, UnexpectedTLVs, tlvError("a PAC before success (RFC 5422, Section 3.2)")
		}
		out = p.storePACs(out, m)
	} else if m.Result == Success || m.Intermediate == Success {
		out = p.ask(out)
	}
	if m.Result == Success {
		p.conclude()
	}
	if len(out) == 0 {
		return nil, UnexpectedTLVs, tlvError("nothing in the message can be answered")
	}
	return out, NoError, nil
}

// bind checks Crypto-Binding and answers it. Success after an inner method does
// not stand without one (RFC 4851, Section 3.6).
func (p *Peer) bind(out []byte, m *Message) ([]byte, error) {
	s := &p.phase2
	if s.inner != nil {
		if s.inner.State().Decision == eap.Fail || s.inner.State().State == eap.Continuing {
			return nil, fmt.Errorf("%w: the server calls an inner method a success that was none", ErrBinding)
		}
		if m.Binding == nil {
			return nil, errUnbound
		}
		p.tunnel.keys.add(&p.tunnel.prf, s.method.(innerKeyer).InnerSessionKey())
	}
	if m.Binding == nil {
		if p.tunnel.kind == AnonymousTunnel && !s.bound {
			return nil, errUnbound
		}
		return out, nil
	}
	if p.tunnel.keys.links == 0 {
		return nil, fmt.Errorf("%w: no inner method has run", ErrBinding)
	}
	// The server has seen our version 1, and we its Start.
	if err := m.Binding.check(m.BindingTLV, &p.tunnel.keys.cmk, bindingRequest, Version, nil); err != nil {
		return nil, err
	}
	if s.inner != nil {
		s.bound = true
		p.dropInner()
	}
	response := Binding{Version: Version, Received: p.version, Subtype: bindingResponse, Nonce: responseNonce(m.Binding.Nonce)}
	return response.appendTLV(out, &p.tunnel.keys.cmk), nil
}

func (p *Peer) dropInner() {
	if p.phase2.inner != nil {
		p.phase2.inner.Release()
	}
	p.phase2.inner = nil
}

// innerStep takes one packet of the inner conversation.
func (p *Peer) innerStep(out, packet []byte) ([]byte, error) {
	s := &p.phase2
	if s.inner == nil {
		s.inner = eap.NewPeer(p.innerConfig())
	}
	start := len(out)
	var status eap.Status
	out = appendEAP(out, func(dst []byte) []byte {
		dst, status = s.inner.Step(dst, packet, p.now)
		return dst
	})
	if status != eap.Continue {
		return out[:start], tlvError("an inner packet out of place")
	}
	s.ran = s.ran || s.inner.Method() != eap.TypeNone
	p.report.Method = s.inner.Method()
	return out, nil
}

// innerConfig is what may run in this tunnel. A clear-text password never goes
// into an anonymous one (FAST-PAC-28, FAST-INN-13).
func (p *Peer) innerConfig() *eap.PeerConfig {
	c := &p.config
	var methods eap.Registry[eap.PeerMethod]
	for _, t := range c.Methods {
		switch {
		case t == mschapv2.Type:
			methods.Add(t, p.newMSCHAPv2)
		case t == gtc.Type && p.tunnel.kind != AnonymousTunnel:
			methods.Add(t, func() eap.PeerMethod {
				p.phase2.method = gtc.NewPeer(c.Identity, c.Password)
				return p.phase2.method
			})
		}
	}
	return &eap.PeerConfig{Identity: []byte(c.Identity), Methods: &methods, MTU: maxInner, InTunnel: true}
}

func (p *Peer) newMSCHAPv2() eap.PeerMethod {
	hash, err := mschapv2.HashPassword(p.config.Password)
	if err != nil {
		p.fail(err)
	}
	p.phase2.method = mschapv2.NewPeer(mschapv2.PeerConfig{
		User: p.config.Identity, Hash: hash, Rand: p.config.Rand, Tunnel: p.tunnel.challenges,
	})
	return p.phase2.method
}

// authentic reports whether the server has proved itself: by the tunnel, and in
// an anonymous one by an inner method that is bound to it.
func (p *Peer) authentic() bool {
	if p.tunnel.kind == AnonymousTunnel {
		return p.phase2.bound
	}
	return !p.phase2.ran || p.phase2.bound
}

// ask asks for PACs where the tunnel was opened without one (RFC 5422, Section
// 4.1.4). In an anonymous tunnel the server gives one unasked.
func (p *Peer) ask(out []byte) []byte {
	s := &p.phase2
	if s.asked || p.config.Store == nil || p.config.Provisioning == NoProvisioning ||
		p.tunnel.kind == AnonymousTunnel || !s.bound {
		return out
	}
	for _, t := range p.config.Ask {
		// A PAC that opened this tunnel is good; one that was declined is to be replaced.
		if p.tunnel.kind == ByPAC && t == p.pac.Type ||
			t == UserAuthorizationPAC && p.config.Store.Find(p.authority, t, p.config.Identity, p.now) != nil {
			continue
		}
		if !s.asked {
			out = appendAction(out, processTLV)
			s.asked = true
		}
		out = appendPACRequest(out, t)
	}
	return out
}

// storePACs keeps the PACs of a message. Only a Tunnel PAC is acknowledged (RFC
// 5422, Section 4.2.5).
func (p *Peer) storePACs(out []byte, m *Message) []byte {
	for _, value := range m.PACs {
		pac, ok := parsePAC(value)
		if !ok || len(pac.Opaque) == 0 {
			continue
		}
		err := p.store(&pac)
		if err == nil {
			p.phase2.stored = true
			p.report.Issued = append(p.report.Issued, pac.Type)
		}
		if pac.Type == TunnelPAC {
			ack := uint16(ackSuccess)
			if err != nil {
				ack = ackFailure
			}
			out = appendPACAck(out, ack)
		}
	}
	return out
}

// store keeps one PAC, in place of the one that was declined or has grown old.
func (p *Peer) store(pac *pacTLV) error {
	known := pac.Type >= TunnelPAC && pac.Type <= UserAuthorizationPAC
	switch {
	case p.config.Store == nil || p.config.Provisioning == NoProvisioning && p.tunnel.kind != ByPAC:
		return fmt.Errorf("fast: no PAC was wanted")
	case !known:
		return fmt.Errorf("fast: a PAC of unknown type %d", pac.Type) // RFC 5422, Section 4.1.4: ignored
	case !pac.hasInfo || !bytes.Equal(pac.AuthorityID, p.authority):
		return fmt.Errorf("fast: a PAC of another authority than the tunnel's (RFC 5422, Section 4.2.4)")
	case pac.Type != UserAuthorizationPAC && len(pac.Key) != pacKeySize:
		return fmt.Errorf("fast: a PAC without its key")
	case p.tunnel.kind == AnonymousTunnel && pac.Type != TunnelPAC:
		return fmt.Errorf("fast: a PAC of type %v from an anonymous tunnel", pac.Type)
	}
	kept := pac.PAC
	if err := p.config.Store.Put(&kept); err != nil {
		p.fail(fmt.Errorf("fast: the PAC could not be stored: %w", err))
		return err
	}
	if old := p.pac; old != nil && old.Type == kept.Type && old.Identity != kept.Identity {
		return p.config.Store.Remove(old)
	}
	return nil
}

// conclude says what a clear-text Success or Failure means now that Result has
// been exchanged.
func (p *Peer) conclude() {
	s := &p.phase2
	s.over = true
	switch {
	case p.tunnel.kind == AnonymousTunnel:
		// RFC 5422, Section 3.5: there is no access, and Failure is how it ends (AMB-13).
		p.fail(errAnonymous)
		p.state = eap.PeerState{State: eap.MayContinue}
		return
	case s.stored:
		// A server may end with Failure after it has renewed a PAC (AMB-13).
		p.state = eap.PeerState{State: eap.MayContinue, Decision: eap.ConditionalSuccess}
	default:
		p.state = eap.PeerState{State: eap.MayContinue, Decision: eap.UnconditionalSuccess}
	}
	p.report.Identity = p.config.Identity
	p.keys.MSK, p.keys.EMSK = p.tunnel.keys.sessionKeys(&p.tunnel.prf)
	p.keys.SessionID = p.tunnel.sessionID
}

// abort ends phase 2 with Result failure, and an Error where there is a code
// (RFC 4851, Section 3.6.2).
func (p *Peer) abort(code ErrorCode, err error) []byte {
	p.fail(err)
	p.state = eap.PeerState{State: eap.Done}
	p.keys = eap.Keys{}
	out := appendResult(nil, Failure)
	if code != NoError {
		out = appendError(out, code)
	}
	return out
}

// Provisioned reports whether a PAC of a type has been stored.
func (r Report) Provisioned(t PACType) bool { return slices.Contains(r.Issued, t) }
