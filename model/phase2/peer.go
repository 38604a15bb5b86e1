package phase2

import "github.com/sesame-tls/sesame/spec"

// Inner is where a side's inner method stands.
type Inner uint8

// The states. A GTC peer that has answered can tell success only by what comes.
const (
	NoInner         Inner = iota
	InnerIdentity         // the identity is asked for, or has been told
	InnerChallenged       // a challenge is out; at a peer, it has been answered
	InnerSucceeded
	InnerFailed
	InnerAwaitsAck // a server's: Success or Failure of the method is out
)

// Peer is one side of the second phase: the one that wants in. The zero value
// has yet to be told its scenario, by [NewPeer].
type Peer struct {
	Tunnel  spec.Tunnel
	State   spec.Phase2State
	Inner   Inner
	Method  spec.InnerMethod
	Chain   Chain
	Answers Challenge // what MSCHAPv2 was answered with

	Bound   bool // a method that has succeeded is bound; while another runs, success needs a new Crypto-Binding
	Ran     bool // a method has run
	Asked   bool // for PACs
	Stored  PACs
	Told    bool // the password, in the clear
	Rolled  bool // the version in Start was altered on its way
	Claimed bool // a User Authorization PAC was presented
}

// NewPeer returns the peer of a scenario at the beginning of the second phase.
func NewPeer(sc *spec.Phase2) Peer {
	return Peer{Tunnel: sc.Tunnel, Chain: Chain{Tunnel: PeersTunnel}}
}

// concluded reports whether Result success has been exchanged.
func (p *Peer) concluded() bool { return p.State == spec.Phase2Closing }

// Opening is what the peer says first, with its own Finished: a User
// Authorization PAC (RFC 5422, Section 4.1.3).
func (p *Peer) Opening(sc *spec.Phase2, f faults) (m Message) {
	if sc.User == spec.NoUserPAC {
		return m
	}
	// FAST-PAC-20: only to an authenticated server.
	if p.Tunnel == spec.PACTunnel || p.Tunnel == spec.SessionTunnel || f.has(faultUserPACAnywhere) {
		p.Claimed = true
		m.Presents = sc.User
	}
	return m
}

// Read takes one message and returns the answer; an empty one is an EAP
// acknowledgement without data, or, after the end, nothing.
func (p *Peer) Read(m Message, sc *spec.Phase2, f faults) Message {
	switch {
	case p.State.Ended():
		return Message{}
	case m.Clear == ClearSuccess || m.Clear == ClearFailure:
		p.end(m.Clear == ClearSuccess, f)
		return Message{}
	case p.State == spec.Phase2Failing:
		return Message{} // discarded (RFC 3748, Section 4.2: nothing but the end may follow)
	case m.Clear == Alert:
		p.State = spec.Phase2Failing
		return Message{} // RFC 4851, Section 3.6.1: the alert is answered
	case m.Clear == Outside && f.has(faultReadsOutside):
		m.Clear = InTunnel
	case m.Clear == Outside:
		// RFC 4851, Section 3.6.1: an alert.
		p.State = spec.Phase2Failing
		return Message{Clear: Alert}
	}
	return p.readTLVs(m, sc, f)
}

// end takes a clear-text Success or Failure (RFC 4851, Section 7.5).
func (p *Peer) end(success bool, f faults) {
	switch {
	case p.State == spec.Phase2Failing:
		p.State = spec.Phase2Rejected
	case !p.concluded() && success && f.has(faultBelievesSuccess):
		p.State = spec.Phase2Accepted
	case !p.concluded() && !success && f.has(faultBelievesFailure):
		p.State = spec.Phase2Rejected
	case !p.concluded():
		// Discarded: nothing protected has been said.
	case p.Tunnel == spec.AnonymousTunnel && !f.has(faultAnonymousAccess):
		p.State = spec.Phase2Rejected // AMB-13: provisioning ends so, whatever is said
	case success && f.has(faultRefusesSuccess):
		p.State = spec.Phase2Rejected
	case success:
		p.State = spec.Phase2Accepted
	case p.Stored != 0:
		p.State = spec.Phase2Rejected // AMB-13: a PAC was renewed, and that was all
	}
}

func (p *Peer) readTLVs(m Message, sc *spec.Phase2, f faults) Message {
	switch {
	case m.Error != 0 && m.Result != spec.StatusFailure:
		return p.abort(UnexpectedTLVs) // RFC 4851, Section 4.2.4: a fatal error comes with Result failure
	case m.NAK && m.Result != spec.NoStatus:
		return p.abort(UnexpectedTLVs)
	case m.Result == spec.StatusFailure && f.has(faultSurvivesFailure):
		return Message{Result: spec.StatusFailure}
	case m.Result == spec.StatusFailure:
		p.State = spec.Phase2Failing
		return Message{Result: spec.StatusFailure} // FAST-END-04
	case m.Unknown && m.Result != spec.NoStatus:
		return p.abort(UnexpectedTLVs) // RFC 4851, Section 4.2.3: no NAK to a message with Result
	case m.Unknown && !f.has(faultObeysUnknown):
		return Message{NAK: true} // RFC 4851, Section 4.2: all else is ignored
	}
	out, code := p.consume(m, sc, f)
	if code != 0 {
		return p.abort(code)
	}
	if out.empty() {
		return p.abort(UnexpectedTLVs)
	}
	if m.Unknown {
		out.NAK = true
	}
	return out
}

// abort is how a fatal error is told (RFC 4851, Section 3.6.2).
func (p *Peer) abort(code uint16) Message {
	p.State = spec.Phase2Failing
	return Message{Result: spec.StatusFailure, Error: code}
}

// consume answers the TLVs of one message in the order in which they depend on
// each other.
func (p *Peer) consume(m Message, sc *spec.Phase2, f faults) (out Message, code uint16) {
	success := m.Result == spec.StatusSuccess || m.Intermediate == spec.StatusSuccess
	out.Result, out.Intermediate = m.Result, m.Intermediate
	if m.Intermediate == spec.StatusFailure {
		p.dropInner(f)
	}
	switch {
	case success:
		if !p.bind(m, &out, f) {
			return out, TunnelCompromise
		}
	case m.Binding.Present:
		return out, UnexpectedTLVs
	}
	if m.EAP != NoPacket && !p.inner(m, &out, sc, f) {
		return out, UnexpectedTLVs
	}
	switch {
	case m.Offers != 0 && (m.Result != spec.StatusSuccess || !p.authentic(f)) && !f.has(faultEarlyPAC):
		return out, UnexpectedTLVs // RFC 5422, Section 3.2
	case m.Offers != 0:
		p.store(m.Offers, &out, sc, f)
	case success:
		p.ask(&out, sc, f)
	}
	if m.Result == spec.StatusSuccess {
		p.State = spec.Phase2Closing
		if f.has(faultKeysOfSeed) {
			p.Chain.Links = [2]Key{}
		}
	}
	return out, 0
}

// dropInner forgets a method that has failed (RFC 4851, Section 5.2: it gives no
// link).
func (p *Peer) dropInner(f faults) {
	if f.has(faultKeyOfFailed) && p.Inner != NoInner && p.Method != spec.NoMethod {
		p.Chain = p.Chain.with(p.key())
	}
	p.Inner, p.Method = NoInner, spec.NoMethod
}

func (p *Peer) key() Key {
	if p.Method == spec.MSCHAPv2 {
		return mschapv2Key(p.Answers)
	}
	return ZeroKey
}

// bind checks Crypto-Binding and answers it.
func (p *Peer) bind(m Message, out *Message, f faults) bool {
	if p.Inner != NoInner {
		answered := p.Inner == InnerSucceeded || p.Inner == InnerChallenged && p.Method == spec.GTC
		if !answered && !f.has(faultUnboundSuccess) {
			return false // a success that was none
		}
		if !m.Binding.Present && !f.has(faultUnboundSuccess) {
			return false // RFC 4851, Section 3.6: as bad as a wrong one
		}
		if answered {
			p.Chain = p.Chain.with(p.key())
		}
	}
	if !m.Binding.Present {
		return p.Tunnel != spec.AnonymousTunnel || p.Bound || f.has(faultUnboundSuccess)
	}
	if p.Chain.length() == 0 {
		return false // there is nothing to bind
	}
	if b := m.Binding; b.Response || b.Key != p.Chain || !b.Version || !b.Nonce {
		return false
	}
	if p.Inner != NoInner {
		p.Bound = true
		p.Inner, p.Method = NoInner, spec.NoMethod
	}
	// RFC 4851, Section 4.2.8: the version that Start has told goes back.
	out.Binding = Binding{Present: true, Response: true, Key: p.Chain, Version: !p.Rolled || f.has(faultVersionUnchecked), Nonce: true}
	return true
}

// inner takes one packet of an inner method, and reports whether it could be
// answered.
func (p *Peer) inner(m Message, out *Message, sc *spec.Phase2, f faults) bool {
	done := p.Inner == InnerSucceeded || p.Inner == InnerFailed
	switch m.EAP {
	case IdentityRequest:
		if p.Method != spec.NoMethod {
			return false
		}
		p.Inner = InnerIdentity
		out.EAP, out.Other = IdentityResponse, sc.Other
	case MSCHAPv2Challenge:
		if p.Method == spec.GTC || done {
			return false
		}
		p.Inner, p.Method, p.Ran = InnerChallenged, spec.MSCHAPv2, true
		p.Answers = m.Challenge
		if p.Tunnel == spec.AnonymousTunnel && !f.has(faultChallengesExchanged) {
			p.Answers = PeersTunnel // RFC 5422, Section 3.2.3
		}
		*out = Message{Result: out.Result, Intermediate: out.Intermediate, Binding: out.Binding,
			EAP: MSCHAPv2Response, Challenge: p.Answers, Right: !sc.WrongPassword, Other: sc.Other}
	case MSCHAPv2Success:
		if p.Method != spec.MSCHAPv2 || p.Inner != InnerChallenged {
			return false
		}
		// RFC 2759, Section 5: a server without the password is no server.
		if m.Right && !sc.WrongPassword && m.Challenge == p.Answers || f.has(faultProofUnchecked) {
			p.Inner = InnerSucceeded
			out.EAP = MSCHAPv2SuccessAck
			return true
		}
		p.Inner = InnerFailed
		out.EAP = MSCHAPv2FailureAck
	case MSCHAPv2Failure:
		if p.Method != spec.MSCHAPv2 || p.Inner != InnerChallenged {
			return false
		}
		p.Inner = InnerFailed
		out.EAP = MSCHAPv2FailureAck
	case GTCChallenge:
		return p.gtcChallenge(out, sc, f)
	case GTCFailure:
		if p.Method == spec.MSCHAPv2 || done {
			return false
		}
		if p.Method == spec.NoMethod {
			if p.refusesGTC(sc, f) {
				p.Inner = InnerIdentity
				out.EAP = Nak
				return true
			}
			p.Method, p.Ran = spec.GTC, true
		}
		p.Inner = InnerFailed
		out.EAP = GTCAck
	default:
		return false
	}
	return true
}

// refusesGTC: no password in the clear where nobody has proved to be the server
// (FAST-PAC-28, FAST-INN-13).
func (p *Peer) refusesGTC(sc *spec.Phase2, f faults) bool {
	return sc.OnlyMSCHAPv2 || p.Tunnel == spec.AnonymousTunnel && !f.has(faultGTCInAnonymous)
}

func (p *Peer) gtcChallenge(out *Message, sc *spec.Phase2, f faults) bool {
	done := p.Inner == InnerSucceeded || p.Inner == InnerFailed
	switch {
	case p.Method == spec.NoMethod && p.refusesGTC(sc, f):
		p.Inner = InnerIdentity
		out.EAP = Nak
	case p.Method == spec.MSCHAPv2 || done:
		return false
	case p.Inner == InnerChallenged:
		p.Inner = InnerFailed // one password, once
		out.EAP = GTCAck
	default:
		p.Inner, p.Method, p.Ran, p.Told = InnerChallenged, spec.GTC, true, true
		out.EAP, out.Right, out.Other = GTCResponse, !sc.WrongPassword, sc.Other
	}
	return true
}

// authentic reports whether the server has proved itself: by the tunnel, and in
// an anonymous one by a method that is bound to it.
func (p *Peer) authentic(f faults) bool {
	if p.Tunnel == spec.AnonymousTunnel {
		return p.Bound
	}
	return !p.Ran || p.Bound
}

// ask asks for PACs, after the server has proved itself (RFC 5422, Section
// 4.1.4).
func (p *Peer) ask(out *Message, sc *spec.Phase2, f faults) {
	wanted := TunnelPAC
	if sc.Machine {
		wanted = MachinePAC
	}
	switch {
	case p.Asked || !sc.Asks || p.Tunnel == spec.AnonymousTunnel || p.Tunnel == spec.PACTunnel:
	case !p.Bound && !f.has(faultAsksUnbound):
	default:
		p.Asked = true
		out.Asks = wanted
	}
}

// store keeps PACs. Only a Tunnel PAC is acknowledged (RFC 5422, Section 4.2.5).
func (p *Peer) store(offered PACs, out *Message, sc *spec.Phase2, f faults) {
	kept := offered
	if p.Tunnel == spec.AnonymousTunnel && !f.has(faultAnyPACInAnonymous) {
		kept &= TunnelPAC // FAST-PAC-38
	}
	wanted := sc.Asks || p.Tunnel == spec.PACTunnel || p.Tunnel == spec.AnonymousTunnel
	if sc.StoreFails || !wanted {
		kept = 0
	}
	p.Stored |= kept
	if offered&TunnelPAC != 0 {
		out.Ack = spec.StatusFailure
		if kept&TunnelPAC != 0 {
			out.Ack = spec.StatusSuccess
		}
	}
}
