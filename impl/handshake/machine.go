package handshake

import (
	"sync"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Machine is one endpoint of one connection. It is not safe for concurrent use.
type Machine struct {
	connection
	tools
}

// tools is what a machine keeps for the next connection: wiped, and with
// nothing left to see of the last one.
type tools struct {
	read, write record.Half
	prf         prf.PRF
	transcript  prf.Transcript

	in      []byte // handshake octets that have been read and not been handled
	message []byte // the message that is being built
	kept    []byte // the ClientHello, or the CertificateRequest, that hello and request alias
	name    []byte // the ServerName of a client's hello

	premaster []byte
	scratch   []byte // what is to be signed

	finished wire.Finished
	sum      [prf.MaxSize]byte // of the transcript
	block    [maxKeyBlock]byte
}

// connection is all that belongs to one connection. Its zero value is a new
// one.
type connection struct {
	config *Config
	d      *derived
	table  *table
	role   spec.Role
	state  spec.State

	// The message that is being handled.
	row   *row         // nil: none
	todo  []action     // what is left of the row
	on    spec.Message //
	whole []byte       // a handshake message with its header; valid until the first event
	rest  []byte       // octets of the record behind it

	handled int // octets at the front of in

	out      []byte // within Step
	question Event  // waits for its answer; NeedInput: none
	answers  answers
	aborted  *Error
	err      error // of the failed machine
	told     toldEvents
	useless  [uselessKinds]int // messages without any effect since the last one with some
	refusals int               // requests to renegotiate that were answered
	closed   bool              // close_notify was sent
	ended    bool              // close_notify was received
	data     []byte
	alert    spec.AlertDescription

	// What the client has asked for.
	hello     wire.ClientHello
	hasHello  bool
	opaque    bool     // the ticket is the application's
	hasSecret bool     // and there is a secret to it
	session   *Session // offered by the client
	fresh     [wire.MaxSessionID]byte
	idChoice  IDChoice

	// What the server has answered.
	version      spec.Version
	suite        spec.Suite
	serverRandom [prf.RandomSize]byte
	hasRandom    bool
	id           [wire.MaxSessionID]byte
	idLen        int
	protocol     []byte // of d.protocols; nil: none
	echoed       bool   // the ServerHello's Session ID is the client's, and not empty
	promised     bool   // a NewSessionTicket
	ems, etm     bool
	secure       bool // RFC 5746 was signalled

	// Keys.
	hash           prf.Hash
	secret         spec.Secret
	master         [prf.MasterSecretSize]byte
	long           []byte // the master secret where it does not have 48 octets
	keyed          bool   // keys have been made of it
	pending        bool   // the next message says what becomes of the secret
	resumed        spec.Shortening
	preferredSuite spec.SuiteID
	ticketAccepted bool
	newSession     *Session
	doomed         bool

	// The full handshake.
	own        Certificate
	hasOwn     bool
	peerChain  wire.Chain
	peerKey    publicKey
	peerProved bool
	request    wire.CertificateRequest
	requested  bool
	group      spec.Group
	dhGroup    *kx.DHGroup
	key        *kx.Key
	scheme     spec.SignatureScheme // of the server's key exchange
	signScheme spec.SignatureScheme // of the own signature that is being made
	ciphertext []byte

	trace trace
}

// toldEvents are events that the caller has yet to be told.
type toldEvents struct{ established, issued, data bool }

var pool = sync.Pool{New: func() any { return new(Machine) }}

// setUp makes a new machine an endpoint's.
func (m *Machine) setUp(c *Config, r spec.Role) {
	m.config, m.d, m.role, m.alert = c, c.derive(), r, spec.AlertNone
	m.write.Rand, m.write.Fragment, m.write.Split = c.Rand, c.Fragment, !c.DisableRecordSplitting
}

func (m *Machine) beginClient(c *Config, p *ClientParams) error {
	m.setUp(c, spec.Client)
	m.table, m.state = clientTable, spec.Start
	return m.makeClientHello(p)
}

func (m *Machine) beginServer(c *Config) {
	m.setUp(c, spec.Server)
	m.table, m.state = serverTable, spec.AwaitClientHello
}

// NewClient returns a client that has not sent anything: the first Step appends
// ClientHello. It fails where the parameters do not make a ClientHello, for
// instance with a ticket that does not fit. Config and parameters are not
// copied.
func NewClient(c *Config, p *ClientParams) (*Machine, error) {
	m := pool.Get().(*Machine)
	if err := m.beginClient(c, p); err != nil {
		m.Release()
		return nil, err
	}
	return m, nil
}

// NewServer returns a server that awaits ClientHello.
func NewServer(c *Config) *Machine {
	m := pool.Get().(*Machine)
	m.beginServer(c)
	return m
}

// ResetClient makes m what NewClient returns, wherever it stands: for those who
// keep their machines. The zero Machine can be reset, too. After an error m is
// good for nothing but another reset.
func (m *Machine) ResetClient(c *Config, p *ClientParams) error {
	m.reset()
	return m.beginClient(c, p)
}

// ResetServer makes m what NewServer returns, wherever it stands.
func (m *Machine) ResetServer(c *Config) {
	m.reset()
	m.beginServer(c)
}

// Release wipes the machine and gives it back. It must not be used afterwards,
// nor anything that it has returned and that is its own.
func (m *Machine) Release() {
	m.reset()
	pool.Put(m)
}

// reset makes the machine a new one.
func (m *Machine) reset() {
	m.wipe()
	m.connection = connection{}
	m.transcript.Reset()
	m.finished, m.sum = wire.Finished{}, [prf.MaxSize]byte{}
	for _, b := range []*[]byte{&m.in, &m.message, &m.kept, &m.name, &m.scratch} {
		*b = recycle(*b)
	}
}

// wipe overwrites all secrets. What was negotiated stays.
func (m *Machine) wipe() {
	m.read.Reset()
	m.write.Reset()
	m.prf.Wipe()
	m.wipeKey()
	clear(m.master[:])
	clear(m.long)
	m.long = nil
	m.premaster = recycle(m.premaster)
	m.secret, m.pending, m.keyed = spec.NoSecret, false, false
}

// wipeKey forgets the ephemeral key.
func (m *Machine) wipeKey() {
	if m.key != nil {
		m.key.Wipe()
		m.key = nil
	}
}

// keptBuffer is the largest buffer that a machine keeps, in octets.
const keptBuffer = 4096

// recycle empties and overwrites a buffer, and gives up a large one.
func recycle(b []byte) []byte {
	clear(b[:cap(b)])
	if cap(b) > keptBuffer {
		return nil
	}
	return b[:0]
}
