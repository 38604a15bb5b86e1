package mapper

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"slices"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Config says what a mapper speaks with. It is not changed while it is in use,
// but for Session.
type Config struct {
	Role    spec.Role      // whose machine is learned: the mapper speaks the other's part
	Version spec.Version   // the highest; zero: TLS 1.2
	Suites  []spec.SuiteID // offered, or chosen from: the best first; nil: all with a certificate
	Rand    io.Reader      // nil: crypto/rand

	ServerName string   // asked of a server; empty: none
	EtM        bool     // encrypt_then_mac is offered, or answered beside a CBC suite
	PAC        *PAC     // nil: none
	Session    *Session // made before, with these suites; nil: none

	Chain wire.Chain    // what the mapper shows as its certificate
	Key   crypto.Signer // its key: RSA or ECDSA

	// ServerKey is what a premaster secret is encrypted to; nil: the key of the
	// server's certificate.
	ServerKey *rsa.PublicKey
}

// PAC is a ticket with a secret behind it.
type PAC struct {
	Opaque []byte
	// Secret returns the master secret of a handshake under it, 48 octets.
	Secret func(serverRandom, clientRandom []byte) []byte
}

// Session is what an earlier handshake has left: the same secret under a
// Session ID or an RFC 5077 ticket, or each of its own.
type Session struct {
	ID, Ticket             []byte // nil: none
	IDSecret, TicketSecret []byte
}

// Mapper speaks one connection after the other. It is not safe for concurrent
// use.
type Mapper struct {
	config Config
	suites []spec.SuiteID

	// The one premaster secret, encrypted: every time is as good as the first.
	encrypted   []byte
	encryptedTo *rsa.PublicKey
	encryptedOf []byte

	connection
}

// connection is what Reset forgets.
type connection struct {
	hello  *wire.ClientHello // the first that was sent or read
	answer *wire.ServerHello // likewise

	version spec.Version // zero before answer
	suite   spec.Suite
	known   bool // suite is one that is implemented

	transcript []byte // handshake messages with their headers
	exchanged  int    // its length at ClientKeyExchange; 0 before

	share     share  // of the server's key exchange
	leaf      []byte // of the server's chain
	premaster []byte // nil before the key exchange
	master    []byte // nil until it is decided

	read, write record.Half
	sealed      bool // the endpoint has sent ChangeCipherSpec
	opened      bool // and read is for it
	finished    bool // the mapper has sent Finished
	heard       bool // the endpoint has
	issued      []byte

	odd    Odd                             // of the message that is made
	scheme spec.SignatureScheme            // of the endpoint's ServerKeyExchange
	asked  wire.List[spec.SignatureScheme] // of the endpoint's CertificateRequest

	partial []byte // a handshake message that has not come whole
	last    spec.Message
	over    bool // a fatal alert, or no TLS
}

// New returns a mapper. [Mapper.Reset] comes before its first connection.
func New(c Config) *Mapper {
	if c.Version == 0 {
		c.Version = spec.TLS12
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	m := &Mapper{config: c, suites: c.Suites}
	if m.suites == nil {
		m.suites = withCertificate()
	}
	return m
}

// withCertificate lists the suites of certificates, those with an elliptic curve
// and those with AEAD first.
func withCertificate() (ids []spec.SuiteID) {
	suites := slices.DeleteFunc(spec.Suites(), func(s spec.Suite) bool { return s.KeyExchange.Anonymous() })
	slices.SortStableFunc(suites, func(a, b spec.Suite) int { return rank(a) - rank(b) })
	for _, s := range suites {
		ids = append(ids, s.ID)
	}
	return ids
}

func rank(s spec.Suite) (r int) {
	if !s.Cipher.AEAD() {
		r++
	}
	switch s.KeyExchange {
	case spec.DHERSA:
		r += 2
	case spec.RSA:
		r += 4
	}
	return r
}

// Reset begins a new connection.
func (m *Mapper) Reset() {
	m.read.Reset()
	m.write.Reset()
	m.connection = connection{read: m.read, write: m.write}
	m.read.Rand, m.write.Rand = m.config.Rand, m.config.Rand
	if m.config.Role == spec.Client {
		m.write.SetVersion(m.config.Version)
	}
}

// Remember takes the session that is offered from now on.
func (m *Mapper) Remember(s *Session) { m.config.Session = s }

// AtRest reports whether the protocol lets the endpoint say nothing more before
// it has been spoken to.
func (m *Mapper) AtRest() bool {
	switch m.last {
	case spec.ServerHelloDone, spec.ClientHello:
		return true
	case spec.Finished:
		return !m.finished // its flight ends so
	}
	return m.over
}

// Over reports whether the endpoint has ended the connection by a fatal alert,
// or has never spoken TLS.
func (m *Mapper) Over() bool { return m.over }

// Hello returns the endpoint's ClientHello, and nil where it has sent none.
func (m *Mapper) Hello() *wire.ClientHello { return m.hello }

// Answer returns the ServerHello, whoever has sent it, and nil where none was.
func (m *Mapper) Answer() *wire.ServerHello { return m.answer }

// Leaf returns the first certificate that the endpoint has shown; nil: none.
func (m *Mapper) Leaf() []byte { return m.leaf }

// Scheme returns how the endpoint's ServerKeyExchange is signed.
func (m *Mapper) Scheme() spec.SignatureScheme { return m.scheme }

// Secret returns the master secret that is in force; nil: none yet.
func (m *Mapper) Secret() []byte { return m.master }

// Established returns what was negotiated once both Finished have been sent, and
// false before.
func (m *Mapper) Established() (Outcome, bool) {
	if !m.finished || !m.heard || m.answer == nil {
		return Outcome{}, false
	}
	return Outcome{
		ID: bytes.Clone(m.answer.SessionID), Ticket: m.issued, Secret: bytes.Clone(m.master), Suite: m.suite,
		Full: m.premaster != nil,
	}, true
}

// Outcome is what a handshake has come to.
type Outcome struct {
	ID, Ticket []byte // of the session that may be resumed; nil: none
	Secret     []byte // the master secret
	Suite      spec.Suite
	Full       bool
}

// Suite returns the suite of the answer, and false before one has come.
func (m *Mapper) Suite() (spec.Suite, bool) { return m.suite, m.known }

func (m *Mapper) remember(message []byte) { m.transcript = append(m.transcript, message...) }

func (m *Mapper) hash() prf.Hash { return prf.Of(m.version, m.suite) }

// digest returns the hash of messages.
func (m *Mapper) digest(messages []byte) []byte {
	var t prf.Transcript
	t.Choose(m.hash())
	t.Write(messages)
	return t.Sum(nil)
}

// HasPAC reports whether the mapper has a PAC.
func (m *Mapper) HasPAC() bool { return m.config.PAC != nil }

// Chosen returns the suite that the mapper, as a server, answers the client's
// hello with.
func (m *Mapper) Chosen() spec.Suite {
	if m.hello == nil {
		return spec.Suite{}
	}
	suite, _ := spec.SuiteByID(m.choose(m.hello, min(m.config.Version, m.hello.Version)))
	return suite
}
