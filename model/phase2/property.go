package phase2

import (
	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// Property is a statement about states or steps. Its functions say whether the
// premise holds, and if so whether the statement does.
type Property struct {
	Name         string
	Text         string
	Requirements []string // ids
	// Attack is a violation that has to be found: where it is not, something is
	// wrong with the model. Profile is the one under which it is found.
	Attack  bool
	Profile string

	state func(sc *spec.Phase2, st *State) (premise, holds bool)
	step  func(sc *spec.Phase2, s *Step) (premise, holds bool)
}

// Properties returns all properties, and behind them the attacks.
func Properties() []Property { return append([]Property(nil), properties...) }

func propertyNames() (names []string) {
	for _, p := range properties {
		names = append(names, p.Name)
	}
	return names
}

func (s *System) judgeState(st *State) (v explore.Verdict) {
	sc := s.Scenario(st)
	for i, p := range properties {
		if p.state == nil {
			continue
		}
		if premise, holds := p.state(sc, st); premise {
			v.Add(i, holds)
		}
	}
	return v
}

func (s *System) judgeStep(step *Step) (v explore.Verdict) {
	sc := s.Scenario(step.From)
	for i, p := range properties {
		if p.step == nil {
			continue
		}
		if premise, holds := p.step(sc, step); premise {
			v.Add(i, holds)
		}
	}
	return v
}

func (a Action) toPeer() bool   { return a.Kind == PeerReads || a.Kind == TellPeer }
func (a Action) toServer() bool { return a.Kind == ServerReads || a.Kind == TellServer }

// failed reports whether a message tells a fatal error.
func failed(m *Message) bool { return m.Result == spec.StatusFailure }

var properties = []Property{
	{
		Name:         "success-is-protected",
		Text:         "A peer that accepts has sent and received Result success in the tunnel; a server that accepts has, too.",
		Requirements: []string{"FAST-END-01", "FAST-END-11"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			if s.From.Server.State != s.To.Server.State && s.To.Server.State == spec.Phase2Accepted {
				return true, s.To.Server.GotOK
			}
			if s.From.Peer.State != s.To.Peer.State && s.To.Peer.State == spec.Phase2Accepted {
				return true, s.From.Peer.concluded()
			}
			return false, true
		},
	},
	{
		Name:         "both-hold-the-same-keys",
		Text:         "When both sides have accepted, they are in one tunnel and have the same key chain, and so the same MSK and EMSK.",
		Requirements: []string{"FAST-SEC-08"},
		state: func(_ *spec.Phase2, st *State) (bool, bool) {
			return st.Attacker == OnTheWire && st.Peer.State == spec.Phase2Accepted && st.Server.State == spec.Phase2Accepted,
				st.Peer.Chain == st.Server.Chain
		},
	},
	{
		Name:         "anonymous-gives-no-access",
		Text:         "Whoever has come through an anonymous tunnel gets no access and no keys, whatever was provisioned.",
		Requirements: []string{"FAST-PAC-29", "FAST-SEC-11"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return st.Server.Tunnel == spec.AnonymousTunnel && st.Server.State.Ended() || sc.Tunnel == spec.AnonymousTunnel && st.Peer.State.Ended(),
				(st.Server.Tunnel != spec.AnonymousTunnel || st.Server.State != spec.Phase2Accepted) &&
					(sc.Tunnel != spec.AnonymousTunnel || st.Peer.State != spec.Phase2Accepted)
		},
	},
	{
		Name: "provisioned-by-the-proved",
		Text: "A PAC goes out, and is kept, only after a method has authenticated and its Crypto-Binding has held; in an " +
			"anonymous tunnel that method is MSCHAPv2.",
		Requirements: []string{"FAST-PAC-19", "FAST-PAC-26", "FAST-PAC-18"},
		step: func(sc *spec.Phase2, s *Step) (bool, bool) {
			if issued := s.To.Server.Issued &^ s.From.Server.Issued; issued != 0 {
				return true, s.To.Server.Bound && (s.To.Server.Tunnel != spec.AnonymousTunnel || s.To.Server.Chain.Links[0].MSCHAPv2())
			}
			if stored := s.To.Peer.Stored &^ s.From.Peer.Stored; stored != 0 {
				proved := s.To.Peer.Bound || sc.Tunnel != spec.AnonymousTunnel && !s.To.Peer.Ran
				return true, proved && s.Heard.Result == spec.StatusSuccess && s.Heard.Clear == InTunnel &&
					(sc.Tunnel != spec.AnonymousTunnel || s.To.Peer.Chain.Links[0].MSCHAPv2())
			}
			return false, true
		},
	},
	{
		Name:         "tunnel-pacs-in-anonymous-tunnels",
		Text:         "In an anonymous tunnel a Tunnel PAC is all that is issued, asked for, or kept.",
		Requirements: []string{"FAST-PAC-38"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return st.Server.Tunnel == spec.AnonymousTunnel && st.Server.Issued != 0 || sc.Tunnel == spec.AnonymousTunnel && st.Peer.Stored != 0,
				(st.Server.Tunnel != spec.AnonymousTunnel || st.Server.Issued&^TunnelPAC == 0) &&
					(sc.Tunnel != spec.AnonymousTunnel || st.Peer.Stored&^TunnelPAC == 0)
		},
	},
	{
		Name:         "asked-after-binding",
		Text:         "A peer asks for a PAC only once the server is authenticated and a Crypto-Binding has held.",
		Requirements: []string{"FAST-PAC-15"},
		step: func(sc *spec.Phase2, s *Step) (bool, bool) {
			return s.To.Peer.Asked && !s.From.Peer.Asked, s.To.Peer.Bound && sc.Tunnel != spec.AnonymousTunnel
		},
	},
	{
		Name:         "user-of-the-pac",
		Text:         "Who comes through the tunnel of a user's PAC and is let in is that user.",
		Requirements: []string{"FAST-PAC-12", "FAST-SEC-12", "FAST-PAC-11"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return st.Server.State == spec.Phase2Accepted && st.Server.bound(sc), !st.Server.Foreign
		},
	},
	{
		Name: "a-pac-is-no-login",
		Text: "A server accepts after a method that has succeeded and is bound, a User Authorization PAC, or a Machine PAC where " +
			"it takes one for a login.",
		Requirements: []string{"FAST-CB-05", "FAST-PAC-21"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			s := &st.Server
			return s.State == spec.Phase2Accepted, s.Login == ByMethod && s.Bound && s.Chain.length() > 0 ||
				s.Login == ByUserPAC || s.Login == ByMachinePAC && sc.Machine && sc.MachineLogin
		},
	},
	{
		Name:         "no-password-for-strangers",
		Text:         "A password goes in the clear only into a tunnel whose server is authenticated.",
		Requirements: []string{"FAST-PAC-28", "FAST-INN-13"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return sc.Tunnel == spec.AnonymousTunnel && st.Peer.Ran, !st.Peer.Told
		},
	},
	{
		Name:         "user-pac-for-the-authenticated",
		Text:         "A User Authorization PAC, which is a bearer's, is shown only to a server that the tunnel has authenticated.",
		Requirements: []string{"FAST-PAC-20"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return sc.User != spec.NoUserPAC, !st.Peer.Claimed || sc.Tunnel == spec.PACTunnel || sc.Tunnel == spec.SessionTunnel
		},
	},
	{
		Name:         "success-is-bound",
		Text:         "Success after an inner method comes with a Crypto-Binding, and is taken only with one that holds.",
		Requirements: []string{"FAST-TLV-10", "FAST-CB-05", "FAST-CB-06", "FAST-CB-04"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			success := func(m *Message) bool { return m.Result == spec.StatusSuccess || m.Intermediate == spec.StatusSuccess }
			if s.toServer() && s.From.Server.State == spec.Phase2Inner && success(&s.Said) {
				return true, s.Said.Binding.Present
			}
			if s.toServer() && s.From.Server.State == spec.Phase2Binding && !failed(&s.Said) && s.Said.Clear != ClearFailure && s.Heard.Clear == InTunnel && !s.Said.NAK {
				return true, s.Heard.Binding == Binding{Present: true, Response: true, Key: s.From.Server.Chain, Version: true, Nonce: true}
			}
			if s.toPeer() && s.From.Peer.Inner != NoInner && s.From.Peer.Method != spec.NoMethod && success(&s.Heard) && success(&s.Said) {
				return true, s.Heard.Binding == Binding{Present: true, Key: s.From.Peer.nextChain(), Version: true, Nonce: true}
			}
			return false, true
		},
	},
	{
		Name:         "one-method-after-the-other",
		Text:         "A method begins only once the one before it is bound.",
		Requirements: []string{"FAST-INN-02"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			next := s.toServer() && s.To.Server.Index > s.From.Server.Index
			return next, s.From.Server.State == spec.Phase2Binding && s.From.Server.Chain == s.To.Server.Chain
		},
	},
	{
		Name: "intermediate-result-between-methods",
		Text: "Where there is more than one method, each ends with an Intermediate-Result of both sides; where there is one, it " +
			"does not stand beside Result.",
		Requirements: []string{"FAST-INN-03", "FAST-INN-04"},
		step: func(sc *spec.Phase2, s *Step) (bool, bool) {
			bound := s.toServer() && s.To.Server.State == spec.Phase2Binding && s.From.Server.State == spec.Phase2Inner && s.Said.Binding.Present
			if bound {
				several := s.To.Server.Index > 0 || s.To.Server.more(sc)
				if several {
					return true, s.Said.Intermediate == spec.StatusSuccess
				}
				return s.Said.Result == spec.StatusSuccess, s.Said.Intermediate == spec.NoStatus
			}
			return s.toPeer() && s.Heard.Intermediate == spec.StatusSuccess && s.Heard.Clear == InTunnel && !failed(&s.Said) && !s.Said.NAK && !s.Said.empty(),
				s.Said.Intermediate == spec.StatusSuccess
		},
	},
	{
		Name:         "failed-methods-give-no-key",
		Text:         "The key chain has a link for each method that has succeeded, and for no other.",
		Requirements: []string{"FAST-INN-05"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			if s.toPeer() && s.Heard.Intermediate == spec.StatusFailure {
				return true, s.From.Peer.Chain == s.To.Peer.Chain
			}
			return s.toServer() && s.To.Server.Inner == InnerFailed, s.From.Server.Chain == s.To.Server.Chain
		},
	},
	{
		Name: "unknown-mandatory-tlv",
		Text: "A mandatory TLV that is not known is answered by NAK alone, and nothing beside it has an effect; beside Result it " +
			"is a fatal error instead.",
		Requirements: []string{"FAST-TLV-02", "FAST-TLV-03", "FAST-TLV-04"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			live := s.toPeer() && s.From.Peer.State < spec.Phase2Failing || s.toServer() && s.From.Server.State != spec.Phase2Failing
			if !live || !s.Heard.Unknown || s.Heard.Clear != InTunnel || s.Heard.Result == spec.StatusFailure {
				return false, true
			}
			if s.Heard.Result != spec.NoStatus {
				return true, s.Said == Message{Result: spec.StatusFailure, Error: UnexpectedTLVs}
			}
			return true, s.Said == Message{NAK: true} && s.From.Peer == s.To.Peer && s.From.Server == s.To.Server
		},
	},
	{
		Name:         "fatal-errors-end",
		Text:         "A fatal Error is told beside Result failure, and whoever has told or heard one does not accept.",
		Requirements: []string{"FAST-TLV-07", "FAST-END-04", "FAST-END-05", "FAST-END-06"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			fatal := func(m *Message) bool { return m.Error != 0 || failed(m) }
			if s.Heard.Clear != InTunnel || !fatal(&s.Heard) && !fatal(&s.Said) {
				return false, true
			}
			if s.toPeer() {
				return s.From.Peer.State < spec.Phase2Failing, s.To.Peer.State == spec.Phase2Failing && failed(&s.Said)
			}
			return s.toServer() && s.From.Server.State != spec.Phase2Failing,
				s.To.Server.State == spec.Phase2Failing && failed(&s.Said) || s.To.Server.State == spec.Phase2Rejected
		},
	},
	{
		Name: "clear-text-ends-nothing",
		Text: "A clear-text Success or Failure changes nothing before both sides have said success in the tunnel, and one that " +
			"contradicts them changes nothing after, but where a PAC was renewed and Failure may be meant.",
		Requirements: []string{"FAST-END-09", "FAST-END-10", "FAST-SEC-13"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			p := &s.From.Peer
			if s.Kind != ForgeSuccess && s.Kind != ForgeFailure || p.State >= spec.Phase2Failing {
				return false, true
			}
			if !p.concluded() {
				return true, *p == s.To.Peer
			}
			return s.Kind == ForgeFailure && p.Tunnel != spec.AnonymousTunnel && p.Stored == 0, *p == s.To.Peer
		},
	},
	{
		Name:         "version-rollback-is-found",
		Text:         "A version that was altered in Start is found by the Crypto-Binding, where there is one.",
		Requirements: []string{"FAST-PKT-06", "FAST-PKT-07"},
		state: func(_ *spec.Phase2, st *State) (bool, bool) {
			return st.Peer.Rolled && st.Server.State.Ended() && st.Server.Chain.length() > 0, st.Server.State != spec.Phase2Accepted
		},
	},
	{
		Name:         "server-knows-the-password",
		Text:         "A peer takes a success of MSCHAPv2 only from a server that has proved to know the password.",
		Requirements: []string{"FAST-INN-08"},
		step: func(sc *spec.Phase2, s *Step) (bool, bool) {
			return s.toPeer() && s.To.Peer.Inner == InnerSucceeded && s.From.Peer.Inner != InnerSucceeded,
				s.Heard.Right && s.Heard.Challenge == s.From.Peer.Answers && !sc.WrongPassword
		},
	},
	{
		Name:         "relaying-fails",
		Text:         "Who stands between two tunnels and does not know the password is not let in and gets no PAC, nor has a PAC of its own kept after an anonymous tunnel.",
		Requirements: []string{"FAST-SEC-08", "FAST-SEC-09", "FAST-SEC-10"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			stored := sc.Tunnel == spec.AnonymousTunnel && st.Peer.Stored != 0
			return st.Attacker == InMiddle && !st.Known.Password && (st.Peer.Ran || st.Server.Inner > InnerIdentity),
				st.Server.State != spec.Phase2Accepted && !st.Known.PAC && !stored
		},
	},
	{
		Name:         "challenges-of-the-tunnel",
		Text:         "In an anonymous tunnel MSCHAPv2's challenges are the tunnel's on both sides; in any other they are exchanged.",
		Requirements: []string{"FAST-PAC-27", "FAST-SEC-10"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			p, s := &st.Peer, &st.Server
			if p.Method == spec.MSCHAPv2 && (p.Answers == PeersTunnel) != (sc.Tunnel == spec.AnonymousTunnel) {
				return true, false
			}
			return p.Method == spec.MSCHAPv2 || s.Sent != NoChallenge,
				s.Sent == NoChallenge || (s.Sent != ServersOwn) == (s.Tunnel == spec.AnonymousTunnel)
		},
	},
	{
		Name:         "duplicates-change-nothing",
		Text:         "A request that comes again is answered as before and not read.",
		Requirements: []string{"FAST-PKT-03"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			return s.Kind == DuplicateRequest, s.From.Peer == s.To.Peer
		},
	},
	{
		Name:         "nothing-outside-the-tunnel",
		Text:         "TLVs that come outside of the tunnel, or in a record that does not open, end the conversation and do nothing else.",
		Requirements: []string{"FAST-PAC-18", "FAST-END-07", "FAST-END-08"},
		step: func(_ *spec.Phase2, s *Step) (bool, bool) {
			if s.Heard.Clear != Outside {
				return false, true
			}
			if s.toPeer() {
				want := s.From.Peer
				want.State = spec.Phase2Failing
				return s.From.Peer.State < spec.Phase2Failing, s.To.Peer == want && s.Said == Message{Clear: Alert}
			}
			want := s.From.Server
			want.State = spec.Phase2Failing
			return s.toServer() && s.From.Server.State != spec.Phase2Failing, s.To.Server == want && s.Said == Message{Clear: Alert}
		},
	},
	{
		Name:         "quiet-means-ended",
		Text:         "Where nothing can happen any more, both sides have ended, unless a forged word has ended one before.",
		Requirements: []string{"FAST-END-11"},
		state: func(_ *spec.Phase2, st *State) (bool, bool) {
			quiet := st.Attacker == OnTheWire && st.ToPeer.empty() && st.ToServer.empty() && !st.Acked && st.Budget == 0 && !st.Deaf
			return quiet, st.Peer.State.Ended() && st.Server.State.Ended()
		},
	},
	{
		Name:         "both-end-alike",
		Text:         "Without an attacker the peer accepts if the server does.",
		Requirements: []string{"FAST-END-01"},
		state: func(_ *spec.Phase2, st *State) (bool, bool) {
			ended := st.Attacker == OnTheWire && !st.Touched && st.Peer.State.Ended() && st.Server.State.Ended()
			return ended, st.Peer.State == st.Server.State
		},
	},

	// What is expected to be possible.
	{
		Name: "password-can-be-guessed-off-line", Attack: true,
		Text:         "In an anonymous tunnel an attacker gets a response to MSCHAPv2, on which passwords can be tried off line.",
		Requirements: []string{"FAST-SEC-09"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return st.Attacker == InMiddle && sc.Tunnel == spec.AnonymousTunnel, !st.Known.Response[PeersTunnel]
		},
	},
	{
		Name: "identity-shown-in-anonymous-tunnel", Attack: true,
		Text:         "In an anonymous tunnel an attacker learns the inner identity.",
		Requirements: []string{"FAST-SEC-14"},
		state: func(sc *spec.Phase2, st *State) (bool, bool) {
			return st.Attacker == InMiddle && sc.Tunnel == spec.AnonymousTunnel, !st.Known.Identity
		},
	},
	{
		Name: "rollback-unnoticed-without-binding", Attack: true,
		Text:         "Where no Crypto-Binding is exchanged, an altered version in Start goes unnoticed.",
		Requirements: []string{"FAST-SEC-07"},
		state: func(_ *spec.Phase2, st *State) (bool, bool) {
			return st.Peer.Rolled && st.Server.State.Ended(), st.Server.State != spec.Phase2Accepted
		},
	},
	{
		Name: "keyless-method-binds-nobody", Attack: true, Profile: "hostap",
		Text:         "Where the peer takes any certificate, a method without a key lets an attacker in the user's place in.",
		Requirements: []string{"FAST-SEC-08"},
		state: func(_ *spec.Phase2, st *State) (bool, bool) {
			return st.Attacker == InMiddle && st.Known.Password, st.Server.State != spec.Phase2Accepted
		},
	},
}
