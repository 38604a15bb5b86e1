package tls

import (
	"context"
	"crypto/x509"
	"io"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// The protocol versions.
const (
	VersionTLS10 uint16 = 0x0301
	VersionTLS11 uint16 = 0x0302
	VersionTLS12 uint16 = 0x0303
)

// ClientAuthType is what a server asks of the client's certificate. The values
// are crypto/tls's.
type ClientAuthType int

// What a server may ask.
const (
	NoClientCert               ClientAuthType = iota // no CertificateRequest is sent
	RequestClientCert                                // a certificate is optional and not verified
	RequireAnyClientCert                             // a certificate is required and not verified
	VerifyClientCertIfGiven                          // a certificate is optional and verified
	RequireAndVerifyClientCert                       // a certificate is required and verified
)

// Policy is how an optional extension is treated.
type Policy = handshake.Policy

// The policies. The zero value offers and answers the extension, and goes on
// without it where the peer does not.
const (
	Offer   = handshake.Offer
	Require = handshake.Require
	Never   = handshake.Never
)

// Config configures a client or a server. It must not be changed once it is in
// use; it may be used by any number of connections at once. [Config.Clone]
// copies one. The zero value is a client's sound configuration, but for a
// ServerName, and lacks only a certificate for a server.
type Config struct {
	// Rand is the source of all randomness; nil is crypto/rand. Octets of keys
	// are drawn from it, so that a fixed source makes a run reproducible. All
	// connections read from it at once.
	Rand io.Reader

	// Time is the clock that certificates, sessions and ticket keys are held
	// against; nil is time.Now.
	Time func() time.Time

	// Certificates are the chains to present. A server picks the first that fits
	// the client's ServerName, suites and signature algorithms, a client the
	// first that fits the CertificateRequest.
	Certificates []Certificate

	// GetCertificate, if it is set, is asked first by a server. nil, nil goes on
	// to Certificates.
	GetCertificate func(ctx context.Context, h *ClientHelloInfo) (*Certificate, error)

	// GetClientCertificate, if it is set, is asked instead of Certificates when
	// a server requests a certificate. nil, nil sends none.
	GetClientCertificate func(ctx context.Context, r *CertificateRequestInfo) (*Certificate, error)

	// VerifyPeerCertificate runs after the usual verification of a certificate,
	// or instead of it where InsecureSkipVerify or ClientAuth leave it out; then
	// chains is nil. An error ends the handshake. It does not run where no
	// certificate is sent: in a resumed handshake and in one with a session
	// secret. Use VerifyConnection to see every handshake.
	VerifyPeerCertificate func(raw [][]byte, chains [][]*x509.Certificate) error

	// VerifyConnection runs in every handshake, full, resumed and with a session
	// secret, once the peer's Finished has verified and before the handshake is
	// reported as complete. An error ends it with bad_certificate, or with the
	// alert of an [*AlertError] in it.
	VerifyConnection func(ConnectionState) error

	RootCAs            *x509.CertPool // a client's trust; nil is the system's
	ClientCAs          *x509.CertPool // a server's trust in client certificates; nil is the system's
	ClientAuth         ClientAuthType
	ServerName         string // what a client sends and verifies
	InsecureSkipVerify bool   // a client takes any certificate and name

	// NextProtos are the application protocols (RFC 7301), the best first. A
	// server picks its first that the client offers, and refuses a client that
	// offers others only.
	NextProtos []string

	MinVersion uint16 // zero is VersionTLS12
	MaxVersion uint16 // zero is VersionTLS12

	// Fallback says that a client has failed with a higher MaxVersion before
	// (RFC 7507). A server that speaks the higher version refuses it.
	Fallback bool

	// CipherSuites are the suites to offer or to accept, the best first. nil is
	// every suite with forward secrecy or RSA key exchange, AEAD and ephemeral
	// first. Anonymous suites need AllowAnonymous as well.
	CipherSuites []uint16

	// Groups are the groups of the key exchange, the best first: crypto/tls's
	// CurvePreferences, and finite fields too. nil is X25519, P-256, P-384, P-521,
	// ffdhe2048 and ffdhe3072; see [Groups] for all.
	Groups []spec.Group

	// SignatureSchemes are what is offered to the peer, taken from it and signed
	// in under TLS 1.2, the best first; nil is [SignatureSchemes]. A client that
	// names none wants SHA-1 (RFC 5246, Section 7.4.1.4.1), and gets it only if
	// that is among them. A [Certificate] can narrow down what its key signs in.
	SignatureSchemes []spec.SignatureScheme

	// AllowAnonymous lets DH_anon suites be offered and chosen. Nobody is
	// authenticated by them: it is for provisioning (RFC 5422), never beside a
	// ticket.
	AllowAnonymous bool

	// OfferTicket returns the opaque ticket of one connection and the way to its
	// secret; nil, nil offers none. It is called once, before ClientHello. While
	// it is set, the client never sends an empty SessionTicket extension, and
	// beside a ticket no session is offered.
	OfferTicket func(ctx context.Context, r *TicketRequest) (*TicketOffer, error)

	// OfferSessionID sends a fresh random Session ID beside a ticket instead of
	// an empty one (RFC 5077, Section 3.4).
	OfferSessionID bool

	// AcceptTicket opens a client's opaque ticket. It is called at most once a
	// ClientHello, and only if that carried a ticket. nil, nil declines: that is
	// the answer for every ticket that does not open, and gives a full handshake.
	// An error says that the server is broken: internal_error. While it is set,
	// RFC 5077 tickets are neither opened nor issued.
	AcceptTicket func(ctx context.Context, h *TicketHello) (*SessionSecret, error)

	// TicketIsClientAuth lets a ticket stand in for a required client
	// certificate. By default it does not: such a server does not call
	// AcceptTicket, and every handshake is full.
	TicketIsClientAuth bool

	// AnySecretLength allows session secrets of 1 to 512 octets, as OpenSSL 3
	// does, instead of 48. No key-log line exists for such a secret.
	AnySecretLength bool

	// SessionTicketsDisabled turns RFC 5077 tickets off: a client asks for none,
	// a server issues and opens none.
	SessionTicketsDisabled bool

	// ClientSessionCache keeps a client's sessions, by ticket or by Session ID.
	// nil: nothing is resumed.
	ClientSessionCache ClientSessionCache

	// ServerSessionCache keeps a server's sessions by Session ID. nil: none has
	// an ID.
	ServerSessionCache ServerSessionCache

	// SessionLifetime bounds how long after its full handshake a session is
	// resumed; zero is 24 hours (RFC 5246, Appendix F.1.4).
	SessionLifetime time.Duration

	// SessionContext separates servers that share a cache or ticket keys: a
	// session is resumed only where it is the same.
	SessionContext string

	// ExtendedMasterSecret is the policy on RFC 7627. It changes nothing about a
	// session secret. ResumeWithoutEMS resumes a session without it by a hello
	// without it (RFC 7627, Section 5.3): at a client, beside Never.
	ExtendedMasterSecret Policy
	ResumeWithoutEMS     bool

	// EncryptThenMAC is the policy on RFC 7366, which concerns CBC suites only.
	EncryptThenMAC Policy

	// ExportWithoutEMS lets ExportKeyingMaterial work after a handshake without
	// extended master secret (RFC 7627, Section 5.4) and after one with a session
	// secret.
	ExportWithoutEMS bool

	// DisableRecordSplitting turns off the 1/n-1 splitting of application data
	// under TLS 1.0 and CBC, which a peer that reads one record at a time does
	// not survive.
	DisableRecordSplitting bool

	// KeyLogWriter gets a line in the NSS key log format for each master secret
	// that comes into force, resumed and session secrets included. It is for
	// debugging: it gives the connection away.
	KeyLogWriter io.Writer

	// Tracer, if it is set, gets an observation of every message that was handled.
	// It must not keep it, nor call the connection.
	Tracer func(*spec.Observation)

	once    sync.Once
	derived derived
	tickets ticketKeys
}

// Clone returns a copy that may be changed. It shares caches and callbacks, and
// the ticket keys if they were set.
func (c *Config) Clone() *Config {
	d := &Config{
		Rand: c.Rand, Time: c.Time,
		Certificates: c.Certificates, GetCertificate: c.GetCertificate, GetClientCertificate: c.GetClientCertificate,
		VerifyPeerCertificate: c.VerifyPeerCertificate, VerifyConnection: c.VerifyConnection,
		RootCAs: c.RootCAs, ClientCAs: c.ClientCAs, ClientAuth: c.ClientAuth, ServerName: c.ServerName,
		InsecureSkipVerify: c.InsecureSkipVerify, NextProtos: c.NextProtos,
		MinVersion: c.MinVersion, MaxVersion: c.MaxVersion, Fallback: c.Fallback,
		CipherSuites: c.CipherSuites, Groups: c.Groups, SignatureSchemes: c.SignatureSchemes,
		AllowAnonymous: c.AllowAnonymous,
		OfferTicket:    c.OfferTicket, OfferSessionID: c.OfferSessionID, AcceptTicket: c.AcceptTicket,
		TicketIsClientAuth: c.TicketIsClientAuth, AnySecretLength: c.AnySecretLength,
		SessionTicketsDisabled: c.SessionTicketsDisabled, ClientSessionCache: c.ClientSessionCache,
		ServerSessionCache: c.ServerSessionCache, SessionLifetime: c.SessionLifetime, SessionContext: c.SessionContext,
		ExtendedMasterSecret: c.ExtendedMasterSecret, ResumeWithoutEMS: c.ResumeWithoutEMS,
		EncryptThenMAC: c.EncryptThenMAC, ExportWithoutEMS: c.ExportWithoutEMS,
		DisableRecordSplitting: c.DisableRecordSplitting, KeyLogWriter: c.KeyLogWriter, Tracer: c.Tracer,
	}
	c.tickets.mu.Lock()
	defer c.tickets.mu.Unlock()
	if c.tickets.set {
		d.tickets.keys, d.tickets.set = c.tickets.keys, true
	}
	return d
}
