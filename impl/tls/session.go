package tls

import (
	"bytes"
	"math"
	"time"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Session is what a full handshake leaves for a shortened one. It holds the
// master secret, and must not be changed once it is in a cache.
type Session = handshake.Session

// defaultLifetime bounds sessions (RFC 5246, Appendix F.1.4).
const defaultLifetime = 24 * time.Hour

func (c *Config) lifetime() time.Duration {
	if c.SessionLifetime > 0 {
		return c.SessionLifetime
	}
	return defaultLifetime
}

// fresh reports whether a session of this context may still be resumed.
func (c *Config) fresh(s *Session) bool {
	age := c.time().Sub(time.Unix(s.Created, 0))
	lifetime := c.lifetime()
	if hint := time.Duration(s.LifetimeHint) * time.Second; hint > 0 {
		// RFC 5077, Section 5.6: the hint bounds the ticket's use.
		lifetime = min(lifetime, hint)
	}
	return age > -time.Minute && age < lifetime && string(s.Context) == c.SessionContext
}

// stamp dates a session of a full handshake. One with a renewed ticket keeps its
// date, so that no chain of resumptions outlives a lifetime.
func (r *run) stamp(s *Session) {
	if s.Created == 0 {
		s.Created = r.config.time().Unix()
		s.Context = []byte(r.config.SessionContext)
	}
}

// offerSession offers a client's session, if its server would be trusted today.
func (r *run) offerSession(p *handshake.ClientParams) {
	if r.config.ClientSessionCache == nil {
		return
	}
	r.cacheKey = r.serverName
	if r.cacheKey == "" {
		r.cacheKey = r.transport.RemoteAddr().String()
	}
	s, ok := r.config.ClientSessionCache.Get(r.cacheKey)
	if !ok || s == nil {
		return
	}
	if r.config.fresh(s) && r.config.maySignal(s) && s.ServerName == p.ServerName {
		if peer, ok := r.config.reverify(s, r.isClient, r.serverName); ok {
			r.sessionPeer, p.Session = peer, s
			return
		}
	}
	r.config.ClientSessionCache.Put(r.cacheKey, nil)
}

// maySignal reports whether a client's hello says of extended master secret what
// the session's did: otherwise the server, or the client itself, would have to
// end the handshake (RFC 7627, Section 5.3).
func (c *Config) maySignal(s *Session) bool {
	if s.ExtendedMasterSecret {
		return c.ExtendedMasterSecret != Never
	}
	return c.ExtendedMasterSecret == Never && c.ResumeWithoutEMS
}

// session answers whether the session that a client offers may be resumed.
func (r *run) session() {
	id, ticket := r.machine.Offered()
	s := r.lookUp(id, ticket)
	if s == nil || !r.config.fresh(s) || !r.clientStillGood(s) {
		r.machine.NoSession()
		return
	}
	r.machine.ResumeSession(s)
}

// lookUp finds the session, or nil.
func (r *run) lookUp(id, ticket []byte) *Session {
	if ticket == nil {
		if r.config.ServerSessionCache == nil {
			return nil
		}
		s, _ := r.config.ServerSessionCache.Get(id)
		return s
	}
	encoded, err := r.config.tickets.open(ticket)
	if err != nil {
		return nil
	}
	s := new(Session)
	if s.UnmarshalBinary(encoded) != nil {
		return nil
	}
	return s
}

// clientStillGood reports whether what the session's client has authenticated
// with is what would be asked for today.
func (r *run) clientStillGood(s *Session) bool {
	switch has := s.PeerChain.Len() > 0; {
	case !has:
		return r.config.ClientAuth != RequireAnyClientCert && r.config.ClientAuth != RequireAndVerifyClientCert
	case r.config.ClientAuth == NoClientCert:
		return false
	}
	peer, ok := r.config.reverify(s, r.isClient, "")
	r.sessionPeer = peer
	return ok
}

// reverify holds a session's chain against today's roots and clock.
func (c *Config) reverify(s *Session, isClient bool, name string) (*peerChain, bool) {
	if s.PeerChain.Len() == 0 {
		// A server without a certificate was anonymous, which must still be allowed.
		return nil, !isClient || c.AllowAnonymous
	}
	var peer *peerChain
	var err error
	if isClient {
		peer, err = c.serverChain(rawChain(s.PeerChain), name, keyExchange(s.Suite))
	} else {
		peer, err = c.clientChain(rawChain(s.PeerChain))
	}
	return peer, err == nil
}

// issueTicket seals a session for its client.
func (r *run) issueTicket() error {
	s := r.machine.Session()
	r.stamp(s)
	encoded, err := s.MarshalBinary()
	if err != nil {
		return &refusal{spec.InternalError, err}
	}
	defer clear(encoded)
	now := r.config.time()
	ticket, err := r.config.tickets.seal(r.config.rand(), now, r.config.lifetime(), encoded)
	if err != nil {
		return &refusal{spec.InternalError, err}
	}
	left := time.Unix(s.Created, 0).Add(r.config.lifetime()).Sub(now)
	if len(ticket) > wire.MaxTicket || left < time.Second {
		ticket, left = nil, 0
	}
	r.machine.IssueTicket(uint32(min(int64(left/time.Second), math.MaxUint32)), ticket)
	return nil
}

// keepSession puts a session that may be resumed later into the cache.
func (r *run) keepSession() {
	s := r.machine.Session()
	r.stamp(s)
	switch {
	case r.isClient && r.config.ClientSessionCache != nil:
		r.config.ClientSessionCache.Put(r.cacheKey, s)
	case !r.isClient && r.config.ServerSessionCache != nil:
		r.config.ServerSessionCache.Put(bytes.Clone(s.ID), s)
	}
}
