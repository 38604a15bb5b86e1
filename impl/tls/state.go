package tls

import (
	"crypto/x509"

	"github.com/sesame-tls/sesame/spec"
)

// ConnectionState is what a handshake agreed on.
type ConnectionState struct {
	Version           uint16
	HandshakeComplete bool
	CipherSuite       uint16

	// DidResume says that the handshake was shortened, and ResumedBy how:
	// spec.Full, spec.BySessionID, spec.ByTicket or spec.BySessionSecret.
	DidResume bool
	ResumedBy spec.Shortening

	// TicketState is SessionSecret.State of a handshake with a session secret,
	// from when the peer's Finished has verified; nil in every other handshake,
	// one that fell back to a full one included.
	TicketState any

	// SessionSecretSuite is, at a client, the suite that its session secret
	// preferred, whatever became of it.
	SessionSecretSuite uint16

	NegotiatedProtocol string // ALPN; "" for none
	ServerName         string // as sent by the client

	// PeerCertificates is the peer's chain as sent, of this handshake or of the
	// session that was resumed. VerifiedChains is empty if it was not verified.
	PeerCertificates []*x509.Certificate
	VerifiedChains   [][]*x509.Certificate

	ExtendedMasterSecret bool // of the master secret: false with a session secret
	EncryptThenMAC       bool // in use: a CBC suite and both sides willing
	SecureRenegotiation  bool // the peer signalled RFC 5746

	// Group and SignatureScheme are the key exchange's; zero where there was
	// none. A server's own group has the number zero too.
	Group           spec.Group
	SignatureScheme spec.SignatureScheme

	SessionID    []byte // as in ServerHello
	ClientRandom []byte // 32 octets
	ServerRandom []byte // 32 octets
}
