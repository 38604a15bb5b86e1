package handshake

import (
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

var (
	nullCompression = []byte{0}
	uncompressed    = []byte{0} // the one point format that there is (RFC 8422, Section 5.1.2)
)

// makeClientHello fills in the hello, and offers the session if that is
// possible.
func (m *Machine) makeClientHello(p *ClientParams) error {
	if p.Ticket != nil && len(p.Ticket) == 0 {
		return errors.New("handshake: an opaque ticket of 0 octets; nil is none")
	}
	d := m.d
	if d.minVersion > d.maxVersion || d.minVersion < spec.TLS10 || m.config.MaxVersion > spec.TLS12 {
		return fmt.Errorf("handshake: versions from %v to %v; TLS 1.0 to TLS 1.2 are possible", d.minVersion, max(d.maxVersion, m.config.MaxVersion))
	}
	if len(d.offer) == 0 {
		return errors.New("handshake: no cipher suite is enabled for " + d.maxVersion.String())
	}
	m.hasSecret, m.idChoice = p.HasSecret, p.SessionID
	h := &m.hello
	h.Version = d.maxVersion
	if err := m.random(h.Random[:]); err != nil {
		return err
	}
	h.Suites, h.Compression = d.offer, nullCompression
	if p.Fallback {
		h.Suites = append(h.Suites[:len(h.Suites):len(h.Suites)], wire.MakeList(spec.FallbackSCSV)...)
	}
	m.makeExtensions(p)
	if err := m.offerSession(p); err != nil {
		return err
	}
	if !h.Fits() && m.session != nil {
		m.session, h.Ticket = nil, nil
	}
	if !h.Fits() {
		return fmt.Errorf("handshake: ClientHello has no room for a ticket of %d octets and a server name of %d", len(h.Ticket), len(h.ServerName))
	}
	m.hasHello = true
	return nil
}

// makeExtensions fills in the extensions that do not depend on a session.
func (m *Machine) makeExtensions(p *ClientParams) {
	h, d := &m.hello, m.d
	if p.ServerName != "" {
		m.name = append(m.name[:0], p.ServerName...)
		h.ServerName = m.name
	}
	if len(d.groupList) > 0 {
		h.Groups = d.groupList
	}
	if d.elliptic {
		h.PointFormats = uncompressed
	}
	// RFC 5246, Section 7.4.1.4.1: clients of earlier versions must not send it.
	if d.maxVersion >= spec.TLS12 && len(d.schemeList) > 0 {
		h.Schemes = d.schemeList
	}
	if len(d.protocols) > 0 {
		h.ALPN = d.protocols
	}
	h.EncryptThenMAC = d.cbc && m.config.EncryptThenMAC != Never
	h.ExtendedMasterSecret = m.config.ExtendedMasterSecret != Never
	// RFC 5746, Section 3.4: the empty extension or the SCSV, not both.
	if p.SignalBySCSV {
		h.Suites = append(h.Suites[:len(h.Suites):len(h.Suites)], wire.MakeList(spec.EmptyRenegotiationInfoSCSV)...)
	} else {
		h.HasRenegotiationInfo = true
	}
}

// offerSession fills in the Session ID and the SessionTicket extension. An
// opaque ticket goes before a session.
func (m *Machine) offerSession(p *ClientParams) error {
	h := &m.hello
	choice := p.SessionID
	if p.Ticket != nil {
		m.opaque = true
		h.HasTicket, h.Ticket = true, p.Ticket
		return m.makeSessionID(choice) // RFC 4851, Section 3.2.2: empty by default
	}
	// RFC 4851, Section 3.2.2: an EAP-FAST client never sends an empty extension.
	h.HasTicket = m.config.Tickets && !p.HasSecret
	if s := p.Session; s != nil && m.usable(s, p) {
		m.session = s
		if len(s.Ticket) > 0 {
			h.HasTicket, h.Ticket = true, s.Ticket
		}
		if choice == DefaultID && len(s.ID) > 0 {
			h.SessionID = s.ID
			return nil
		}
		// RFC 5077, Section 3.4: an ID of the client's making, for the server to echo.
		if choice == DefaultID {
			choice = FreshID
		}
		if len(s.Ticket) == 0 {
			m.session = nil // nothing is left that names it
		}
	}
	return m.makeSessionID(choice)
}

// usable reports whether a session may be offered.
func (m *Machine) usable(s *Session, p *ClientParams) bool {
	_, enabled := m.d.suiteFor(s.Version, s.Suite)
	return enabled && m.hello.Suites.Contains(s.Suite) && s.Version >= m.d.minVersion && s.Version <= m.d.maxVersion &&
		(len(s.ID) > 0 || len(s.Ticket) > 0) && len(s.ID) <= wire.MaxSessionID &&
		s.ServerName == p.ServerName // RFC 6066, Section 3
}

func (m *Machine) makeSessionID(choice IDChoice) error {
	if choice != FreshID {
		return nil
	}
	m.hello.SessionID = m.fresh[:]
	return m.random(m.fresh[:])
}

func sendClientHello(m *Machine) (Event, error) {
	m.message = m.hello.Append(m.message[:0])
	m.traceHello()
	return 0, m.send()
}

// ignore takes a HelloRequest while a handshake runs.
func ignore(m *Machine) (Event, error) {
	if !new(wire.HelloRequest).Parse(m.body()) {
		return 0, m.malformed()
	}
	return 0, m.waste(uselessRequest)
}

// refuseRenegotiation answers a request to renegotiate, the server's
// HelloRequest or the client's ClientHello.
func refuseRenegotiation(m *Machine) (Event, error) {
	// RFC 5246, Section 7.4.1.1: HelloRequest is empty.
	if m.on == spec.HelloRequest && !new(wire.HelloRequest).Parse(m.body()) {
		return 0, m.malformed()
	}
	if err := m.waste(uselessRequest); err != nil {
		return 0, err
	}
	// Data in between does not start the count anew: each answer waits for a peer that may never read.
	if m.refusals++; m.refusals > maxUseless[uselessRequest] {
		return 0, refuse(spec.UnexpectedMessage, "RFC 5746, Section 4.2", "too many requests to renegotiate")
	}
	// RFC 5246, Section 7.2.2: no_renegotiation is a warning, and the connection goes on.
	m.sendAlert(spec.LevelWarning, spec.NoRenegotiation)
	return 0, nil
}
