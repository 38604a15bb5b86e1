package model

import "github.com/sesame-tls/sesame/spec"

// Observe returns what the endpoint that acts in a shows when it takes st to
// next. The attacker shows nothing but the event.
//
// A failed endpoint has wiped everything: its secret, epochs and what it had
// negotiated are zero. Extensions names those that the handshake's course
// depends on, in ascending order of their numbers. What the scenario has left
// open is zero.
func (s *System) Observe(st State, a Action, next State) spec.Observation {
	r := a.Event.Role()
	if r == spec.Attacker {
		return spec.Observation{Role: r, Event: a.Event}
	}
	me, _ := next.ends(r)
	return s.perform(st, a).observe(r, *me)
}

// observe describes the step that x has performed as r.
func (x *exec) observe(r spec.Role, me Endpoint) spec.Observation {
	o := spec.Observation{Role: r, Event: x.out.event}
	o.State, o.Failure = me.State, me.Failure
	o.Received = x.out.alert
	o.Cache = x.out.cache
	if x.out.delivered {
		o.Delivered = 1
	}
	if x.out.call != spec.CallbackOpen {
		o.Call = x.observedCall()
	}
	for i, sym := range x.out.sent[:x.out.n] {
		if sym != symEnd {
			o.Sent = append(o.Sent, x.observedSent(sym, x.out.sentKeyed[i]))
		}
	}
	if me.State == spec.Failed {
		return o
	}
	o.Secret, o.Resumed, o.Pending, o.PeerAuth = x.named(me.Secret), me.Resumed, me.Pending, me.PeerAuth
	if me.State.ReadProtected() {
		o.Read = o.Secret
	}
	if me.State.WriteProtected(o.Role) {
		o.Write = o.Secret
	}
	if me.hasReadHello(o.Role) {
		o.EMS, o.EtM = x.negotiated(o.Role)
		o.ID, o.Promised = x.idClass(me.ID), me.Promised
		o.Version, o.Suite = x.chosen(o.Role)
	}
	return o
}

// hasReadHello reports whether an endpoint has read the peer's hello.
func (e *Endpoint) hasReadHello(r spec.Role) bool {
	return e.State != spec.Start && e.State != spec.AwaitServerHello && e.State != spec.AwaitClientHello
}

// negotiated returns the extensions that r takes to be in effect. Where the
// scenario is open it reads the first possibility.
func (x *exec) negotiated(r spec.Role) (ems, etm bool) {
	if r == spec.Server {
		return x.sentEMS(), x.sentEtM()
	}
	h := x.st.Client.Hello
	return x.shEMS(), h.EtM == spec.On || h.EtM == spec.SwitchOpen && h.Random != RandomForeign && x.sentEtM()
}

// chosen returns the version and the suite that r has taken from ServerHello or
// put into it. The suite is zero at a client whose attacker has chosen it, and
// both are where the scenario is open.
func (x *exec) chosen(r spec.Role) (spec.Version, spec.SuiteID) {
	sc := x.st.space.scenario()
	if sc.ClientVersion == spec.OfferOpen || sc.ServerVersion == spec.OfferOpen {
		return 0, 0
	}
	server := &x.st.Server
	suite := suiteOf(sc, server.Suite, x.suiteVersion())
	if server.Resumed == spec.BySessionSecret && sc.Named > spec.NamedNone {
		suite = NamedSuite(sc, sc.Named)
	}
	if r == spec.Server {
		return x.sentVersion(), suite
	}
	if h := x.st.Client.Hello; h.Suite != NoSuite || h.Random == RandomForeign {
		suite = 0
	}
	return x.shVersion(), suite
}

// idClass returns ServerHello's Session ID as its octets show it: an echo of
// nothing is empty, and one of the attacker's making is fresh.
func (x *exec) idClass(id spec.ID) spec.ID {
	switch id {
	case spec.IDEcho:
		if x.role == spec.Server && !x.chHasID() || x.role == spec.Client && x.is(dimID, of(spec.IDEmpty)) {
			return spec.IDEmpty
		}
	case spec.IDOther, spec.IDCached:
		return spec.IDFresh
	}
	return id
}

// named returns the secret as an observer names it: a server that holds
// another PAC key has otherPAC.
func (x *exec) named(s spec.Secret) spec.Secret {
	if s == spec.PAC && x.role == spec.Server && x.st.space.get(dimKeys) == of(spec.KeysDiffer) {
		return spec.OtherPAC
	}
	return s
}

func (x *exec) observedCall() spec.Call {
	c := spec.Call{Made: true, Result: x.out.call, Ticket: x.st.space.scenario().Ticket}
	if x.role == spec.Server {
		c.Ticket = x.shownTicket(c.Ticket)
	}
	if c.Result == spec.CallbackAccept {
		d := dimPreferred
		if x.role == spec.Server {
			d = dimNamed
		}
		if named := x.st.space.get(d); named.one() {
			c.Named = spec.Named(named.first())
		}
	}
	return c
}

// shownTicket returns what the server's callback is shown: the attacker's octets
// are a PAC as far as their place goes.
func (x *exec) shownTicket(sent spec.Ticket) spec.Ticket {
	switch x.me.Hello.Ticket {
	case SameTicket:
		return sent
	case TicketStripped:
		return spec.TicketAbsent
	case TicketEmptied:
		return spec.TicketEmpty
	case TicketOfSession:
		return spec.TicketSession
	}
	return spec.TicketPAC
}

// observedSent describes a message as its sender put it on the wire.
func (x *exec) observedSent(sym uint8, keyed spec.Secret) spec.Sent {
	m := symbols[sym]
	s := spec.Sent{Message: m.typ, Keyed: x.named(keyed), Level: m.level, Alert: m.alert}
	scenario := x.st.space.scenario()
	switch m.typ {
	case spec.ClientHello:
		x.observedClientHello(&s, scenario)
	case spec.ServerHello:
		x.observedServerHello(&s, scenario)
	}
	return s
}

func (x *exec) observedClientHello(s *spec.Sent, sc spec.Scenario) {
	if sc.ClientVersion != spec.OfferOpen {
		s.Version = sc.ClientVersion.Version()
	}
	s.ID, s.Ticket = sc.SessionID, sc.Ticket
	s.Extensions = append(s.Extensions, spec.ServerName)
	if sc.ClientEtM == spec.On {
		s.Extensions = append(s.Extensions, spec.EncryptThenMAC)
	}
	if sc.ClientEMS >= spec.On {
		s.Extensions = append(s.Extensions, spec.ExtendedMasterSecret)
	}
	if sc.Ticket > spec.TicketAbsent {
		s.Extensions = append(s.Extensions, spec.SessionTicket)
	}
	s.Extensions = append(s.Extensions, spec.RenegotiationInfo)
}

func (x *exec) observedServerHello(s *spec.Sent, sc spec.Scenario) {
	s.Version, s.Suite = x.chosen(spec.Server)
	s.ID = x.idClass(x.me.ID)
	if x.out.serverName {
		s.Extensions = append(s.Extensions, spec.ServerName)
	}
	if x.sentEtM() {
		s.Extensions = append(s.Extensions, spec.EncryptThenMAC)
	}
	if x.sentEMS() {
		s.Extensions = append(s.Extensions, spec.ExtendedMasterSecret)
	}
	if x.me.Promised {
		s.Extensions = append(s.Extensions, spec.SessionTicket)
	}
	if x.out.renegotiation {
		s.Extensions = append(s.Extensions, spec.RenegotiationInfo)
	}
}
