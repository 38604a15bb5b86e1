package fast

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
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

// User is who may log in.
type User struct {
	Name    string        // what PACs are issued to
	Hash    mschapv2.Hash // of the password
	Methods []eap.Type    // inner methods, the best first; nil: all that the server has
}

// Users finds users. Its method may be called from several goroutines.
type Users interface {
	// Find returns a user by the name that a peer has given, nil for one who may
	// not log in.
	Find(name string) *User
}

// Provisioning says how PACs are given out.
type Provisioning uint8

// The ways. Authenticated gives them to a peer that asks in a tunnel with a
// certificate or a PAC. Anonymous, in addition, gives Tunnel PACs in a tunnel
// in which nobody is authenticated but by MSCHAPv2, and never access.
const (
	NoProvisioning Provisioning = iota
	AuthenticatedProvisioning
	AnonymousProvisioning
)

// String returns "none", "authenticated" or "anonymous".
func (p Provisioning) String() string { return [...]string{"none", "authenticated", "anonymous"}[p] }

// ParseProvisioning is the inverse of [Provisioning.String].
func ParseProvisioning(name string) (Provisioning, error) {
	for p := NoProvisioning; p <= AnonymousProvisioning; p++ {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("fast: %q is no way of provisioning: give none, authenticated or anonymous", name)
}

// ServerConfig is what a server is and may do.
type ServerConfig struct {
	AuthorityID   []byte // A-ID, 1 to 255 octets; 16 are recommended (RFC 5422, Section 4.2.4)
	AuthorityInfo string // A-ID-Info, for people
	Keys          *KeyRing
	Users         Users

	// Certificate is for full handshakes; without one, only PACs and, if allowed,
	// anonymous provisioning work. ClientCAs asks peers for certificates, which
	// authenticate the tunnel and are no login.
	Certificate tls.Certificate
	ClientCAs   *x509.CertPool

	// Methods are the inner methods, the best first; nil: MSCHAPv2, GTC.
	Methods []eap.Type
	// Then are methods that have to succeed, one after the other, once the first
	// one has (RFC 4851, Section 3.3.1); nil: none. In an anonymous tunnel one
	// method runs. Each authenticates a user of its own; the last one's is the
	// conversation's.
	Then []eap.Type

	Provisioning  Provisioning
	Lifetime      time.Duration // of a PAC; 0: 7 days
	RefreshWithin time.Duration // a PAC that ends within this is renewed unasked; 0: a day
	// MachineLogin lets a Machine PAC stand in for an inner method.
	MachineLogin bool

	// MinVersion and MaxVersion bound TLS; 0: TLS 1.2. Suites is as in
	// impl/handshake, anonymous ones left out.
	MinVersion, MaxVersion spec.Version
	Suites                 []spec.SuiteID

	// Sessions is how many TLS sessions are kept for resumption; 0: none.
	Sessions int

	// Failures within FailureWindow block a user; 0: 5 in 10 minutes, negative:
	// never. Limits, if it is set, counts instead, across servers.
	Limits        *Limiter
	Failures      int
	FailureWindow time.Duration

	// Tracer gets each message of the second phase that a conversation sends or has
	// received, as it is in the tunnel: TLVs. They hold credentials. nil: nobody.
	Tracer func(sent bool, tlvs []byte)

	// KeyLogWriter gets a line in the NSS key log format for each tunnel, once it
	// stands. Writes come from one conversation at a time. nil: none.
	KeyLogWriter io.Writer

	Piggyback bool // the first message of phase 2 rides with the server's Finished (RFC 4851, Section 3.2)
	Quirks    Quirks
	Rand      io.Reader // nil: crypto/rand
}

// Server makes sessions. It is safe for concurrent use.
type Server struct {
	config   ServerConfig
	tls      *handshake.Config
	own      *handshake.Certificate
	limits   *Limiter
	sessions *sessionCache
}

// The defaults of [ServerConfig].
const (
	DefaultLifetime      = 7 * 24 * time.Hour
	DefaultRefreshWithin = 24 * time.Hour
	DefaultFailures      = 5
	DefaultFailureWindow = 10 * time.Minute
)

// NewServer returns a server for a config, which it copies.
func NewServer(c *ServerConfig) (*Server, error) {
	s := &Server{config: *c}
	if err := s.defaults(); err != nil {
		return nil, err
	}
	c = &s.config
	if s.limits = c.Limits; s.limits == nil {
		s.limits = NewLimiter(c.Failures, c.FailureWindow)
	}
	s.sessions = newSessionCache(c.Sessions)
	s.tls = &handshake.Config{
		Rand: c.Rand, MinVersion: c.MinVersion, MaxVersion: c.MaxVersion, Suites: c.Suites,
		SessionSecrets:         true,
		TicketIsClientAuth:     true, // a PAC is what authenticates the peer
		SessionIDs:             c.Sessions > 0,
		DisableRecordSplitting: true, // one TLV message is one record
	}
	if c.ClientCAs != nil {
		s.tls.ClientAuth = handshake.RequestClientAuth
	}
	if c.Provisioning == AnonymousProvisioning {
		s.tls.AllowAnonymous = true
		s.tls.Suites = append(slices.Clone(withoutAnonymous(c.Suites)), anonymousSuites...)
	}
	if len(c.Certificate.Certificate) > 0 {
		return s, s.useCertificate()
	}
	return s, nil
}

// anonymousSuites are for provisioning (RFC 5422, Section 3.1.2).
var anonymousSuites = []spec.SuiteID{0x0034, 0x003a}

// withoutAnonymous leaves the anonymous suites out; nil is all others.
func withoutAnonymous(suites []spec.SuiteID) []spec.SuiteID {
	if suites == nil {
		return certifiedSuites
	}
	return slices.DeleteFunc(slices.Clone(suites), func(id spec.SuiteID) bool {
		s, ok := spec.SuiteByID(id)
		return !ok || s.KeyExchange.Anonymous()
	})
}

// certifiedSuites are all suites with a certificate: what has forward secrecy
// and authenticated encryption goes first.
var certifiedSuites = func() (ids []spec.SuiteID) {
	for _, s := range spec.Suites() {
		if !s.KeyExchange.Anonymous() {
			ids = append(ids, s.ID)
		}
	}
	slices.SortStableFunc(ids, func(a, b spec.SuiteID) int { return suiteRank(a) - suiteRank(b) })
	return ids
}()

func suiteRank(id spec.SuiteID) (rank int) {
	s, _ := spec.SuiteByID(id)
	if !s.KeyExchange.Ephemeral() {
		rank += 4
	}
	if !s.Cipher.AEAD() {
		rank += 2
	}
	if s.KeyExchange == spec.DHERSA {
		rank++
	}
	return rank
}

func (s *Server) defaults() error {
	c := &s.config
	if n := len(c.AuthorityID); n < 1 || n > 255 {
		return fmt.Errorf("fast: an A-ID has 1 to 255 octets, not %d", n)
	}
	if c.Keys == nil || c.Users == nil {
		return errors.New("fast: a server needs Keys and Users")
	}
	if c.Methods == nil {
		c.Methods = []eap.Type{mschapv2.Type, gtc.Type}
	}
	for _, m := range slices.Concat(c.Methods, c.Then) {
		if m != mschapv2.Type && m != gtc.Type {
			return fmt.Errorf("fast: %v is no inner method: there are MSCHAPv2 and GTC", m)
		}
	}
	if c.Lifetime == 0 {
		c.Lifetime = DefaultLifetime
	}
	if c.RefreshWithin == 0 {
		c.RefreshWithin = min(DefaultRefreshWithin, c.Lifetime/2)
	}
	if c.Failures == 0 {
		c.Failures = DefaultFailures
	}
	if c.FailureWindow == 0 {
		c.FailureWindow = DefaultFailureWindow
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return nil
}

func (s *Server) useCertificate() error {
	c := &s.config.Certificate
	leaf := c.Leaf
	if leaf == nil {
		var err error
		if leaf, err = x509.ParseCertificate(c.Certificate[0]); err != nil {
			return fmt.Errorf("fast: the server's certificate: %w", err)
		}
	}
	if _, ok := c.PrivateKey.(crypto.Signer); !ok {
		return errors.New("fast: the server's certificate needs a private key that signs")
	}
	_, decrypts := c.PrivateKey.(crypto.Decrypter)
	s.own = &handshake.Certificate{Chain: wire.MakeChain(c.Certificate...), PublicKey: leaf.PublicKey, Decrypts: decrypts}
	return nil
}

// startData is the Type-Data of Start: flags and A-ID (RFC 4851, Section 4.1.1).
func (s *Server) startData(out []byte) []byte {
	out = append(out, byte(eap.FlagStart)|Version)
	return append(appendHeader(out, attrAID, len(s.config.AuthorityID)), s.config.AuthorityID...)
}

// openPAC returns what a ticket grants, or why it is declined.
func (s *Server) openPAC(ticket []byte, now time.Time) (*Grant, error) {
	g, err := s.config.Keys.Open(openTicket(ticket), s.config.AuthorityID)
	switch {
	case err != nil:
		return nil, err
	case !now.Before(g.Expires):
		return nil, fmt.Errorf("fast: the PAC of %q has expired at %v", g.Identity, g.Expires.UTC())
	case g.Type != TunnelPAC && g.Type != MachinePAC:
		return nil, fmt.Errorf("fast: a PAC of type %v opens no tunnel", g.Type)
	case g.Identity != "" && s.config.Users.Find(g.Identity) == nil:
		return nil, fmt.Errorf("fast: %q, whom the PAC was issued to, may not log in", g.Identity)
	}
	return g, nil
}

// issue makes a PAC for an identity.
func (s *Server) issue(t PACType, identity string, now time.Time) (*PAC, error) {
	g := &Grant{Type: t, Identity: identity, Expires: lifetime(now, s.config.Lifetime)}
	p := &PAC{Type: t, AuthorityID: s.config.AuthorityID, AuthorityInfo: s.config.AuthorityInfo, Identity: identity, Expires: g.Expires}
	if t != UserAuthorizationPAC {
		if _, err := io.ReadFull(s.config.Rand, g.Key[:]); err != nil {
			return nil, err
		}
		p.Key = slices.Clone(g.Key[:])
	}
	var err error
	p.Opaque, err = s.config.Keys.Seal(g, s.config.AuthorityID, now)
	return p, err
}

// Issue makes a PAC outside of any conversation, to be carried to its peer by
// hand (RFC 5422, Section 3: out of band).
func (s *Server) Issue(t PACType, identity string, now time.Time) (*PAC, error) {
	if t < TunnelPAC || t > UserAuthorizationPAC {
		return nil, fmt.Errorf("fast: there is no %v", t)
	}
	return s.issue(t, identity, now)
}
