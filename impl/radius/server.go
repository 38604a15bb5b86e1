package radius

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc4072"
	"layeh.com/radius/vendors/microsoft"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
)

// NAS is a client of the server, or a network of them, with its shared secret.
type NAS struct {
	Network netip.Prefix
	Secret  []byte
}

// ServerConfig is what a server is and whom it serves. It must not be changed
// while it is in use.
type ServerConfig struct {
	Methods *eap.Registry[eap.ServerMethod]
	Clients []NAS // the longest prefix counts

	MaxSessions int           // at once; 0: 65536. The oldest one makes room.
	Timeout     time.Duration // of a session in which nothing comes; 0: 30 s
	Drain       time.Duration // how long sessions may go on once Serve is to end; 0: they may not

	// Failures of one NAS within FailureWindow block it; 0: 100 in 10 minutes,
	// negative: never.
	Failures      int
	FailureWindow time.Duration

	Log *slog.Logger // nil: discards
	// Observe gets every packet's fate and every session's end; nil: nobody.
	Observe func(Observation)

	eap eap.ServerConfig // of every session
}

// Observation is what became of a packet, for metrics.
type Observation struct {
	Client  netip.Addr
	Fate    Fate
	Session *fast.Report // of an EAP-FAST session that has ended; nil otherwise
}

// Fate is what became of a packet.
type Fate uint8

// The fates.
const (
	Challenged Fate = iota // another request went out
	Accepted               // Access-Accept went out
	Rejected               // Access-Reject went out
	Repeated               // a duplicate was answered as before
	Dropped                // silently: it was malformed, forged, or a duplicate under way
	Unknown                // silently: no client of ours
)

// String returns the fate's name.
func (f Fate) String() string {
	return [...]string{"challenge", "accept", "reject", "repeat", "drop", "unknown"}[f]
}

// Server answers Access-Requests. It is safe for concurrent use.
type Server struct {
	config   atomic.Pointer[ServerConfig]
	sessions *sessions
	replies  *replies
	limits   *fast.Limiter
}

// The defaults of [ServerConfig].
const (
	DefaultMaxSessions   = 1 << 16
	DefaultTimeout       = 30 * time.Second
	DefaultFailures      = 100
	DefaultFailureWindow = 10 * time.Minute
)

// NewServer returns a server for a config, which it copies.
func NewServer(c *ServerConfig) (*Server, error) {
	own, err := withDefaults(c)
	if err != nil {
		return nil, err
	}
	s := &Server{
		sessions: newSessions(own.MaxSessions, own.Timeout), replies: newReplies(),
		limits: fast.NewLimiter(own.Failures, own.FailureWindow),
	}
	s.config.Store(own)
	return s, nil
}

// Reconfigure replaces methods, clients, log and observer: sessions that have
// begun end under the old methods.
func (s *Server) Reconfigure(c *ServerConfig) error {
	own, err := withDefaults(c)
	if err == nil {
		s.config.Store(own)
	}
	return err
}

func withDefaults(c *ServerConfig) (*ServerConfig, error) {
	own := *c
	if len(own.Methods.Types()) == 0 {
		return nil, errors.New("radius: a server needs at least one EAP method")
	}
	own.eap = eap.ServerConfig{Methods: own.Methods}
	own.Clients = slices.Clone(c.Clients)
	for _, client := range own.Clients {
		if !client.Network.IsValid() || len(client.Secret) == 0 {
			return nil, fmt.Errorf("radius: client %v needs a network and a secret", client.Network)
		}
	}
	slices.SortStableFunc(own.Clients, func(a, b NAS) int { return b.Network.Bits() - a.Network.Bits() })
	if own.MaxSessions == 0 {
		own.MaxSessions = DefaultMaxSessions
	}
	if own.Timeout == 0 {
		own.Timeout = DefaultTimeout
	}
	if own.Failures == 0 {
		own.Failures = DefaultFailures
	}
	if own.FailureWindow == 0 {
		own.FailureWindow = DefaultFailureWindow
	}
	if own.Log == nil {
		own.Log = slog.New(slog.DiscardHandler)
	}
	if own.Observe == nil {
		own.Observe = func(Observation) {}
	}
	return &own, nil
}

// secretOf returns the secret of a client, nil for one that is not ours.
func (c *ServerConfig) secretOf(a netip.Addr) []byte {
	for _, client := range c.Clients {
		if client.Network.Contains(a) {
			return client.Secret
		}
	}
	return nil
}

// Handle takes one packet and returns the reply, nil for none. It decrypts within
// the packet, and keeps nothing of it.
func (s *Server) Handle(packet []byte, from netip.AddrPort, now time.Time) []byte {
	c := s.config.Load()
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	secret := c.secretOf(from.Addr())
	if secret == nil {
		c.Observe(Observation{from.Addr(), Unknown, nil})
		c.Log.Warn("a packet from nobody's client", "from", from)
		return nil
	}
	s.Expire(now)
	request := requests.Get().(*request)
	defer requests.Put(request)
	if err := request.parse(packet, secret); err != nil {
		c.Observe(Observation{from.Addr(), Dropped, nil})
		c.Log.Warn("a packet is dropped", "from", from, "reason", err)
		return nil
	}
	// RFC 5080, Section 2.2.2: a duplicate gets the reply of the first.
	key := newReplyKey(from, request.Identifier, request.Authenticator)
	reply, number, known := s.replies.claim(key, now)
	if known {
		fate := Repeated
		if reply == nil {
			fate = Dropped // the first is under way, or was dropped
		}
		c.Observe(Observation{from.Addr(), fate, nil})
		return reply
	}
	reply, seen := s.answer(c, &request.Packet, from, now)
	s.replies.fill(number, reply)
	c.Observe(seen)
	return reply
}

// answer takes an Access-Request that is authentic and new.
func (s *Server) answer(c *ServerConfig, request *radius.Packet, from netip.AddrPort, now time.Time) ([]byte, Observation) {
	message, present := eapMessage(request)
	state := rfc2865.State_Get(request)
	seen := Observation{Client: from.Addr(), Fate: Rejected}
	switch {
	case !present:
		return s.refuse(c, request, nil, from, "no EAP-Message"), seen
	case s.limits.Blocked(from.Addr().String(), now):
		return s.refuse(c, request, message, from, "this NAS has failed too often"), seen
	}
	var session *session
	if len(state) == 0 {
		if session = s.sessions.begin(c, from.Addr(), now); session == nil {
			return nil, Observation{from.Addr(), Dropped, nil} // the NAS turns to another server
		}
	} else if session = s.sessions.find(state, from.Addr(), now); session == nil {
		return s.refuse(c, request, message, from, "State is of no session of this NAS"), seen
	}
	if !session.mu.TryLock() {
		return nil, Observation{from.Addr(), Dropped, nil} // another packet of the session is under way
	}
	defer session.mu.Unlock()
	if session.server == nil {
		return nil, Observation{from.Addr(), Dropped, nil} // it has just ended
	}
	return s.step(c, session, request, message, from, now)
}

// outputs are what sessions say, until it is in a reply.
var outputs = sync.Pool{New: func() any { return new([]byte) }}

// step lets the session answer.
func (s *Server) step(c *ServerConfig, x *session, request *radius.Packet, message []byte, from netip.AddrPort, now time.Time) ([]byte, Observation) {
	x.server.SetMTU(mtu(request))
	made := outputs.Get().(*[]byte)
	defer outputs.Put(made)
	out, status := x.server.Step((*made)[:0], message, now)
	*made = out
	seen := Observation{Client: from.Addr()}
	var reply *radius.Packet
	switch status {
	case eap.Continue:
		x.last = append(x.last[:0], out...)
		reply = s.challenge(request, x, out)
	case eap.Discarded:
		if len(x.last) == 0 {
			s.sessions.end(x)
			seen.Fate = Dropped
			return nil, seen
		}
		// RFC 3579, Section 2.2: the last request again, and Invalid EAP Packet (Ignored).
		reply = s.challenge(request, x, x.last)
		reply.Add(attrErrorCause, radius.NewInteger(invalidEAPPacket))
	case eap.Succeeded:
		seen.Fate = Accepted
		reply = begin(request.Response(radius.CodeAccessAccept))
		addEAP(reply, out)
		addKeys(reply, request, x.server.Keys())
	default:
		seen.Fate = Rejected
		reply = begin(request.Response(radius.CodeAccessReject))
		addEAP(reply, out)
	}
	if status == eap.Succeeded || status == eap.Failed {
		seen.Session = s.ended(c, x, status, from, now)
		s.sessions.end(x)
	}
	return s.send(c, reply, request, from), seen
}

// The Error-Cause of RFC 3579, Section 2.2 (RFC 5176, Section 3.5).
const (
	attrErrorCause   = 101
	invalidEAPPacket = 202
)

func (s *Server) challenge(request *radius.Packet, x *session, message []byte) *radius.Packet {
	reply := begin(request.Response(radius.CodeAccessChallenge))
	addEAP(reply, message)
	reply.Add(rfc2865.State_Type, radius.Attribute(x.state[:]))
	return reply
}

// addKeys adds what the NAS gets of the keys: the MSK's halves (RFC 2548,
// Section 2.4), and the Session-Id where it is asked for (RFC 4072, Section
// 2.3.1: EAP-Key-Name).
func addKeys(reply, request *radius.Packet, keys eap.Keys) {
	if len(keys.MSK) < 64 {
		return
	}
	for {
		microsoft.MSMPPERecvKey_Del(reply)
		microsoft.MSMPPESendKey_Del(reply)
		if microsoft.MSMPPERecvKey_Set(reply, keys.MSK[:32]) != nil || microsoft.MSMPPESendKey_Set(reply, keys.MSK[32:64]) != nil {
			return
		}
		if distinctSalts(reply) {
			break // RFC 2548, Section 2.4.2: the salt MUST be unique within the packet
		}
	}
	if _, err := rfc4072.EAPKeyName_Lookup(request); err == nil && len(keys.SessionID) > 0 {
		_ = rfc4072.EAPKeyName_Set(reply, keys.SessionID) // 65 octets fit
	}
}

// distinctSalts compares the two octets behind vendor, type and length.
func distinctSalts(reply *radius.Packet) bool {
	var salts [][]byte
	for _, a := range reply.Attributes {
		if a.Type == rfc2865.VendorSpecific_Type && len(a.Attribute) > 8 {
			salts = append(salts, a.Attribute[6:8])
		}
	}
	return len(salts) == 2 && string(salts[0]) != string(salts[1])
}

// refuse answers a request that no session takes: with Access-Reject, and
// EAP-Failure where there was an EAP packet.
func (s *Server) refuse(c *ServerConfig, request *radius.Packet, message []byte, from netip.AddrPort, why string) []byte {
	c.Log.Warn("a request is refused", "from", from, "reason", why)
	reply := begin(request.Response(radius.CodeAccessReject))
	if len(message) > 1 {
		addEAP(reply, eap.Packet{Code: eap.CodeFailure, ID: message[1]}.Append(nil))
	}
	return s.send(c, reply, request, from)
}

// send encodes a reply, with the request's Proxy-State in its order (RFC 2865,
// Section 5.33).
func (s *Server) send(c *ServerConfig, reply, request *radius.Packet, from netip.AddrPort) []byte {
	for _, a := range request.Attributes {
		if a.Type == attrProxyState {
			reply.Add(attrProxyState, a.Attribute)
		}
	}
	out, err := encode(reply)
	if err != nil {
		c.Log.Error("a reply cannot be encoded", "from", from, "reason", err)
		return nil
	}
	return out
}

// ended logs the end of a session, once, with its reason.
func (s *Server) ended(c *ServerConfig, x *session, status eap.Status, from netip.AddrPort, now time.Time) *fast.Report {
	method, t := x.server.Method()
	var report *fast.Report
	if f, ok := method.(interface{ Report() fast.Report }); ok {
		r := f.Report()
		report = &r
	}
	what := "access"
	if status != eap.Succeeded {
		what = "no access"
		// Provisioning ends without access by design: it is no failure of the NAS.
		if report == nil || len(report.Issued) == 0 {
			s.limits.Fail(from.Addr().String(), now)
		}
	}
	if ctx := context.Background(); c.Log.Enabled(ctx, slog.LevelInfo) {
		attrs := append(make([]slog.Attr, 0, 12), slog.String("from", from.String()),
			slog.String("outer", string(x.server.Identity())), slog.String("method", t.String()))
		c.Log.LogAttrs(ctx, slog.LevelInfo, what, describe(attrs, report)...)
	}
	return report
}

// describe appends what a report says.
func describe(attrs []slog.Attr, r *fast.Report) []slog.Attr {
	if r == nil {
		return attrs
	}
	attrs = append(attrs, slog.String("user", r.Identity), slog.String("tunnel", r.Tunnel.String()), slog.String("inner", r.Method.String()),
		slog.String("version", r.Version.String()), slog.String("suite", r.Suite.String()), slog.String("issued", fmt.Sprint(r.Issued)))
	if r.Declined != nil {
		attrs = append(attrs, slog.String("declined", r.Declined.Error()))
	}
	if r.Reason != nil {
		attrs = append(attrs, slog.String("reason", r.Reason.Error()))
	}
	return attrs
}

// mtu is what the NAS can carry of an EAP packet (RFC 3579, Section 2.4), with
// room for the header of EAP over LAN; 0 is the default.
func mtu(request *radius.Packet) int {
	framed := int(rfc2865.FramedMTU_Get(request))
	if framed == 0 {
		return 0
	}
	return min(max(framed-4, 128), 3000)
}

// newState draws the State of a session.
func newState() (state stateKey) {
	rand.Read(state[:])
	return state
}
