package model

import "github.com/sesame-tls/sesame/spec"

// The attacker acts on the head of a stream, just before it is delivered, and
// what it has put there is read before it acts on that stream again: to drop or
// to change it would be another injection or none, and a second message can
// wait until the first has been read. What each endpoint sees is the same as if
// the attacker acted anywhere on the stream, and at any time before delivery;
// only the states in between are fewer.

// attacks calls f with the attacker's moves.
func (s *System) attacks(st *State, f func(move)) {
	for _, r := range [...]spec.Role{spec.Client, spec.Server} {
		reader, writer := st.ends(r)
		if reader.State == spec.Failed || st.Inserted[r] {
			continue
		}
		q := st.stream(r)
		if head := q.head(); head != 0 {
			f(move{kind: moveDrop, to: r})
			if head != symEnd {
				s.onHead(st, r, q, f)
				if writer.State != spec.Failed && !st.Inserted[r.Peer()] {
					f(move{kind: moveReflect, to: r})
				}
			}
		}
		if !s.options.WireOnly {
			takes(st, r, f)
		}
		if st.taken(r) {
			continue
		}
		for _, o := range replays[r] {
			f(move{kind: moveReplay, to: r, sym: o})
		}
		list := injections
		if reader.State.ReadProtected() && !s.without.clearRecords {
			list = clearRecords
		}
		for _, o := range list {
			f(move{kind: moveInject, to: r, sym: o})
		}
	}
}

// onHead calls f with the moves that need a message at the head.
func (s *System) onHead(st *State, r spec.Role, q queue, f func(move)) {
	head, next := q.head(), q.pop().head()
	f(move{kind: moveDuplicate, to: r})
	if next != 0 && next != symEnd && next != head {
		f(move{kind: moveReorder, to: r})
	}
	me, _ := st.ends(r)
	// A hello is changed where it will be read as one: one that comes too late is
	// out of place whatever it says.
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
		*q, x.st.Inserted[m.to] = q.insert(q.head()), true
	case moveReorder:
		x.out.event = spec.AttackerReorder
		first, second := q.head(), q.pop().head()
		*q = q.pop().pop().insert(first).insert(second)
	case moveReflect:
		x.out.event = spec.AttackerReflect
		back := x.st.streamOf(m.to.Peer())
		*back, x.st.Inserted[m.to.Peer()] = back.insert(reflected(q.head())), true
		*q, x.st.Lost = q.pop(), true
	case moveReplay:
		x.out.event = spec.AttackerReplay
		x.replay(m, q)
	case moveInject:
		x.out.event = spec.AttackerInject
		*q, x.st.Inserted[m.to] = q.insert(m.sym), true
	case moveChange:
		x.change(m)
	case moveTake:
		x.out.event = spec.AttackerInject
		*q, x.st.Lost = queue(m.sym), true
		if m.to == spec.Server {
			x.st.TakenClient = true
		} else {
			x.st.TakenServer = true
		}
	case movePlay:
		x.out.event = spec.AttackerInject
		*q = q.insert(m.sym)
	}
}

// taken reports whether the attacker plays the part of the side that writes the
// stream that r reads.
func (st *State) taken(r spec.Role) bool {
	if r == spec.Server {
		return st.TakenClient
	}
	return st.TakenServer
}

// takes calls f with the hellos by which the attacker takes the part of r's
// peer: with a key exchange of its own, and as a client also with a PAC that
// the server has issued to it.
func takes(st *State, r spec.Role, f func(move)) {
	switch {
	case st.taken(r):
	case r == spec.Server && st.Server.State == spec.AwaitClientHello:
		f(move{kind: moveTake, to: r, sym: symForgedHello})
		f(move{kind: moveTake, to: r, sym: symForgedHelloPAC})
	case r == spec.Client && st.Client.State == spec.AwaitServerHello:
		f(move{kind: moveTake, to: r, sym: symForgedAnswer})
		f(move{kind: moveTake, to: r, sym: symForgedAnonymous})
	}
}

// plays calls f with what the attacker may send next where it plays an
// endpoint: what its victim waits for.
func plays(st *State, f func(move)) {
	if st.TakenClient && st.toServer == 0 {
		if o := asClient(&st.Server); o != 0 {
			f(move{kind: movePlay, to: spec.Server, sym: o})
		}
	}
	if st.TakenServer && st.toClient == 0 {
		for _, o := range asServer(&st.Client) {
			f(move{kind: movePlay, to: spec.Client, sym: o})
		}
	}
}

// asClient returns the message that a client would send to a server now.
func asClient(s *Endpoint) uint8 {
	switch s.State {
	case spec.AwaitClientCertificate:
		return symCertEmpty
	case spec.AwaitClientKeyExchange:
		return symForgedClientKX
	case spec.AwaitChangeCipherSpec, spec.AwaitChangeCipherSpecAbbreviated:
		return symCCS
	case spec.AwaitFinished, spec.AwaitFinishedAbbreviated:
		return symForgedFinished
	case spec.Established:
		if !s.Got {
			return symForgedSealed
		}
	}
	return 0
}

// asServer returns the messages that a server could send to a client now.
func asServer(c *Endpoint) []uint8 {
	switch c.State {
	case spec.AwaitServerFlight:
		return afterHello
	case spec.AwaitCertificateRequest, spec.AwaitServerHelloDone:
		return justHelloDone
	case spec.AwaitNewSessionTicket, spec.AwaitNewSessionTicketAbbreviated:
		return justTicket
	case spec.AwaitChangeCipherSpec, spec.AwaitChangeCipherSpecAbbreviated:
		return justCCS
	case spec.AwaitFinished, spec.AwaitFinishedAbbreviated:
		return justFinished
	case spec.Established:
		if !c.Got {
			return justData
		}
	}
	return nil
}

var (
	afterHello    = []uint8{symCCS, symForgedCert, symForgedServerKX}
	justHelloDone = []uint8{symHelloDone}
	justTicket    = []uint8{symForgedTicket}
	justCCS       = []uint8{symCCS}
	justFinished  = []uint8{symForgedFinished}
	justData      = []uint8{symForgedSealed}
)

// replay puts a recorded session's message before the head or in its place.
func (x *exec) replay(m move, q *queue) {
	me, _ := x.st.ends(m.to)
	switch {
	case !m.splice:
		*q, x.st.Inserted[m.to] = q.insert(m.sym), true
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

// clearRecords stand for all records in the clear where keys are active: to
// the record layer they are one and the same event.
var clearRecords = []uint8{
	symCCS, octet(symbol{typ: spec.Finished, origin: Forged}), symForgedData, fatalAlert(spec.HandshakeFailure, false),
}

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
