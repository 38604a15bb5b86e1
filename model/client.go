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
	case m == spec.ChangeCipherSpec && pending && !x.has(faultCCSRefused) && !x.awaitsTicket():
		if x.anonymous(x.me.Suite) && !x.has(faultAnonymousTaken) {
			x.fail(spec.IllegalParameter)
			return
		}
		x.me.Resumed, x.me.State = spec.BySessionSecret, spec.AwaitFinishedAbbreviated
		if x.has(faultFinishedFirst) {
			x.send(symCCS)
			x.send(symFinished)
		}
	case m == spec.NewSessionTicket && pending && x.awaitsTicket():
		x.newSessionTicket()
		x.me.Pending, x.me.Promised = true, false
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
		if x.otherShare() {
			x.fail(spec.DecodeError) // the length of a prime that is longer than the message
			return
		}
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
	case x.in.empty && x.has(faultEmptyChainTaken):
		x.me.State = spec.AwaitServerKeyExchange
	case x.in.empty:
		x.fail(spec.DecodeError)
	case x.in.origin == Forged || !x.is(dimTrustRoot, of(spec.On)):
		x.fail(spec.UnknownCA)
	default:
		x.me.PeerAuth = true
		x.me.State = spec.AwaitCertificateRequest
		if x.awaitsShare() {
			x.me.State = spec.AwaitServerKeyExchange
		}
	}
}

// awaitsShare reports whether a certificate is followed by ServerKeyExchange. A
// suite that the server's callback has named from outside its list is ephemeral
// in every scenario; that the server goes on in another way is the attacker's doing.
func (x *exec) awaitsShare() bool {
	named := x.st.Server.Resumed == spec.BySessionSecret && x.me.Suite == SuiteNormal && x.me.Hello.Random != RandomForeign
	return x.ephemeral() || named && x.is(dimNamed, of(spec.NamedNotOwn))
}

// signedKeyExchange is the step on a ServerKeyExchange under a certificate.
func (x *exec) signedKeyExchange() {
	if x.otherShare() {
		x.fail(spec.IllegalParameter) // no named curve
		return
	}
	if x.in.origin == Honest && x.formatsDiffer() {
		x.fail(spec.DecodeError)
		return
	}
	if x.has(faultEmptyChainTaken) && !x.me.PeerAuth {
		x.fail(spec.HandshakeFailure) // there is no key to verify it by
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
	if x.me.Cert != NoCert {
		x.misplaced() // it has come before its place
		return
	}
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
	x.me.Ticketed = x.has(faultTicketAwaited)
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
