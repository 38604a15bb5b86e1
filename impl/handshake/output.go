package handshake

import (
	"crypto/rand"
	"errors"
	"io"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// random fills b from the configured source.
func (m *Machine) random(b []byte) error {
	if m.config.Rand == nil {
		rand.Read(b)
		return nil
	}
	if _, err := io.ReadFull(m.config.Rand, b); err != nil {
		return &Error{Alert: spec.InternalError, Text: "no randomness", State: m.state, Err: err}
	}
	return nil
}

// body is the handshake message that is being handled, without its header.
func (m *Machine) body() []byte { return m.whole[wire.HeaderLen:] }

// send sends the handshake message that has been built, in a record of its own.
func (m *Machine) send() error {
	m.transcript.Write(m.message)
	return m.seal(spec.ContentHandshake, m.message)
}

// sendPlain sends a message that the trace knows nothing more of.
func (m *Machine) sendPlain(on spec.Message) error {
	m.traceSent(spec.Sent{Message: on})
	return m.send()
}

func (m *Machine) seal(t spec.ContentType, content []byte) (err error) {
	m.out, err = m.write.Seal(m.out, t, content)
	return err
}

var changeCipherSpec = new(wire.ChangeCipherSpec).Append(nil)

func sendChangeCipherSpec(m *Machine) (Event, error) {
	m.traceSent(spec.Sent{Message: spec.ChangeCipherSpec})
	if err := m.seal(spec.ContentChangeCipherSpec, changeCipherSpec); err != nil {
		return 0, err
	}
	return 0, m.write.Activate()
}

// Errors of Seal.
var (
	errNotEstablished = errors.New("tls: application data before the handshake is complete")
	errClosed         = errors.New("tls: application data after close_notify")
)

// Seal appends data as records of application data. It fails before the
// handshake is complete, after Close, and when the keys are worn out (RFC 9325,
// Section 4.4): then it appends close_notify.
func (m *Machine) Seal(out, data []byte) ([]byte, error) {
	switch {
	case m.err != nil:
		return out, m.err
	case m.state != spec.Established:
		return out, errNotEstablished
	case m.closed:
		return out, errClosed
	}
	sealed, err := m.write.Seal(out, spec.ContentApplicationData, data)
	switch {
	case errors.Is(err, record.ErrExhausted):
		return m.Close(out), err
	case err != nil:
		return out, err
	case m.config.Tracer != nil:
		m.traceSent(spec.Sent{Message: spec.ApplicationData})
		m.observe(sendEvents[m.role])
	}
	return sealed, nil
}

var sendEvents = [2]spec.Event{spec.Client: spec.ClientSendApplicationData, spec.Server: spec.ServerSendApplicationData}

// deliver hands application data up.
func deliver(m *Machine) (Event, error) {
	if len(m.data) == 0 {
		return 0, m.waste(uselessData)
	}
	m.useless, m.told.data = [uselessKinds]int{}, true
	m.trace.delivered = 1
	return 0, nil
}
