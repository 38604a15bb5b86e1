package model

import "github.com/sesame-tls/sesame/spec"

// dim is one dimension of the configuration space. EMS is the pair of both
// sides' settings, because what fails is a relation between them: as two
// dimensions it would split every handshake into three.
type dim uint8

const (
	dimServerCallback dim = iota
	dimClientCallback
	dimTicket
	dimKeys
	dimID
	dimNamed
	dimPreferred
	dimServerTickets
	dimClientVersion
	dimServerVersion
	dimEMS
	dimClientEtM
	dimServerEtM
	dimExchange
	dimClientAuth
	dimClientCert
	dimStandsIn
	dimTrustRoot
	dimMode
	dimSessionEMS
	dims
)

// set is a set of values of one dimension: bit v-1 stands for value v.
type set uint16

func of[T ~uint8](values ...T) set {
	var s set
	for _, v := range values {
		s |= 1 << (v - 1)
	}
	return s
}

// one reports whether s has exactly one element.
func (s set) one() bool { return s != 0 && s&(s-1) == 0 }

// ems is the set of the pairs (client, server) of EMS settings that keep says.
func ems(keep func(client, server spec.Switch) bool) set {
	var s set
	for c := spec.Off; c <= spec.Required; c++ {
		for v := spec.Off; v <= spec.Required; v++ {
			if keep(c, v) {
				s |= 1 << (3*(c-1) + v - 1)
			}
		}
	}
	return s
}

// layout places the dimensions in the two words of a space.
var layout = func() (l [dims]struct{ word, shift, width uint8 }) {
	widths := [dims]uint8{
		dimServerCallback: 5, dimClientCallback: 5, dimTicket: 4, dimKeys: 2, dimID: 3, dimNamed: 7, dimPreferred: 3,
		dimServerTickets: 2, dimClientVersion: 3, dimServerVersion: 3, dimEMS: 9, dimClientEtM: 2, dimServerEtM: 2,
		dimExchange: 4, dimClientAuth: 3, dimClientCert: 2, dimStandsIn: 2, dimTrustRoot: 2, dimMode: 2, dimSessionEMS: 2,
	}
	var word, shift uint8
	for d, w := range widths {
		if d == int(dimTrustRoot) {
			word, shift = 1, 0
		}
		l[d].word, l[d].shift, l[d].width = word, shift, w
		shift += w
	}
	return l
}()

// space is a set of scenarios: for each dimension, the values that are still
// possible.
type space [2]uint64

func (sp space) get(d dim) set {
	l := layout[d]
	return set(sp[l.word]>>l.shift) & (1<<l.width - 1)
}

func (sp *space) put(d dim, s set) {
	l := layout[d]
	sp[l.word] = sp[l.word]&^((1<<l.width-1)<<l.shift) | uint64(s)<<l.shift
}

// within reports whether every scenario of sp is one of other.
func (sp space) within(other space) bool { return sp[0]&^other[0] == 0 && sp[1]&^other[1] == 0 }

// everything is the whole configuration space, each dimension by itself.
func everything() space {
	var sp space
	for d, l := range layout {
		sp.put(dim(d), 1<<l.width-1)
	}
	// A client's callback cannot decline.
	sp.put(dimClientCallback, of(spec.CallbackUnset, spec.CallbackAccept, spec.CallbackFail, spec.CallbackWrongLength))
	// What a client's callback names is recorded: two values besides none tell all.
	sp.put(dimPreferred, of(spec.NamedNone, spec.NamedOffered, spec.NamedNotOffered))
	return sp
}

// exclusions are the pairs of values that make no scenario.
var exclusions = []struct {
	a    dim
	setA set
	b    dim
	setB set
}{
	// With a callback set, an empty SessionTicket extension is never sent.
	{dimTicket, of(spec.TicketEmpty), dimClientCallback, of(spec.CallbackAccept, spec.CallbackFail, spec.CallbackWrongLength)},
	// Beside a PAC, no session is offered.
	{dimTicket, of(spec.TicketPAC), dimID, of(spec.IDCached)},
	// RFC 5077, Section 3.4: a Session ID of the client's making accompanies a ticket.
	{dimID, of(spec.IDFresh), dimTicket, of(spec.TicketAbsent, spec.TicketEmpty)},
	{dimNamed, of(spec.NamedAnonymous), dimExchange, of(spec.ExchangeRSA, spec.ExchangeEphemeral)},
	{dimNamed, of(spec.NamedOffered, spec.NamedNotOwn), dimExchange, of(spec.ExchangeAnonymous)},
	// A suite of the wrong version is an AEAD suite that a client of TLS 1.2 offers to an older server.
	{dimNamed, of(spec.NamedWrongVersion), dimServerVersion, of(spec.OfferTLS12)},
	{dimNamed, of(spec.NamedWrongVersion), dimClientVersion, of(spec.OfferTLS10, spec.OfferTLS11)},
}

// settle removes the values that no scenario of sp has. The exclusions form a
// tree over the dimensions, so that what is left is never a dead end. It
// reports false for the empty set.
func (sp *space) settle() bool {
	for changed := true; changed; {
		changed = false
		for _, x := range exclusions {
			a, b := sp.get(x.a), sp.get(x.b)
			if a == 0 || b == 0 {
				return false
			}
			if a&^x.setA == 0 && b&x.setB != 0 {
				sp.put(x.b, b&^x.setB)
				changed = true
			}
			if b&^x.setB == 0 && a&x.setA != 0 {
				sp.put(x.a, a&^x.setA)
				changed = true
			}
		}
	}
	for d := range dims {
		if sp.get(d) == 0 {
			return false
		}
	}
	return true
}

// fix narrows sp to the scenarios that agree with s where s is set.
func (sp *space) fix(s spec.Scenario) {
	narrow := func(d dim, v uint8) {
		if v != 0 {
			sp.put(d, sp.get(d)&(1<<(v-1)))
		}
	}
	narrow(dimServerCallback, uint8(s.ServerCallback))
	narrow(dimClientCallback, uint8(s.ClientCallback))
	narrow(dimTicket, uint8(s.Ticket))
	narrow(dimKeys, uint8(s.Keys))
	narrow(dimID, uint8(s.SessionID))
	narrow(dimNamed, uint8(s.Named))
	narrow(dimPreferred, uint8(s.Preferred))
	narrow(dimServerTickets, uint8(s.ServerTickets))
	narrow(dimClientVersion, uint8(s.ClientVersion))
	narrow(dimServerVersion, uint8(s.ServerVersion))
	narrow(dimClientEtM, uint8(s.ClientEtM))
	narrow(dimServerEtM, uint8(s.ServerEtM))
	narrow(dimExchange, uint8(s.Exchange))
	narrow(dimClientAuth, uint8(s.ClientAuth))
	narrow(dimClientCert, uint8(s.ClientCert))
	narrow(dimStandsIn, uint8(s.StandsIn))
	narrow(dimTrustRoot, uint8(s.TrustRoot))
	narrow(dimMode, uint8(s.Mode))
	narrow(dimSessionEMS, uint8(s.SessionEMS))
	sp.put(dimEMS, sp.get(dimEMS)&ems(func(c, v spec.Switch) bool {
		return (s.ClientEMS == 0 || s.ClientEMS == c) && (s.ServerEMS == 0 || s.ServerEMS == v)
	}))
}

// scenario returns sp as a scenario in which the dimensions that still have
// more than one value are open.
func (sp space) scenario() spec.Scenario {
	value := func(d dim) uint8 {
		s := sp.get(d)
		if !s.one() {
			return 0
		}
		return s.first()
	}
	s := spec.Scenario{
		ServerCallback: spec.Callback(value(dimServerCallback)), ClientCallback: spec.Callback(value(dimClientCallback)),
		Ticket: spec.Ticket(value(dimTicket)), Keys: spec.Keys(value(dimKeys)), SessionID: spec.ID(value(dimID)),
		Named: spec.Named(value(dimNamed)), Preferred: spec.Named(value(dimPreferred)),
		ServerTickets: spec.Switch(value(dimServerTickets)),
		ClientVersion: spec.Offer(value(dimClientVersion)), ServerVersion: spec.Offer(value(dimServerVersion)),
		ClientEtM: spec.Switch(value(dimClientEtM)), ServerEtM: spec.Switch(value(dimServerEtM)),
		Exchange: spec.Exchange(value(dimExchange)), ClientAuth: spec.ClientAuth(value(dimClientAuth)),
		ClientCert: spec.Switch(value(dimClientCert)), StandsIn: spec.Switch(value(dimStandsIn)),
		TrustRoot: spec.Switch(value(dimTrustRoot)), Mode: spec.Mode(value(dimMode)), SessionEMS: spec.Switch(value(dimSessionEMS)),
	}
	if v := value(dimEMS); v != 0 {
		s.ClientEMS, s.ServerEMS = spec.Switch((v-1)/3+1), spec.Switch((v-1)%3+1)
	}
	return s
}

// first returns the smallest value in s.
func (s set) first() uint8 {
	for v := uint8(1); ; v++ {
		if s>>(v-1)&1 != 0 {
			return v
		}
	}
}

// each calls f with every scenario of sp, as a space of one element.
func (sp space) each(f func(space)) {
	for d := range dims {
		s := sp.get(d)
		if s.one() {
			continue
		}
		for v := uint8(1); v <= layout[d].width; v++ {
			if s>>(v-1)&1 == 0 {
				continue
			}
			part := sp
			part.put(d, 1<<(v-1))
			if part.settle() {
				part.each(f)
			}
		}
		return
	}
	f(sp)
}
