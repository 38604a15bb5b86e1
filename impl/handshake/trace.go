package handshake

import (
	"bytes"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// trace is what a step has shown so far, for the Tracer.
type trace struct {
	sent      []spec.Sent
	received  spec.AlertSeen
	call      spec.Call
	cache     spec.CacheOp
	delivered int
	failure   spec.Failure // why the machine has failed; outlives the step
}

// called notes what a session-secret callback has answered.
func (t *trace) called(result spec.Callback, named spec.Named) {
	t.call = spec.Call{Made: true, Ticket: spec.TicketPAC, Result: result, Named: named}
}

// refused notes an Abort: the callback has failed if it was asked.
func (t *trace) refused(question Event) {
	if question == SecretWanted {
		t.called(spec.CallbackFail, spec.NamedOpen)
	}
}

// traceSent notes a message that is being sent, under the keys that seal it.
func (m *Machine) traceSent(s spec.Sent) {
	if m.config.Tracer != nil {
		m.noteSent(s)
	}
}

func (m *Machine) noteSent(s spec.Sent) {
	if m.write.Active() {
		s.Keyed = m.secret
	}
	m.trace.sent = append(m.trace.sent, s)
}

// traceHello notes the ClientHello that is being sent.
func (m *Machine) traceHello() {
	if m.config.Tracer != nil {
		m.noteHello()
	}
}

func (m *Machine) noteHello() {
	h := &m.hello
	s := spec.Sent{Message: spec.ClientHello, Version: h.Version, Ticket: spec.TicketAbsent, ID: spec.IDFresh}
	switch {
	case m.opaque:
		s.Ticket = spec.TicketPAC
	case len(h.Ticket) > 0:
		s.Ticket = spec.TicketSession
	case h.HasTicket:
		s.Ticket = spec.TicketEmpty
	}
	switch {
	case len(h.SessionID) == 0:
		s.ID = spec.IDEmpty
	case m.session != nil && bytes.Equal(h.SessionID, m.session.ID):
		s.ID = spec.IDCached
	}
	// The extensions stand behind what else the hello has, in the message.
	var sent wire.ClientHello
	if sent.Parse(m.message[wire.HeaderLen:]) {
		s.Extensions = extensions(sent.Extensions)
	}
	m.noteSent(s)
}

// traceServerHello notes the ServerHello that is being sent.
func (m *Machine) traceServerHello(h *wire.ServerHello) {
	if m.config.Tracer != nil {
		m.noteServerHello(h)
	}
}

func (m *Machine) noteServerHello(h *wire.ServerHello) {
	s := spec.Sent{Message: spec.ServerHello, Version: h.Version, Suite: h.Suite, ID: m.idClass()}
	var sent wire.ServerHello
	if sent.Parse(m.message[wire.HeaderLen:]) {
		s.Extensions = extensions(sent.Extensions)
	}
	m.noteSent(s)
}

// idClass classifies ServerHello's Session ID.
func (m *Machine) idClass() spec.ID {
	switch {
	case m.idLen == 0:
		return spec.IDEmpty
	case m.echoed:
		return spec.IDEcho
	}
	return spec.IDFresh
}

func extensions(x wire.Extensions) []spec.Extension {
	var list []spec.Extension
	for e := range x.All() {
		list = append(list, e)
	}
	return list
}

// named classifies the suite that a callback names.
func (m *Machine) named(id spec.SuiteID) spec.Named {
	s, implemented := spec.SuiteByID(id)
	_, own := m.d.suiteFor(m.version, id)
	switch {
	case id == 0:
		return spec.NamedNone
	case !m.hello.Suites.Contains(id):
		return spec.NamedNotOffered
	case !implemented:
		return spec.NamedNotImplemented
	case s.KeyExchange.Anonymous():
		return spec.NamedAnonymous
	case s.MinVersion > m.version:
		return spec.NamedWrongVersion
	case !own:
		return spec.NamedNotOwn
	}
	return spec.NamedOffered
}

// observe reports the step that ends here.
func (m *Machine) observe(e spec.Event) {
	if m.config.Tracer != nil {
		o := spec.Observation{
			Event: e, Sent: m.trace.sent, Received: m.trace.received, Call: m.trace.call,
			Cache: m.trace.cache, Delivered: m.trace.delivered,
		}
		m.Observe(&o)
		m.config.Tracer(&o)
	}
	m.trace = trace{failure: m.trace.failure}
}

// Observe fills in what can be seen of the machine between two messages: the
// fields of an observation but for Event, Sent, Received, Call, Cache and
// Delivered.
func (m *Machine) Observe(o *spec.Observation) {
	o.Role, o.State, o.Failure = m.role, m.state, m.trace.failure
	o.Read, o.Write, o.Secret, o.Resumed = spec.NoSecret, spec.NoSecret, m.secret, m.resumed
	o.Pending, o.EMS, o.EtM, o.PeerAuth = m.pending, m.ems, m.etm, m.peerProved
	o.Version, o.Suite, o.ID, o.Promised = 0, 0, spec.IDOpen, false
	switch m.state {
	case spec.Failed:
		o.Resumed, o.EMS, o.EtM, o.PeerAuth = spec.Full, false, false, false
		return
	case spec.Start, spec.AwaitClientHello, spec.AwaitServerHello:
	default:
		o.Version, o.Suite, o.ID, o.Promised = m.version, m.suite.ID, m.idClass(), m.promised
	}
	if m.read.Active() {
		o.Read = m.secret
	}
	if m.write.Active() {
		o.Write = m.secret
	}
}

// event names the step that has taken a message, or sent ClientHello.
func (m *Machine) event() spec.Event {
	if m.on == decided {
		return spec.ClientStart
	}
	return spec.Receive(m.role, m.on)
}

// failureEvent names the step in which the machine fails.
func (m *Machine) failureEvent(why spec.Failure) spec.Event {
	client := m.role == spec.Client
	switch {
	case why == spec.FailureEndOfStream:
		return spec.Receive(m.role, spec.EndOfStream)
	case why == spec.FailureReceivedAlert && m.trace.received.Level == spec.LevelWarning:
		return m.warningEvent()
	case why == spec.FailureReceivedAlert && client:
		return spec.ClientReceiveFatalAlert
	case why == spec.FailureReceivedAlert:
		return spec.ServerReceiveFatalAlert
	case client:
		return spec.ClientReject
	}
	return spec.ServerReject
}

func (m *Machine) warningEvent() spec.Event {
	if m.role == spec.Client {
		return spec.ClientReceiveWarning
	}
	return spec.ServerReceiveWarning
}
