package model

import "github.com/sesame-tls/sesame/spec"

// offersSecret reports whether the client's callback is due: ClientHello
// carried an opaque ticket. A session's own ticket does not count.
func (x *exec) offersSecret() bool {
	switch {
	case x.has(faultClientWithoutTicket):
		return true
	case x.has(faultForSessionTicket):
		return x.is(dimTicket, of(spec.TicketPAC, spec.TicketSession))
	}
	return x.is(dimTicket, of(spec.TicketPAC))
}

// clientCallbackFailed ends the handshake: the client has no secret, and cannot
// decline.
func (x *exec) clientCallbackFailed() {
	switch {
	case x.has(faultClientFailureSilent):
		x.out.event = spec.ClientReject
		x.end(spec.NoFailure)
		x.send(symEnd)
	case x.has(faultClientFailureAlert):
		x.fail(spec.HandshakeFailure)
	default:
		x.fail(spec.InternalError)
	}
}

// armedAmiss is what goes wrong where a ticket has just become pending.
func (x *exec) armedAmiss() {
	switch {
	case x.has(faultLostLookahead):
		x.me.Pending, x.me.Resumed, x.me.State = false, spec.BySessionSecret, spec.AwaitChangeCipherSpecAbbreviated
	case x.has(faultReplacesSession) && x.me.ID != spec.IDEcho && x.is(dimID, of(spec.IDFresh)):
		x.me.Secret, x.me.Pending = spec.NoSecret, false
	case x.has(faultPeerAuthSurvives):
		x.me.PeerAuth = true
	case x.has(faultIDDisarms) && x.is(dimID, of(spec.IDFresh)):
		x.idDisarms()
	}
}

// idDisarms is what OpenSSL makes of a Session ID beside a PAC: repeated, it
// names a session, whose suite the callback has told; else there is none.
func (x *exec) idDisarms() {
	x.me.Pending = false
	switch {
	case x.me.ID != spec.IDEcho:
		x.me.Secret = spec.NoSecret
	case !x.is(dimPreferred, of(spec.NamedNone)):
		x.fail(spec.IllegalParameter)
	default:
		x.me.Resumed = spec.BySessionSecret
		x.awaitResumption()
	}
}

// dropSecret leaves nothing of the callback's secret: the ticket was declined.
func (x *exec) dropSecret(pending bool) {
	if pending && x.has(faultToldOfDecline) {
		x.out.call = spec.CallbackDecline
	}
	switch {
	case x.has(faultKeepsSecret):
	case x.has(faultStickyCCS):
		x.me.Pending = pending
	default:
		x.me.Secret = spec.NoSecret
	}
}

// misplaced refuses a message that no row of the table names.
func (x *exec) misplaced() {
	switch {
	case x.role == spec.Server && x.takesAnywhere(), x.role == spec.Client && x.readsAnywhere():
	case len(x.sys.conducts[x.role]) > 0 && x.ownWay(true):
	case x.me.State == spec.Established:
		x.fail(spec.UnexpectedMessage)
	case x.in.typ == spec.ChangeCipherSpec && x.has(faultEarlyCCS),
		x.in.typ == spec.ChangeCipherSpec && x.has(faultStickyCCS) && x.me.Pending:
		x.me.State = spec.AwaitFinished
	case x.has(faultSilentDiscard) && x.role == spec.Client:
		x.out.event = spec.ClientReject
	default:
		x.fail(spec.UnexpectedMessage)
	}
}

// suiteNotOffered refuses a suite that is not from the client's list.
func (x *exec) suiteNotOffered() {
	if x.has(faultSuiteFailure) {
		x.fail(spec.HandshakeFailure)
		return
	}
	x.fail(spec.IllegalParameter)
}

// awaitsTicket reports whether a promised ticket comes before anything else.
func (x *exec) awaitsTicket() bool { return x.has(faultTicketAwaited) && x.me.Promised }

// asksEarly reports whether the callback is asked before ServerHello is checked.
func (x *exec) asksEarly() bool { return x.has(faultCallbackEarly) || x.has(faultCallbackFirst) }

// readsAnywhere takes a message whose place a client does not check, and reports
// whether it was one.
func (x *exec) readsAnywhere() bool {
	pending := x.me.Secret == spec.PAC // and has just been decided
	switch x.me.State {
	case spec.AwaitServerFlight, spec.AwaitServerKeyExchange, spec.AwaitCertificateRequest, spec.AwaitServerHelloDone:
		if x.in.typ == spec.NewSessionTicket && x.has(faultTicketAnywhere) && !pending && !x.me.Ticketed {
			x.ticketAnywhere()
			return true
		}
	case spec.AwaitNewSessionTicket, spec.AwaitChangeCipherSpec:
	default:
		return false
	}
	if x.in.typ != spec.CertificateRequest || !x.has(faultRequestAnywhere) || x.me.Cert != NoCert || x.me.State == spec.AwaitServerHelloDone {
		return false
	}
	x.requestAnywhere(pending)
	return true
}

func (x *exec) ticketAnywhere() {
	if !x.me.Promised {
		x.fail(spec.HandshakeFailure)
		return
	}
	x.newSessionTicket()
	x.me.Promised = false
}

// requestAnywhere notes that a certificate is asked for. Where the client thought
// that it resumes, it goes on as after ServerHelloDone, and finds no share.
func (x *exec) requestAnywhere(pending bool) {
	x.me.Foreign = x.me.Foreign || x.in.origin != Honest
	x.me.Cert = CertEmpty
	certificate := symCertEmpty
	if x.is(dimClientCert, of(spec.On)) {
		x.me.Cert, certificate = CertGood, symCertificate
	}
	if pending {
		x.send(certificate)
		x.fail(spec.HandshakeFailure)
	}
}
