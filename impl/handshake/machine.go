package handshake

import (
	"crypto"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Machine is one endpoint of one connection. It is not safe for concurrent use.
type Machine struct{ state spec.State }

// NewClient returns a client that has not sent anything: the first Step appends
// ClientHello. It fails where the parameters do not make a ClientHello, for
// instance with a ticket that does not fit.
func NewClient(c *Config, p *ClientParams) (*Machine, error) { return new(Machine), nil }

// NewServer returns a server that awaits ClientHello.
func NewServer(c *Config) *Machine { return new(Machine) }

// Release wipes the machine and gives it back. It must not be used afterwards,
// nor anything that it has returned and that is its own.
func (m *Machine) Release() {}

// Step goes on: with the answer to the last event, with octets that it has
// already taken, or with the first record of in, which it opens in place. It
// appends what must be sent to out, and says how many octets of in it has taken:
// one whole record or none. What it appends goes out in order, at the latest
// when the event is NeedInput, or any that is not a question.
func (m *Machine) Step(out, in []byte) (sent []byte, n int, ev Event, err error) {
	return out, 0, NeedInput, nil
}

// Seal appends data as records of application data. It fails before the
// handshake is complete, after Close, and when the keys are worn out (RFC 9325,
// Section 4.4): then it appends close_notify.
func (m *Machine) Seal(out, data []byte) ([]byte, error) { return out, nil }

// Close appends close_notify, once. Reading goes on.
func (m *Machine) Close(out []byte) []byte { return out }

// EndOfStream says that the transport has ended. It returns nil after
// close_notify, and otherwise an error that wraps io.ErrUnexpectedEOF.
func (m *Machine) EndOfStream() error { return nil }

// AcceptSecret answers SecretWanted with the master secret, which is copied. A
// server's suite names the handshake's, 0 leaves it to the machine; a client's
// is recorded only.
func (m *Machine) AcceptSecret(secret []byte, suite spec.SuiteID) {}

// DeclineSecret answers SecretWanted at a server: a full handshake follows.
func (m *Machine) DeclineSecret() {}

// ResumeSession answers SessionWanted. The caller has checked the session's
// lifetime and context; a session that may not be resumed for this hello leads
// to a full handshake, or fails where RFC 7627, Section 5.3 says so.
func (m *Machine) ResumeSession(s *Session) {}

// NoSession answers SessionWanted: a full handshake follows.
func (m *Machine) NoSession() {}

// Certificate is a side's own.
type Certificate struct {
	Chain     wire.Chain
	PublicKey crypto.PublicKey // the leaf's
	Decrypts  bool             // its RSA key can be used for RSA key exchange
	ByName    bool             // a server chose it by the client's ServerName
}

// UseCertificate answers CertificateWanted. Chain is not copied.
func (m *Machine) UseCertificate(c Certificate) {}

// NoCertificate answers CertificateWanted: a client sends an empty chain, a
// server has the anonymous suites left.
func (m *Machine) NoCertificate() {}

// Supports reports, while a server wants a certificate, whether one with this
// key could serve the client: CertificateWanted's candidates are tried with it.
func (m *Machine) Supports(c Certificate) bool { return false }

// PeerVerified answers VerifyWanted: the chain is trusted, for this name, and
// its leaf has this key.
func (m *Machine) PeerVerified(leaf crypto.PublicKey) {}

// SignWith answers SignWanted with a signature by key. An error is the
// handshake's, too.
func (m *Machine) SignWith(key crypto.Signer) error { return nil }

// Signature answers SignWanted with a signature that was made elsewhere.
func (m *Machine) Signature(sig []byte) {}

// DecryptWith answers DecryptWanted. A ciphertext that is wrong goes unnoticed
// here, and fails the handshake later, at Finished (RFC 5246, Section 7.4.7.1).
func (m *Machine) DecryptWith(key crypto.Decrypter) error { return nil }

// Premaster answers DecryptWanted with what was decrypted elsewhere, with the
// countermeasure of RFC 5246, Section 7.4.7.1: 48 octets, whatever came.
func (m *Machine) Premaster(premaster []byte) {}

// Confirm answers ConfirmWanted: go on.
func (m *Machine) Confirm() {}

// IssueTicket answers TicketWanted. An empty ticket says that there is none
// after all (RFC 5077, Section 3.3).
func (m *Machine) IssueTicket(lifetimeHint uint32, ticket []byte) {}

// Abort answers any event, and may be called at any time: the next Step sends
// the alert and fails with an Error that wraps err.
func (m *Machine) Abort(alert spec.AlertDescription, err error) {}

// State returns where the machine stands.
func (m *Machine) State() spec.State { return m.state }

// Hello returns the ClientHello: as received at a server, nil before it has
// come, and as sent at a client.
func (m *Machine) Hello() *wire.ClientHello { return nil }

// ClientRandom returns the 32 octets of ClientHello.random.
func (m *Machine) ClientRandom() []byte { return nil }

// ServerRandom returns the 32 octets of ServerHello.random, at a server as they
// will be sent.
func (m *Machine) ServerRandom() []byte { return nil }

// Offered returns what SessionWanted is about: a Session ID or a ticket; the
// other is nil.
func (m *Machine) Offered() (id, ticket []byte) { return nil, nil }

// CertificateRequest returns what the server asks of a client.
func (m *Machine) CertificateRequest() *wire.CertificateRequest { return nil }

// PeerChain returns the peer's certificates, of this handshake or of the
// session that is resumed; nil if it has sent none. The caller may keep it.
func (m *Machine) PeerChain() wire.Chain { return nil }

// ToSign returns what SignWanted is about. [crypto.Signer] wants input as it is:
// it is a digest but for Ed25519.
func (m *Machine) ToSign() (scheme spec.SignatureScheme, input []byte) { return 0, nil }

// ToDecrypt returns what DecryptWanted is about, and the version that the
// premaster secret must begin with.
func (m *Machine) ToDecrypt() (ciphertext []byte, offered spec.Version) { return nil, 0 }

// Session returns what TicketWanted and SessionIssued are about. The caller may
// keep and complete it.
func (m *Machine) Session() *Session { return nil }

// Doomed returns the Session ID that the failure of this machine has made
// unusable, or nil: sessions under it must be forgotten (RFC 5246, Section 7.2).
// A handshake with a session secret dooms none.
func (m *Machine) Doomed() []byte { return nil }

// Data returns the application data that came last, within the in of that Step.
func (m *Machine) Data() []byte { return nil }

// Alert returns the alert that came last.
func (m *Machine) Alert() spec.AlertDescription { return spec.AlertNone }

// Info is what has been negotiated so far.
type Info struct {
	Version              spec.Version
	Suite                spec.SuiteID
	Resumed              spec.Shortening // once decided
	Protocol             string          // ALPN; "" for none
	ServerName           string          // as sent by the client
	SessionID            []byte          // of ServerHello
	ExtendedMasterSecret bool            // of the master secret: false with a session secret
	EncryptThenMAC       bool            // in use
	SecureRenegotiation  bool            // the peer has signalled RFC 5746
	PeerAuthenticated    bool            // by a certificate, or by Finished in a shortened handshake
	PreferredSuite       spec.SuiteID    // what a client's secret came with
	Group                spec.Group
	Scheme               spec.SignatureScheme // of the server's key exchange
}

// Info returns what has been negotiated so far.
func (m *Machine) Info() Info { return Info{} }

// Observe fills in what can be seen of the machine between two steps: all of an
// observation but what belongs to one message.
func (m *Machine) Observe(o *spec.Observation) {}

// KeyLog returns client_random and the master secret once that is in force, for
// a line of the NSS key log format; nil before.
func (m *Machine) KeyLog() (clientRandom, master []byte) { return nil, nil }

// AppendKeyBlock appends n octets of the key expansion (RFC 5246, Section 6.3)
// from offset off, once the machine is established: EAP-FAST's session_key_seed
// is made of them (RFC 5422, Section 3.3). Under TLS 1.2, h may be SHA256 or
// SHA384 for a PRF other than the suite's; 0 is the handshake's own.
func (m *Machine) AppendKeyBlock(dst []byte, off, n int, h crypto.Hash) ([]byte, error) {
	return dst, nil
}

// Export fills out with keying material (RFC 5705). A nil context is no
// context. It fails without extended master secret (RFC 7627, Section 5.4) and
// after a session secret, unless Config.ExportWithoutEMS is set.
func (m *Machine) Export(out []byte, label string, context []byte) error { return nil }
