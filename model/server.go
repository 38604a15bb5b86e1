package model

import "github.com/sesame-tls/sesame/spec"

// server is the server's step during the handshake.
func (x *exec) server() {
	x.out.event = receive(spec.Server, x.in.typ)
	if x.me.Heard && x.afterCCS() {
		return
	}
	type on struct {
		state spec.State
		m     spec.Message
	}
	switch (on{x.me.State, x.in.typ}) {
	case on{spec.AwaitClientHello, spec.ClientHello}:
		x.clientHello()
	case on{spec.AwaitClientHello, spec.ChangeCipherSpec}:
		x.ccsFirst()
	case on{spec.AwaitClientCertificate, spec.Certificate}:
		x.clientCertificate()
	case on{spec.AwaitClientKeyExchange, spec.Certificate}, on{spec.AwaitChangeCipherSpecAbbreviated, spec.Certificate}:
		x.certificateUnasked()
	case on{spec.AwaitClientCertificate, spec.ClientKeyExchange}:
		x.certificateSkipped()
	case on{spec.AwaitClientKeyExchange, spec.ClientKeyExchange}:
		if x.verifyDue() {
			x.clientKeyExchange(spec.AwaitCertificateVerify)
			return
		}
		x.clientKeyExchange(spec.AwaitChangeCipherSpec)
	case on{spec.AwaitClientKeyExchangeVerify, spec.ClientKeyExchange}:
		x.clientKeyExchange(spec.AwaitCertificateVerify)
	case on{spec.AwaitChangeCipherSpec, spec.CertificateVerify}:
		x.verifyUnasked()
	case on{spec.AwaitCertificateVerify, spec.CertificateVerify}:
		if x.in.class == classBadVerify {
			x.fail(spec.DecryptError)
			return
		}
		x.me.PeerAuth = true
		x.me.State = spec.AwaitChangeCipherSpec
	case on{spec.AwaitChangeCipherSpec, spec.ChangeCipherSpec}:
		if x.verifyDue() && !x.me.PeerAuth {
			x.misplaced()
			return
		}
		x.me.State = spec.AwaitFinished
	case on{spec.AwaitChangeCipherSpecAbbreviated, spec.ChangeCipherSpec}:
		if x.verifyDue() {
			x.misplaced()
			return
		}
		x.me.State = spec.AwaitFinishedAbbreviated
	case on{spec.AwaitFinished, spec.Finished}, on{spec.AwaitFinishedAbbreviated, spec.Finished}:
		x.clientFinished()
	default:
		x.misplaced()
	}
}

// clientHello is the server's step on ClientHello: what is wrong with the hello
// itself, then the callback, then sessions, then a full handshake.
func (x *exec) clientHello() {
	if !x.chGood() {
		return
	}
	unset := false
	if x.chTicketNonEmpty() {
		unset = x.is(dimServerCallback, of(spec.CallbackUnset))
		switch {
		case !unset && x.has(faultIDLookedUpFirst) && x.lookUp():
			return
		case unset:
			// RFC 5077, Section 3.4: beside a ticket the Session ID is not looked up.
			if x.is(dimServerTickets, of(spec.On)) && x.chTicketSession() && x.resumable() {
				if x.me.State != spec.Failed {
					x.abbreviated(spec.ByTicket, spec.Session)
				}
				return
			}
		case !x.callbackApplies():
		case x.callback():
			return
		}
		if x.has(faultLooksUpBeside) && x.lookUp() {
			return
		}
	} else if !x.idIgnored() && x.lookUp() || x.askedWithoutTicket() {
		return
	}
	x.fullHandshake()
}

// chGood checks version, signalling suites and extensions.
func (x *exec) chGood() bool {
	h := x.me.Hello
	if h.Version == VersionSSL30 {
		x.noSSL3()
		return false
	}
	// RFC 7507, Section 3: the client has tried a higher version before.
	if h.Suites == SuitesFallback && x.chVersion() < x.serverMax() {
		x.fail(spec.InappropriateFallback)
		return false
	}
	// RFC 5746, Section 3.6: empty in an initial hello.
	if h.Renegotiation == RenegotiationBad && !x.has(faultRenegotiationUnchecked) {
		x.fail(spec.HandshakeFailure)
		return false
	}
	// RFC 7627, Section 5.2: a server may insist on the extension.
	required := ems(func(_, s spec.Switch) bool { return s == spec.Required })
	lacking := h.EMS == spec.Off && x.is(dimEMS, required)
	if h.EMS == spec.SwitchOpen {
		lacking = x.is(dimEMS, ems(func(c, s spec.Switch) bool { return c == spec.Off && s == spec.Required }))
	}
	if lacking {
		x.fail(spec.HandshakeFailure)
		return false
	}
	return true
}

// callbackApplies reports whether the callback may be asked: not where a client
// certificate is required that a PAC does not stand in for.
func (x *exec) callbackApplies() bool {
	if x.has(faultCallbackUncalled) || x.has(faultWaivesCertificate) {
		return x.has(faultWaivesCertificate)
	}
	return !x.is(dimClientAuth, of(spec.ClientAuthRequire)) || x.is(dimStandsIn, of(spec.On))
}

// callback asks the server's callback about the ticket. It reports false when
// the callback has declined.
func (x *exec) callback() bool {
	switch {
	case x.is(dimServerCallback, of(spec.CallbackFail)):
		x.out.call = spec.CallbackFail
		x.callbackFailed()
		return true
	case x.is(dimServerCallback, of(spec.CallbackWrongLength)):
		// RFC 5246, Section 8.1: the master secret is 48 octets.
		x.out.call = spec.CallbackWrongLength
		if x.has(faultLengthFree) {
			x.accept()
		} else {
			x.callbackFailed()
		}
		return true
	case x.is(dimServerCallback, of(spec.CallbackAccept)) && x.opensTicket():
		x.out.call = spec.CallbackAccept
		x.accept()
		return true
	}
	// RFC 5077, Section 3.2: a ticket that does not open is no error.
	x.out.call = spec.CallbackDecline
	if x.has(faultDeclineAborts) {
		x.fail(spec.HandshakeFailure)
		return true
	}
	return false
}

// accept shortens the handshake under the callback's secret.
func (x *exec) accept() {
	// The suite that the callback names is offered, implemented, right for the
	// version and not anonymous; else, or when none is left, there is no handshake.
	if x.acceptedAmiss() {
		return
	}
	bad := of(spec.NamedNotOffered, spec.NamedAnonymous, spec.NamedWrongVersion, spec.NamedNotImplemented)
	if x.me.Hello.Suites == SuitesAnonymous || x.me.Hello.Suites == SuitesUnknown ||
		x.is(dimNamed, bad) || !x.has(faultAnonymousPAC) && x.is(dimExchange, of(spec.ExchangeAnonymous)) {
		x.fail(spec.HandshakeFailure)
		return
	}
	if x.namedTooNew() {
		x.fail(spec.HandshakeFailure)
		return
	}
	secret := spec.PAC
	if x.me.Hello.Ticket == TicketOtherPAC {
		secret = spec.OtherPAC
	}
	x.abbreviated(spec.BySessionSecret, secret)
}

// namedTooNew reports whether the suite that the callback names is an AEAD suite,
// and so not right for a version that was changed to an older one.
func (x *exec) namedTooNew() bool {
	return x.me.Hello.Version != SameVersion && x.sentVersion() < spec.TLS12 && min(x.clientMax(), x.serverMax()) == spec.TLS12 &&
		x.is(dimNamed, of(spec.NamedOffered, spec.NamedNotOwn)) && x.is(dimMode, of(spec.ModeAEAD))
}

// abbreviated sends the server's flight of a shortened handshake.
func (x *exec) abbreviated(by spec.Shortening, secret spec.Secret) {
	x.me.Suite, x.me.Secret, x.me.Resumed = SuiteNormal, secret, by
	// RFC 5077, Section 3.4: echo the Session ID.
	x.me.ID = spec.IDEcho
	if by == spec.BySessionSecret {
		x.me.ID = x.acceptedID()
	}
	x.me.Promised = x.has(faultTicketAfterPAC) && by == spec.BySessionSecret ||
		x.has(faultTicketBesideID) && by == spec.BySessionID && x.issues() || x.has(faultTicketRenewed) && by == spec.ByTicket ||
		x.has(faultTicketsBeside) && by == spec.BySessionSecret && x.issues()
	x.sendHello()
	if x.me.Promised {
		x.send(symTicket)
	}
	x.me.State = spec.AwaitChangeCipherSpecAbbreviated
	x.send(symCCS)
	x.send(symFinished)
}

// sendHello sends ServerHello.
func (x *exec) sendHello() {
	// RFC 5746, Section 3.6: where the client has signalled it, resumed or not.
	x.out.renegotiation = x.me.Hello.Renegotiation != RenegotiationStripped &&
		!(x.has(faultOmitsRenegotiation) && x.me.Resumed == spec.BySessionSecret) && !x.has(faultNoRenegotiationInfo)
	// RFC 6066, Section 3: a server answers server_name that has chosen its certificate by it, and a
	// resuming one does not.
	x.out.serverName = x.me.Resumed == spec.Full && !x.anonymous(x.me.Suite) || x.has(faultServerName)
	x.send(symServerHello)
}

// lookUp resumes the session that the Session ID names, and reports whether
// that ends the step.
func (x *exec) lookUp() bool {
	if !x.chHasID() {
		return false
	}
	x.out.cache = spec.CacheLookup
	if !x.me.HasCached || !x.chIsCached() || !x.resumable() {
		return false
	}
	if x.me.State != spec.Failed {
		x.abbreviated(spec.BySessionID, spec.Session)
	}
	return true
}

// resumable reports whether the session that was found ends the choice: it is
// resumed, or resuming it would be an error, which is then sent.
func (x *exec) resumable() bool {
	h := x.me.Hello
	// RFC 5246, Section 7.4.1.2: with its own suite, which must be on the list.
	if h.Suites == SuitesUnknown || h.Suites == SuitesAnonymous && !x.is(dimExchange, of(spec.ExchangeAnonymous)) {
		return x.sessionSuiteMissing()
	}
	// No session under an anonymous suite has the certificate that is required.
	if x.is(dimClientAuth, of(spec.ClientAuthRequire)) && x.is(dimExchange, of(spec.ExchangeAnonymous)) {
		return false
	}
	// A session is resumed under its own version.
	if h.Version != SameVersion && x.sentVersion() != min(x.clientMax(), x.serverMax()) {
		return false
	}
	if x.has(faultEMSUnchecked) {
		return true
	}
	// RFC 7627, Section 5.3. A session without the extension is never resumed.
	if !x.is(dimSessionEMS, of(spec.On)) {
		return false
	}
	if !x.chEMS() {
		x.sessionEMSMissing()
		return true
	}
	return x.serverEMS()
}

// issues reports whether a ticket is issued: while the callback is set, RFC 5077
// tickets are not.
func (x *exec) issues() bool {
	return x.chTicketExtension() && (x.is(dimServerCallback, of(spec.CallbackUnset)) || x.ticketsBeside()) &&
		x.is(dimServerTickets, of(spec.On))
}

// fullHandshake sends the server's flight up to ServerHelloDone.
func (x *exec) fullHandshake() {
	anonymousOnly := x.me.Hello.Suites == SuitesAnonymous
	anonymous := anonymousOnly || x.is(dimExchange, of(spec.ExchangeAnonymous))
	switch {
	case x.me.Hello.Suites == SuitesUnknown,
		anonymousOnly && !x.is(dimExchange, of(spec.ExchangeAnonymous, spec.ExchangeAnonymousBeside)),
		// No client can prove anything under an anonymous suite.
		anonymous && x.is(dimClientAuth, of(spec.ClientAuthRequire)):
		x.noCommonSuite()
		return
	}
	x.me.Suite = SuiteNormal
	if anonymousOnly && !x.is(dimExchange, of(spec.ExchangeAnonymous)) {
		x.me.Suite = SuiteAnonymous
	}
	x.me.Promised = x.issues() && !x.ticketSpoilt()
	x.me.ID = spec.IDFresh
	if x.me.Promised {
		// RFC 5077, Section 3.4: an empty Session ID where a ticket will be issued.
		x.me.ID = spec.IDEmpty
	}
	x.sendHello()
	if !anonymous {
		x.send(symCertificate)
	}
	if anonymous || x.ephemeral() {
		x.send(symServerKX)
	}
	x.me.State = spec.AwaitClientKeyExchange
	if !anonymous && !x.is(dimClientAuth, of(spec.ClientAuthOff)) {
		x.send(symCertRequest)
		x.me.State = spec.AwaitClientCertificate
	}
	x.send(symHelloDone)
}

func (x *exec) clientCertificate() {
	switch {
	case x.in.empty:
		x.me.Cert = CertEmpty
		if x.is(dimClientAuth, of(spec.ClientAuthRequire)) && !x.has(faultEmptyClientCertificate) {
			// RFC 5246, Section 7.4.6: without a certificate the server may refuse.
			x.fail(spec.HandshakeFailure)
			return
		}
		x.me.State = spec.AwaitClientKeyExchange
	case x.in.origin == Forged:
		x.fail(spec.UnknownCA)
	default:
		x.me.Cert = CertGood
		x.me.State = spec.AwaitClientKeyExchangeVerify
	}
}

func (x *exec) clientKeyExchange(next spec.State) {
	if x.me.Cert != CertGood && x.has(faultEmptyClientCertificate) && x.is(dimClientAuth, of(spec.ClientAuthRequire)) {
		x.fail(spec.HandshakeFailure)
		return
	}
	x.me.Secret = spec.KeyExchanged
	if x.in.origin != Honest {
		x.me.Foreign = true
		x.me.Secret = spec.OtherKeyExchanged
	}
	// RFC 5246, Section 7.4.7.1: with another client_version inside, the
	// premaster secret is replaced by a random one.
	if x.me.Hello.Version != SameVersion && x.me.Suite == SuiteNormal && x.is(dimExchange, of(spec.ExchangeRSA)) && !x.sameByChance() {
		x.me.Secret = spec.OtherKeyExchanged
	}
	x.me.State = next
}

// sameByChance reports whether the premaster secret holds the version of the
// ClientHello that the server has read, although the client has not sent that one.
func (x *exec) sameByChance() bool {
	return x.in.origin == Honest && x.me.Hello.Random == RandomForeign && x.chVersion() == x.clientMax()
}

func (x *exec) clientFinished() {
	if x.in.class == classBadVerify && !x.has(faultFinishedUnverified) {
		x.fail(spec.DecryptError)
		return
	}
	if x.me.State == spec.AwaitFinishedAbbreviated {
		x.me.PeerAuth = true // by the secret
		x.me.State = spec.Established
		return
	}
	if x.me.Promised || x.has(faultUnpromisedTicket) {
		x.send(symTicket)
	}
	x.send(symCCS)
	x.send(symFinished)
	x.me.State = spec.Established
	if x.me.ID == spec.IDFresh {
		x.me.HasAdded, x.out.cache = true, spec.CacheAdd
	}
}
