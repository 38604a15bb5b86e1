package handshake

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// publicKey is a leaf certificate's key.
type publicKey = crypto.PublicKey

// maxSecret is OpenSSL 3's buffer for a session secret, in octets.
const maxSecret = 512

// answers is what the caller has answered and the row has yet to take.
type answers struct {
	suite     spec.SuiteID // AcceptSecret
	session   *Session     // ResumeSession
	signature []byte
	hint      uint32
	ticket    []byte
}

// answer takes the question off. An answer to another question than the one
// that was asked is the caller's mistake: the handshake fails.
func (m *Machine) answer(to Event) bool {
	if m.question != to {
		m.Abort(spec.InternalError, fmt.Errorf("handshake: the answer is to %v, the question was %v", to, m.question))
		return false
	}
	m.question = 0
	return true
}

// Abort answers any event, and may be called at any time: the next Step sends
// the alert and fails with an Error that wraps err.
func (m *Machine) Abort(alert spec.AlertDescription, err error) {
	if m.aborted == nil {
		m.trace.refused(m.question)
		m.aborted = &Error{Alert: alert, Text: abortText(m.question), Err: err}
	}
}

// abortText says what an Abort means as the answer to a question.
func abortText(question Event) string {
	switch question {
	case SecretWanted:
		return "no session secret"
	case SessionWanted:
		return "no answer about the session"
	case CertificateWanted:
		return "no answer about the own certificate"
	case VerifyWanted:
		return "the peer's certificate is refused"
	case SignWanted:
		return "no signature"
	case DecryptWanted:
		return "no premaster secret"
	case ConfirmWanted:
		return "the connection is refused"
	case TicketWanted:
		return "no ticket"
	}
	return "given up"
}

// AcceptSecret answers SecretWanted with the master secret, which is copied. A
// server's suite names the handshake's, 0 leaves it to the machine; a client's
// is recorded only.
func (m *Machine) AcceptSecret(secret []byte, suite spec.SuiteID) {
	if !m.answer(SecretWanted) {
		return
	}
	// RFC 5246, Section 8.1: the master secret has 48 octets.
	if n := len(secret); n != prf.MasterSecretSize && (!m.config.AnySecretLength || n < 1 || n > maxSecret) {
		m.trace.called(spec.CallbackWrongLength, spec.NamedOpen)
		m.aborted = &Error{Alert: spec.InternalError, Section: "RFC 5246, Section 8.1", Text: fmt.Sprintf("session secret of %d octets", n)}
		return
	}
	m.setMaster(secret, spec.PAC)
	m.answers.suite = suite
	if m.config.Tracer != nil {
		m.trace.called(spec.CallbackAccept, m.named(suite))
	}
}

// setMaster sets the master secret.
func (m *Machine) setMaster(secret []byte, kind spec.Secret) {
	m.long = nil
	if copy(m.master[:], secret) != len(secret) || len(secret) != len(m.master) {
		m.long = append(m.long, secret...)
	}
	m.secret = kind
}

// masterSecret returns the master secret in force.
func (m *Machine) masterSecret() []byte {
	if m.long != nil {
		return m.long
	}
	return m.master[:]
}

// DeclineSecret answers SecretWanted at a server: a full handshake follows. A
// client cannot decline: there it is internal_error.
func (m *Machine) DeclineSecret() {
	if !m.answer(SecretWanted) {
		return
	}
	if m.role == spec.Client {
		m.trace.called(spec.CallbackFail, spec.NamedOpen)
		m.aborted = &Error{Alert: spec.InternalError, Text: "no session secret"}
		return
	}
	m.trace.called(spec.CallbackDecline, spec.NamedOpen)
}

// ResumeSession answers SessionWanted. The caller has checked the session's
// lifetime and context; a session that may not be resumed for this hello leads
// to a full handshake, or fails where RFC 7627, Section 5.3 says so. The
// session is not copied.
func (m *Machine) ResumeSession(s *Session) {
	if m.answer(SessionWanted) {
		m.answers.session = s
	}
}

// NoSession answers SessionWanted: a full handshake follows.
func (m *Machine) NoSession() { m.answer(SessionWanted) }

// Certificate is a side's own.
type Certificate struct {
	Chain     wire.Chain
	PublicKey crypto.PublicKey // the leaf's
	Decrypts  bool             // a server's RSA key can be used for RSA key exchange
	ByName    bool             // a server has chosen it by the client's ServerName

	// Schemes are what its key signs in under TLS 1.2, the best first; nil is
	// Config.Schemes.
	Schemes []spec.SignatureScheme
}

// schemesOf returns what a certificate's key signs in.
func (m *Machine) schemesOf(c *Certificate) []spec.SignatureScheme {
	if c.Schemes != nil {
		return c.Schemes
	}
	return m.d.schemes
}

// UseCertificate answers CertificateWanted. Chain is not copied.
func (m *Machine) UseCertificate(c Certificate) {
	if m.answer(CertificateWanted) {
		m.own, m.hasOwn = c, true
	}
}

// NoCertificate answers CertificateWanted: a client sends an empty chain, a
// server has the anonymous suites left.
func (m *Machine) NoCertificate() { m.answer(CertificateWanted) }

// PeerVerified answers VerifyWanted: the chain is trusted, for this name, and
// its leaf has this key.
func (m *Machine) PeerVerified(leaf crypto.PublicKey) {
	if m.answer(VerifyWanted) {
		m.peerKey = leaf
	}
}

// SignWith answers SignWanted with a signature by key. Its error fails the
// handshake, too.
func (m *Machine) SignWith(key crypto.Signer) error {
	sig, err := kx.Sign(key, m.signScheme, m.scratch)
	if err != nil {
		m.Abort(spec.InternalError, err)
		return err
	}
	m.Signature(sig)
	return nil
}

// Signature answers SignWanted with a signature that was made elsewhere. It is
// not copied.
func (m *Machine) Signature(sig []byte) {
	if m.answer(SignWanted) {
		m.answers.signature = sig
	}
}

// DecryptWith answers DecryptWanted. A ciphertext that is wrong goes unnoticed
// here, and fails the handshake later, at Finished (RFC 5246, Section 7.4.7.1).
func (m *Machine) DecryptWith(key crypto.Decrypter) error {
	ciphertext, offered := m.ToDecrypt()
	premaster, err := kx.DecryptPremaster(m.config.Rand, key, ciphertext, offered)
	if err != nil {
		m.Abort(spec.InternalError, err)
		return err
	}
	m.Premaster(premaster)
	clear(premaster)
	return nil
}

var errPremaster = errors.New("handshake: a decrypted premaster secret has 48 octets")

// Premaster answers DecryptWanted with what was decrypted elsewhere, with the
// countermeasure of RFC 5246, Section 7.4.7.1: 48 octets, whatever came.
func (m *Machine) Premaster(premaster []byte) {
	switch {
	case !m.answer(DecryptWanted):
	case len(premaster) != kx.PremasterLen:
		m.Abort(spec.InternalError, errPremaster)
	default:
		m.premaster = append(m.premaster[:0], premaster...)
	}
}

// Confirm answers ConfirmWanted: go on.
func (m *Machine) Confirm() { m.answer(ConfirmWanted) }

// IssueTicket answers TicketWanted. An empty ticket says that there is none
// after all (RFC 5077, Section 3.3).
func (m *Machine) IssueTicket(lifetimeHint uint32, ticket []byte) {
	switch {
	case !m.answer(TicketWanted):
	case len(ticket) > wire.MaxTicket:
		m.Abort(spec.InternalError, fmt.Errorf("handshake: a ticket of %d octets; %d are the most", len(ticket), wire.MaxTicket))
	default:
		m.answers.hint, m.answers.ticket = lifetimeHint, ticket
	}
}
