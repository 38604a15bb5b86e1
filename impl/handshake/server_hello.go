package handshake

import (
	"bytes"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// readClientHello takes ClientHello, after every check, and fixes
// server_random.
func readClientHello(m *Machine) (Event, error) {
	m.kept = append(m.kept[:0], m.body()...)
	h := &m.hello
	if !h.Parse(m.kept) {
		return 0, m.malformed()
	}
	m.hasHello = true
	if err := m.negotiateVersion(h); err != nil {
		return 0, err
	}
	// RFC 5246, Section 7.4.1.2: the list must contain the null method.
	if !bytes.Contains(h.Compression, nullCompression) {
		return 0, refuse(spec.IllegalParameter, "RFC 5246, Section 7.4.1.2", "no null compression method")
	}
	if err := m.negotiateExtensions(h); err != nil {
		return 0, err
	}
	return 0, m.makeServerRandom()
}

// negotiateVersion: RFC 5246, Appendix E.1: the lower of the client's version
// and the own highest.
func (m *Machine) negotiateVersion(h *wire.ClientHello) error {
	v := min(h.Version, m.d.maxVersion)
	if v < m.d.minVersion || v < spec.TLS10 {
		return refuse(spec.ProtocolVersion, "RFC 5246, Appendix E.1", "the client speaks %v at most", h.Version)
	}
	// RFC 7507, Section 3: the client has failed with a higher version, which the server has.
	if h.Version < m.d.maxVersion && h.Suites.Contains(spec.FallbackSCSV) {
		return refuse(spec.InappropriateFallback, "RFC 7507, Section 3", "the client has fallen back to %v", h.Version)
	}
	m.setVersion(v)
	return nil
}

// negotiateExtensions checks the extensions and takes over what does not
// depend on the suite.
func (m *Machine) negotiateExtensions(h *wire.ClientHello) error {
	switch {
	case !h.ValidServerName():
		return refuse(spec.IllegalParameter, "RFC 6066, Section 3", "server_name is no host name")
	case len(h.RenegotiationInfo) > 0:
		return refuse(spec.HandshakeFailure, "RFC 5746, Section 3.6", "renegotiation_info is not empty")
	case h.PointFormats != nil && listsCurve(h.Groups) && !bytes.Contains(h.PointFormats, uncompressed):
		return refuse(spec.IllegalParameter, "RFC 8422, Section 5.1.2", "the client takes no uncompressed points")
	case !h.ExtendedMasterSecret && m.config.ExtendedMasterSecret == Require:
		return refuse(spec.HandshakeFailure, "RFC 7627, Section 5.2", "the client does not do extended_master_secret")
	}
	m.ems = h.ExtendedMasterSecret && m.config.ExtendedMasterSecret != Never
	m.secure = h.HasRenegotiationInfo || h.Suites.Contains(spec.EmptyRenegotiationInfoSCSV)
	return m.negotiateProtocol(h)
}

func listsCurve(groups wire.List[spec.Group]) bool {
	for g := range groups.All() {
		if isCurve(g) {
			return true
		}
	}
	return false
}

// negotiateProtocol: RFC 7301, Section 3.2: the server's preference decides.
func (m *Machine) negotiateProtocol(h *wire.ClientHello) error {
	if h.ALPN == nil || len(m.d.protocols) == 0 {
		return nil
	}
	for name := range m.d.protocols.All() {
		if h.ALPN.Contains(name) {
			m.protocol = name
			return nil
		}
	}
	return refuse(spec.NoApplicationProtocol, "RFC 7301, Section 3.2", "the client offers other application protocols")
}

func (m *Machine) makeServerRandom() error {
	if err := m.random(m.serverRandom[:]); err != nil {
		return err
	}
	// RFC 8446, Section 4.1.3: a server of TLS 1.2 marks a lower choice.
	if m.version < spec.TLS12 && m.d.maxVersion == spec.TLS12 {
		copy(m.serverRandom[prf.RandomSize-len(downgradeMark):], downgradeMark)
	}
	m.hasRandom = true
	return nil
}

// askSession asks what may shorten the handshake: the secret of a ticket, or a
// session.
func askSession(m *Machine) (Event, error) {
	h, c := &m.hello, m.config
	switch {
	// RFC 5077, Section 3.4: beside a ticket the Session ID names no session, whatever becomes of the ticket.
	case len(h.Ticket) > 0 && c.SessionSecrets:
		if c.ClientAuth == RequireClientAuth && !c.TicketIsClientAuth {
			return 0, nil
		}
		return SecretWanted, nil
	case len(h.Ticket) > 0 && c.Tickets:
		return SessionWanted, nil
	case len(h.Ticket) == 0 && len(h.SessionID) > 0 && c.SessionIDs:
		m.trace.cache = spec.CacheLookup
		return SessionWanted, nil
	}
	return 0, nil
}

// considerSession decides whether a session that was found is resumed.
func considerSession(m *Machine) (Event, error) {
	s := m.answers.session
	if s == nil || !m.fits(s) {
		return 0, nil
	}
	if s.ExtendedMasterSecret && !m.hello.ExtendedMasterSecret {
		return 0, refuse(spec.HandshakeFailure, "RFC 7627, Section 5.3", "the session has extended_master_secret, and ClientHello does not")
	}
	// RFC 7627, Section 5.3: else a full handshake, unless Config lets both be without.
	if s.ExtendedMasterSecret != m.ems || !m.ems && !m.config.ResumeWithoutEMS {
		return 0, nil
	}
	m.resumed = spec.BySessionID
	if len(m.hello.Ticket) > 0 {
		m.resumed = spec.ByTicket
	}
	m.suite, _ = m.d.suiteFor(m.version, s.Suite)
	m.setMaster(s.Secret[:], spec.Session)
	m.peerChain = s.PeerChain
	m.beginShortened()
	return 0, nil
}

// fits reports whether hello and configuration let the session be resumed,
// extended_master_secret apart.
func (m *Machine) fits(s *Session) bool {
	suite, enabled := m.d.suiteFor(m.version, s.Suite)
	return enabled && s.Version == m.version && m.common(&suite) &&
		s.ServerName == string(m.hello.ServerName) && // RFC 6066, Section 3
		(m.config.ClientAuth != RequireClientAuth || len(s.PeerChain) > 0)
}

// chooseTicketSuite chooses the suite of a handshake with a session secret. It
// needs no certificate, and is never anonymous.
func chooseTicketSuite(m *Machine) (Event, error) {
	m.resumed, m.ticketAccepted = spec.BySessionSecret, true
	if id := m.answers.suite; id != 0 {
		s, ok := spec.SuiteByID(id)
		// RFC 4851, Section 3.2.2; RFC 5422, Section 3.1.2.
		if !ok || s.KeyExchange.Anonymous() || !m.permits(&s) || !m.hello.Suites.Contains(id) {
			return 0, refuse(spec.HandshakeFailure, "RFC 5246, Section 7.4.1.3", "the session secret names %v, which does not suit the offer", id)
		}
		m.suite = s
	} else if !m.chooseSuiteWhere(func(s *spec.Suite) bool { return !s.KeyExchange.Anonymous() }) {
		return 0, refuse(spec.HandshakeFailure, "RFC 5246, Section 7.4.1.3", "no common cipher suite for the ticket")
	}
	m.beginShortened()
	return 0, nil
}

// beginShortened fixes what follows from the suite. The Session ID is echoed.
func (m *Machine) beginShortened() {
	m.idLen = copy(m.id[:], m.hello.SessionID) // RFC 5077, Section 3.4; RFC 5246, Section 7.4.1.3
	m.echoed = m.idLen > 0
	m.useSuite()
}

// useSuite fixes what follows from the suite alone.
func (m *Machine) useSuite() {
	m.chooseHash()
	// RFC 7366, Section 3: for CBC suites only.
	m.etm = m.hello.EncryptThenMAC && m.config.EncryptThenMAC != Never && !m.suite.Cipher.AEAD()
}

// chooseSuiteWhere takes the first of the own suites that the client offers,
// that the version has, and that will do.
func (m *Machine) chooseSuiteWhere(will func(*spec.Suite) bool) bool {
	for i := range m.d.suites {
		s := &m.d.suites[i]
		if m.common(s) && will(s) {
			m.suite = *s
			return true
		}
	}
	return false
}

// common reports whether a suite that is enabled here is one for this client.
func (m *Machine) common(s *spec.Suite) bool { return m.hello.Suites.Contains(s.ID) && m.permits(s) }

// permits reports whether the version has the suite, and whether it does what
// the configuration insists on.
func (m *Machine) permits(s *spec.Suite) bool {
	return s.MinVersion <= m.version && (m.config.EncryptThenMAC != Require || m.hello.EncryptThenMAC || s.Cipher.AEAD())
}
