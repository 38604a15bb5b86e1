package handshake

import (
	"io"
	"sync"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Policy is how an optional extension is treated.
type Policy uint8

// The policies. The zero value offers and answers the extension, and goes on
// without it where the peer does not.
const (
	Offer Policy = iota
	Require
	Never
)

// ClientAuth is what a server asks of the client.
type ClientAuth uint8

// What a server may ask. How far a certificate is verified is the answer's to
// [VerifyWanted] to decide.
const (
	NoClientAuth      ClientAuth = iota // no CertificateRequest
	RequestClientAuth                   // a certificate is optional
	RequireClientAuth                   // an empty chain is handshake_failure
)

// Config is what many machines share. It must not be changed or copied once it
// is in use. The zero value is a TLS 1.2 client or server without sessions.
type Config struct {
	// Rand is the source of all randomness but that of crypto/rsa and
	// crypto/ecdsa; nil is crypto/rand. All machines read from it at once.
	Rand io.Reader

	// MinVersion and MaxVersion bound the version; zero is TLS 1.2.
	MinVersion, MaxVersion spec.Version

	// Suites are offered or accepted, the best first; nil is all of them but the
	// anonymous ones, AEAD and ephemeral first. Those that Sesame does not
	// implement, and anonymous ones without AllowAnonymous, are left out.
	Suites         []spec.SuiteID
	AllowAnonymous bool

	// Groups and Schemes are for the key exchange and for signatures, the best
	// first; nil is a sound choice of all that Sesame speaks. Those that it does
	// not are left out.
	Groups  []spec.Group
	Schemes []spec.SignatureScheme

	// Protocols are for ALPN, the best first (RFC 7301). A server without any
	// ignores the extension; one with some refuses a client that offers others
	// only.
	Protocols []string

	// ExtendedMasterSecret is the policy on RFC 7627. ResumeWithoutEMS resumes a
	// session without it by a hello without it (Section 5.3 there).
	// ExportWithoutEMS lets Export work without it (Section 5.4), and after a
	// handshake with a session secret.
	ExtendedMasterSecret Policy
	ResumeWithoutEMS     bool
	ExportWithoutEMS     bool

	// EncryptThenMAC is the policy on RFC 7366, which concerns CBC suites only.
	EncryptThenMAC Policy

	// SessionSecrets makes a server ask for the secret of a non-empty ticket
	// (SecretWanted). RFC 5077 tickets are then neither opened nor issued.
	SessionSecrets bool
	// TicketIsClientAuth lets a ticket stand in for a client certificate under
	// RequireClientAuth. By default every handshake is a full one there.
	TicketIsClientAuth bool
	// AnySecretLength allows session secrets of 1 to 512 octets instead of 48.
	AnySecretLength bool

	// Tickets makes a client ask for an RFC 5077 ticket where it has none to
	// send, and a server open and issue them (SessionWanted, TicketWanted).
	Tickets bool
	// SessionIDs makes a server give out Session IDs (SessionIssued) and ask for
	// the sessions under them (SessionWanted).
	SessionIDs bool

	// ClientAuth is what a server asks, Authorities whose certificates it names
	// as acceptable; none: any.
	ClientAuth  ClientAuth
	Authorities wire.Names

	// Confirm makes the machine ask ConfirmWanted in every handshake.
	Confirm bool

	// Fragment is the most plaintext in a record, 0 for what the protocol
	// allows. DisableRecordSplitting turns 1/n-1 splitting off under TLS 1.0.
	Fragment               int
	DisableRecordSplitting bool

	// Tracer gets an observation of every message that was handled, once its
	// flight is out. It must not keep it, nor call the machine.
	Tracer func(*spec.Observation)

	once    sync.Once
	derived derived
}

// IDChoice is the Session ID of a client's hello.
type IDChoice uint8

// The choices. DefaultID is a session's own Session ID, a fresh random one
// beside a session's ticket, so that an echo tells at once that it was
// accepted, and an empty one else, beside an opaque ticket above all (RFC
// 4851, Section 3.2.2).
const (
	DefaultID IDChoice = iota
	EmptyID
	FreshID
)

// ClientParams is what one client's handshake is to do.
type ClientParams struct {
	// ServerName goes into the server_name extension; "" sends none. It must be
	// a DNS host name: no IP address.
	ServerName string

	// Ticket is an opaque ticket for the SessionTicket extension: nil for none, 1
	// octet to what fits beside the other extensions.
	Ticket []byte
	// HasSecret says that the caller answers SecretWanted, which comes after
	// ServerHello if Ticket was sent. An empty SessionTicket extension is then
	// never sent.
	HasSecret bool

	// Session is offered for resumption, unless there is a Ticket.
	Session *Session

	// SessionID is what the hello's Session ID is. A session's own one is never
	// sent beside a Ticket.
	SessionID IDChoice

	// Fallback adds TLS_FALLBACK_SCSV: the client has failed with a higher
	// version than MaxVersion before (RFC 7507). SignalBySCSV signals RFC 5746
	// by suite value instead of by extension.
	Fallback     bool
	SignalBySCSV bool
}
