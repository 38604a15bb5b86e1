package model

import "github.com/sesame-tls/sesame/spec"

// move is one thing that can be done in a state, before the scenario decides
// what comes of it.
type move struct {
	kind   kind
	to     spec.Role // who acts, or reads the stream that the attacker acts on
	sym    uint8     // moveInject, moveReplay: the message
	change uint8     // moveChange: index into changes
	splice bool      // moveReplay: in the head's place
}

type kind uint8

const (
	moveStart kind = iota
	moveDeliver
	moveSend
	moveTimeout
	moveDrop
	moveDuplicate
	moveReorder
	moveReflect
	moveReplay
	moveInject
	moveChange
	moveTake // the attacker takes the part of the side that writes the stream
	movePlay // and plays it
)

// moves calls f with the moves of a state: the endpoints' first, then the
// attacker's, in an order that depends on nothing but the state.
func (s *System) moves(st *State, f func(move)) {
	if st.Client.State == spec.Start {
		// Whatever could happen before this can happen after it.
		f(move{kind: moveStart})
		if !s.without.startFirst {
			return
		}
	}
	idle := st.Client.State != spec.Start
	for _, r := range [...]spec.Role{spec.Client, spec.Server} {
		if me, _ := st.ends(r); st.stream(r) != 0 && me.State != spec.Start {
			f(move{kind: moveDeliver, to: r})
			idle = false
		}
	}
	for _, r := range [...]spec.Role{spec.Client, spec.Server} {
		me, peer := st.ends(r)
		// What is sent to a failed endpoint nobody sees.
		if s.maySend(me, r) && (peer.State != spec.Failed || s.without.noDeadData) {
			f(move{kind: moveSend, to: r})
			idle = false
		}
	}
	if idle && st.Lost {
		for _, r := range [...]spec.Role{spec.Client, spec.Server} {
			if me, _ := st.ends(r); !me.State.Ended() {
				f(move{kind: moveTimeout, to: r})
			}
		}
	}
	if st.TakenClient || st.TakenServer {
		plays(st, f)
	}
	if st.Budget > 0 {
		s.attacks(st, f)
	}
}

// maySend reports whether r may send its record of application data.
func (s *System) maySend(me *Endpoint, r spec.Role) bool {
	early := s.faults.has(faultEarlyData) && r == spec.Server && me.State == spec.AwaitChangeCipherSpecAbbreviated
	return (me.State == spec.Established || early) && !me.Sent
}

// stream returns the stream that r reads.
func (st *State) stream(r spec.Role) queue {
	if r == spec.Client {
		return st.toClient
	}
	return st.toServer
}

func (st *State) streamOf(r spec.Role) *queue {
	if r == spec.Client {
		return &st.toClient
	}
	return &st.toServer
}

// ends returns r's endpoint and its peer's.
func (st *State) ends(r spec.Role) (me, peer *Endpoint) {
	if r == spec.Client {
		return &st.Client, &st.Server
	}
	return &st.Server, &st.Client
}

// perform carries out m on x.st.
func (x *exec) perform(m move) {
	switch m.kind {
	case moveStart:
		x.start()
	case moveDeliver:
		x.deliver(m.to)
	case moveSend:
		x.sendData(m.to)
	case moveTimeout:
		x.timeout(m.to)
	case movePlay:
		x.attack(m)
	default:
		x.st.Budget--
		x.attack(m)
	}
}

// run performs m on st in every way that the scenarios of st allow, and calls
// f after each.
func (x *exec) run(st *State, m move, f func()) {
	x.alts = append(x.alts[:0], st.space)
	for x.next(st) {
		if x.perform(m); !x.off {
			f()
		}
	}
}

// next sets x up for the next run of a step on st, if there is one.
func (x *exec) next(st *State) bool {
	last := len(x.alts) - 1
	if last < 0 {
		return false
	}
	sp := x.alts[last]
	x.alts = x.alts[:last]
	x.st, x.st.space = *st, sp
	x.out, x.off = output{}, false
	return true
}
