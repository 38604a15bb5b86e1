package handshake

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// State returns where the machine stands.
func (m *Machine) State() spec.State { return m.state }

// Hello returns the ClientHello: as received at a server, nil before it has
// come, and as sent at a client. It is the machine's own.
func (m *Machine) Hello() *wire.ClientHello {
	if !m.hasHello {
		return nil
	}
	return &m.hello
}

// ClientRandom returns the 32 octets of ClientHello.random, nil before they are
// known.
func (m *Machine) ClientRandom() []byte {
	if !m.hasHello {
		return nil
	}
	return m.hello.Random[:]
}

// ServerRandom returns the 32 octets of ServerHello.random, at a server as they
// will be sent, nil before they are known.
func (m *Machine) ServerRandom() []byte {
	if !m.hasRandom {
		return nil
	}
	return m.serverRandom[:]
}

// Offered returns what SessionWanted is about: a Session ID or a ticket; the
// other is nil.
func (m *Machine) Offered() (id, ticket []byte) {
	if len(m.hello.Ticket) > 0 {
		return nil, m.hello.Ticket
	}
	return m.hello.SessionID, nil
}

// CertificateRequest returns what the server asks of a client, and nil where it
// asks nothing.
func (m *Machine) CertificateRequest() *wire.CertificateRequest {
	if !m.requested {
		return nil
	}
	return &m.request
}

// PeerChain returns the peer's certificates, of this handshake or of the
// session that is resumed; nil if it has sent none. The caller may keep it.
func (m *Machine) PeerChain() wire.Chain { return m.peerChain }

// ToSign returns what SignWanted is about. [crypto.Signer] wants input as it is:
// it is a digest but for Ed25519.
func (m *Machine) ToSign() (scheme spec.SignatureScheme, input []byte) {
	return m.signScheme, m.scratch
}

// ToDecrypt returns what DecryptWanted is about, and the version that the
// premaster secret must begin with.
func (m *Machine) ToDecrypt() (ciphertext []byte, offered spec.Version) {
	return m.ciphertext, m.hello.Version
}

// Session returns what TicketWanted and SessionIssued are about. The caller may
// keep and complete it.
func (m *Machine) Session() *Session { return m.newSession }

// Doomed reports whether the failure of this machine has made the session
// unusable that it had resumed or issued (RFC 5246, Section 7.2), and the
// Session ID that a server has it under, if any. A handshake with a session secret
// dooms none.
func (m *Machine) Doomed() (id []byte, doomed bool) {
	if !m.doomed {
		return nil, false
	}
	return m.id[:m.idLen], true
}

// Data returns the application data that came last, within the in of that Step.
func (m *Machine) Data() []byte { return m.data }

// Alert returns the alert that came last, AlertNone before any.
func (m *Machine) Alert() spec.AlertDescription { return m.alert }

// Chosen returns the version and the suite, zero before they are negotiated.
func (m *Machine) Chosen() (spec.Version, spec.SuiteID) { return m.version, m.suite.ID }

// Info is what has been negotiated so far.
type Info struct {
	Version              spec.Version
	Suite                spec.SuiteID
	Resumed              spec.Shortening // once decided
	Protocol             string          // ALPN; "" for none
	ServerName           string          // as sent by the client
	SessionID            []byte          // of ServerHello; it is the machine's own
	ExtendedMasterSecret bool            // of the master secret: false with a session secret
	EncryptThenMAC       bool            // in use
	SecureRenegotiation  bool            // the peer has signalled RFC 5746
	PeerAuthenticated    bool            // by a certificate, or by Finished in a shortened handshake
	TicketAccepted       bool            // see [Error]
	PreferredSuite       spec.SuiteID    // what a client's secret came with
	Group                spec.Group      // of the key exchange; 0 for one without a number
	Scheme               spec.SignatureScheme
}

// Info returns what has been negotiated so far.
func (m *Machine) Info() Info {
	return Info{
		Version: m.version, Suite: m.suite.ID, Resumed: m.resumed, Protocol: string(m.protocol),
		ServerName: string(m.hello.ServerName), SessionID: m.id[:m.idLen],
		ExtendedMasterSecret: m.ems && m.resumed != spec.BySessionSecret, EncryptThenMAC: m.etm,
		SecureRenegotiation: m.secure, PeerAuthenticated: m.peerProved, TicketAccepted: m.ticketAccepted,
		PreferredSuite: m.preferredSuite, Group: m.group, Scheme: m.scheme,
	}
}

// KeyLog returns client_random and the master secret once that is in force, for
// a line of the NSS key log format; nil before, and after a failure. There is no
// line for a secret that has not 48 octets.
func (m *Machine) KeyLog() (clientRandom, master []byte) {
	if !m.keyed || m.long != nil {
		return nil, nil
	}
	return m.hello.Random[:], m.master[:]
}

// AppendKeyBlock appends n octets of the key expansion (RFC 5246, Section 6.3)
// from offset off, once the machine is established: EAP-FAST's session_key_seed
// is made of them (RFC 5422, Section 3.3). Under TLS 1.2, h may be SHA256 or
// SHA384 for a PRF other than the suite's; 0 is the handshake's own.
func (m *Machine) AppendKeyBlock(dst []byte, off, n int, h crypto.Hash) ([]byte, error) {
	hash := m.hash
	switch {
	case m.state != spec.Established:
		return dst, errNoKeys
	case off < 0 || n < 0 || off > maxExport || n > maxExport:
		return dst, fmt.Errorf("tls: no octets %d to %d of the key block", off, off+n)
	case h == 0:
	case m.version == spec.TLS12 && h == crypto.SHA256:
		hash = prf.SHA256
	case m.version == spec.TLS12 && h == crypto.SHA384:
		hash = prf.SHA384
	default:
		return dst, fmt.Errorf("tls: no PRF of %v with %v", m.version, h)
	}
	block := make([]byte, off+n)
	m.prf.KeyBlock(block, hash, m.masterSecret(), m.serverRandom[:], m.hello.Random[:])
	dst = append(dst, block[off:]...)
	clear(block)
	return dst, nil
}

// maxExport bounds what is derived at once, in octets.
const maxExport = 1 << 16

var (
	errNoKeys   = errors.New("tls: the handshake is not complete")
	errNoExport = errors.New("tls: no keying material without extended master secret (RFC 7627, Section 5.4)")
	errLabel    = errors.New("tls: the exporter's label is one of the handshake's (RFC 5705, Section 4)")
	errContext  = errors.New("tls: the exporter's context is longer than 65535 octets")
)

// Export fills out with keying material (RFC 5705). A nil context is no
// context. It fails without extended master secret (RFC 7627, Section 5.4) and
// after a session secret, unless Config.ExportWithoutEMS is set.
func (m *Machine) Export(out []byte, label string, context []byte) error {
	switch {
	case m.state != spec.Established:
		return errNoKeys
	case (!m.ems || m.resumed == spec.BySessionSecret) && !m.config.ExportWithoutEMS:
		return errNoExport
	case prf.Reserved(label):
		return errLabel
	case len(context) > 0xffff:
		return errContext
	}
	m.prf.Export(out, m.hash, m.masterSecret(), label, m.hello.Random[:], m.serverRandom[:], context)
	return nil
}
