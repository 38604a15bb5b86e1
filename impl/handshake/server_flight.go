package handshake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

func sendServerHello(m *Machine) (Event, error) {
	h := wire.ServerHello{
		Version: m.version, Random: m.serverRandom, SessionID: m.id[:m.idLen], Suite: m.suite.ID,
		EncryptThenMAC: m.etm, ExtendedMasterSecret: m.ems, Ticket: m.promised,
		HasRenegotiationInfo: m.secure, // RFC 5746, Section 3.6: empty, in any initial handshake
	}
	// RFC 6066, Section 3: not when resuming.
	h.ServerName = m.resumed == spec.Full && m.own.ByName && m.hello.ServerName != nil
	if isElliptic(m.suite) && m.hello.PointFormats != nil {
		h.PointFormats = uncompressed
	}
	h.ALPN = m.protocol
	m.message = h.Append(m.message[:0])
	m.traceServerHello(&h)
	return 0, m.send()
}

func sendServerCertificate(m *Machine) (Event, error) {
	c := wire.Certificate{Chain: m.own.Chain}
	m.message = c.Append(m.message[:0])
	return 0, m.sendPlain(spec.Certificate)
}

// makeServerKey makes the ephemeral key, in a group that the client has listed.
func makeServerKey(m *Machine) (Event, error) {
	var err error
	if isElliptic(m.suite) {
		m.group, _ = kx.ChooseCurve(m.d.groups, m.hello.Groups)
		m.key, err = kx.GenerateKey(m.config.Rand, m.group)
		return 0, err
	}
	bits := 0
	if !m.suite.KeyExchange.Anonymous() {
		bits = rsaBits(&m.own)
	}
	m.dhGroup, _ = kx.ChooseFFDHE(m.d.groups, m.hello.Groups, bits)
	m.group = m.dhGroup.Name
	m.key, err = kx.GenerateDH(m.config.Rand, m.dhGroup)
	return 0, err
}

// serverKeyExchange is ServerKeyExchange without its signature.
func (m *Machine) serverKeyExchange() wire.ServerKeyExchange {
	k := wire.ServerKeyExchange{KeyExchange: m.suite.KeyExchange, Version: m.version, Group: m.group, Public: m.key.Public()}
	if m.dhGroup != nil {
		k.P, k.G = m.dhGroup.P, m.dhGroup.G
	}
	return k
}

// askServerSignature asks for ServerKeyExchange's signature: of both randoms
// and the parameters (RFC 5246, Section 7.4.3).
func askServerSignature(m *Machine) (Event, error) {
	scheme, err := kx.ChooseScheme(m.version, m.own.PublicKey, m.schemesOf(&m.own), m.hello.Schemes)
	if err != nil {
		return 0, err
	}
	m.scheme, m.signScheme = scheme, scheme
	k := m.serverKeyExchange()
	m.message = k.AppendParams(m.message[:0])
	if m.scratch, err = kx.Input(m.scratch[:0], scheme, m.hello.Random[:], m.serverRandom[:], m.message); err != nil {
		return 0, err
	}
	return SignWanted, nil
}

func sendServerKeyExchange(m *Machine) (Event, error) {
	k := m.serverKeyExchange()
	k.Scheme, k.Signature = m.signScheme, m.answers.signature
	m.message = k.Append(m.message[:0])
	return 0, m.sendPlain(spec.ServerKeyExchange)
}

// certificateTypes are what a client may authenticate with (RFC 5246, Section
// 7.4.4; RFC 8422, Section 5.5).
var certificateTypes = []byte{wire.CertificateTypeRSASign, wire.CertificateTypeECDSASign}

func sendCertificateRequest(m *Machine) (Event, error) {
	r := wire.CertificateRequest{Version: m.version, Types: certificateTypes, Schemes: m.d.schemeList, Authorities: m.config.Authorities}
	m.message = r.Append(m.message[:0])
	return 0, m.sendPlain(spec.CertificateRequest)
}

func sendServerHelloDone(m *Machine) (Event, error) {
	m.message = new(wire.ServerHelloDone).Append(m.message[:0])
	return 0, m.sendPlain(spec.ServerHelloDone)
}

// readClientCertificate takes the client's chain, and asks whether it is
// trusted.
func readClientCertificate(m *Machine) (Event, error) {
	var c wire.Certificate
	if !c.Parse(m.body()) {
		return 0, m.malformed()
	}
	if len(c.Chain) > 0 {
		m.peerChain = bytes.Clone(c.Chain)
		return VerifyWanted, nil
	}
	// RFC 5246, Section 7.4.6: handshake_failure, or on without one.
	if m.config.ClientAuth == RequireClientAuth {
		return 0, refuse(spec.HandshakeFailure, "RFC 5246, Section 7.4.6", "the client has sent no certificate")
	}
	m.transcript.Forget()
	return 0, nil
}

// takeClientKey takes the key that was verified: one that can sign.
func takeClientKey(m *Machine) (Event, error) {
	if len(m.peerChain) == 0 {
		return 0, nil
	}
	switch m.peerKey.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
		return 0, nil
	}
	return 0, refuse(spec.UnsupportedCertificate, "RFC 5246, Section 7.4.6", "a certificate with a %T", m.peerKey)
}

// readClientKeyExchange takes the client's part of the key exchange, and makes
// the premaster secret of it.
func readClientKeyExchange(m *Machine) (Event, error) {
	k := wire.ClientKeyExchange{KeyExchange: m.suite.KeyExchange}
	if !k.Parse(m.body()) {
		return 0, m.malformed()
	}
	if m.suite.KeyExchange == spec.RSA {
		m.ciphertext = append(m.scratch[:0], k.ExchangeKeys...)
		m.scratch = m.ciphertext
		return DecryptWanted, nil
	}
	var err error
	m.premaster, err = m.key.Premaster(m.premaster[:0], k.ExchangeKeys)
	return 0, err
}

// verifyCertificateVerify verifies that the client holds its certificate's key:
// it has signed all messages before this one (RFC 5246, Section 7.4.8).
func verifyCertificateVerify(m *Machine) (Event, error) {
	v := wire.CertificateVerify{Version: m.version}
	if !v.Parse(m.body()) {
		return 0, m.malformed()
	}
	scheme, err := m.peerScheme(v.Scheme)
	if err != nil {
		return 0, err
	}
	if m.scratch, err = kx.Input(m.scratch[:0], scheme, m.transcript.Messages()); err != nil {
		return 0, err
	}
	if err := kx.Verify(m.version, m.peerKey, scheme, m.scratch, v.Signature); err != nil {
		return 0, err
	}
	m.transcript.Write(m.whole)
	m.transcript.Forget()
	m.peerProved = true
	return 0, nil
}

// askTicket asks for the ticket that was promised.
func askTicket(m *Machine) (Event, error) {
	m.newSession = m.makeSession()
	return TicketWanted, nil
}

func sendNewSessionTicket(m *Machine) (Event, error) {
	t := wire.NewSessionTicket{LifetimeHint: m.answers.hint, Ticket: m.answers.ticket}
	m.message = t.Append(m.message[:0])
	return 0, m.sendPlain(spec.NewSessionTicket)
}

// makeSession makes what a full handshake leaves.
func (m *Machine) makeSession() *Session {
	s := &Session{
		Version: m.version, Suite: m.suite.ID, ExtendedMasterSecret: m.ems, Secret: m.master,
		ID: bytes.Clone(m.id[:m.idLen]), ServerName: string(m.hello.ServerName), PeerChain: m.peerChain,
	}
	if m.idLen == 0 {
		s.ID = nil
	}
	return s
}

// issueSession hands up a session that may be resumed later. A session secret
// leaves none.
func issueSession(m *Machine) (Event, error) {
	ticket := m.role == spec.Client && len(m.answers.ticket) > 0
	switch {
	case m.resumed == spec.Full && (m.idLen > 0 || ticket):
		m.newSession = m.makeSession()
	case m.resumed != spec.Full && ticket:
		// RFC 5077, Section 3.3: a renewed ticket for the same session.
		renewed := *m.session
		m.newSession = &renewed
	default:
		return 0, nil
	}
	if ticket {
		m.newSession.Ticket, m.newSession.LifetimeHint = m.answers.ticket, m.answers.hint
	}
	m.told.issued = true
	if m.role == spec.Server {
		m.trace.cache = spec.CacheAdd
	}
	return 0, nil
}
