package handshake

import (
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Messages without any effect, by kind.
const (
	uselessWarning = iota
	uselessRequest // to renegotiate, and the refusal of one
	uselessData    // an empty record of application data
	uselessKinds
)

// maxUseless is how many of a kind may come with none of effect between them. No
// text has numbers: 32 empty records are what OpenSSL and BoringSSL let pass. They
// take four warnings in a row; whoever learns the machine from outside would find
// such a bound, which the model does not have.
var maxUseless = [uselessKinds]int{uselessWarning: 16, uselessRequest: 16, uselessData: 32}

// Idle reports whether a Step without any input would give NeedInput.
func (m *Machine) Idle() bool {
	return m.err == nil && m.aborted == nil && m.question == 0 && !m.ended && m.row == nil && m.told == (toldEvents{}) &&
		m.state != spec.Start && len(m.in) == 0
}

// Step goes on: with the answer to the last event, with octets that it has
// already taken, or with the first record of in, which it opens in place. It
// appends what must be sent to out, and says how many octets of in it has taken:
// one whole record or none. What it appends goes out in order, at the latest
// when the event is no question.
func (m *Machine) Step(out, in []byte) (sent []byte, n int, ev Event, err error) {
	return m.StepInto(out, in, nil)
}

// StepInto is [Machine.Step] that opens a record of application data into
// instead of in place, if all of it has room there. into must not overlap in;
// what it holds when nothing was opened is of no meaning.
func (m *Machine) StepInto(out, in, into []byte) (sent []byte, n int, ev Event, err error) {
	if m.err != nil {
		return out, 0, NeedInput, m.err
	}
	m.out = out
	n, ev, err = m.step(in, into)
	if err != nil {
		err = m.fail(err)
	}
	m.keepRest()
	out, m.out = m.out, nil
	return out, n, ev, err
}

func (m *Machine) step(in, into []byte) (n int, ev Event, err error) {
	if m.aborted != nil {
		return 0, 0, m.aborted
	}
	if m.question != 0 {
		return 0, m.question, nil
	}
	if ev, err = m.run(); ev != 0 || err != nil {
		return 0, ev, err
	}
	if m.ended {
		return 0, CloseNotify, nil // RFC 5246, Section 7.2.1: data after it is ignored
	}
	typ, data, n, err := m.read.OpenInto(into, in)
	if n == 0 || err != nil {
		return 0, NeedInput, err
	}
	if ev, err = m.take(typ, data); ev == 0 && err == nil {
		if ev, err = m.run(); ev == 0 {
			ev = Progress
		}
	}
	return n, ev, err
}

// take takes the content of one record.
func (m *Machine) take(typ spec.ContentType, data []byte) (Event, error) {
	// RFC 5246, Section 6.2.1: no empty handshake, alert or ChangeCipherSpec records.
	if len(data) == 0 && typ != spec.ContentApplicationData {
		m.on = map[spec.ContentType]spec.Message{
			spec.ContentHandshake: spec.EmptyHandshake, spec.ContentAlert: spec.Alert, spec.ContentChangeCipherSpec: spec.ChangeCipherSpec,
		}[typ]
		return 0, refuse(spec.UnexpectedMessage, "RFC 5246, Section 6.2.1", "empty record of type %d", typ)
	}
	switch typ {
	case spec.ContentHandshake:
		if m.partial() {
			m.in = append(m.in, data...)
		} else {
			m.rest = data
		}
		return 0, nil
	case spec.ContentAlert:
		return m.takeAlert(data)
	case spec.ContentChangeCipherSpec:
		m.on = spec.ChangeCipherSpec
		if new(wire.ChangeCipherSpec).Parse(data) {
			return 0, m.takeBetween(spec.ChangeCipherSpec)
		}
		return 0, m.unexpected()
	default:
		m.data = data
		return 0, m.takeBetween(spec.ApplicationData)
	}
}

// takeBetween begins with what must not stand within a handshake message (RFC
// 5246, Section 6.2.1: a record type at a time).
func (m *Machine) takeBetween(on spec.Message) error {
	m.on = on
	if m.partial() {
		return refuse(spec.UnexpectedMessage, "RFC 5246, Section 7.1", "%v within a handshake message", on)
	}
	return m.begin(on)
}

// run goes on without input as far as it gets: through the row that was
// suspended, with what is to be told, and with the handshake messages that are
// there.
func (m *Machine) run() (Event, error) {
	for {
		if m.row != nil {
			if ev, err := m.proceed(); ev != 0 || err != nil {
				return ev, err
			}
		}
		if ev := m.tell(); ev != 0 {
			return ev, nil
		}
		if m.state == spec.Start {
			if err := m.begin(decided); err != nil {
				return 0, err
			}
			continue
		}
		if more, err := m.nextMessage(); !more || err != nil {
			return 0, err
		}
	}
}

// tell returns an event that the caller has not been told of.
func (m *Machine) tell() Event {
	switch {
	case m.told.established:
		m.told.established = false
		return Established
	case m.told.data:
		m.told.data = false
		return Data
	case m.told.issued:
		m.told.issued = false
		return SessionIssued
	}
	return 0
}

// nextMessage begins with the next handshake message, if it is there as a whole.
func (m *Machine) nextMessage() (bool, error) {
	src := m.rest
	if m.partial() {
		src = m.in[m.handled:]
	}
	h, ok := wire.ParseHeader(src)
	if !ok {
		return false, nil
	}
	m.on = h.Message
	if h.Message == spec.NoMessage {
		return false, refuse(spec.UnexpectedMessage, "RFC 5246, Section 7.4", "handshake message of unknown type %d", h.Type)
	}
	// Said as soon as it is clear, so that nothing is kept for nothing.
	if !m.expects(h.Message) {
		return false, m.unexpected()
	}
	if h.Length > wire.MaxLength(h.Message) {
		return false, refuse(spec.IllegalParameter, "RFC 5246, Section 7.4", "%v of %d octets, the most are %d",
			h.Message, h.Length, wire.MaxLength(h.Message))
	}
	n := wire.HeaderLen + h.Length
	if len(src) < n {
		return false, nil
	}
	if m.whole = src[:n:n]; m.partial() {
		m.handled += n
	} else {
		m.rest = m.rest[n:]
	}
	return true, m.begin(h.Message)
}

// partial reports whether there are handshake octets of earlier records.
func (m *Machine) partial() bool { return m.handled < len(m.in) }

// keepRest saves octets of a record that have not been handled, before the
// caller gets the record back.
func (m *Machine) keepRest() {
	if m.whole = nil; m.row == nil {
		m.on = spec.NoMessage
	}
	if m.handled > 0 {
		m.in = m.in[:copy(m.in, m.in[m.handled:])]
		m.handled = 0
	}
	m.in = append(m.in, m.rest...)
	m.rest = nil
	if len(m.in) == 0 && cap(m.in) > keptBuffer {
		m.in = nil
	}
}

// begin looks up the row for a message.
func (m *Machine) begin(on spec.Message) error {
	m.on = on
	if m.row = m.find(on); m.row == nil {
		return m.unexpected()
	}
	m.todo = m.row.Do
	if m.hashed(on) {
		m.transcript.Write(m.whole)
	}
	return nil
}

// hashed reports whether a message that is being read goes into the transcript
// before it is handled. Two messages are about the transcript before them, and
// hash themselves in.
//
// RFC 5246, Section 7.4.9: all messages of this handshake but HelloRequest.
func (m *Machine) hashed(on spec.Message) bool {
	switch on {
	case decided, spec.HelloRequest, spec.ChangeCipherSpec, spec.ApplicationData, spec.Finished, spec.CertificateVerify:
		return false
	}
	return m.state != spec.Established
}

// proceed runs what is left of the row.
func (m *Machine) proceed() (Event, error) {
	for {
		for len(m.todo) > 0 {
			do := m.todo[0]
			m.todo = m.todo[1:]
			ev, err := do(m)
			if ev.question() {
				m.question = ev
			}
			if ev != 0 || err != nil {
				return ev, err
			}
		}
		if m.row.Next != deciding {
			break
		}
		if m.row = m.find(decided); m.row == nil {
			return 0, m.unexpected()
		}
		m.todo = m.row.Do
	}
	m.enter(m.row.Next)
	return 0, nil
}

// enter ends a row.
func (m *Machine) enter(next spec.State) {
	if next != m.state {
		m.useless = [uselessKinds]int{}
	}
	if next == spec.Established && m.state != next {
		m.establish()
	}
	m.state, m.row = next, nil
	if m.config.Tracer != nil {
		m.observe(m.event())
	}
	m.on = spec.NoMessage
}
