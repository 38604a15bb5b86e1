package handshake

import (
	"bytes"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// downgradeMark: RFC 8446, Section 4.1.3: how server_random ends where the
// server speaks TLS 1.2 and TLS 1.1 or 1.0 was negotiated.
const downgradeMark = "DOWNGRD\x00"

// readServerHello takes ServerHello, after every check.
func readServerHello(m *Machine) (Event, error) {
	var h wire.ServerHello
	if !h.Parse(m.body()) {
		return 0, m.malformed()
	}
	if err := m.checkServerVersion(&h); err != nil {
		return 0, err
	}
	m.write.SetVersion(h.Version) // so that an alert on the rest is one of this version
	if err := m.checkServerChoice(&h); err != nil {
		return 0, err
	}
	for e := range h.Extensions.All() {
		// RFC 5246, Section 7.4.1.4: nothing that was not asked for.
		if !m.requestedExtension(e) {
			return 0, refuse(spec.UnsupportedExtension, "RFC 5246, Section 7.4.1.4", "ServerHello with %v, which was not asked for", e)
		}
	}
	if err := m.checkServerExtensions(&h); err != nil {
		return 0, err
	}
	// RFC 5246, Section 6.2.1: the record carries the version too. Appendix E.1 excepts ClientHello alone.
	if v := m.read.Version(); v != h.Version {
		return 0, refuse(spec.ProtocolVersion, "RFC 5246, Section 6.2.1", "the server chose %v in a record of %v", h.Version, v)
	}
	m.takeServerHello(&h)
	return 0, nil
}

func (m *Machine) checkServerVersion(h *wire.ServerHello) error {
	if h.Version < m.d.minVersion || h.Version > m.d.maxVersion {
		return refuse(spec.ProtocolVersion, "RFC 5246, Appendix E.1", "the server chose %v", h.Version)
	}
	if m.d.maxVersion == spec.TLS12 && h.Version < spec.TLS12 && string(h.Random[prf.RandomSize-len(downgradeMark):]) == downgradeMark {
		return refuse(spec.IllegalParameter, "RFC 8446, Section 4.1.3", "the server speaks TLS 1.2, and %v was negotiated", h.Version)
	}
	return nil
}

func (m *Machine) checkServerChoice(h *wire.ServerHello) error {
	var ok bool
	// RFC 5246, Section 7.4.1.3: from the client's list, and for this version.
	if m.suite, ok = m.d.suiteFor(h.Version, h.Suite); !ok || !m.d.offer.Contains(h.Suite) {
		return refuse(spec.IllegalParameter, "RFC 5246, Section 7.4.1.3", "the server chose %v, which was not offered for %v", h.Suite, h.Version)
	}
	if h.Compression != 0 {
		return refuse(spec.IllegalParameter, "RFC 5246, Section 7.4.1.3", "the server chose compression %d", h.Compression)
	}
	return nil
}

// requestedExtension reports whether ClientHello lets the server send e.
func (m *Machine) requestedExtension(e spec.Extension) bool {
	h := &m.hello
	switch e {
	case spec.ServerName:
		return h.ServerName != nil
	case spec.SupportedGroups:
		// RFC 8422, Section 5.1.1 knows no answer, but some servers send one; it says nothing.
		return h.Groups != nil
	case spec.ECPointFormats:
		return h.PointFormats != nil
	case spec.ALPN:
		return h.ALPN != nil
	case spec.EncryptThenMAC:
		return h.EncryptThenMAC
	case spec.ExtendedMasterSecret:
		return h.ExtendedMasterSecret
	case spec.SessionTicket:
		return h.HasTicket
	case spec.RenegotiationInfo:
		return true // RFC 5746, Section 3.4: the extension or the SCSV asks for it
	}
	return false
}

func (m *Machine) checkServerExtensions(h *wire.ServerHello) error {
	c := m.config
	switch {
	case len(h.RenegotiationInfo) > 0:
		return refuse(spec.HandshakeFailure, "RFC 5746, Section 3.4", "renegotiation_info is not empty")
	case h.PointFormats != nil && !bytes.Contains(h.PointFormats, uncompressed):
		return refuse(spec.IllegalParameter, "RFC 8422, Section 5.1.2", "the server takes no uncompressed points")
	case h.ALPN != nil && !m.d.protocols.Contains(h.ALPN):
		return refuse(spec.IllegalParameter, "RFC 7301, Section 3.1", "the server chose protocol %q", h.ALPN)
	case h.EncryptThenMAC && m.suite.Cipher.AEAD():
		return refuse(spec.IllegalParameter, "RFC 7366, Section 3", "encrypt_then_mac with an AEAD suite")
	case !h.EncryptThenMAC && c.EncryptThenMAC == Require && !m.suite.Cipher.AEAD():
		return refuse(spec.HandshakeFailure, "RFC 7366, Section 2", "the server does not do encrypt_then_mac")
	case !h.ExtendedMasterSecret && c.ExtendedMasterSecret == Require:
		return refuse(spec.HandshakeFailure, "RFC 7627, Section 5.2", "the server does not do extended_master_secret")
	}
	return nil
}

// takeServerHello takes over what the server has chosen.
func (m *Machine) takeServerHello(h *wire.ServerHello) {
	m.setVersion(h.Version)
	m.serverRandom, m.hasRandom = h.Random, true
	m.idLen = copy(m.id[:], h.SessionID)
	m.echoed = len(h.SessionID) > 0 && bytes.Equal(h.SessionID, m.hello.SessionID)
	for name := range m.d.protocols.All() {
		if bytes.Equal(name, h.ALPN) {
			m.protocol = name
		}
	}
	m.promised, m.ems, m.etm, m.secure = h.Ticket, h.ExtendedMasterSecret, h.EncryptThenMAC, h.HasRenegotiationInfo
	m.transcript.Keep() // CertificateVerify may be asked for
	m.chooseHash()
}

func (m *Machine) setVersion(v spec.Version) {
	m.version = v
	m.read.SetVersion(v)
	m.write.SetVersion(v)
}

// chooseHash fixes PRF and transcript hash, once version and suite are known.
func (m *Machine) chooseHash() {
	m.hash = prf.Of(m.version, m.suite)
	m.transcript.Choose(m.hash)
}

// askSecret asks for the secret of the ticket that was sent, once ServerHello
// has passed every check.
func askSecret(*Machine) (Event, error) { return SecretWanted, nil }

// armTicket makes the next message decide.
func armTicket(m *Machine) (Event, error) {
	m.preferredSuite = m.answers.suite
	m.pending = true
	return 0, nil
}

// useSessionSecret: the server has accepted the ticket.
func useSessionSecret(m *Machine) (Event, error) {
	m.pending, m.ticketAccepted = false, true
	m.resumed = spec.BySessionSecret
	m.transcript.Forget()
	return deriveKeys(m)
}

// dropSessionSecret: the server has declined. Nothing of the secret is left.
func dropSessionSecret(m *Machine) (Event, error) {
	m.pending = false
	clear(m.master[:])
	clear(m.long)
	m.long, m.secret, m.session = nil, spec.NoSecret, nil
	return 0, nil
}

// refuseAnonymousTicket: a session secret never comes with an anonymous suite.
func refuseAnonymousTicket(m *Machine) (Event, error) {
	return 0, refuse(spec.IllegalParameter, "RFC 5422, Section 3.1.2", "the server accepted the ticket with %v", m.suite.ID)
}

// takeUpSession resumes the session that was offered.
func takeUpSession(m *Machine) (Event, error) {
	s := m.session
	switch {
	// RFC 5246, Section 7.4.1.3: the suite of the session; and its version.
	case m.suite.ID != s.Suite || m.version != s.Version:
		return 0, refuse(spec.IllegalParameter, "RFC 5246, Section 7.4.1.3", "a session of %v and %v is resumed with %v and %v",
			s.Version, s.Suite, m.version, m.suite.ID)
	case s.ExtendedMasterSecret != m.ems:
		return 0, refuse(spec.HandshakeFailure, "RFC 7627, Section 5.3", "the session and ServerHello disagree on extended_master_secret")
	case !m.ems && !m.config.ResumeWithoutEMS:
		return 0, refuse(spec.HandshakeFailure, "RFC 7627, Section 5.3", "a session without extended_master_secret")
	}
	m.resumed = spec.BySessionID
	if len(s.Ticket) > 0 {
		m.resumed = spec.ByTicket
	}
	m.peerChain = s.PeerChain
	m.setMaster(s.Secret[:], spec.Session)
	m.transcript.Forget()
	return deriveKeys(m)
}
