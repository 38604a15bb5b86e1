// Package plain is a small model of TLS up to version 1.2 as it is without any
// session-secret callback: full handshakes, and resumption by Session ID
// (RFC 5246) and by ticket (RFC 5077).
//
// It is written apart from package model, in another way: an endpoint is the
// script of what it still expects to read. Tests hold the two against each
// other, to show that package model with its callbacks unset is nothing but
// TLS, and that a callback that declines changes nothing but the tickets.
package plain

import "github.com/sesame-tls/sesame/spec"

// Config is what both sides were told. The scenario's open fields count as
// their defaults; its callbacks and all that belongs to them are ignored.
type Config = spec.Scenario

// Input is one message as an endpoint reads it, under its keys where they are
// active. The fields of a hello are those that the course depends on.
type Input struct {
	Message spec.Message
	Level   spec.AlertLevel
	Empty   bool // a Certificate without a certificate
	Wrong   bool // a Finished or a signature that does not verify

	Ticket      spec.Ticket // of ClientHello; TicketPAC is one that does not open
	ID          spec.ID     // of ClientHello; of ServerHello: IDEcho is the client's own
	Promise     bool        // of ServerHello: the SessionTicket extension
	WrongSuite  bool        // of ServerHello: a suite that is not for the version
	Unrequested bool        // of ServerHello: an extension that was not asked for
}

// Output is one message that an endpoint sends.
type Output struct {
	Message spec.Message
	Alert   spec.AlertDescription // of an alert
	Empty   bool                  // of a Certificate
	ID      spec.ID               // of ServerHello: IDEmpty, IDFresh, IDEcho
	Promise bool                  // of ServerHello
}

// Endpoint is one side. Endpoints compare with ==.
type Endpoint struct {
	Role        spec.Role
	Script      [8]spec.Message // what is still to be read, in order, up to NoMessage
	Keys        bool            // incoming records are protected
	Established bool
	Closed      bool

	full    bool // this is a full handshake
	asked   bool // client: CertificateRequest was read
	promise bool // NewSessionTicket was announced
	either  bool // client: the next message tells whether the ticket was accepted
}

// Client returns a client that has sent its ClientHello.
func Client() Endpoint {
	return Endpoint{Role: spec.Client, Script: script(spec.ServerHello)}
}

// Server returns a server that waits for a client.
func Server() Endpoint {
	return Endpoint{Role: spec.Server, Script: script(spec.ClientHello)}
}

func script(messages ...spec.Message) (s [8]spec.Message) {
	copy(s[:], messages)
	return s
}

// Step lets e read in.
func (e Endpoint) Step(c Config, in Input) (Endpoint, []Output) {
	c = c.WithDefaults()
	m := in.Message
	between := !e.Established && !e.Keys
	switch {
	case e.Closed:
		return e, nil
	case m == spec.Alert && in.Level == spec.LevelFatal:
		e.Closed = true
		return e, nil
	case m == spec.Alert && !(e.Keys && !e.Established):
		return e, nil
	case m == spec.HelloRequest && e.Role == spec.Client && between:
		return e, nil
	case e.Established && m == spec.ApplicationData:
		return e, nil
	case e.Established && (e.Role == spec.Client && m == spec.HelloRequest || e.Role == spec.Server && m == spec.ClientHello):
		return e, []Output{{Message: spec.Alert, Alert: spec.NoRenegotiation}}
	case e.Established:
		return e.abort(spec.UnexpectedMessage)
	case e.Role == spec.Client:
		return e.client(c, in)
	}
	return e.server(c, in)
}

func (e Endpoint) abort(a spec.AlertDescription) (Endpoint, []Output) {
	e.Closed = true
	return e, []Output{{Message: spec.Alert, Alert: a}}
}

// next takes the first message off the script.
func (e *Endpoint) next() {
	copy(e.Script[:], e.Script[1:])
	e.Script[len(e.Script)-1] = spec.NoMessage
}

// finish reads ChangeCipherSpec and Finished, which both sides do alike. It
// reports false for other messages.
func (e *Endpoint) finish(in Input) (alert spec.AlertDescription, done, mine bool) {
	switch in.Message {
	case spec.ChangeCipherSpec:
		e.Keys = true
		e.next()
		return 0, false, true
	case spec.Finished:
		if in.Wrong {
			return spec.DecryptError, false, true
		}
		e.Established = true
		return 0, true, true
	}
	return 0, false, false
}

// ems reports whether both sides use extended_master_secret.
func ems(c Config) bool { return c.ClientEMS != spec.Off && c.ServerEMS != spec.Off }

// sessionFits reports whether the session that the client has offered can be
// resumed (RFC 7627, Section 5.3).
func sessionFits(c Config) bool { return ems(c) && c.SessionEMS == spec.On }

func anonymous(c Config) bool { return c.Exchange == spec.ExchangeAnonymous }
