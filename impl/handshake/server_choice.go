package handshake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// askServerCertificate asks for a certificate, if any suite in common has one.
func askServerCertificate(m *Machine) (Event, error) {
	for i := range m.d.suites {
		s := &m.d.suites[i]
		if !s.KeyExchange.Anonymous() && m.common(s) {
			return CertificateWanted, nil
		}
	}
	return 0, nil
}

// Supports reports, while a certificate is wanted, whether this one could serve:
// a server's for the client's hello, a client's for the server's request, its
// authorities apart. The candidates are tried with it.
func (m *Machine) Supports(c Certificate) bool {
	if m.role == spec.Client {
		return m.answersRequest(&c)
	}
	for i := range m.d.suites {
		s := &m.d.suites[i]
		if !s.KeyExchange.Anonymous() && m.common(s) && m.possible(s, &c) {
			return true
		}
	}
	return false
}

// possible reports whether the full handshake of a suite is possible for this
// client, with this certificate; nil is none.
func (m *Machine) possible(s *spec.Suite, c *Certificate) bool {
	switch s.KeyExchange {
	case spec.DHAnon:
		// Nobody is authenticated: not where the client has to be.
		_, ok := kx.ChooseFFDHE(m.d.groups, m.hello.Groups, 0)
		return ok && m.config.ClientAuth != RequireClientAuth
	case spec.RSA:
		return c != nil && c.Decrypts && kx.Authenticates(c.PublicKey, s.KeyExchange)
	}
	if c == nil || !kx.Authenticates(c.PublicKey, s.KeyExchange) || !onCurveOf(c.PublicKey, m.hello.Groups) {
		return false
	}
	if _, err := kx.ChooseScheme(m.version, c.PublicKey, m.schemesOf(c), m.hello.Schemes); err != nil {
		return false
	}
	var ok bool
	if isElliptic(*s) {
		_, ok = kx.ChooseCurve(m.d.groups, m.hello.Groups)
	} else {
		_, ok = kx.ChooseFFDHE(m.d.groups, m.hello.Groups, rsaBits(c))
	}
	return ok
}

// onCurveOf: RFC 8422, Section 5.1: an ECDSA key is on a curve that the client
// has listed, if it has listed any.
func onCurveOf(key publicKey, listed wire.List[spec.Group]) bool {
	ec, ok := key.(*ecdsa.PublicKey)
	if !ok || listed == nil {
		return true
	}
	switch ec.Curve.Params().BitSize {
	case 256:
		return listed.Contains(spec.Secp256r1)
	case 384:
		return listed.Contains(spec.Secp384r1)
	case 521:
		return listed.Contains(spec.Secp521r1)
	}
	return false
}

// rsaBits is the size of the certificate's RSA key, which a finite-field group
// should not fall short of.
func rsaBits(c *Certificate) int {
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok {
		return key.N.BitLen()
	}
	return 0
}

// chooseSuite chooses the suite of a full handshake, and what follows from it.
func chooseSuite(m *Machine) (Event, error) {
	var own *Certificate
	if m.hasOwn {
		own = &m.own
	}
	lacksGroup := false
	ok := m.chooseSuiteWhere(func(s *spec.Suite) bool {
		if m.possible(s, own) {
			return true
		}
		lacksGroup = lacksGroup || m.lacksGroup(s, own)
		return false
	})
	switch {
	case !ok && lacksGroup:
		return 0, refuse(spec.InsufficientSecurity, "RFC 7919, Section 4", "no common finite-field group, and no other suite")
	case !ok:
		return 0, refuse(spec.HandshakeFailure, "RFC 5246, Section 7.4.1.3", "no common cipher suite")
	}
	return 0, m.beginFull()
}

// lacksGroup reports whether a suite of a finite field is impossible because
// the client lists other groups of that kind.
func (m *Machine) lacksGroup(s *spec.Suite, c *Certificate) bool {
	if s.KeyExchange != spec.DHAnon && s.KeyExchange != spec.DHERSA || c != nil && !kx.Authenticates(c.PublicKey, s.KeyExchange) {
		return false
	}
	_, ok := kx.ChooseFFDHE(m.d.groups, m.hello.Groups, 0)
	return !ok
}

// beginFull fixes what follows from the suite. The Session ID is never the
// client's.
func (m *Machine) beginFull() error {
	c := m.config
	// RFC 5077, Section 3.2: a ticket is announced to a client that has the extension.
	m.promised = c.Tickets && !c.SessionSecrets && m.hello.HasTicket
	// RFC 5077, Section 3.4: the session is in the ticket or under a Session ID.
	if c.SessionIDs && !m.promised {
		if err := m.random(m.id[:]); err != nil {
			return err
		}
		m.idLen = len(m.id)
		// An echo would say that a session is resumed, however the source of randomness repeats itself.
		if bytes.Equal(m.id[:], m.hello.SessionID) {
			m.id[0] ^= 1
		}
	}
	if c.ClientAuth != NoClientAuth && !m.suite.KeyExchange.Anonymous() {
		m.transcript.Keep() // for CertificateVerify
	}
	m.useSuite()
	return nil
}
