package model

import "github.com/sesame-tls/sesame/spec"

// The attacker acts on the head of a stream, just before it is delivered. What
// each endpoint sees is the same as if it acted anywhere on the stream; only
// the states in between are fewer.

// attacks calls f with the attacker's moves.
func (s *System) attacks(st *State, f func(move)) {
	if st.Client.State.Ended() && st.Server.State.Ended() {
		return
	}
	for _, r := range [...]spec.Role{spec.Client, spec.Server} {
		reader, writer := st.ends(r)
		if reader.State == spec.Failed {
			continue
		}
		q := st.stream(r)
		if head := q.head(); head != 0 {
			f(move{kind: moveDrop, to: r})
			if head != symEnd {
				s.onHead(st, r, q, f)
				if writer.State != spec.Failed && !st.stream(r.Peer()).full() {
					f(move{kind: moveReflect, to: r})
				}
			}
		}
		if q.full() {
			continue
		}
		for _, o := range replays[r] {
			f(move{kind: moveReplay, to: r, sym: o})
		}
		if reader.State.ReadProtected() {
			// Any record in the clear is one and the same event here.
			f(move{kind: moveInject, to: r, sym: symForgedData})
			continue
		}
		for _, o := range injections {
			f(move{kind: moveInject, to: r, sym: o})
		}
	}
}

// onHead calls f with the moves that need a message at the head.
func (s *System) onHead(st *State, r spec.Role, q queue, f func(move)) {
	head, next := q.head(), q.pop().head()
	if !q.full() {
		f(move{kind: moveDuplicate, to: r})
	}
	if next != 0 && next != symEnd && next != head {
		f(move{kind: moveReorder, to: r})
	}
	me, _ := st.ends(r)
	// A hello is changed where it will be read as one. Its second copy, and one
	// that comes too late, is out of place whatever it says.
	if head == next {
		return
	}
	switch {
	case head == symClientHello && me.State == spec.AwaitClientHello:
		f(move{kind: moveReplay, to: r, sym: symRecordedHello, splice: true})
	case head == symServerHello && me.State == spec.AwaitServerHello:
		f(move{kind: moveReplay, to: r, sym: symServerHello, splice: true})
	default:
		if o := recordedSymbol(head); o != head && o != 0 {
			f(move{kind: moveReplay, to: r, sym: o, splice: true})
		}
		return
	}
	for i := range changes {
		if changes[i].hello == symbols[head].typ {
			f(move{kind: moveChange, to: r, change: uint8(i)})
		}
	}
}

// attack carries out one of the attacker's moves.
func (x *exec) attack(m move) {
	q := x.st.streamOf(m.to)
	switch m.kind {
	case moveDrop:
		x.out.event = spec.AttackerDrop
		*q, x.st.Lost = q.pop(), true
	case moveDuplicate:
		x.out.event = spec.AttackerDuplicate
		*q = q.insert(q.head())
	case moveReorder:
		x.out.event = spec.AttackerReorder
		first, second := q.head(), q.pop().head()
		*q = q.pop().pop().insert(first).insert(second)
	case moveReflect:
		x.out.event = spec.AttackerReflect
		back := x.st.streamOf(m.to.Peer())
		*back = back.insert(reflected(q.head()))
		*q, x.st.Lost = q.pop(), true
	case moveReplay:
		x.out.event = spec.AttackerReplay
		x.replay(m, q)
	case moveInject:
		x.out.event = spec.AttackerInject
		*q = q.insert(m.sym)
	case moveChange:
		x.change(m)
	}
}

// replay puts a recorded session's message before the head or in its place.
func (x *exec) replay(m move, q *queue) {
	me, _ := x.st.ends(m.to)
	switch {
	case !m.splice:
		*q = q.insert(m.sym)
	case m.sym == symRecordedHello:
		me.Hello = Hello{Random: RandomRecorded}
	case m.sym == symServerHello:
		// The recorded session has the same course, and IDs of its own.
		echo := x.st.Server.ID == spec.IDEcho && !x.is(dimID, of(spec.IDEmpty)) && !x.is(dimID, of(spec.IDCached))
		me.Hello = Hello{Random: RandomRecorded}
		if echo {
			me.Hello.ID = spec.IDOther
		}
	default:
		*q = q.pop().insert(m.sym)
	}
}

// injections are the messages that the attacker makes and sends in the clear,
// to either side.
var injections = func() []uint8 {
	clear := func(m spec.Message, o Origin) uint8 { return octet(symbol{typ: m, origin: o}) }
	return []uint8{
		clear(spec.HelloRequest, Honest), symForgedHello, symForgedHelloPAC, clear(spec.ServerHello, Forged),
		clear(spec.Certificate, Forged), symCertEmpty, clear(spec.ServerKeyExchange, Forged), symCertRequest, symHelloDone,
		clear(spec.ClientKeyExchange, Forged), clear(spec.CertificateVerify, Forged), clear(spec.NewSessionTicket, Forged),
		symCCS, clear(spec.Finished, Forged), symForgedData, clear(spec.EmptyHandshake, Honest),
		fatalAlert(spec.HandshakeFailure, false),
		octet(symbol{typ: spec.Alert, level: spec.LevelWarning, alert: spec.UserCanceled}),
	}
}()

var symForgedData = octet(symbol{typ: spec.ApplicationData, origin: Forged})

// replays are the recorded messages that go before the head of a stream. What
// is the same in every session is among the injections; a certificate is the
// peer's own.
var replays = [...][]uint8{
	spec.Client: {symCertificate, octet(symbol{typ: spec.Finished, origin: Recorded, sealed: true}),
		octet(symbol{typ: spec.ApplicationData, origin: Recorded, sealed: true})},
	spec.Server: {symRecordedHello, symCertificate, octet(symbol{typ: spec.Finished, origin: Recorded, sealed: true}),
		octet(symbol{typ: spec.ApplicationData, origin: Recorded, sealed: true})},
}

// recordedSymbol returns the message of a recorded session that could stand in
// o's place, or 0. It is o itself where every session has the same.
func recordedSymbol(o uint8) uint8 {
	s := symbols[o]
	switch {
	case s.origin != Honest || s.typ == spec.Alert:
		return 0
	case s.sealed:
		s.origin = Recorded
	case s.typ == spec.ServerKeyExchange, s.typ == spec.ClientKeyExchange, s.typ == spec.CertificateVerify, s.typ == spec.NewSessionTicket:
		// Nobody can tell it from the attacker's own.
		s.origin = Forged
	}
	return octet(s)
}

// reflected returns what a message is to the side that has sent it.
func reflected(o uint8) uint8 {
	s := symbols[o]
	switch {
	case s.sealed && s.typ == spec.Alert:
		// Sealed with the keys of the other direction: what it says does not matter.
		return octet(symbol{typ: spec.ApplicationData, origin: Recorded, sealed: true})
	case s.sealed:
		s.origin = Recorded
	case s.typ == spec.Certificate && !s.empty:
		s.origin = Forged
	}
	return octet(s)
}
