package model

import "github.com/sesame-tls/sesame/spec"

// serverHello is the client's step on ServerHello: every check first, then the
// callback.
func (x *exec) serverHello() {
	if !x.shVersionGood() || x.asksEarly() && !((x.has(faultCallbackFirst) || x.shSolicited()) && x.askClient()) {
		return
	}
	if !x.shSuiteGood() || !x.shExtensionsGood() {
		return
	}
	// Beside an opaque ticket no session is offered, so that the callback can wait.
	soon := x.has(faultForSessionTicket) || x.has(faultClientWithoutTicket)
	if soon && !x.asksEarly() && !x.askClient() {
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
	if !soon && !x.asksEarly() && !x.askClient() {
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
	if x.out.call == spec.CallbackAccept || x.out.call == spec.CallbackWrongLength && x.has(faultClientLengthFree) {
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
		x.suiteNotOffered()
		return false
	case SuiteAnonymous:
		if !x.is(dimExchange, of(spec.ExchangeAnonymous, spec.ExchangeAnonymousBeside)) {
			x.suiteNotOffered()
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

// shTouched reports whether ServerHello's extended_master_secret is not what
// follows from the scenario, and whether it has an encrypt_then_mac that does
// not.
func (x *exec) shTouched() (ems, etm bool) {
	h := x.st.Client.Hello
	ems = h.EMS != spec.SwitchOpen || x.st.Server.Hello.EMS != spec.SwitchOpen || h.Random == RandomForeign
	etm = h.EtM == spec.On || h.EtM == spec.SwitchOpen && h.Random != RandomForeign && x.st.Server.Hello.EtM == spec.On && x.sentEtM()
	return ems, etm
}

// shSolicited refuses extensions that were not asked for (RFC 5246, Section
// 7.4.1.4).
func (x *exec) shSolicited() bool {
	ems, etm := x.shTouched()
	if x.st.Client.Hello.Unrequested ||
		x.shTicketExtension() && x.is(dimTicket, of(spec.TicketAbsent)) ||
		ems && x.shEMS() && !x.clientEMS() ||
		etm && !x.is(dimClientEtM, of(spec.On)) && !x.has(faultEtMUnsolicitedTaken) {
		x.fail(spec.UnsupportedExtension)
		return false
	}
	return true
}

func (x *exec) shExtensionsGood() bool {
	h := x.st.Client.Hello
	ems, etm := x.shTouched()
	switch {
	case x.has(faultExtensionsUnchecked):
		return true
	case !x.shSolicited():
	case h.Renegotiation == RenegotiationBad && x.has(faultRenegotiationIllegal):
		x.fail(spec.IllegalParameter)
	case h.Renegotiation == RenegotiationBad, h.Renegotiation == RenegotiationStripped && x.has(faultLegacyRefused):
		// RFC 5746, Section 3.4: it must be empty.
		x.fail(spec.HandshakeFailure)
	case etm && !x.shCBC() && !x.has(faultEtMUnsolicitedTaken):
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
