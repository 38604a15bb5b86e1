package table

import (
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// actions says of each action of the tables what it shows. One that shows
// nothing is in silent.
var actions = map[string]func(*play){
	"sendClientHello": func(p *play) { p.send(spec.ClientHello) },
	"readServerHello": (*play).readServerHello,
	"takeUpSession": func(p *play) {
		p.e.Secret, p.e.Resumed = spec.Session, spec.BySessionID
		if p.sc.Ticket == spec.TicketSession {
			p.e.Resumed = spec.ByTicket
		}
	},
	"askSecret":              (*play).askSecret,
	"armTicket":              func(p *play) { p.e.Secret, p.e.Pending = spec.PAC, true },
	"refuseAnonymousTicket":  func(p *play) { p.fail(spec.IllegalParameter) },
	"refuseAnonymousRequest": func(p *play) { p.fail(spec.HandshakeFailure) },
	"useSessionSecret":       func(p *play) { p.e.Pending, p.e.Resumed = false, spec.BySessionSecret },
	"activateRead":           func(p *play) { p.o.Read = p.e.Secret },
	"dropSessionSecret":      func(p *play) { p.e.Pending, p.e.Secret = false, spec.NoSecret },
	"readServerCertificate": func(p *play) {
		if p.in.Message.Empty {
			p.fail(spec.DecodeError)
		}
	},
	"takeServerKey":         func(p *play) { p.e.PeerAuth = true },
	"readServerKeyExchange": func(p *play) { p.verify(!p.anonymous()) },
	"askCertificate": func(p *play) {
		p.e.Cert = model.CertEmpty
		if p.sc.ClientCert == spec.On {
			p.e.Cert = model.CertGood
		}
	},
	"sendClientCertificate": func(p *play) { p.send(spec.Certificate) },
	"sendClientKeyExchange": func(p *play) { p.send(spec.ClientKeyExchange) },
	"deriveMasterSecret":    func(p *play) { p.e.Secret = spec.KeyExchanged },
	"sendCertificateVerify": func(p *play) {
		if p.e.Cert == model.CertGood {
			p.send(spec.CertificateVerify)
		}
	},
	"sendChangeCipherSpec": func(p *play) { p.send(spec.ChangeCipherSpec) },
	"sendFinished":         func(p *play) { p.send(spec.Finished) },
	"verifyFinished": func(p *play) {
		p.verify(true)
		if p.e.State == spec.AwaitFinishedAbbreviated {
			p.e.PeerAuth = true // by the secret
		}
	},
	"issueSession": func(p *play) {
		if p.role == spec.Server && p.e.ID == spec.IDFresh {
			p.o.Cache = spec.CacheAdd
		}
	},
	"deliver": func(p *play) { p.o.Delivered = 1 },
	"refuseRenegotiation": func(p *play) {
		p.send(spec.Alert)
		p.o.Sent[0].Alert = spec.NoRenegotiation
	},

	"askSession":        (*play).askSession,
	"considerSession":   (*play).considerSession,
	"chooseTicketSuite": (*play).chooseTicketSuite,
	"chooseSuite":       (*play).chooseSuite,
	"sendServerHello": func(p *play) {
		p.send(spec.ServerHello)
	},
	"sendServerCertificate":  func(p *play) { p.send(spec.Certificate) },
	"sendServerKeyExchange":  func(p *play) { p.send(spec.ServerKeyExchange) },
	"sendCertificateRequest": func(p *play) { p.send(spec.CertificateRequest) },
	"sendServerHelloDone":    func(p *play) { p.send(spec.ServerHelloDone) },
	"readClientCertificate": func(p *play) {
		switch {
		case !p.in.Message.Empty:
			p.e.Cert = model.CertGood
		case p.sc.ClientAuth == spec.ClientAuthRequire:
			p.fail(spec.HandshakeFailure)
		}
	},
	"verifyCertificateVerify": func(p *play) {
		p.verify(true)
		p.e.PeerAuth = true
	},
	"sendNewSessionTicket": func(p *play) { p.send(spec.NewSessionTicket) },
}

// silent are the actions that show nothing in a model of symbols: they parse,
// compute, or ask the caller for what later actions need.
var silent = map[string]bool{
	"ignore": true, "readServerHelloDone": true, "readNewSessionTicket": true, "askClientSignature": true, "askConfirmation": true,
	"readCertificateRequest": true, "readClientHello": true, "deriveKeys": true, "askServerCertificate": true, "makeServerKey": true,
	"askServerSignature": true, "takeClientKey": true, "readClientKeyExchange": true, "askTicket": true,
}

// refusals are the actions that always end the handshake, so that their row
// must lead to Failed.
var refusals = map[string]bool{"refuseAnonymousTicket": true, "refuseAnonymousRequest": true}

func (p *play) do(name string) {
	act := actions[name]
	switch {
	case act != nil:
		act(p)
	case !silent[name]:
		p.broken = "nothing is known of the action " + name
	}
}

// verify checks what is signed or a Finished.
func (p *play) verify(checked bool) {
	if p.in.Wrong && checked {
		p.fail(spec.DecryptError)
	}
}

func (p *play) readServerHello() {
	h := p.in.Message.Hello
	switch {
	case h.Suite == model.SuiteWrongVersion:
		p.fail(spec.IllegalParameter)
	case h.Unrequested, h.TicketExt == spec.On && p.sc.Ticket == spec.TicketAbsent:
		p.fail(spec.UnsupportedExtension)
	default:
		p.e.ID, p.e.Promised, p.e.Suite = h.ID, h.TicketExt == spec.On, model.SuiteNormal
	}
}

func (p *play) askSecret() {
	p.o.Call.Result = p.sc.ClientCallback
	if p.sc.ClientCallback != spec.CallbackAccept {
		p.fail(spec.InternalError)
	}
}

// askSession asks the callback, or looks a session up.
func (p *play) askSession() {
	h := p.in.Message.Hello
	carries := h.Ticket != model.TicketStripped && h.Ticket != model.TicketEmptied
	switch {
	case carries && p.sc.ServerCallback != spec.CallbackUnset:
		p.askServerSecret(h.Ticket == model.TicketGood)
	case !carries && h.ID != spec.IDEmpty:
		p.o.Cache = spec.CacheLookup
		p.session = h.ID == spec.IDCached
	case carries:
		p.session = h.Ticket == model.TicketOfSession && p.sc.ServerTickets == spec.On
	}
}

func (p *play) askServerSecret(opens bool) {
	if p.sc.ClientAuth == spec.ClientAuthRequire && p.sc.StandsIn != spec.On {
		return
	}
	p.o.Call.Result = p.sc.ServerCallback
	switch {
	case p.sc.ServerCallback == spec.CallbackAccept && opens:
		p.e.Secret = spec.PAC
	case p.sc.ServerCallback == spec.CallbackAccept:
		p.o.Call.Result = spec.CallbackDecline // a ticket that does not open
	case p.sc.ServerCallback != spec.CallbackDecline:
		p.fail(spec.InternalError)
	}
}

func (p *play) considerSession() {
	if !p.session || p.sc.ClientAuth == spec.ClientAuthRequire && p.anonymous() {
		return
	}
	p.e.Secret, p.e.Resumed, p.suite = spec.Session, spec.BySessionID, true
	if t := p.in.Message.Hello.Ticket; t != model.TicketStripped && t != model.TicketEmptied {
		p.e.Resumed = spec.ByTicket
	}
}

func (p *play) chooseTicketSuite() {
	p.e.Resumed, p.suite = spec.BySessionSecret, true
	if p.anonymous() {
		p.fail(spec.HandshakeFailure)
	}
}

func (p *play) chooseSuite() {
	if p.anonymous() && p.sc.ClientAuth == spec.ClientAuthRequire {
		p.fail(spec.HandshakeFailure)
		return
	}
	p.suite, p.e.Suite = true, model.SuiteNormal
	p.e.Promised = p.in.Message.Hello.Ticket != model.TicketStripped && p.sc.ServerCallback == spec.CallbackUnset && p.sc.ServerTickets == spec.On
}
