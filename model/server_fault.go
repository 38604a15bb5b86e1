package model

import "github.com/sesame-tls/sesame/spec"

// opensTicket reports whether a callback that accepts PACs opens the ticket.
func (x *exec) opensTicket() bool {
	return x.has(faultForgedTicket) || x.callbackWithout() || x.chTicketPAC()
}

// callbackWithout reports whether the callback is called without a ticket.
func (x *exec) callbackWithout() bool { return x.has(faultWithoutTicket) && !x.chTicketNonEmpty() }

// askedWithoutTicket calls the callback where there is no ticket, if that is
// what this server does, and reports whether that ends the step.
func (x *exec) askedWithoutTicket() bool {
	return x.has(faultWithoutTicket) && !x.is(dimServerCallback, of(spec.CallbackUnset)) &&
		x.callbackApplies() && x.callback()
}

// callbackFailed ends the handshake: the server is broken.
func (x *exec) callbackFailed() {
	if x.has(faultFailureAlert) {
		x.fail(spec.HandshakeFailure)
		return
	}
	x.fail(spec.InternalError)
}

// noCommonSuite ends the handshake.
func (x *exec) noCommonSuite() {
	if x.has(faultNoCommonSuiteIllegal) {
		x.fail(spec.IllegalParameter)
		return
	}
	x.fail(spec.HandshakeFailure)
}

// acceptedAmiss is what goes wrong where the callback has accepted. It reports
// whether that ends the step.
func (x *exec) acceptedAmiss() bool {
	if x.has(faultSilentCrash) && x.is(dimNamed, of(spec.NamedNone)) {
		return true
	}
	if x.has(faultAcceptCrashes) && x.is(dimNamed, of(spec.NamedNone)) {
		x.closeSilently()
		return true
	}
	if !x.has(faultUnofferedSuite) {
		return false
	}
	suite := x.namedAmiss()
	if suite == NoSuite {
		return false
	}
	x.abbreviated(spec.BySessionSecret, spec.PAC)
	x.me.Suite = suite
	return true
}

// namedAmiss returns the suite that the callback names where it does not suit what
// is offered, and NoSuite where it does.
func (x *exec) namedAmiss() Suite {
	changed := x.me.Hello.Suites == SuitesAnonymous || x.me.Hello.Suites == SuitesUnknown
	switch {
	case x.is(dimNamed, of(spec.NamedNotOffered)), changed && x.is(dimNamed, of(spec.NamedOffered, spec.NamedNotOwn)):
		return SuiteNotOffered
	case x.is(dimNamed, of(spec.NamedAnonymous)):
		return SuiteAnonymous
	case x.is(dimNamed, of(spec.NamedWrongVersion)), x.namedTooNew():
		return SuiteWrongVersion
	}
	return NoSuite
}

// acceptedID returns the Session ID by which a ticket's acceptance is answered.
func (x *exec) acceptedID() spec.ID {
	if x.has(faultTicketsBeside) && x.issues() {
		return spec.IDEmpty
	}
	if x.has(faultNoEcho) || x.has(faultEmptyIDAnswered) && !x.chHasID() {
		return spec.IDFresh
	}
	return spec.IDEcho
}

// ticketsBeside reports whether a ticket is issued although the callback is set.
func (x *exec) ticketsBeside() bool {
	return x.has(faultTicketsBeside) && !x.chTicketNonEmpty()
}

// noSSL3 refuses a client that offers SSL 3.0 at most.
func (x *exec) noSSL3() {
	if x.has(faultSSL3Failure) {
		x.fail(spec.HandshakeFailure)
		return
	}
	x.fail(spec.ProtocolVersion)
}

// sessionSuiteMissing is what comes of a session whose suite is not offered: it is
// not resumed. It reports whether that ends the step.
func (x *exec) sessionSuiteMissing() bool {
	if x.has(faultSessionSuiteIllegal) {
		x.fail(spec.IllegalParameter)
		return true
	}
	return false
}

// idIgnored reports whether the Session ID is not looked up beside an empty
// SessionTicket extension.
func (x *exec) idIgnored() bool {
	return x.has(faultIDBesideTicketIgnored) && x.chTicketExtension() && x.is(dimServerTickets, of(spec.On))
}

// sessionEMSMissing refuses a hello without extended_master_secret for a session
// with it.
func (x *exec) sessionEMSMissing() {
	if x.has(faultSessionEMSIllegal) {
		x.fail(spec.IllegalParameter)
		return
	}
	x.fail(spec.HandshakeFailure)
}

// certificateUnasked is the step on a Certificate that nobody has asked for.
func (x *exec) certificateUnasked() {
	switch {
	case !x.has(faultCertificateUnasked):
		x.misplaced()
	case x.me.Cert != NoCert:
		x.misplaced()
	case x.in.empty && x.is(dimClientAuth, of(spec.ClientAuthRequire)) && !x.has(faultEmptyClientCertificate):
		x.fail(spec.HandshakeFailure)
	default:
		x.takeUnasked()
	}
}

// ccsFirst is the step on ChangeCipherSpec before ClientHello.
func (x *exec) ccsFirst() {
	if !x.has(faultHelloCCSIgnored) || x.is(dimServerCallback, of(spec.CallbackUnset)) {
		x.misplaced()
		return
	}
	x.me.Heard = true
	x.ignored()
}

// afterCCS refuses what must not follow ChangeCipherSpec where one has come before
// ClientHello, and reports whether it was that. The checks are as old as that of a
// client's late certificate.
func (x *exec) afterCCS() bool {
	switch x.in.typ {
	case spec.ChangeCipherSpec:
		x.misplaced()
		return true
	case spec.Certificate, spec.ClientKeyExchange, spec.CertificateVerify:
		if !x.has(faultCertificateLate) {
			x.fail(spec.UnexpectedMessage)
			return true
		}
	}
	return false
}

// takeUnasked notes a client certificate that is not due.
func (x *exec) takeUnasked() {
	x.me.Cert = CertGood
	if x.in.empty {
		x.me.Cert = CertEmpty
	}
	x.ignored()
}

// certificateSkipped is the step on a ClientKeyExchange in the place of the
// Certificate that was asked for.
func (x *exec) certificateSkipped() {
	switch {
	case !x.has(faultCertificateSkipped):
		x.misplaced()
	case x.is(dimClientAuth, of(spec.ClientAuthRequire)):
		x.fail(spec.HandshakeFailure)
	default:
		x.clientKeyExchange(spec.AwaitChangeCipherSpec)
	}
}

// takesAnywhere takes a message whose place a server does not check, and reports
// whether it was one.
func (x *exec) takesAnywhere() bool {
	switch {
	case x.in.typ == spec.Certificate && x.has(faultCertificateLate) && x.me.State == spec.AwaitChangeCipherSpec && x.me.Cert == NoCert:
		x.takeUnasked()
	case x.in.typ == spec.CertificateVerify && x.has(faultVerifyKeyless) && x.me.Cert == CertEmpty && !x.me.State.ReadProtected():
		x.me.Cert = CertEmptyVerified
		x.ignored()
	default:
		return false
	}
	return true
}

// verifyDue reports whether CertificateVerify is waited for after a certificate
// that nobody has asked for.
func (x *exec) verifyDue() bool {
	return x.has(faultCertificateUnasked) && x.me.Cert == CertGood && !x.is(dimClientAuth, of(spec.ClientAuthOff))
}

// verifyUnasked is the step on a CertificateVerify that is not due.
func (x *exec) verifyUnasked() {
	unverified := x.me.Cert == CertGood && !x.me.PeerAuth
	keyless := x.me.Cert == CertEmpty && !x.has(faultVerifyKeyless)
	if x.has(faultCertificateUnasked) && (unverified || keyless) {
		x.fail(spec.BadCertificate)
		return
	}
	x.misplaced()
}

// ticketSpoilt reports whether a ticket that was not taken keeps a new one from
// being issued.
func (x *exec) ticketSpoilt() bool {
	if !x.has(faultNoTicketAfterBad) && !x.has(faultNoTicketOtherVersion) || !x.chTicketNonEmpty() {
		return false
	}
	otherVersion := x.me.Hello.Version != SameVersion && x.sentVersion() != min(x.clientMax(), x.serverMax())
	return x.has(faultNoTicketAfterBad) || x.has(faultNoTicketOtherVersion) && otherVersion && x.chTicketSession()
}
