package model

import "github.com/sesame-tls/sesame/spec"

// The events after which an endpoint may have sent a fatal alert.
var rejects = []spec.Event{spec.ClientReject, spec.ServerReject}

// edgeProperties are about transitions: first the course of the handshake, then
// the conduct of its endpoints.
var edgeProperties = append(append([]Property{}, courseProperties...), conductProperties...)

var courseProperties = []Property{
	{
		Name: "change-cipher-spec-in-place",
		Text: "ChangeCipherSpec is taken only right after ServerHello with a ticket pending, in an offered session's " +
			"resumption, or after the own Finished; by a server after ClientKeyExchange and CertificateVerify, or after its own Finished.",
		Requirements: []string{"FAST-TLS-10", "FAST-TLS-12", "FAST-TLS-20", "FAST-TLS-22", "TLS-ALERT-01"},
		Local:        true,
		on:           []spec.Event{spec.ClientReceiveChangeCipherSpec, spec.ServerReceiveChangeCipherSpec},
		edge: func(e *edge) (bool, bool) {
			switch e.before.State {
			case spec.AwaitServerFlight:
				return true, e.before.Pending || !e.before.Promised &&
					e.to.certain(dimTicket, of(spec.TicketSession)) && e.to.certain(dimID, of(spec.IDEmpty))
			case spec.AwaitChangeCipherSpec, spec.AwaitChangeCipherSpecAbbreviated:
				return true, true
			}
			return true, false
		},
	},
	{
		Name:         "acceptance-answers-an-offer",
		Text:         "A handshake is shortened by a session secret only where the client has offered a PAC and its callback has supplied the secret.",
		Requirements: []string{"FAST-TLS-12", "FAST-SEC-03"},
		Local:        true,
		on:           []spec.Event{spec.ClientReceiveChangeCipherSpec, spec.ServerReceiveClientHello},
		edge: func(e *edge) (bool, bool) {
			if e.after.Resumed != spec.BySessionSecret || e.before.State == spec.Established {
				return false, true
			}
			if e.out.event == spec.ServerReceiveClientHello {
				opens := e.after.Hello.Ticket == TicketOtherPAC || e.after.Hello.Ticket == TicketGood ||
					e.after.Hello.Ticket == SameTicket && e.to.certain(dimTicket, of(spec.TicketPAC))
				return true, opens && e.to.certain(dimServerCallback, of(spec.CallbackAccept))
			}
			return true, e.to.certain(dimTicket, of(spec.TicketPAC)) && e.to.certain(dimClientCallback, of(spec.CallbackAccept))
		},
	},
	{
		Name: "next-message-decides",
		Text: "With a ticket pending, ChangeCipherSpec means that it was accepted, Certificate or ServerKeyExchange that it " +
			"was declined, and all else ends the handshake.",
		Requirements: []string{"FAST-TLS-09", "FAST-TLS-10", "FAST-TLS-11", "FAST-TLS-26"},
		Local:        true,
		on: []spec.Event{
			spec.ClientReceiveChangeCipherSpec, spec.ClientReceiveCertificate, spec.ClientReceiveServerKeyExchange,
			spec.ClientReceiveCertificateRequest, spec.ClientReceiveServerHelloDone, spec.ClientReceiveNewSessionTicket,
			spec.ClientReceiveServerHello, spec.ClientReceiveFinished, spec.ClientReceiveApplicationData,
			spec.ClientReceiveHelloRequest, spec.ClientReceiveWarning, spec.ClientReject,
		},
		needs: needPending,
		edge: func(e *edge) (bool, bool) {
			switch e.out.event {
			case spec.ClientReceiveChangeCipherSpec:
				return true, e.after.Resumed == spec.BySessionSecret && !e.after.Pending
			case spec.ClientReceiveCertificate, spec.ClientReceiveServerKeyExchange:
				return true, e.after.Resumed == spec.Full && !e.after.Pending && e.after.Secret == spec.NoSecret
			case spec.ClientReceiveHelloRequest, spec.ClientReceiveWarning:
				return true, *e.after == *e.before
			case spec.ClientReject:
				return true, !e.decides() && (e.in.typ != spec.HelloRequest || e.in.class != classGood)
			}
			return true, false
		},
	},
	{
		Name: "suite-was-offered",
		Text: "The suite of ServerHello was offered, is implemented and right for the version, and is not anonymous in a " +
			"handshake under a PAC.",
		Requirements: []string{"FAST-TLS-16", "FAST-TLS-36", "TLS-BASE-07", "FAST-PAC-32"},
		Local:        true,
		on:           []spec.Event{spec.ServerReceiveClientHello, spec.ClientReceiveServerHello, spec.ClientReceiveChangeCipherSpec},
		edge: func(e *edge) (bool, bool) {
			if e.before.State == spec.Established {
				return false, true
			}
			switch e.after.Suite {
			case SuiteNotOffered, SuiteWrongVersion, SuiteNotImplemented:
				return true, false
			}
			anonymous := e.after.Suite == SuiteAnonymous ||
				e.after.Suite == SuiteNormal && e.to.certain(dimExchange, of(spec.ExchangeAnonymous))
			return true, e.after.Resumed != spec.BySessionSecret || !anonymous
		},
	},
	{
		Name: "session-id-echoed",
		Text: "A server that accepts a ticket repeats the Session ID that it has received, and one that makes a full " +
			"handshake never does.",
		Requirements: []string{"FAST-TLS-06", "FAST-TLS-07", "FAST-TLS-30"},
		Local:        true,
		on:           []spec.Event{spec.ServerReceiveClientHello},
		edge: func(e *edge) (bool, bool) {
			return e.readsHello(), (e.after.ID == spec.IDEcho) == (e.after.Resumed != spec.Full)
		},
	},
	{
		Name: "caches-left-alone",
		Text: "Beside a ticket the Session ID is not looked up, and a handshake under a PAC neither reads, adds nor removes " +
			"a session.",
		Requirements: []string{"FAST-TLS-08"},
		Local:        true,
		on: []spec.Event{
			spec.ServerReceiveClientHello, spec.ServerReceiveFinished, spec.ServerReject, spec.ServerReceiveFatalAlert,
			spec.ServerReceiveEndOfStream, spec.ServerTimeout,
		},
		edge: func(e *edge) (bool, bool) {
			if e.before.State == spec.AwaitClientHello {
				beside := e.after.Hello.Ticket >= TicketGarbage ||
					e.after.Hello.Ticket == SameTicket && e.to.certain(dimTicket, of(spec.TicketPAC, spec.TicketSession))
				return beside, e.out.cache == spec.CacheNone
			}
			return e.before.Resumed == spec.BySessionSecret, e.out.cache == spec.CacheNone
		},
	},
	{
		Name: "no-new-session-ticket",
		Text: "While the server's callback is set, and in every handshake under a PAC, the server sends neither the " +
			"SessionTicket extension nor NewSessionTicket.",
		Requirements: []string{"FAST-TLS-26", "FAST-TLS-27"},
		Local:        true,
		on:           []spec.Event{spec.ServerReceiveClientHello, spec.ServerReceiveFinished},
		edge: func(e *edge) (bool, bool) {
			set := !e.to.possible(dimServerCallback, of(spec.CallbackUnset))
			return set || e.after.Resumed == spec.BySessionSecret, !e.after.Promised && !e.sent(spec.NewSessionTicket)
		},
	},
	{
		Name:         "new-session-ticket-as-promised",
		Text:         "NewSessionTicket is sent if and only if ServerHello has announced it, and announced only to a client that asked.",
		Requirements: []string{"FAST-TLS-27", "FAST-TLS-28"},
		Local:        true,
		on:           []spec.Event{spec.ServerReceiveClientHello, spec.ServerReceiveFinished},
		edge: func(e *edge) (bool, bool) {
			if e.before.State == spec.AwaitClientHello {
				asked := e.after.Hello.Ticket >= TicketEmptied ||
					e.after.Hello.Ticket == SameTicket && !e.to.possible(dimTicket, of(spec.TicketAbsent))
				return e.after.Promised, asked
			}
			if e.before.State != spec.AwaitFinished {
				return false, true
			}
			return true, e.sent(spec.NewSessionTicket) == e.before.Promised
		},
	},
}

// readsHello reports whether the endpoint reads its peer's hello in this step.
func (e *edge) readsHello() bool {
	return e.before.State == spec.AwaitClientHello || e.before.State == spec.AwaitServerHello
}

// decides reports whether the message that is read, with a ticket pending, is
// what a server sends to accept or to decline it, and nothing is wrong with it.
func (e *edge) decides() bool {
	st, c := e.to, e.before
	unsigned := func(s Suite) bool {
		return s == SuiteAnonymous || (s == SuiteNormal || s == SuiteOther) && st.certain(dimExchange, of(spec.ExchangeAnonymous))
	}
	anonymous := unsigned(c.Suite)
	echoed := c.ID == spec.IDEcho && st.certain(dimID, of(spec.IDFresh))
	switch e.in.typ {
	case spec.ChangeCipherSpec:
		return e.in.class == classGood && !anonymous
	case spec.Certificate:
		return e.in.class == classGood && !anonymous && !echoed && !e.in.empty && e.in.origin != Forged &&
			st.certain(dimTrustRoot, of(spec.On))
	case spec.ServerKeyExchange:
		signed := e.in.origin == Honest && st.Server.Suite != NoSuite && !unsigned(st.Server.Suite)
		return e.in.class == classGood && anonymous && !echoed && !signed
	}
	return false
}

// refusalDue reports whether the alert that the step sent has a cause in the
// scenario, other than the attacker.
func (e *edge) refusalDue() bool {
	st := e.to
	pac := st.certain(dimTicket, of(spec.TicketPAC))
	accepted := st.Server.Resumed == spec.BySessionSecret
	broken := of(spec.CallbackFail, spec.CallbackWrongLength)
	switch e.alert() {
	case spec.InternalError:
		return st.certain(dimClientCallback, broken) || st.certain(dimServerCallback, broken)
	case spec.UnknownCA:
		return st.certain(dimTrustRoot, of(spec.Off))
	case spec.BadRecordMAC:
		// Different PAC keys: at the first protected record.
		return accepted && st.certain(dimKeys, of(spec.KeysDiffer)) && e.before.State == spec.AwaitFinishedAbbreviated
	case spec.UnexpectedMessage:
		return pac && accepted && st.certain(dimClientCallback, of(spec.CallbackUnset))
	case spec.HandshakeFailure:
		return e.noCommonGround()
	}
	return false
}

// noCommonGround reports whether the two configurations allow no handshake.
func (e *edge) noCommonGround() bool {
	st := e.to
	if st.certain(dimEMS, ems(func(c, s spec.Switch) bool {
		return c == spec.Off && s == spec.Required || c == spec.Required && s == spec.Off
	})) {
		return true
	}
	// RFC 7627, Section 5.3: a session made with the extension, a hello without.
	if e.before.State == spec.AwaitClientHello && st.certain(dimSessionEMS, of(spec.On)) &&
		st.certain(dimEMS, ems(func(c, _ spec.Switch) bool { return c == spec.Off })) {
		return true
	}
	anonymous := st.certain(dimExchange, of(spec.ExchangeAnonymous))
	accepting := st.certain(dimServerCallback, of(spec.CallbackAccept)) && st.certain(dimTicket, of(spec.TicketPAC))
	badName := st.certain(dimNamed, of(spec.NamedNotOffered, spec.NamedAnonymous, spec.NamedWrongVersion, spec.NamedNotImplemented))
	switch {
	case accepting && (badName || anonymous):
		return true
	case st.certain(dimClientAuth, of(spec.ClientAuthRequire)):
		return anonymous || st.certain(dimClientCert, of(spec.Off))
	}
	return false
}
