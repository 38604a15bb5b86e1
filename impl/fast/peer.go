package fast

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// PeerConfig is what a peer is and may do. It must not be changed while it is
// in use.
type PeerConfig struct {
	Identity string // in the tunnel; what EAP says outside of it is eap.PeerConfig's
	Password string

	// Roots are what server certificates are verified against, and ServerName is
	// the name that one must have; "" is any. Without Roots, no certificate is
	// trusted, and a PAC that is declined ends the conversation.
	Roots      *x509.CertPool
	ServerName string

	// Store has the PACs and gets new ones; nil: none.
	Store Store
	// Type is the PAC that opens the tunnel: TunnelPAC, which 0 is, or MachinePAC.
	Type PACType
	// Provisioning lets the peer ask for PACs. Anonymous means it literally: only
	// without Roots and without a PAC does the peer try it, and it never slides
	// into it (FAST-SEC-06).
	Provisioning Provisioning
	// Ask are the PACs to ask for; nil: the Type that opens the tunnel.
	Ask []PACType

	Methods     []eap.Type       // inner methods, the best first; nil: MSCHAPv2, GTC
	Certificate *tls.Certificate // for a server that asks for one; nil: none

	// Session is a TLS session to resume where there is no PAC; see
	// [Peer.Session], which has one only with Resume.
	Session *handshake.Session
	Resume  bool

	MinVersion, MaxVersion spec.Version // 0: TLS 1.2
	Suites                 []spec.SuiteID

	// Tracer is as in [ServerConfig].
	Tracer func(sent bool, tlvs []byte)

	// KeyLogWriter gets a line in the NSS key log format for each tunnel, once it
	// stands. Writes come from one conversation at a time. nil: none.
	KeyLogWriter io.Writer

	Quirks Quirks
	Rand   io.Reader // nil: crypto/rand
}

// Peer is one conversation of a peer: an [eap.PeerMethod]. It is not safe for
// concurrent use.
type Peer struct {
	config PeerConfig
	tunnel tunnel
	phase2 peerPhase2

	authority []byte // of Start
	version   uint8  // of Start
	pac       *PAC   // that was offered
	begun     bool
	done      bool // in answer to an alert, or after a failure
	report    Report
	keys      eap.Keys
	now       time.Time
	state     eap.PeerState
	session   *handshake.Session
}

// NewPeer returns a conversation that awaits Start.
func NewPeer(c *PeerConfig) *Peer {
	p := &Peer{config: *c, tunnel: tunnel{fragments: eap.Fragments{Version: Version, Limit: maxTunnelMessage}, trace: c.Tracer, keyLog: c.KeyLogWriter}}
	if p.config.Rand == nil {
		p.config.Rand = rand.Reader
	}
	if p.config.Type == 0 {
		p.config.Type = TunnelPAC
	}
	if p.config.Ask == nil {
		p.config.Ask = []PACType{p.config.Type}
	}
	if p.config.Methods == nil {
		p.config.Methods = []eap.Type{mschapv2.Type, gtc.Type}
	}
	return p
}

// Report returns what the conversation has come to so far.
func (p *Peer) Report() Report { return p.report }

// Session returns the TLS session of the conversation, to be resumed in
// another; nil where there is none. It holds secrets.
func (p *Peer) Session() *handshake.Session { return p.session }

// Keys implements [eap.PeerMethod].
func (p *Peer) Keys() eap.Keys { return p.keys }

// Release implements [eap.PeerMethod].
func (p *Peer) Release() {
	p.phase2.release()
	p.tunnel.release()
	p.keys = eap.Keys{}
	p.config.Password = ""
}

var (
	errNoWay = errors.New("fast: no PAC for this server, no trust root for its certificate, and anonymous provisioning is not allowed")
	errStart = errors.New("fast: Start without an A-ID")
)

// Step implements [eap.PeerMethod]. Data may be overwritten.
func (p *Peer) Step(out, data []byte, t *eap.Turn) ([]byte, eap.PeerState) {
	p.now = t.Now
	if len(data) == 0 {
		return out, eap.PeerState{Ignore: true}
	}
	if flags := eap.Flags(data[0]); flags&eap.FlagStart != 0 {
		if p.begun || !p.start(flags, data[1:]) {
			return out, eap.PeerState{Ignore: true}
		}
		return p.tunnel.fragments.Append(out, t.MTU), p.state
	}
	if !p.begun {
		return out, eap.PeerState{Ignore: true}
	}
	arrival, err := p.tunnel.fragments.Receive(data)
	if err != nil {
		p.fail(err)
		return out, eap.PeerState{Ignore: true}
	}
	if arrival == eap.Whole {
		p.tunnel.fragments.Send(p.message(p.tunnel.fragments.Message()))
	}
	return p.tunnel.fragments.Append(out, t.MTU), p.state
}

func (p *Peer) fail(err error) {
	if p.report.Reason == nil {
		p.report.Reason = err
	}
}

// start takes Start, and begins phase 1.
func (p *Peer) start(flags eap.Flags, data []byte) bool {
	p.version = flags.Version()
	p.authority = authorityID(data)
	if len(p.authority) == 0 {
		p.fail(errStart)
		return false
	}
	params, config, err := p.choose()
	if err == nil {
		p.tunnel.machine, err = handshake.NewClient(config, params)
	}
	if err != nil {
		p.fail(err)
		return false
	}
	p.begun = true
	p.tunnel.fragments.Send(p.message(nil))
	return true
}

// authorityID reads the A-ID of Start: an attribute, or as it is (DEP-17).
func authorityID(data []byte) []byte {
	if len(data) > headerSize && binary.BigEndian.Uint16(data)&attrBits == attrAID &&
		int(binary.BigEndian.Uint16(data[2:])) <= len(data)-headerSize {
		return bytes.Clone(data[headerSize : headerSize+int(binary.BigEndian.Uint16(data[2:]))])
	}
	return bytes.Clone(data)
}

// choose says which handshake to try: with a PAC, with the server's
// certificate, or, explicitly allowed, anonymously.
func (p *Peer) choose() (*handshake.ClientParams, *handshake.Config, error) {
	c := &p.config
	params := &handshake.ClientParams{ServerName: c.ServerName}
	config := &handshake.Config{
		Rand: c.Rand, MinVersion: c.MinVersion, MaxVersion: c.MaxVersion, Suites: withoutAnonymous(c.Suites),
		DisableRecordSplitting: true, // one TLV message is one record
	}
	if c.Store != nil {
		identity := c.Identity
		if c.Type == MachinePAC {
			identity = "" // it is the machine's, whoever the user is
		}
		p.pac = c.Store.Find(p.authority, c.Type, identity, p.now)
	}
	switch {
	case p.pac != nil:
		// FAST-TLS-18: the suites allow for a full handshake, too.
		params.Ticket, params.HasSecret = c.Quirks.ticket(p.pac), true
	case c.Roots != nil:
		params.Session = c.Session
	case c.Provisioning == AnonymousProvisioning:
		config.Suites, config.AllowAnonymous = anonymousSuites[:1], true
	default:
		return nil, nil, errNoWay
	}
	return params, config, nil
}

// message takes one message, and returns the next one to send; nil is an
// acknowledgement.
func (p *Peer) message(in []byte) []byte {
	if p.done {
		return nil
	}
	wasUp := p.tunnel.established()
	out, data, err := p.tunnel.feed(in, p.answer)
	if err != nil {
		// RFC 4851, Section 3.6.1: an own alert goes out, the server's is acknowledged.
		p.fail(err)
		p.state = eap.PeerState{State: eap.Done}
		p.done = true
		return out
	}
	if p.tunnel.established() && !wasUp {
		if err := p.up(); err != nil {
			p.fail(err)
			p.state, p.done = eap.PeerState{State: eap.Done}, true
			return nil
		}
		if message := p.opening(); message != nil && len(data) == 0 {
			return p.seal(out, message)
		}
	}
	for _, d := range data {
		if message := p.phase2Step(d); message != nil {
			out = p.seal(out, message)
		}
	}
	return out
}

// up begins phase 2.
func (p *Peer) up() error {
	if err := p.tunnel.begin(p.config.Quirks); err != nil {
		return err
	}
	p.report.Tunnel, p.report.Version, p.report.Suite = p.tunnel.kind, p.tunnel.version, p.tunnel.suite
	if p.pac != nil && p.tunnel.kind != ByPAC {
		p.report.Declined = ErrOpaque
	}
	return nil
}

func (p *Peer) seal(out, message []byte) []byte {
	sealed, err := p.tunnel.seal(out, message)
	if err != nil {
		p.fail(err)
		p.state, p.done = eap.PeerState{State: eap.Done}, true
		return nil
	}
	return sealed
}

// answer answers the machine's questions.
func (p *Peer) answer(ev handshake.Event) {
	m, c := p.tunnel.machine, &p.config
	switch ev {
	case handshake.SecretWanted:
		secret := p.tunnel.sessionSecret(p.pac.Key)
		m.AcceptSecret(secret[:], 0)
		clear(secret[:])
	case handshake.SessionIssued:
		// Resuming a session of an anonymous tunnel would authenticate nobody.
		if c.Resume && c.Roots != nil {
			p.session = m.Session()
		}
	case handshake.VerifyWanted:
		if c.Roots == nil {
			m.Abort(spec.UnknownCA, errNoWay)
			return
		}
		verifyChain(m, x509.VerifyOptions{
			Roots: c.Roots, DNSName: c.ServerName, CurrentTime: p.now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		})
	case handshake.CertificateWanted:
		own, err := p.ownCertificate()
		if err != nil {
			m.NoCertificate()
			return
		}
		m.UseCertificate(own)
	case handshake.SignWanted:
		if err := m.SignWith(c.Certificate.PrivateKey.(crypto.Signer)); err != nil {
			p.fail(err)
		}
	}
}

var errNoCertificate = errors.New("fast: no certificate of one's own")

func (p *Peer) ownCertificate() (handshake.Certificate, error) {
	c := p.config.Certificate
	if c == nil || len(c.Certificate) == 0 {
		return handshake.Certificate{}, errNoCertificate
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return handshake.Certificate{}, err
	}
	if _, ok := c.PrivateKey.(crypto.Signer); !ok {
		return handshake.Certificate{}, errNoCertificate
	}
	return handshake.Certificate{Chain: wire.MakeChain(c.Certificate...), PublicKey: leaf.PublicKey}, nil
}

// opening is what the peer says first in phase 2: a User Authorization PAC, in
// the packet of its Finished and to an authenticated server only (RFC 5422,
// Section 4.1.3).
func (p *Peer) opening() []byte {
	if p.config.Store == nil || p.tunnel.kind != ByPAC && p.tunnel.kind != BySession {
		return nil
	}
	pac := p.config.Store.Find(p.authority, UserAuthorizationPAC, p.config.Identity, p.now)
	if pac == nil || !slices.Contains(p.config.Ask, UserAuthorizationPAC) {
		return nil
	}
	return appendTLV(nil, mandatory|uint16(PACTLV), func(dst []byte) []byte {
		return append(appendHeader(dst, attrOpaque, len(pac.Opaque)), pac.Opaque...)
	})
}
