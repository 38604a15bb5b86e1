package model

import "github.com/sesame-tls/sesame/spec"

// start sends ClientHello.
func (x *exec) start() {
	x.turn(spec.Client)
	x.out.event = spec.ClientStart
	x.me.State = spec.AwaitServerHello
	x.send(symClientHello)
}

// client is the client's step during the handshake. Each case is one row of its
// table; what no row names is out of place.
func (x *exec) client() {
	x.out.event = receive(spec.Client, x.in.typ)
	switch m := x.in.typ; x.me.State {
	case spec.AwaitServerHello:
		switch m {
		case spec.HelloRequest: // RFC 5246, Section 7.4.1.1: ignored while a handshake runs.
		case spec.ServerHello:
			x.serverHello()
		default:
			x.misplaced()
		}
	case spec.AwaitServerFlight:
		x.serverFlight()
	case spec.AwaitServerKeyExchange:
		switch m {
		case spec.HelloRequest:
		case spec.ServerKeyExchange:
			x.signedKeyExchange()
		default:
			x.misplaced()
		}
	case spec.AwaitCertificateRequest:
		switch m {
		case spec.HelloRequest:
		case spec.CertificateRequest:
			x.certificateRequest()
		case spec.ServerHelloDone:
			x.clientFlight()
		default:
			x.misplaced()
		}
	case spec.AwaitServerHelloDone:
		switch m {
		case spec.HelloRequest:
		case spec.ServerHelloDone:
			// RFC 5246, Section 7.4.6: a client without a certificate sends an empty one.
			if x.is(dimClientCert, of(spec.On)) {
				x.me.Cert = CertGood
			} else {
				x.me.Cert = CertEmpty
			}
			x.clientFlight()
		default:
			x.misplaced()
		}
	default:
		x.clientFinish()
	}
}

// serverHello is the client's step on ServerHello: every check first, then the
// callback.
func (x *exec) serverHello() {
	if !x.shVersionGood() || x.has(faultCallbackEarly) && !x.askClient() {
		return
	}
	if !x.shSuiteGood() || !x.shExtensionsGood() {
		return
	}
	// Beside an opaque ticket no session is offered, so that the callback can wait.
	soon := x.has(faultForSessionTicket) || x.has(faultClientWithoutTicket)
	if soon && !x.has(faultCallbackEarly) && !x.askClient() {
		return
	}
	x.me.Suite, x.me.ID, x.me.Promised = x.shSuite(), x.shID(), x.shTicketExtension()
	x.me.State = spec.AwaitServerFlight
	if x.namesSession() {
		if x.resume(spec.BySessionID) {
			x.awaitResumption()
		}
		return
	}
	if !soon && !x.has(faultCallbackEarly) && !x.askClient() {
		return
	}
	if x.out.call != spec.CallbackOpen {
		x.me.Secret, x.me.Pending = spec.PAC, true
		x.armedAmiss()
	}
}

// awaitResumption waits for what follows ServerHello where it has named a
// session.
func (x *exec) awaitResumption() {
	x.me.State = spec.AwaitChangeCipherSpecAbbreviated
	if x.me.Promised {
		x.me.State = spec.AwaitNewSessionTicketAbbreviated
	}
}

// askClient calls the client's callback if this ClientHello carried an opaque
// ticket. It reports false where that has ended the handshake.
func (x *exec) askClient() bool {
	if !x.offersSecret() {
		return true
	}
	switch {
	case x.is(dimClientCallback, of(spec.CallbackUnset)):
		return true
	case x.is(dimClientCallback, of(spec.CallbackAccept)):
		x.out.call = spec.CallbackAccept
	case x.is(dimClientCallback, of(spec.CallbackFail)):
		x.out.call = spec.CallbackFail
	default:
		// RFC 5246, Section 8.1: the master secret is 48 octets.
		x.out.call = spec.CallbackWrongLength
	}
	if x.out.call == spec.CallbackAccept || x.out.call == spec.CallbackWrongLength && x.has(faultLengthFree) {
		return true
	}
	x.clientCallbackFailed()
	return false
}

func (x *exec) shVersionGood() bool {
	// Without a change it is the lower one of both sides' versions, and
	// server_random carries no downgrade mark that the client would look for.
	if !x.versionTouched() {
		return true
	}
	v := x.shVersion()
	if v < spec.TLS10 || v > x.clientMax() {
		x.fail(spec.ProtocolVersion)
		return false
	}
	// RFC 8446, Section 4.1.3: the tail DOWNGRD\x00 of server_random.
	marked := x.st.Client.Hello.Random != RandomForeign && x.st.Client.Hello.Random != RandomChanged &&
		x.serverMax() == spec.TLS12 && x.sentVersion() < spec.TLS12
	if marked && x.clientMax() == spec.TLS12 && v < spec.TLS12 {
		x.fail(spec.IllegalParameter)
		return false
	}
	return true
}

func (x *exec) shSuiteGood() bool {
	switch x.shSuite() {
	case SuiteNotOffered, SuiteWrongVersion, SuiteNotImplemented:
		// RFC 5246, Section 7.4.1.3: a suite from the client's list.
		x.fail(spec.IllegalParameter)
		return false
	case SuiteAnonymous:
		if !x.is(dimExchange, of(spec.ExchangeAnonymous, spec.ExchangeAnonymousBeside)) {
			x.fail(spec.IllegalParameter)
			return false
		}
	}
	// RFC 5246, Appendix A.5: AEAD suites are for TLS 1.2.
	if x.versionTouched() && x.shVersion() < spec.TLS12 && !x.shCBC() {
		x.fail(spec.IllegalParameter)
		return false
	}
	return true
}

func (x *exec) shExtensionsGood() bool {
	h := x.st.Client.Hello
	ems := h.EMS != spec.SwitchOpen || x.st.Server.Hello.EMS != spec.SwitchOpen || h.Random == RandomForeign
	etm := h.EtM == spec.On || h.EtM == spec.SwitchOpen && h.Random != RandomForeign && x.st.Server.Hello.EtM == spec.On && x.sentEtM()
	switch {
	// RFC 5246, Section 7.4.1.4: no extension that was not asked for.
	case x.has(faultExtensionsUnchecked):
		return true
	case h.Unrequested,
		x.shTicketExtension() && x.is(dimTicket, of(spec.TicketAbsent)),
		ems && x.shEMS() && !x.clientEMS(),
		etm && !x.is(dimClientEtM, of(spec.On)):
		x.fail(spec.UnsupportedExtension)
	case h.Renegotiation == RenegotiationBad:
		// RFC 5746, Section 3.4: it must be empty.
		x.fail(spec.HandshakeFailure)
	case etm && !x.shCBC():
		// RFC 7366, Section 3: never with an AEAD suite.
		x.fail(spec.IllegalParameter)
	case !x.emsRequirementMet(ems):
		x.fail(spec.HandshakeFailure)
	default:
		return true
	}
	return false
}

// emsRequirementMet reports whether a client that requires
// extended_master_secret has got it.
func (x *exec) emsRequirementMet(touched bool) bool {
	required := ems(func(c, _ spec.Switch) bool { return c == spec.Required })
	if touched {
		return !x.is(dimEMS, required) || x.shEMS()
	}
	// Without a change one question tells.
	return !x.is(dimEMS, ems(func(c, s spec.Switch) bool { return c == spec.Required && s == spec.Off }))
}

// namesSession reports whether ServerHello's Session ID is that of the session
// that the client has offered.
func (x *exec) namesSession() bool {
	if x.has(faultSessionMisses) && x.is(dimTicket, of(spec.TicketSession)) {
		return true
	}
	if x.me.ID != spec.IDEcho || x.has(faultForcedResuming) && !x.is(dimClientCallback, of(spec.CallbackUnset)) {
		return false
	}
	return x.is(dimID, of(spec.IDCached)) ||
		x.is(dimTicket, of(spec.TicketSession)) && x.is(dimID, of(spec.IDFresh))
}

// resume takes up the session that the client has offered, after the checks
// that belong to it.
func (x *exec) resume(by spec.Shortening) bool {
	// RFC 5246, Section 7.4.1.3: a resumed session keeps its suite; and its version.
	if !x.sessionSuite() || x.otherVersion() {
		x.fail(spec.IllegalParameter)
		return false
	}
	// RFC 7627, Section 5.3: the extension must be there if and only if the session was made with it,
	// and one without it is not resumed.
	if !x.is(dimSessionEMS, of(spec.On)) || !x.shEMS() {
		x.fail(spec.HandshakeFailure)
		return false
	}
	// Beside a ticket a server does not look the Session ID up: its echo answers the ticket.
	if x.is(dimTicket, of(spec.TicketSession)) {
		by = spec.ByTicket
	}
	x.me.Secret, x.me.Resumed = spec.Session, by
	if x.out.call != spec.CallbackOpen || x.me.Pending {
		x.me.Secret = spec.PAC // written over by a callback that was not due
	}
	return true
}

// otherVersion reports whether ServerHello's version is not the session's.
func (x *exec) otherVersion() bool {
	return (x.versionTouched() || x.st.Client.Hello.Random == RandomForeign) &&
		x.shVersion() != min(x.clientMax(), x.serverMax())
}

// sessionSuite reports whether ServerHello's suite is the session's. Where the
// server's callback has named one, it is not, unless the attacker has put
// another one in its place.
func (x *exec) sessionSuite() bool {
	named := x.st.Server.Resumed == spec.BySessionSecret && x.st.Client.Hello.Random != RandomForeign &&
		!x.is(dimNamed, of(spec.NamedNone))
	switch {
	case named:
		return x.me.Suite == SuiteOther
	case x.me.Suite == SuiteAnonymous && x.st.Client.Hello.Random == RandomForeign:
		return x.is(dimExchange, of(spec.ExchangeAnonymous))
	}
	return x.me.Suite == SuiteNormal
}

// serverFlight is the client's step where the next message says which
// handshake it is (RFC 4851, Section 3.2.3).
func (x *exec) serverFlight() {
	m := x.in.typ
	if m == spec.HelloRequest && x.me.Pending && x.has(faultAnyMessageDeclines) {
		x.misplaced()
		return
	}
	if m == spec.HelloRequest {
		// It neither decides nor disarms.
		x.me.Pending = x.me.Pending && !x.has(faultWarningDisarms)
		return
	}
	pending := x.me.Pending
	x.me.Pending = false
	switch {
	case m == spec.ChangeCipherSpec && pending && !x.has(faultCCSRefused):
		if x.anonymous(x.me.Suite) && !x.has(faultAnonymousTaken) {
			x.fail(spec.IllegalParameter)
			return
		}
		x.me.Resumed, x.me.State = spec.BySessionSecret, spec.AwaitFinishedAbbreviated
		if x.has(faultFinishedFirst) {
			x.send(symCCS)
			x.send(symFinished)
		}
	case m == spec.NewSessionTicket && pending && x.has(faultTicketAccepts):
		x.newSessionTicket()
		x.me.Resumed, x.me.State = spec.BySessionSecret, spec.AwaitChangeCipherSpecAbbreviated
	case m == spec.ChangeCipherSpec && !x.me.Promised && x.ticketAlone():
		if x.resume(spec.ByTicket) {
			x.me.State = spec.AwaitFinishedAbbreviated
		}
	case m == spec.NewSessionTicket && x.me.Promised && x.ticketAlone():
		x.newSessionTicket()
		if x.resume(spec.ByTicket) {
			x.me.State = spec.AwaitChangeCipherSpecAbbreviated
		}
	case m == spec.Certificate && !x.echoed() && !x.anonymous(x.me.Suite):
		x.dropSecret(pending)
		x.serverCertificate()
	case m == spec.ServerKeyExchange && !x.echoed() && x.anonymous(x.me.Suite):
		x.dropSecret(pending)
		x.keyExchange()
	default:
		x.misplaced()
	}
}

// ticketAlone reports whether a session's ticket was offered with an empty
// Session ID, so that the next message tells whether it was accepted
// (RFC 5077, Section 3.4).
func (x *exec) ticketAlone() bool {
	if x.has(faultForcedResuming) && !x.is(dimClientCallback, of(spec.CallbackUnset)) {
		return false
	}
	return x.is(dimTicket, of(spec.TicketSession)) && x.is(dimID, of(spec.IDEmpty))
}

// echoed reports whether ServerHello repeated a Session ID that was not empty:
// then ChangeCipherSpec alone may follow.
func (x *exec) echoed() bool {
	return x.me.ID == spec.IDEcho && !x.is(dimID, of(spec.IDEmpty))
}

func (x *exec) serverCertificate() {
	switch {
	case x.in.empty:
		x.fail(spec.DecodeError)
	case x.in.origin == Forged || !x.is(dimTrustRoot, of(spec.On)):
		x.fail(spec.UnknownCA)
	default:
		x.me.PeerAuth = true
		x.me.State = spec.AwaitCertificateRequest
		if x.ephemeral() {
			x.me.State = spec.AwaitServerKeyExchange
		}
	}
}

// signedKeyExchange is the step on a ServerKeyExchange under a certificate.
func (x *exec) signedKeyExchange() {
	if x.in.origin == Honest && x.formatsDiffer() {
		x.fail(spec.DecodeError)
		return
	}
	if x.in.class == classBadVerify {
		x.fail(spec.DecryptError)
		return
	}
	x.keyExchange()
}

// keyExchange notes whose share the client will compute with.
func (x *exec) keyExchange() {
	x.me.Foreign = x.me.Foreign || x.in.origin != Honest
	x.me.State = spec.AwaitCertificateRequest
}

func (x *exec) certificateRequest() {
	// RFC 5246, Section 7.4.4: an anonymous server must not ask.
	if x.anonymous(x.me.Suite) {
		x.fail(spec.HandshakeFailure)
		return
	}
	if x.formatsDiffer() {
		x.fail(spec.DecodeError)
		return
	}
	x.me.State = spec.AwaitServerHelloDone
}

// clientFlight answers ServerHelloDone.
func (x *exec) clientFlight() {
	switch x.me.Cert {
	case CertEmpty:
		x.send(symCertEmpty)
	case CertGood:
		x.send(symCertificate)
	}
	x.send(symClientKX)
	if x.me.Cert == CertGood {
		x.send(symCertVerify)
	}
	switch {
	case x.has(faultKeepsSecret) && x.me.Secret == spec.PAC:
	case x.me.Foreign:
		x.me.Secret = spec.OtherKeyExchanged
	default:
		x.me.Secret = spec.KeyExchanged
	}
	x.send(symCCS)
	x.send(symFinished)
	x.me.State = spec.AwaitChangeCipherSpec
	if x.me.Promised {
		x.me.State = spec.AwaitNewSessionTicket
	}
}

func (x *exec) newSessionTicket() {
	x.me.Foreign = x.me.Foreign || x.in.origin != Honest
}

// clientFinish is the client's step from NewSessionTicket to Finished.
func (x *exec) clientFinish() {
	type on struct {
		state spec.State
		m     spec.Message
	}
	if x.in.typ == spec.HelloRequest && !x.me.State.ReadProtected() {
		return
	}
	switch (on{x.me.State, x.in.typ}) {
	case on{spec.AwaitNewSessionTicket, spec.NewSessionTicket}:
		x.newSessionTicket()
		x.me.State = spec.AwaitChangeCipherSpec
	case on{spec.AwaitNewSessionTicketAbbreviated, spec.NewSessionTicket}:
		x.newSessionTicket()
		x.me.State = spec.AwaitChangeCipherSpecAbbreviated
	case on{spec.AwaitChangeCipherSpec, spec.ChangeCipherSpec}:
		x.me.State = spec.AwaitFinished
	case on{spec.AwaitChangeCipherSpecAbbreviated, spec.ChangeCipherSpec}:
		x.me.State = spec.AwaitFinishedAbbreviated
	case on{spec.AwaitFinished, spec.Finished}, on{spec.AwaitFinishedAbbreviated, spec.Finished}:
		x.serverFinished()
	default:
		x.misplaced()
	}
}

func (x *exec) serverFinished() {
	if x.in.class == classBadVerify && !x.has(faultFinishedUnverified) {
		x.fail(spec.DecryptError)
		return
	}
	if x.me.State == spec.AwaitFinishedAbbreviated {
		x.me.PeerAuth = true // by the secret
		if !x.has(faultFinishedFirst) || x.me.Resumed != spec.BySessionSecret {
			x.send(symCCS)
			x.send(symFinished)
		}
	}
	x.me.State = spec.Established
}
