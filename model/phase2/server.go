package phase2

import "github.com/sesame-tls/sesame/spec"

// Login is what a server has recognised somebody by.
type Login uint8

// The logins. A Tunnel PAC is none (RFC 4851, Section 7.4.4, and RFC 5422,
// Section 6.3).
const (
	NoLogin Login = iota
	ByMethod
	ByUserPAC
	ByMachinePAC
)

// Server is the side of the second phase that lets in.
type Server struct {
	Tunnel spec.Tunnel
	State  spec.Phase2State
	Inner  Inner
	Method spec.InnerMethod
	Index  uint8 // of the method in the scenario's
	Sent   Challenge
	Chain  Chain

	Login   Login
	Foreign bool // who has logged in is not whom the PAC was issued to
	Result  bool // the Crypto-Binding that is out went with Result
	Bound   bool // a Crypto-Binding of the peer has held for every method
	Wanted  PACs // what the peer has asked for and may have, and what is due
	Issued  PACs
	GotOK   bool // Result success has come in the tunnel
	Checked bool // some Crypto-Binding has been exchanged and checked
}

// NewServer returns the server of a scenario at the beginning of the second
// phase, in a tunnel of a kind; own says that it is not the peer's.
func NewServer(tunnel spec.Tunnel, own bool) Server {
	s := Server{Tunnel: tunnel, Chain: Chain{Tunnel: PeersTunnel}}
	if own {
		s.Chain.Tunnel = ServersTunnel
	}
	return s
}

// Open begins: with an answer to what the peer has said with its Finished, or
// with the first method.
func (s *Server) Open(m Message, sc *spec.Phase2, f faults) Message {
	if m.Presents != spec.NoUserPAC && s.userPAC(m.Presents, sc, f) {
		return s.succeed()
	}
	if sc.Machine && sc.MachineLogin && s.Tunnel == spec.PACTunnel {
		s.Login = ByMachinePAC
		return s.succeed()
	}
	if s.Tunnel == spec.PACTunnel && f.has(faultPACIsLogin) {
		s.Login = ByMethod
		return s.succeed()
	}
	return s.begin(sc, f)
}

// userPAC reports whether a User Authorization PAC stands in for a method.
func (s *Server) userPAC(u spec.UserPAC, sc *spec.Phase2, f faults) bool {
	switch {
	case s.Tunnel == spec.AnonymousTunnel || u == spec.InvalidUserPAC:
		return false
	// FAST-PAC-12: a machine's tunnel carries any user, a user's only its own.
	case u == spec.ForeignUserPAC && s.bound(sc) && !f.has(faultIdentityUnchecked):
		return false
	}
	s.Login, s.Foreign = ByUserPAC, u == spec.ForeignUserPAC
	return true
}

// bound reports whether the PAC names the user who must log in.
func (s *Server) bound(sc *spec.Phase2) bool { return s.Tunnel == spec.PACTunnel && !sc.Machine }

// succeed ends without a method (RFC 4851, Section 3.3.2).
func (s *Server) succeed() Message {
	s.State = spec.Phase2Closing
	return Message{Result: spec.StatusSuccess}
}

// begin begins the next method: with a request for an identity, unless the PAC
// says who it is.
func (s *Server) begin(sc *spec.Phase2, f faults) Message {
	s.State, s.Inner, s.Bound = spec.Phase2Inner, InnerIdentity, false
	s.Method = sc.Methods[s.Index]
	if s.Tunnel == spec.AnonymousTunnel && !f.has(faultGTCInAnonymous) {
		s.Method = spec.MSCHAPv2 // RFC 5422, Section 3.2: what authenticates both sides
	}
	if s.bound(sc) {
		return s.challenge(f)
	}
	return Message{EAP: IdentityRequest}
}

func (s *Server) challenge(f faults) Message {
	s.Inner = InnerChallenged
	if s.Method == spec.GTC {
		return Message{EAP: GTCChallenge}
	}
	s.Sent = ServersOwn
	if s.Tunnel == spec.AnonymousTunnel && !f.has(faultChallengesExchanged) {
		s.Sent = s.Chain.Tunnel // RFC 5422, Section 3.2.3: of the tunnel
	}
	return Message{EAP: MSCHAPv2Challenge, Challenge: s.Sent}
}

// Read takes one message and returns the next one to send, EAP-Success or
// EAP-Failure at the end.
func (s *Server) Read(m Message, sc *spec.Phase2, f faults) Message {
	switch {
	case s.State.Ended():
		return Message{}
	case s.State == spec.Phase2Failing, m.Clear == Alert:
		return s.reject() // RFC 4851, Section 3.6.2: whatever the peer has answered
	case m.Clear == Outside && !f.has(faultReadsOutside):
		if f.has(faultSilentDiscard) {
			return Message{}
		}
		s.State = spec.Phase2Failing
		return Message{Clear: Alert} // FAST-END-07: the alert, in a request
	case m.empty():
		return s.reject() // an acknowledgement of nothing
	case m.Result == spec.StatusFailure:
		return s.reject()
	case m.Error != 0, m.NAK && m.Result != spec.NoStatus:
		return s.abort(UnexpectedTLVs)
	case m.Unknown && m.Result != spec.NoStatus && !f.has(faultNAKBesideResult):
		return s.abort(UnexpectedTLVs) // RFC 4851, Section 4.2.3
	case m.Unknown && !f.has(faultObeysUnknown):
		return Message{NAK: true} // RFC 4851, Section 4.2: all else is ignored
	case s.State == spec.Phase2Inner && m.EAP != NoPacket:
		return s.inner(m, sc, f)
	case s.State == spec.Phase2Binding:
		return s.checkBinding(m, sc, f)
	case s.State == spec.Phase2Closing:
		return s.close(m, f)
	}
	return s.abort(UnexpectedTLVs)
}

func (s *Server) reject() Message {
	s.State = spec.Phase2Rejected
	return Message{Clear: ClearFailure}
}

func (s *Server) abort(code uint16) Message {
	s.State = spec.Phase2Failing
	return Message{Result: spec.StatusFailure, Error: code}
}

// inner takes one packet of the inner method.
func (s *Server) inner(m Message, sc *spec.Phase2, f faults) Message {
	switch {
	case m.EAP == IdentityResponse && s.Inner == InnerIdentity:
		return s.challenge(f)
	case m.EAP == Nak && s.Inner == InnerChallenged:
		return s.failInner() // there is no alternative
	case m.EAP == MSCHAPv2Response && s.Inner == InnerChallenged && s.Method == spec.MSCHAPv2:
		if !m.Right || m.Challenge != s.Sent || !s.mayBe(m, sc, f) {
			s.Inner = InnerFailed
			return Message{EAP: MSCHAPv2Failure}
		}
		s.Foreign = m.Other && s.bound(sc)
		s.Inner = InnerAwaitsAck
		return Message{EAP: MSCHAPv2Success, Challenge: s.Sent, Right: true}
	case m.EAP == GTCResponse && s.Inner == InnerChallenged && s.Method == spec.GTC:
		if !m.Right || !s.mayBe(m, sc, f) {
			s.Inner = InnerFailed
			return Message{EAP: GTCFailure}
		}
		s.Foreign = m.Other && s.bound(sc)
		return s.bind(sc, f)
	case m.EAP == MSCHAPv2SuccessAck && s.Inner == InnerAwaitsAck:
		return s.bind(sc, f)
	case s.Method == spec.MSCHAPv2 && (s.Inner == InnerAwaitsAck || s.Inner == InnerFailed) && isMSCHAPv2(m.EAP),
		s.Method == spec.MSCHAPv2 && s.Inner == InnerChallenged && isMSCHAPv2(m.EAP),
		s.Method == spec.GTC && s.Inner != InnerIdentity && isGTC(m.EAP):
		return s.failInner()
	}
	return s.abort(UnexpectedTLVs) // a packet out of place
}

// mayBe reports whether the user may log in through this tunnel.
func (s *Server) mayBe(m Message, sc *spec.Phase2, f faults) bool {
	return !m.Other || !s.bound(sc) || f.has(faultIdentityUnchecked) // FAST-PAC-12
}

func isMSCHAPv2(p Packet) bool { return p >= MSCHAPv2Challenge && p <= MSCHAPv2FailureAck }
func isGTC(p Packet) bool      { return p >= GTCChallenge && p <= GTCAck }

// failInner ends the second phase after a method has failed: that is no
// violation, so that there is no Error.
func (s *Server) failInner() Message {
	s.Inner = InnerFailed
	return s.abort(0)
}

// bind sends Crypto-Binding after a method has succeeded: with Result where
// nothing else is to follow, and with Intermediate-Result where it is, or where
// there was more than one method (RFC 4851, Section 3.3.1).
func (s *Server) bind(sc *spec.Phase2, f faults) Message {
	key := ZeroKey
	if s.Method == spec.MSCHAPv2 {
		key = mschapv2Key(s.Sent)
	}
	s.Chain = s.Chain.with(key)
	s.Login, s.Inner, s.Bound = ByMethod, InnerSucceeded, false
	s.State = spec.Phase2Binding
	more := s.more(sc)
	s.Result = !more && !s.due(sc)
	out := Message{Binding: Binding{Present: true, Key: s.Chain, Version: true, Nonce: true}}
	if f.has(faultNoBinding) {
		out.Binding = Binding{}
	}
	if s.Result {
		out.Result = spec.StatusSuccess
	}
	if (!s.Result || s.Index > 0) && !f.has(faultNoIntermediate) {
		out.Intermediate = spec.StatusSuccess
	}
	if out.Result == spec.NoStatus && out.Intermediate == spec.NoStatus {
		out.Result = spec.StatusSuccess
	}
	if f.has(faultMethodsInParallel) && more {
		s.Index++
		s.Method = sc.Methods[s.Index]
		next := s.challenge(f)
		out.EAP, out.Challenge = next.EAP, next.Challenge
		s.State = spec.Phase2Inner
	}
	return out
}

// more reports whether another method is to follow. In an anonymous tunnel there
// is one.
func (s *Server) more(sc *spec.Phase2) bool {
	next := int(s.Index) + 1
	return next < len(sc.Methods) && sc.Methods[next] != spec.NoMethod && s.Tunnel != spec.AnonymousTunnel
}

// due reports whether a Tunnel PAC goes out unasked: in anonymous provisioning,
// and where the peer's is about to expire.
func (s *Server) due(sc *spec.Phase2) bool {
	return s.Tunnel == spec.AnonymousTunnel ||
		s.Tunnel == spec.PACTunnel && !sc.Machine && sc.Due && sc.Server != spec.NoProvisioning
}

// checkBinding takes the answer to Crypto-Binding (RFC 4851, Section 4.2.8).
func (s *Server) checkBinding(m Message, sc *spec.Phase2, f faults) Message {
	b := m.Binding
	wrong := !b.Present || !b.Response || b.Key != s.Chain || !b.Nonce || !b.Version && !f.has(faultVersionUnchecked)
	if wrong && !f.has(faultBindingUnchecked) {
		return s.abort(TunnelCompromise) // FAST-CB-04, FAST-CB-06
	}
	s.Bound, s.Checked = true, true
	if s.Result && m.Result != spec.StatusSuccess || !s.Result && m.Intermediate != spec.StatusSuccess {
		return s.abort(UnexpectedTLVs)
	}
	s.GotOK = s.Result
	s.Wanted |= s.wanted(m, sc, f)
	if s.more(sc) {
		s.Index++
		return s.begin(sc, f)
	}
	if s.Result && s.Wanted == 0 {
		return s.finish(f)
	}
	return s.provision(s.Wanted)
}

// wanted is the PACs that are to be issued now: what the peer asks for and may
// have, and one that is due.
func (s *Server) wanted(m Message, sc *spec.Phase2, f faults) (p PACs) {
	if s.due(sc) {
		p |= TunnelPAC
	}
	if sc.Server == spec.NoProvisioning {
		return p
	}
	asked := m.Asks &^ MachinePAC // for machines only (RFC 5422, Section 4.1.4), and this is a user
	if s.Tunnel == spec.AnonymousTunnel && !f.has(faultAnyPACInAnonymous) {
		asked &= TunnelPAC // FAST-PAC-38
	}
	return p | asked
}

// provision ends the second phase with Result, and PACs behind it (RFC 5422,
// Section 3.2).
func (s *Server) provision(p PACs) Message {
	s.Issued |= p
	s.State = spec.Phase2Closing
	return Message{Result: spec.StatusSuccess, Offers: p}
}

// close takes the answer to the last Result.
func (s *Server) close(m Message, f faults) Message {
	if m.Result != spec.StatusSuccess && !f.has(faultResultUnawaited) {
		return s.abort(UnexpectedTLVs)
	}
	s.GotOK = s.GotOK || m.Result == spec.StatusSuccess
	return s.finish(f)
}

// finish decides, once both sides have said success in the tunnel.
func (s *Server) finish(f faults) Message {
	if s.Tunnel == spec.AnonymousTunnel && !f.has(faultAnonymousAccess) ||
		s.Login == NoLogin || s.Login == ByMethod && !s.Bound && !f.has(faultPACIsLogin) {
		return s.reject() // FAST-PAC-29; a PAC is not a login
	}
	s.State = spec.Phase2Accepted
	return Message{Clear: ClearSuccess}
}
