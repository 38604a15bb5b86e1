package mapper

import (
	"bytes"
	"encoding/binary"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// maxBody is more than any record's body may have.
const maxBody = record.MaxPlaintext + 2048

// maxMessage bounds a handshake message.
const maxMessage = 1 << 18

// Read takes whole records from the front of in, which it does not keep, and
// returns how many octets they had and the messages that they complete. What is
// no TLS, or does not open, is one message Garbage, and takes all of in.
func (m *Mapper) Read(in []byte) (n int, sent []spec.Sent) {
	for len(in)-n >= record.HeaderSize {
		t, size := spec.ContentType(in[n]), int(binary.BigEndian.Uint16(in[n+3:]))
		if t < spec.ContentChangeCipherSpec || t > spec.ContentApplicationData || in[n+1] != 3 || size > maxBody {
			m.over, m.last = true, spec.Garbage
			return len(in), append(sent, spec.Sent{Message: spec.Garbage})
		}
		whole := record.HeaderSize + size
		if len(in)-n < whole {
			break
		}
		sent = append(sent, m.readRecord(t, bytes.Clone(in[n:n+whole]))...)
		n += whole
	}
	return n, sent
}

func (m *Mapper) readRecord(t spec.ContentType, rec []byte) []spec.Sent {
	content := rec[record.HeaderSize:]
	if m.sealed {
		var ok bool
		if content, ok = m.open(rec); !ok {
			m.last = spec.Garbage
			return []spec.Sent{{Message: spec.Garbage}}
		}
	}
	one := func(s spec.Sent) []spec.Sent {
		m.last = s.Message
		return []spec.Sent{s}
	}
	switch t {
	case spec.ContentChangeCipherSpec:
		m.sealed = true
		return one(spec.Sent{Message: spec.ChangeCipherSpec})
	case spec.ContentApplicationData:
		return one(spec.Sent{Message: spec.ApplicationData})
	case spec.ContentAlert:
		var a wire.Alert
		if !a.Parse(content) {
			return one(spec.Sent{Message: spec.Garbage})
		}
		m.over = m.over || a.Level == spec.LevelFatal
		return one(spec.Sent{Message: spec.Alert, Level: a.Level, Alert: a.Description})
	}
	m.partial = append(m.partial, content...)
	return m.messages()
}

// messages takes the whole handshake messages of what has come.
func (m *Mapper) messages() (sent []spec.Sent) {
	for {
		h, ok := wire.ParseHeader(m.partial)
		if !ok {
			return sent
		}
		whole := wire.HeaderLen + h.Length
		if whole > maxMessage || h.Message == spec.NoMessage {
			m.partial, m.last = nil, spec.Garbage
			return append(sent, spec.Sent{Message: spec.Garbage})
		}
		if len(m.partial) < whole {
			return sent
		}
		message := m.partial[:whole]
		m.partial = m.partial[whole:]
		s := spec.Sent{Message: h.Message}
		m.last = h.Message
		if h.Message != spec.HelloRequest { // RFC 5246, Section 7.4.1.1
			m.remember(message)
		}
		m.take(&s, bytes.Clone(message[wire.HeaderLen:]))
		sent = append(sent, s)
	}
}

// take keeps what later messages need.
func (m *Mapper) take(s *spec.Sent, body []byte) {
	ok := true
	switch s.Message {
	case spec.ClientHello:
		h := new(wire.ClientHello)
		if ok = h.Parse(body); ok && m.hello == nil {
			m.hello = h
		}
	case spec.ServerHello:
		h := new(wire.ServerHello)
		if ok = h.Parse(body); ok {
			m.takeServerHello(s, h)
		}
	case spec.Certificate:
		var c wire.Certificate
		if ok = c.Parse(body); ok {
			for der := range c.Chain.All() {
				m.leaf = der
				break
			}
		}
	case spec.ServerKeyExchange:
		k := wire.ServerKeyExchange{KeyExchange: m.suite.KeyExchange, Version: m.version}
		if ok = k.Parse(body); ok {
			m.share, m.scheme = share{group: k.Group, p: k.P, g: k.G, public: k.Public}, k.Scheme
		}
	case spec.CertificateRequest:
		r := wire.CertificateRequest{Version: m.version}
		if ok = r.Parse(body); ok {
			m.asked = r.Schemes
		}
	case spec.ClientKeyExchange:
		m.exchanged = len(m.transcript)
		m.takeClientShare(body)
	case spec.Finished:
		m.heard = true
	case spec.NewSessionTicket:
		var t wire.NewSessionTicket
		if ok = t.Parse(body); ok {
			m.issued = t.Ticket
		}
	}
	if !ok {
		s.Message = spec.Garbage
	}
}

func (m *Mapper) takeServerHello(s *spec.Sent, h *wire.ServerHello) {
	s.Version, s.Suite = h.Version, h.Suite
	var offered, cached []byte
	if m.hello != nil {
		offered = m.hello.SessionID
	}
	if m.config.Session != nil {
		cached = m.config.Session.ID
	}
	s.ID = harness.ServerID(h.SessionID, offered, cached)
	s.Extensions = harness.Decisive(h.Extensions)
	if m.answer == nil {
		m.settle(h)
	}
}

// settle takes a ServerHello that has been read or written as what is
// negotiated.
func (m *Mapper) settle(h *wire.ServerHello) {
	m.answer, m.version = h, h.Version
	m.suite, m.known = spec.SuiteByID(h.Suite)
	m.known = m.known && m.suite.MinVersion <= h.Version && h.Version >= spec.TLS10
	m.write.SetVersion(m.headerVersion())
}
