package handshake

import (
	"bytes"
	"crypto/rsa"
	"slices"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// readServerCertificate takes the server's chain, and asks whether it is
// trusted.
func readServerCertificate(m *Machine) (Event, error) {
	var c wire.Certificate
	// RFC 5246, Section 7.4.2: the server's own certificate comes first.
	if !c.Parse(m.body()) || len(c.Chain) == 0 {
		return 0, m.malformed()
	}
	m.peerChain = bytes.Clone(c.Chain)
	return VerifyWanted, nil
}

// takeServerKey takes the key that was verified.
func takeServerKey(m *Machine) (Event, error) {
	// RFC 5246, Section 7.4.2: the certificate must fit the suite.
	if !kx.Authenticates(m.peerKey, m.suite.KeyExchange) {
		return 0, refuse(spec.IllegalParameter, "RFC 5246, Section 7.4.2", "a certificate with a %T for %v", m.peerKey, m.suite.ID)
	}
	// RFC 8422, Section 5.3: it respects the client's choice of curves.
	if !onCurveOf(m.peerKey, m.hello.Groups) {
		return 0, refuse(spec.IllegalParameter, "RFC 8422, Section 5.3", "a certificate with a key on a curve that was not offered")
	}
	m.peerProved = true
	return 0, nil
}

// readServerKeyExchange verifies the server's ephemeral key and makes the
// premaster secret with it.
func readServerKeyExchange(m *Machine) (Event, error) {
	k := wire.ServerKeyExchange{KeyExchange: m.suite.KeyExchange, Version: m.version}
	if !k.Parse(m.body()) {
		return 0, m.malformed()
	}
	// RFC 8422, Section 5.4: a curve that the client has listed. What is not even named has no signature to verify.
	if isElliptic(m.suite) && (!isCurve(k.Group) || !slices.Contains(m.d.groups, k.Group)) {
		return 0, refuse(spec.IllegalParameter, "RFC 8422, Section 5.4", "the server chose %v, which was not offered", k.Group)
	}
	if !m.suite.KeyExchange.Anonymous() {
		if err := m.verifyServerKeyExchange(&k); err != nil {
			return 0, err
		}
	}
	key, err := m.clientKey(&k)
	if err != nil {
		return 0, err
	}
	m.key = key
	m.premaster, err = key.Premaster(m.premaster[:0], k.Public)
	return 0, err
}

func (m *Machine) verifyServerKeyExchange(k *wire.ServerKeyExchange) error {
	scheme, err := m.peerScheme(k.Scheme)
	if err != nil {
		return err
	}
	m.scheme = scheme
	// RFC 5246, Section 7.4.3: both randoms and the parameters are signed.
	if m.scratch, err = kx.Input(m.scratch[:0], scheme, m.hello.Random[:], m.serverRandom[:], k.Params); err != nil {
		return err
	}
	return kx.Verify(m.version, m.peerKey, scheme, m.scratch, k.Signature)
}

// peerScheme returns the scheme of a signature of the peer's: under TLS 1.2 the
// one that it named, which must have been offered.
func (m *Machine) peerScheme(named spec.SignatureScheme) (spec.SignatureScheme, error) {
	if m.version < spec.TLS12 {
		return kx.ChooseScheme(m.version, m.peerKey, nil, nil)
	}
	if !slices.Contains(m.d.schemes, named) {
		return 0, refuse(spec.IllegalParameter, "RFC 5246, Section 7.4.3", "a signature in %v, which was not offered", named)
	}
	return named, nil
}

// clientKey makes the client's key in the server's group.
func (m *Machine) clientKey(k *wire.ServerKeyExchange) (*kx.Key, error) {
	if !isElliptic(m.suite) {
		// RFC 7919, Section 3: a group that was not listed is taken from 2048 bits on.
		g, err := kx.ReadDHGroup(k.P, k.G)
		if err != nil {
			return nil, err
		}
		m.group = g.Name
		return kx.GenerateDH(m.config.Rand, g)
	}
	m.group = k.Group
	return kx.GenerateKey(m.config.Rand, k.Group)
}

// readCertificateRequest takes what the server asks for.
func readCertificateRequest(m *Machine) (Event, error) {
	m.kept = append(m.kept[:0], m.body()...)
	m.request = wire.CertificateRequest{Version: m.version}
	if !m.request.Parse(m.kept) {
		return 0, m.malformed()
	}
	m.requested = true
	return 0, nil
}

// refuseAnonymousRequest: RFC 5246, Section 7.4.4: an anonymous server must not
// ask for a certificate.
func refuseAnonymousRequest(*Machine) (Event, error) {
	return 0, refuse(spec.HandshakeFailure, "RFC 5246, Section 7.4.4", "an anonymous server asks for a certificate")
}

func readServerHelloDone(m *Machine) (Event, error) {
	if !new(wire.ServerHelloDone).Parse(m.body()) {
		return 0, m.malformed()
	}
	if !m.requested {
		m.transcript.Forget()
	}
	return 0, nil
}

func askCertificate(*Machine) (Event, error) { return CertificateWanted, nil }

// answersRequest reports whether a certificate is what the server asks for: of
// one of its types, with a key that can sign in one of its schemes.
func (m *Machine) answersRequest(c *Certificate) bool {
	kind := byte(wire.CertificateTypeECDSASign) // RFC 8422, Section 5.5: Ed25519 too
	if _, isRSA := c.PublicKey.(*rsa.PublicKey); isRSA {
		kind = wire.CertificateTypeRSASign
	}
	_, err := kx.ChooseScheme(m.version, c.PublicKey, m.schemesOf(c), m.request.Schemes)
	return err == nil && bytes.IndexByte(m.request.Types, kind) >= 0
}

// sendClientCertificate sends the client's chain, which is empty where it has
// none that will do.
func sendClientCertificate(m *Machine) (Event, error) {
	var c wire.Certificate
	if m.hasOwn {
		c.Chain = m.own.Chain
	} else {
		m.transcript.Forget()
	}
	m.message = c.Append(m.message[:0])
	return 0, m.sendPlain(spec.Certificate)
}

// sendClientKeyExchange sends the client's part of the key exchange.
func sendClientKeyExchange(m *Machine) (Event, error) {
	k := wire.ClientKeyExchange{KeyExchange: m.suite.KeyExchange}
	if m.suite.KeyExchange == spec.RSA {
		pub, _ := m.peerKey.(*rsa.PublicKey)
		// RFC 5246, Section 7.4.7.1: the version in ClientHello, not the one negotiated.
		premaster, ciphertext, err := kx.EncryptPremaster(m.config.Rand, pub, m.hello.Version)
		if err != nil {
			return 0, err
		}
		m.premaster = append(m.premaster[:0], premaster...)
		clear(premaster)
		k.ExchangeKeys = ciphertext
	} else {
		k.ExchangeKeys = m.key.Public()
	}
	m.message = k.Append(m.message[:0])
	return 0, m.sendPlain(spec.ClientKeyExchange)
}

// askClientSignature asks for CertificateVerify's signature: of all messages so
// far (RFC 5246, Section 7.4.8).
func askClientSignature(m *Machine) (Event, error) {
	if !m.hasOwn {
		return 0, nil
	}
	scheme, err := kx.ChooseScheme(m.version, m.own.PublicKey, m.schemesOf(&m.own), m.request.Schemes)
	if err != nil {
		return 0, err
	}
	m.signScheme = scheme
	if m.scratch, err = kx.Input(m.scratch[:0], scheme, m.transcript.Messages()); err != nil {
		return 0, err
	}
	m.transcript.Forget()
	return SignWanted, nil
}

func sendCertificateVerify(m *Machine) (Event, error) {
	if !m.hasOwn {
		return 0, nil
	}
	v := wire.CertificateVerify{Version: m.version, Scheme: m.signScheme, Signature: m.answers.signature}
	m.message = v.Append(m.message[:0])
	return 0, m.sendPlain(spec.CertificateVerify)
}

// readNewSessionTicket takes a ticket, for the session if there is one. A
// client with an opaque ticket of its own has no use for it.
func readNewSessionTicket(m *Machine) (Event, error) {
	var t wire.NewSessionTicket
	if !t.Parse(m.body()) {
		return 0, m.malformed()
	}
	// RFC 5077, Section 3.3: an empty ticket says that there is none after all.
	if len(t.Ticket) > 0 && !m.opaque {
		m.answers.ticket, m.answers.hint = bytes.Clone(t.Ticket), t.LifetimeHint
	}
	return 0, nil
}
