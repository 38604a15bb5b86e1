package handshake

import (
	"errors"
	"fmt"
	"io"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// refuse makes the error for what the peer has done.
func refuse(alert spec.AlertDescription, section, format string, args ...any) *Error {
	return &Error{Alert: alert, Section: section, Text: fmt.Sprintf(format, args...)}
}

// sectionDecision is about the message that decides about a ticket.
const sectionDecision = "RFC 4851, Section 3.2.3"

// unexpected makes the error for a message that no row takes.
func (m *Machine) unexpected() *Error {
	section := "RFC 5246, Section 7.3"
	switch m.state {
	case spec.AwaitServerFlight:
		section = sectionDecision
	case spec.AwaitFinished, spec.AwaitFinishedAbbreviated:
		section = "RFC 5246, Section 7.4.9"
	case spec.Established:
		section = "RFC 5246, Section 7.4"
	}
	return refuse(spec.UnexpectedMessage, section, "unexpected %v", m.on)
}

// malformed makes the error for a message that does not parse.
func (m *Machine) malformed() *Error {
	// RFC 5246, Section 7.2.2: decode_error.
	return refuse(spec.DecodeError, "RFC 5246, Section 7.2.2", "malformed %v", m.on)
}

// fail ends the machine: the alert is sent, unless it came from the peer.
func (m *Machine) fail(cause error) error {
	e := asError(cause)
	e.State, e.Message, e.TicketAccepted = m.state, m.on, m.ticketAccepted
	e.Requirement = m.requirement(e)
	if !e.Received && e.Alert != spec.AlertNone && !m.closed {
		e.Sent = m.sendAlert(spec.LevelFatal, e.Alert)
	}
	why := spec.FailureSentAlert
	if e.Received {
		why = spec.FailureReceivedAlert
	}
	m.end(e, why)
	return e
}

// end makes the machine a failed one.
func (m *Machine) end(e *Error, why spec.Failure) {
	// RFC 5246, Section 7.2.2: after a fatal alert the session must not be resumed.
	m.doomed = why != spec.FailureEndOfStream && m.dooms()
	if m.doomed && m.role == spec.Server && m.idLen > 0 {
		m.trace.cache = spec.CacheRemove
	}
	event := m.failureEvent(why)
	m.wipe()
	m.err, m.state, m.row, m.todo, m.question = e, spec.Failed, nil, nil, 0
	m.in, m.handled, m.rest, m.told = recycle(m.in), 0, nil, toldEvents{}
	m.trace.failure = why
	m.observe(event)
}

// dooms reports whether failing now makes a session unusable. A handshake with
// a session secret never does, nor does a ticket at its server: there the
// Session ID is no key to anything (RFC 5077, Section 3.4).
func (m *Machine) dooms() bool {
	switch m.secret {
	case spec.Session:
		return m.resumed == spec.BySessionID || m.resumed == spec.ByTicket && m.role == spec.Client
	case spec.KeyExchanged:
		return m.state == spec.Established
	}
	return false
}

// asError makes an Error of what went wrong in a package below.
func asError(cause error) *Error {
	var e *Error
	var r *record.Error
	var k *kx.Error
	switch {
	case errors.As(cause, &e):
		return e
	case errors.As(cause, &r):
		return &Error{Alert: r.Alert, Section: r.Section, Text: r.Reason}
	case errors.As(cause, &k):
		return &Error{Alert: k.Alert, Section: k.Section, Text: k.Text, Err: k.Err}
	}
	return &Error{Alert: spec.InternalError, Text: "cannot go on", Err: cause}
}

// takeAlert takes an alert of the peer's.
func (m *Machine) takeAlert(content []byte) (Event, error) {
	m.on = spec.Alert
	var a wire.Alert
	if !a.Parse(content) {
		return 0, m.malformed()
	}
	m.alert = a.Description
	m.trace.received = spec.AlertSeen{Level: a.Level, Description: a.Description}
	switch {
	case a.Level == spec.LevelFatal:
		return 0, received(a.Description)
	case a.Level != spec.LevelWarning:
		return 0, refuse(spec.IllegalParameter, "RFC 5246, Section 7.2", "alert of unknown level %d", uint8(a.Level))
	case a.Description == spec.CloseNotify:
		return m.takeCloseNotify()
	case m.state == spec.AwaitFinished || m.state == spec.AwaitFinishedAbbreviated:
		// RFC 5246, Section 7.4.9: Finished comes right after ChangeCipherSpec.
		return 0, m.unexpected()
	}
	kind := uselessWarning
	if a.Description == spec.NoRenegotiation { // it answers a request
		kind = uselessRequest
	}
	if err := m.waste(kind); err != nil {
		return 0, err
	}
	m.observe(m.warningEvent())
	return Warning, nil
}

func received(d spec.AlertDescription) *Error {
	return &Error{Alert: d, Received: true, Text: "the peer sent alert " + d.String()}
}

func (m *Machine) takeCloseNotify() (Event, error) {
	if m.state != spec.Established {
		// RFC 5246, Section 7.2.1: it is answered, and there is nothing left to do.
		if !m.closed {
			m.closed = m.sendAlert(spec.LevelWarning, spec.CloseNotify)
		}
		return 0, received(spec.CloseNotify)
	}
	m.ended = true
	m.observe(m.warningEvent())
	return CloseNotify, nil
}

// waste counts a message without any effect.
func (m *Machine) waste(kind int) error {
	if m.useless[kind]++; m.useless[kind] > maxUseless[kind] {
		return refuse(spec.UnexpectedMessage, "RFC 5246, Section 7.2.2", "more than %d messages in a row without any effect", maxUseless[kind])
	}
	return nil
}

// sendAlert appends an alert and reports whether it could.
func (m *Machine) sendAlert(l spec.AlertLevel, d spec.AlertDescription) (ok bool) {
	m.traceSent(spec.Sent{Message: spec.Alert, Level: l, Alert: d})
	m.out, ok = m.sealAlert(m.out, l, d)
	return ok
}

func (m *Machine) sealAlert(out []byte, l spec.AlertLevel, d spec.AlertDescription) ([]byte, bool) {
	a := wire.Alert{Level: l, Description: d}
	var content [2]byte
	sealed, err := m.write.Seal(out, spec.ContentAlert, a.Append(content[:0]))
	return sealed, err == nil
}

// Close appends close_notify, once. Reading goes on.
func (m *Machine) Close(out []byte) []byte {
	if m.closed || m.err != nil {
		return out
	}
	m.closed = true
	out, _ = m.sealAlert(out, spec.LevelWarning, spec.CloseNotify)
	return out
}

// EndOfStream says that the transport has ended. It returns nil after
// close_notify, and otherwise an error that wraps io.ErrUnexpectedEOF.
func (m *Machine) EndOfStream() error {
	if m.err != nil || m.ended {
		return m.err
	}
	e := &Error{
		Alert: spec.AlertNone, State: m.state, TicketAccepted: m.ticketAccepted,
		Section: "RFC 5246, Section 7.2.1", Text: "the transport ended without close_notify", Err: io.ErrUnexpectedEOF,
	}
	e.Requirement = m.requirement(e)
	m.end(e, spec.FailureEndOfStream)
	return e
}
