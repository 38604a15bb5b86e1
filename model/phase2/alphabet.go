package phase2

import "github.com/sesame-tls/sesame/spec"

// bind asks complete to fill a Crypto-Binding in; its fields say what is to be
// wrong with it.
func bind(response bool) Binding {
	return Binding{Present: true, Response: response, Version: true, Nonce: true}
}

// wrongKey is the chain of nobody.
var wrongKey = Chain{Tunnel: Attackers}

// peerAlphabet is what an attacker tries to tell a peer in its tunnel. Bindings
// and challenges are filled in when it is told.
func peerAlphabet() []Message {
	const success, failure = spec.StatusSuccess, spec.StatusFailure
	otherKey, otherVersion, otherNonce := bind(false), bind(false), bind(false)
	otherKey.Key, otherVersion.Version, otherNonce.Nonce = wrongKey, false, false
	all := []Message{
		{Clear: ClearSuccess}, {Clear: ClearFailure}, {Clear: Outside},
		{EAP: IdentityRequest}, {EAP: GTCChallenge}, {EAP: GTCFailure},
		{EAP: MSCHAPv2Challenge, Challenge: Attackers}, {EAP: MSCHAPv2Challenge, Challenge: ServersOwn},
		{EAP: MSCHAPv2Failure}, {EAP: MSCHAPv2Success}, {EAP: MSCHAPv2Success, Right: true},
		{Result: success}, {Result: failure}, {Result: failure, Error: UnexpectedTLVs}, {Intermediate: success}, {Intermediate: failure},
		{Result: success, Binding: bind(false)}, {Intermediate: success, Binding: bind(false)},
		{Result: success, Intermediate: success, Binding: bind(false)},
		{Result: success, Binding: otherKey}, {Result: success, Binding: otherVersion}, {Result: success, Binding: otherNonce},
		{Result: success, Binding: bind(true)}, {Binding: bind(false)},
		{Intermediate: failure, EAP: IdentityRequest}, {Intermediate: failure, EAP: GTCChallenge},
		{Unknown: true}, {Unknown: true, EAP: IdentityRequest}, {Unknown: true, Result: success},
		{Unknown: true, Intermediate: success, Binding: bind(false)},
		{Error: UnexpectedTLVs}, {Offers: TunnelPAC},
	}
	for _, p := range []PACs{TunnelPAC, TunnelPAC | UserPAC} {
		all = append(all, Message{Result: success, Offers: p}, Message{Result: success, Binding: bind(false), Offers: p})
	}
	return all
}

// serverAlphabet is what an attacker tries to tell a server in its tunnel.
func serverAlphabet() []Message {
	const success, failure = spec.StatusSuccess, spec.StatusFailure
	otherKey, otherVersion, otherNonce := bind(true), bind(true), bind(true)
	otherKey.Key, otherVersion.Version, otherNonce.Nonce = wrongKey, false, false
	all := []Message{
		{}, {Clear: Outside},
		{EAP: IdentityResponse}, {EAP: Nak}, {EAP: GTCResponse}, {EAP: GTCResponse, Right: true}, {EAP: GTCResponse, Right: true, Other: true}, {EAP: GTCAck},
		{EAP: MSCHAPv2Response}, {EAP: MSCHAPv2Response, Right: true}, {EAP: MSCHAPv2Response, Right: true, Other: true},
		{EAP: MSCHAPv2SuccessAck}, {EAP: MSCHAPv2FailureAck},
		{Result: success}, {Result: failure}, {Intermediate: success}, {Ack: success},
		{Result: success, Binding: bind(true)}, {Intermediate: success, Binding: bind(true)},
		{Result: success, Intermediate: success, Binding: bind(true)},
		{Result: success, Binding: otherKey}, {Result: success, Binding: otherVersion}, {Result: success, Binding: otherNonce},
		{Result: success, Binding: bind(false)}, {Binding: bind(true)},
		{Result: success, Ack: success}, {Result: success, Ack: failure},
		{Unknown: true}, {Unknown: true, Result: success}, {Unknown: true, EAP: IdentityResponse}, {Error: UnexpectedTLVs},
	}
	for _, p := range []PACs{TunnelPAC, MachinePAC, UserPAC} {
		all = append(all, Message{Result: success, Binding: bind(true), Asks: p}, Message{Intermediate: success, Binding: bind(true), Asks: p})
	}
	return all
}

// complete fills in what the attacker takes from the state: the key of a
// binding, the challenge that a response or a proof is about.
func (s *System) complete(st *State, m Message, toPeer bool) Message {
	chain, about := st.Server.Chain, st.Server.Sent
	if toPeer {
		chain, about = st.Peer.nextChain(), st.Peer.Answers
	}
	if m.Binding.Present && m.Binding.Key != wrongKey {
		m.Binding.Key = chain
	}
	if m.EAP == MSCHAPv2Response || m.EAP == MSCHAPv2Success {
		m.Challenge = about
	}
	return m
}

// nextChain is the chain that the next Crypto-Binding is about: with the key of
// the method that runs.
func (p *Peer) nextChain() Chain {
	if p.Inner == InnerSucceeded || p.Inner == InnerChallenged && p.Method == spec.GTC {
		return p.Chain.with(p.key())
	}
	return p.Chain
}

// canTellPeer reports whether the attacker knows enough to say m in the peer's
// tunnel.
func (s *System) canTellPeer(st *State, m Message) bool {
	if m.EAP != NoPacket && st.Peer.Chain.length() == len(st.Peer.Chain.Links) {
		return false // two methods are enough: a third is as the second
	}
	if st.Attacker == IsServer {
		return m.Challenge != ServersOwn // a challenge is as good as another
	}
	if pointless(m) {
		return false
	}
	if m.EAP == MSCHAPv2Challenge && m.Challenge == ServersOwn && (st.Server.Sent != ServersOwn || st.Server.Inner != InnerChallenged) {
		return false // there is none to relay
	}
	if m.EAP == MSCHAPv2Success && m.Right && !st.Known.Password && !st.Known.Proof[st.Peer.Answers] {
		return false
	}
	return !m.Binding.Present || m.Binding.Key == wrongKey || st.Known.key(st.Peer.nextChain())
}

// canTellServer is the same towards the server.
func (s *System) canTellServer(st *State, m Message) bool {
	if st.Attacker == IsPeer {
		return true
	}
	switch {
	case m.Other || pointless(m):
		return false // it is this user's part that is to be taken
	case m.EAP == MSCHAPv2Response && m.Right:
		return st.Known.Password || st.Known.Response[st.Server.Sent]
	case m.EAP == GTCResponse && m.Right:
		return st.Known.Password
	}
	return !m.Binding.Present || m.Binding.Key == wrongKey || st.Known.key(st.Server.Chain)
}

// pointless reports whether an attacker in the middle has nothing to gain by m:
// what is malformed or ends the conversation is for the attackers that are one
// of the sides, and says nothing of the other.
func pointless(m Message) bool {
	b := m.Binding
	return m.Clear != InTunnel || m.Unknown || m.Error != 0 || m.Result == spec.StatusFailure || m.Ack == spec.StatusFailure ||
		b.Present && (b.Key == wrongKey || !b.Version || !b.Nonce) || m.empty()
}

// key reports whether the attacker can compute a chain's keys: both tunnels are
// its own, so that what is missing is the inner keys.
func (k *Known) key(c Chain) bool {
	for _, link := range c.Links {
		if link.MSCHAPv2() && !k.Password {
			return false
		}
	}
	return true
}
