package plain

import "github.com/sesame-tls/sesame/spec"

func (e Endpoint) server(c Config, in Input) (Endpoint, []Output) {
	m := in.Message
	if e.Script[0] != m {
		return e.abort(spec.UnexpectedMessage)
	}
	if alert, done, mine := e.finish(in); mine {
		switch {
		case alert != 0:
			return e.abort(alert)
		case !done || !e.full:
			return e, nil
		}
		var out []Output
		if e.promise {
			out = append(out, Output{Message: spec.NewSessionTicket})
		}
		return e, append(out, Output{Message: spec.ChangeCipherSpec}, Output{Message: spec.Finished})
	}
	switch m {
	case spec.ClientHello:
		return e.clientHello(c, in)
	case spec.Certificate:
		if in.Empty {
			if c.ClientAuth == spec.ClientAuthRequire {
				return e.abort(spec.HandshakeFailure)
			}
		} else {
			e.Script = script(m, spec.ClientKeyExchange, spec.CertificateVerify, spec.ChangeCipherSpec, spec.Finished)
		}
	case spec.CertificateVerify:
		if in.Wrong {
			return e.abort(spec.DecryptError)
		}
	}
	e.next()
	return e, nil
}

func (e Endpoint) clientHello(c Config, in Input) (Endpoint, []Output) {
	hasTicket := in.Ticket == spec.TicketPAC || in.Ticket == spec.TicketSession
	if c.ServerEMS == spec.Required && c.ClientEMS == spec.Off {
		return e.abort(spec.HandshakeFailure)
	}
	byTicket := in.Ticket == spec.TicketSession && c.ServerTickets == spec.On
	byID := !hasTicket && in.ID == spec.IDCached
	// A session under an anonymous suite never had the certificate that is required.
	if (byTicket || byID) && !(anonymous(c) && c.ClientAuth == spec.ClientAuthRequire) && c.SessionEMS == spec.On {
		if c.ClientEMS == spec.Off {
			return e.abort(spec.HandshakeFailure) // RFC 7627, Section 5.3
		}
		if c.ServerEMS != spec.Off {
			e.Script = script(spec.ChangeCipherSpec, spec.Finished)
			id := spec.IDEcho
			if in.ID == spec.IDEmpty {
				id = spec.IDEmpty
			}
			return e, []Output{
				{Message: spec.ServerHello, ID: id}, {Message: spec.ChangeCipherSpec}, {Message: spec.Finished},
			}
		}
	}
	return e.flight(c, in)
}

// flight sends the server's part of a full handshake.
func (e Endpoint) flight(c Config, in Input) (Endpoint, []Output) {
	if anonymous(c) && c.ClientAuth == spec.ClientAuthRequire {
		return e.abort(spec.HandshakeFailure)
	}
	e.full = true
	e.promise = c.ServerTickets == spec.On && in.Ticket != spec.TicketAbsent
	hello := Output{Message: spec.ServerHello, ID: spec.IDFresh}
	if e.promise {
		hello.ID, hello.Promise = spec.IDEmpty, true
	}
	out := []Output{hello}
	if !anonymous(c) {
		out = append(out, Output{Message: spec.Certificate})
	}
	if c.Exchange != spec.ExchangeRSA {
		out = append(out, Output{Message: spec.ServerKeyExchange})
	}
	e.Script = script(spec.ClientKeyExchange, spec.ChangeCipherSpec, spec.Finished)
	if c.ClientAuth != spec.ClientAuthOff && !anonymous(c) {
		out = append(out, Output{Message: spec.CertificateRequest})
		e.Script = script(spec.Certificate, spec.ClientKeyExchange, spec.ChangeCipherSpec, spec.Finished)
	}
	return e, append(out, Output{Message: spec.ServerHelloDone})
}
