package phase2

import (
	"fmt"

	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// Attacker says where the attacker stands.
type Attacker uint8

// The attackers.
const (
	OnTheWire  Attacker = iota // outside the tunnel, with a budget
	InMiddle                   // one tunnel to each side
	IsServer                   // to the peer, with all that a server knows
	IsPeer                     // to the server, with all that a peer knows
	placements = int(IsPeer) + 1
)

// String returns "wire", "middle", "server" or "peer".
func (a Attacker) String() string { return [placements]string{"wire", "middle", "server", "peer"}[a] }

// State is one state of the system.
type State struct {
	Attacker Attacker
	Scenario uint32 // an index into the system's
	Budget   uint8  // of an attacker on the wire
	Peer     Peer
	Server   Server
	ToPeer   Message // on the wire; empty: nothing
	ToServer Message
	Acked    bool // the peer has answered without data: there is something to deliver
	Touched  bool // the attacker on the wire has made a move
	Deaf     bool // something has come to a peer that had ended
	Known    Known
}

// Known is what an attacker in the middle has learnt.
type Known struct {
	Password bool
	Identity bool
	Response [challenges]bool // the peer's responses, right ones, by challenge
	Proof    [challenges]bool // the server's proofs
	PAC      bool             // one that was issued in the user's name
}

// Kind is what an action is.
type Kind uint8

// The actions.
const (
	PeerReads Kind = iota
	ServerReads
	ForgeSuccess // to the peer, in the clear
	ForgeFailure
	DuplicateRequest
	CorruptRequest  // on its way to the peer
	CorruptResponse // on its way to the server
	AlterVersion    // in Start
	TellPeer        // whatever the attacker can say in the peer's tunnel
	TellServer
)

var kindNames = [...]string{"PeerReads", "ServerReads", "ForgeSuccess", "ForgeFailure", "DuplicateRequest", "CorruptRequest",
	"CorruptResponse", "AlterVersion", "TellPeer", "TellServer"}

// String returns the action's name.
func (k Kind) String() string { return kindNames[k] }

// Action is one step. Message is what a TellPeer or a TellServer says.
type Action struct {
	Kind    Kind
	Message Message
}

// String tells the action as a chart's line does.
func (a Action) String() string {
	if a.Kind == TellPeer || a.Kind == TellServer {
		return a.Kind.String() + ": " + a.Message.String()
	}
	return a.Kind.String()
}

// Options choose a system.
type Options struct {
	Budget    int           // of the attacker on the wire: 0 to 2
	Mutant    string        // a fault by its name; "": none
	Profile   string        // "rfc" or "hostap"; "": rfc
	Attackers []Attacker    // nil: all
	Scenarios []spec.Phase2 // nil: all
}

// System is what is explored.
type System struct {
	options   Options
	scenarios []spec.Phase2
	faults    faults
	toPeer    []Message // what an attacker may try to say, whether it can or not
	toServer  []Message
}

// New returns a system.
func New(o Options) (*System, error) {
	s := &System{options: o, scenarios: o.Scenarios, toPeer: peerAlphabet(), toServer: serverAlphabet()}
	if o.Budget < 0 || o.Budget > 2 {
		return nil, fmt.Errorf("phase2: budget %d; give 0 to 2", o.Budget)
	}
	if o.Mutant != "" {
		f, err := mutantByName(o.Mutant)
		if err != nil {
			return nil, err
		}
		s.faults |= 1 << f
	}
	switch o.Profile {
	case "", "rfc":
	case "hostap":
		s.faults |= 1 << quirkTrustsAnyCertificate
	default:
		return nil, fmt.Errorf("phase2: %q is no profile of the second phase: give rfc or hostap", o.Profile)
	}
	if s.scenarios == nil {
		s.scenarios = Scenarios()
	}
	if s.options.Attackers == nil {
		s.options.Attackers = []Attacker{OnTheWire, InMiddle, IsServer, IsPeer}
	}
	return s, nil
}

// Scenario returns a state's scenario.
func (s *System) Scenario(st *State) *spec.Phase2 { return &s.scenarios[st.Scenario] }

// Initial returns the states in which the second phase can begin.
func (s *System) Initial() (all []State) {
	for _, a := range s.options.Attackers {
		seen := map[spec.Phase2]bool{}
		for i := range s.scenarios {
			sc := &s.scenarios[i]
			// What cannot matter to the side that is not there makes no scenario of its own.
			if what := matters(sc, a); seen[what] {
				continue
			} else {
				seen[what] = true
			}
			tunnels := []spec.Tunnel{sc.Tunnel}
			if a == InMiddle {
				if tunnels = s.serverTunnels(sc); tunnels == nil {
					continue
				}
			}
			for _, t := range tunnels {
				all = append(all, s.begin(a, uint32(i), t))
			}
		}
	}
	return all
}

// matters returns the scenario without what only a side reads that is the
// attacker itself. In the middle, where neither is and all is tried, what makes
// nothing possible is left out: a store that fails, a wrong password, and what
// comes after a first success that the attacker does not get to.
func matters(sc *spec.Phase2, a Attacker) spec.Phase2 {
	what := *sc
	switch a {
	case IsServer:
		what.Methods, what.Server, what.Due, what.MachineLogin, what.Other = [2]spec.InnerMethod{}, 0, false, false, false
	case IsPeer:
		what.Other, what.OnlyMSCHAPv2, what.WrongPassword, what.Asks, what.StoreFails, what.User = false, false, false, false, false, 0
	case InMiddle:
		what.WrongPassword, what.StoreFails, what.User, what.Asks, what.Methods[1] = false, false, 0, false, 0
	}
	return what
}

// serverTunnels returns the tunnels that an attacker in the middle can have with
// the server; none, where it cannot have one with the peer.
func (s *System) serverTunnels(sc *spec.Phase2) []spec.Tunnel {
	trusting := sc.Tunnel == spec.CertificateTunnel && s.faults.has(quirkTrustsAnyCertificate)
	if sc.Tunnel != spec.AnonymousTunnel && !trusting {
		return nil
	}
	tunnels := []spec.Tunnel{spec.CertificateTunnel}
	if sc.Server == spec.AnonymousProvisioning {
		tunnels = append(tunnels, spec.AnonymousTunnel)
	}
	return tunnels
}

func (s *System) begin(a Attacker, index uint32, tunnel spec.Tunnel) State {
	sc := &s.scenarios[index]
	st := State{Attacker: a, Scenario: index, Peer: NewPeer(sc), Server: NewServer(tunnel, a == InMiddle)}
	switch a {
	case OnTheWire:
		st.Budget = uint8(s.options.Budget)
		st.ToPeer = st.Server.Open(st.Peer.Opening(sc, s.faults), sc, s.faults)
	case InMiddle, IsPeer:
		st.Server.Open(Message{}, sc, s.faults)
		if a == InMiddle {
			st.Peer.Opening(sc, s.faults)
		}
	case IsServer:
		st.Peer.Opening(sc, s.faults)
	}
	return st
}

// Actions appends what can happen in a state.
func (s *System) Actions(all []Action, st *State) []Action {
	add := func(on bool, k Kind) {
		if on {
			all = append(all, Action{Kind: k})
		}
	}
	switch st.Attacker {
	case OnTheWire:
		toPeer, toServer := !st.ToPeer.empty(), !st.ToServer.empty() || st.Acked
		add(toPeer, PeerReads)
		add(toServer, ServerReads)
		if st.Budget > 0 {
			live := !st.Peer.State.Ended()
			add(live, ForgeSuccess)
			add(live, ForgeFailure)
			inTunnel := toPeer && st.ToPeer.Clear == InTunnel
			add(inTunnel && live && st.Peer != NewPeer(s.Scenario(st)), DuplicateRequest)
			add(inTunnel && live, CorruptRequest)
			add(toServer && st.ToServer.Clear == InTunnel && !st.Acked, CorruptResponse)
			add(s.atStart(st), AlterVersion)
		}
	case InMiddle, IsServer:
		if !st.Peer.State.Ended() {
			for _, m := range s.toPeer {
				if s.canTellPeer(st, m) {
					all = append(all, Action{TellPeer, s.complete(st, m, true)})
				}
			}
		}
		if st.Attacker == IsServer {
			break
		}
		fallthrough
	case IsPeer:
		if !st.Server.State.Ended() {
			for _, m := range s.toServer {
				if s.canTellServer(st, m) {
					all = append(all, Action{TellServer, s.complete(st, m, false)})
				}
			}
		}
	}
	return all
}

// atStart reports whether nothing of the second phase was read yet. Start is
// long past by then; but what was altered in it is only looked at now.
func (s *System) atStart(st *State) bool {
	return !st.Peer.Rolled && !st.Peer.Ran && st.Peer.Inner == NoInner && st.Peer.State == spec.Phase2Inner && !st.ToPeer.empty()
}

// Step is an action that was performed: what one side has read in it, and what
// it has answered.
type Step struct {
	Action
	From, To    *State
	Heard, Said Message
}

// Do performs an action. It returns what one side has read in it, and what it
// has answered.
func (s *System) Do(st *State, a Action) (to State, heard, said Message) {
	to = *st
	sc := s.Scenario(st)
	if st.Attacker == OnTheWire && a.Kind != PeerReads && a.Kind != ServerReads {
		to.Budget--
		to.Touched = true
	}
	switch a.Kind {
	case PeerReads:
		heard, to.ToPeer = st.ToPeer, Message{}
		if to.Peer.State.Ended() {
			to.Deaf = true // a forged word has ended it: the server is left to its timeout
			break
		}
		said = to.Peer.Read(heard, sc, s.faults)
		to.answer(said, heard.Clear == ClearSuccess || heard.Clear == ClearFailure)
	case ServerReads:
		heard, to.ToServer, to.Acked = st.ToServer, Message{}, false
		said = to.Server.Read(heard, sc, s.faults)
		to.ToPeer = said
	case ForgeSuccess:
		to.Peer.Read(Message{Clear: ClearSuccess}, sc, s.faults)
	case ForgeFailure:
		to.Peer.Read(Message{Clear: ClearFailure}, sc, s.faults)
	case DuplicateRequest:
		if s.faults.has(faultReadsDuplicates) {
			to.Peer.Read(st.ToPeer, sc, s.faults)
		}
	case CorruptRequest:
		to.ToPeer = Message{Clear: Outside}
	case CorruptResponse:
		to.ToServer = Message{Clear: Outside}
	case AlterVersion:
		to.Peer.Rolled = true
	case TellPeer:
		heard = a.Message
		said = to.Peer.Read(heard, sc, s.faults)
		to.Known.learnOfPeer(said)
	case TellServer:
		heard = a.Message
		said = to.Server.Read(heard, sc, s.faults)
		to.Known.learnOfServer(said)
	}
	return to, heard, said
}

// answer puts the peer's answer on the wire. To what ends the conversation there
// is none.
func (st *State) answer(m Message, end bool) {
	if end {
		return
	}
	st.ToServer, st.Acked = m, m.empty()
}

// learnOfPeer and learnOfServer note what an answer gives away.
func (k *Known) learnOfPeer(m Message) {
	switch m.EAP {
	case IdentityResponse:
		k.Identity = true
	case MSCHAPv2Response:
		k.Identity = true
		k.Response[m.Challenge] = k.Response[m.Challenge] || m.Right
	case GTCResponse:
		k.Identity = true
		k.Password = k.Password || m.Right
	}
}

func (k *Known) learnOfServer(m Message) {
	if m.EAP == MSCHAPv2Success {
		k.Proof[m.Challenge] = true
	}
	k.PAC = k.PAC || m.Offers != 0
}

// explorer is the system as package explore wants it.
type explorer struct {
	*System
	actions []Action
}

func (e *explorer) Initial(emit func(State)) {
	for _, st := range e.System.Initial() {
		emit(st)
	}
}

func (e *explorer) Expand(st State, emit func(explore.Transition[State])) explore.Verdict {
	e.actions = e.Actions(e.actions[:0], &st)
	for i, a := range e.actions {
		to, heard, said := e.Do(&st, a)
		step := Step{a, &st, &to, heard, said}
		emit(explore.Transition[State]{To: to, Label: uint64(i), Verdict: e.judgeStep(&step)})
	}
	return e.judgeState(&st)
}
