package plain

import "github.com/sesame-tls/sesame/spec"

func (e Endpoint) client(c Config, in Input) (Endpoint, []Output) {
	m := in.Message
	if e.either && e.decide(m) && !sessionFits(c) {
		return e.abort(spec.HandshakeFailure)
	}
	switch {
	case m == spec.CertificateRequest && e.Script[0] == spec.ServerHelloDone && e.full && !e.asked:
		if anonymous(c) {
			return e.abort(spec.HandshakeFailure)
		}
		e.asked = true
		return e, nil
	case e.Script[0] != m:
		return e.abort(spec.UnexpectedMessage)
	}
	if alert, done, mine := e.finish(in); mine {
		switch {
		case alert != 0:
			return e.abort(alert)
		case !done || e.full:
			return e, nil
		}
		return e, []Output{{Message: spec.ChangeCipherSpec}, {Message: spec.Finished}}
	}
	switch m {
	case spec.ServerHello:
		return e.serverHello(c, in)
	case spec.Certificate:
		switch {
		case in.Empty:
			return e.abort(spec.DecodeError)
		case c.TrustRoot == spec.Off:
			return e.abort(spec.UnknownCA)
		}
	case spec.ServerKeyExchange:
		if in.Wrong && !anonymous(c) {
			return e.abort(spec.DecryptError)
		}
	case spec.ServerHelloDone:
		return e.answer(c)
	}
	e.next()
	return e, nil
}

// answer sends the client's part of a full handshake.
func (e Endpoint) answer(c Config) (Endpoint, []Output) {
	e.next()
	var out []Output
	if e.asked {
		out = append(out, Output{Message: spec.Certificate, Empty: c.ClientCert != spec.On})
	}
	out = append(out, Output{Message: spec.ClientKeyExchange})
	if e.asked && c.ClientCert == spec.On {
		out = append(out, Output{Message: spec.CertificateVerify})
	}
	return e, append(out, Output{Message: spec.ChangeCipherSpec}, Output{Message: spec.Finished})
}

func (e Endpoint) serverHello(c Config, in Input) (Endpoint, []Output) {
	resumes := in.ID == spec.IDEcho && (c.SessionID == spec.IDCached || c.Ticket == spec.TicketSession && c.SessionID == spec.IDFresh)
	switch {
	case in.WrongSuite:
		return e.abort(spec.IllegalParameter)
	case in.Unrequested, in.Promise && c.Ticket == spec.TicketAbsent:
		return e.abort(spec.UnsupportedExtension)
	case c.ClientEMS == spec.Required && c.ServerEMS == spec.Off, resumes && !sessionFits(c):
		return e.abort(spec.HandshakeFailure)
	}
	e.promise = in.Promise
	if resumes {
		e.resume()
		return e, nil
	}
	e.full = true
	e.Script = fullScript(c, in.Promise)
	if in.ID == spec.IDEcho && c.SessionID != spec.IDEmpty {
		// It names a session that was not offered: only its Finished could follow.
		e.Script = script(spec.NoMessage)
	}
	e.either = c.Ticket == spec.TicketSession && c.SessionID == spec.IDEmpty
	return e, nil
}

// resume waits for the server's part of a shortened handshake.
func (e *Endpoint) resume() {
	e.full, e.either = false, false
	e.Script = script(spec.ChangeCipherSpec, spec.Finished)
	if e.promise {
		e.Script = script(spec.NewSessionTicket, spec.ChangeCipherSpec, spec.Finished)
	}
}

// decide tells from the message after ServerHello whether a ticket that came
// with an empty Session ID was accepted (RFC 5077, Section 3.4).
func (e *Endpoint) decide(m spec.Message) bool {
	e.either = false
	accepted := m == spec.NewSessionTicket && e.promise || m == spec.ChangeCipherSpec && !e.promise
	if accepted {
		e.resume()
	}
	return accepted
}

// fullScript is what a client reads in a full handshake after ServerHello.
func fullScript(c Config, promise bool) [8]spec.Message {
	var all []spec.Message
	if !anonymous(c) {
		all = append(all, spec.Certificate)
	}
	if c.Exchange != spec.ExchangeRSA {
		all = append(all, spec.ServerKeyExchange)
	}
	all = append(all, spec.ServerHelloDone)
	if promise {
		all = append(all, spec.NewSessionTicket)
	}
	return script(append(all, spec.ChangeCipherSpec, spec.Finished)...)
}
