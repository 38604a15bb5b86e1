package fast

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

// phase2 is what a server keeps of phase 2.
type phase2 struct {
	inner  *eap.Server
	index  int      // of the method that runs: 0, then one more than in Then
	user   string   // whom the inner method has authenticated
	nonce  [32]byte // of the Crypto-Binding that was sent
	result bool     // it went with Result, else with Intermediate-Result
	bound  bool     // a Crypto-Binding of the peer has held
	wanted []PACType
	ack    bool // a Tunnel PAC went out: an acknowledgement is due
}

func (p *phase2) release() {
	if p.inner != nil {
		p.inner.Release()
	}
	*p = phase2{}
}

// innerKeyer is an inner method with the key that it binds to the tunnel.
type innerKeyer interface{ InnerSessionKey() [32]byte }

var (
	errIdentity = errors.New("fast: the user is not the one whom the PAC was issued to (RFC 4851, Section 7.4.4)")
	errInner    = errors.New("fast: no inner method has succeeded")
	errRefused  = errors.New("fast: the peer ends with Result failure")
	errUnbound  = fmt.Errorf("%w: there is no Crypto-Binding", ErrBinding)
)

// open begins phase 2. The peer may have said something already: a User
// Authorization PAC (RFC 5422, Section 4.1.3).
func (s *Session) open(data [][]byte) ([]byte, eap.Verdict) {
	if len(data) > 0 {
		m, err := ParseMessage(data[0])
		if err == nil {
			err = m.Check(false)
		}
		if err != nil {
			return s.abort(UnexpectedTLVs, err)
		}
		if s.userAuthorization(m) {
			return s.succeed(), eap.More
		}
	}
	if g := s.grant; g != nil && g.Type == MachinePAC && g.Identity != "" && s.server.config.MachineLogin {
		s.report.Identity = g.Identity
		return s.succeed(), eap.More
	}
	return s.beginInner()
}

// succeed ends phase 2 without an inner method (RFC 4851, Section 3.3.2).
func (s *Session) succeed() []byte {
	s.phase = closing
	return appendResult(nil, Success)
}

// userAuthorization reports whether the peer has presented a User Authorization
// PAC that stands in for an inner method. It counts only where the tunnel is
// authenticated.
func (s *Session) userAuthorization(m *Message) bool {
	if s.tunnel.kind == AnonymousTunnel {
		return false
	}
	for _, value := range m.PACs {
		p, ok := parsePAC(value)
		if !ok || len(p.Opaque) == 0 {
			continue
		}
		g, err := s.server.config.Keys.Open(p.Opaque, s.server.config.AuthorityID)
		switch {
		case err != nil || g.Type != UserAuthorizationPAC || !s.now.Before(g.Expires):
			s.report.Declined = fmt.Errorf("fast: a User Authorization PAC that does not hold: %w", errors.Join(err, ErrOpaque))
		case g.Identity == "" || s.server.config.Users.Find(g.Identity) == nil:
			s.report.Declined = fmt.Errorf("fast: %q, whom a User Authorization PAC was issued to, may not log in", g.Identity)
		// FAST-PAC-12: a machine's tunnel carries any user, a user's only its own.
		case s.grant != nil && s.grant.Type == TunnelPAC && s.grant.Identity != "" && s.grant.Identity != g.Identity:
			s.report.Declined = errIdentity
		default:
			s.report.Identity = g.Identity
			return true
		}
	}
	return false
}

// boundIdentity returns the identity that the inner method must prove, "" for any.
func (s *Session) boundIdentity() string {
	if s.grant != nil && s.grant.Type == TunnelPAC {
		return s.grant.Identity
	}
	return ""
}

// beginInner starts the inner method: with a request for an identity, unless
// the PAC says who it is.
func (s *Session) beginInner() ([]byte, eap.Verdict) {
	s.phase = inner
	var methods eap.Registry[eap.ServerMethod]
	for _, t := range s.innerMethods() {
		methods.Add(t, func() eap.ServerMethod { return s.innerMethod(t) })
	}
	s.phase2.inner = eap.NewServer(&eap.ServerConfig{Methods: &methods, MTU: maxInner})
	var first []byte
	if identity := s.boundIdentity(); identity != "" {
		first = eap.Packet{Code: eap.CodeResponse, Type: eap.TypeIdentity, Data: []byte(identity)}.Append(nil)
	}
	return s.innerStep(first)
}

// usualMessage is what most messages of phase 2 have room in, in octets.
const usualMessage = 128

// maxInner bounds packets of inner methods: they travel in one record.
const maxInner = 1 << 13

// innerMethods lists what may run in this tunnel. In an anonymous one, only
// what authenticates both sides and derives keys (RFC 5422, Section 3.2).
func (s *Session) innerMethods() []eap.Type {
	methods := s.server.config.Methods
	if s.phase2.index > 0 {
		return s.server.config.Then[s.phase2.index-1 : s.phase2.index]
	}
	if user := s.server.config.Users.Find(s.boundIdentity()); s.boundIdentity() != "" && user != nil && user.Methods != nil {
		methods = user.Methods
	}
	if s.tunnel.kind == AnonymousTunnel {
		return []eap.Type{mschapv2.Type}
	}
	return methods
}

func (s *Session) innerMethod(t eap.Type) eap.ServerMethod {
	if t == gtc.Type {
		return gtc.NewServer("Password", s.checkPassword)
	}
	return mschapv2.NewServer(mschapv2.ServerConfig{
		Name: s.server.config.AuthorityInfo, Find: s.findHash, Rand: s.server.config.Rand, Tunnel: s.tunnel.challenges,
	})
}

// find returns a user who may log in by this name, in this tunnel.
func (s *Session) find(name string, t eap.Type) *User {
	user := s.server.config.Users.Find(name)
	switch bound := s.boundIdentity(); {
	case user == nil || user.Methods != nil && !slices.Contains(user.Methods, t):
		return nil
	case bound != "" && user.Name != bound:
		s.fail(errIdentity)
		return nil
	case s.server.limits.Blocked(user.Name, s.now):
		s.fail(fmt.Errorf("fast: %q has failed too often", user.Name))
		return nil
	}
	return user
}

func (s *Session) findHash(name string) *mschapv2.Hash {
	user := s.find(name, mschapv2.Type)
	if user == nil {
		return nil
	}
	s.phase2.user = user.Name
	return &user.Hash
}

func (s *Session) checkPassword(name, password string) *gtc.Failure {
	user := s.find(name, gtc.Type)
	if user == nil {
		if bound := s.boundIdentity(); bound != "" && bound != name {
			return &gtc.Failure{Code: gtc.PACIdentityNoMatch, Text: "not the PAC's"} // RFC 5421, Section 2
		}
		return &gtc.Failure{Code: gtc.AuthenticationFailure, Text: "FAILED"}
	}
	s.phase2.user = user.Name
	hash, err := mschapv2.HashPassword(password)
	if err != nil || subtle.ConstantTimeCompare(hash[:], user.Hash[:]) != 1 {
		return &gtc.Failure{Code: gtc.AuthenticationFailure, Text: "FAILED"}
	}
	return nil
}

// innerStep takes one packet of the inner conversation.
func (s *Session) innerStep(packet []byte) ([]byte, eap.Verdict) {
	p := &s.phase2
	var status eap.Status
	message := appendEAP(make([]byte, 0, usualMessage), func(dst []byte) []byte {
		dst, status = p.inner.Step(dst, packet, s.now)
		return dst
	})
	switch status {
	case eap.Continue:
		return message, eap.More
	case eap.Discarded:
		return s.abort(UnexpectedTLVs, tlvError("an inner packet out of place"))
	case eap.Failed:
		if p.user != "" {
			s.server.limits.Fail(p.user, s.now)
		}
		method, _ := p.inner.Method()
		if r, ok := method.(interface{ Reason() error }); ok && r.Reason() != nil {
			s.fail(r.Reason())
		}
		return s.abort(NoError, errInner)
	}
	return s.bind()
}

// more reports whether another method is to follow.
func (s *Session) more() bool {
	return s.tunnel.kind != AnonymousTunnel && s.phase2.index < len(s.server.config.Then)
}

// bind sends Crypto-Binding after an inner method has succeeded: with Result
// where nothing else is to follow, and with Intermediate-Result where it is, or
// where there was more than one method (RFC 4851, Section 3.3.1).
func (s *Session) bind() ([]byte, eap.Verdict) {
	p := &s.phase2
	method, t := p.inner.Method()
	s.report.Identity, s.report.Method = p.user, t
	s.tunnel.keys.add(&s.tunnel.prf, method.(innerKeyer).InnerSessionKey())
	if _, err := io.ReadFull(s.server.config.Rand, p.nonce[:]); err != nil {
		return s.abort(NoError, err)
	}
	p.nonce[31] &^= 1 // RFC 4851, Section 4.2.8: a request's nonce ends in a zero bit
	p.result, p.bound = !s.more() && !s.newPACDue(), false
	out := make([]byte, 0, usualMessage)
	if p.result {
		out = appendResult(out, Success)
	}
	if !p.result || p.index > 0 {
		out = appendIntermediate(out, Success)
	}
	request := Binding{Version: Version, Received: Version, Subtype: bindingRequest, Nonce: p.nonce}
	s.phase = binding
	return request.appendTLV(out, &s.tunnel.keys.cmk), eap.More
}

// newPACDue reports whether a Tunnel PAC goes out without being asked for: in
// anonymous provisioning, and where the peer's is about to end.
func (s *Session) newPACDue() bool {
	g := s.grant
	return s.tunnel.kind == AnonymousTunnel ||
		g != nil && g.Type == TunnelPAC && s.server.config.Provisioning != NoProvisioning &&
			s.now.Add(s.server.config.RefreshWithin).After(g.Expires)
}

// phase2Step takes one message of the tunnel.
func (s *Session) phase2Step(data []byte) ([]byte, eap.Verdict) {
	m, err := ParseMessage(data)
	if err == nil {
		err = m.Check(false)
	}
	switch {
	case err != nil:
		return s.abort(UnexpectedTLVs, err)
	case m.Result == Failure:
		s.fail(errRefused)
		return nil, eap.Reject
	case m.hasUnknown && m.Result != None:
		// RFC 4851, Section 4.2.3: no NAK to a message with Result.
		return s.abort(UnexpectedTLVs, tlvError("mandatory TLV %d is not known", m.Unknown))
	case m.hasUnknown:
		return appendNAK(nil, m.vendor, m.Unknown), eap.More
	case s.phase == inner && m.EAP != nil:
		return s.innerStep(m.EAP)
	case s.phase == binding:
		return s.checkBinding(m)
	case s.phase == closing:
		return s.close(m)
	}
	return s.abort(UnexpectedTLVs, tlvError("nothing in the message answers the last one"))
}

// checkBinding takes the answer to Crypto-Binding.
func (s *Session) checkBinding(m *Message) ([]byte, eap.Verdict) {
	p := &s.phase2
	if m.Binding == nil {
		return s.abort(TunnelCompromise, errUnbound) // RFC 4851, Section 3.6: as bad as a wrong one
	}
	if err := m.Binding.check(m.BindingTLV, &s.tunnel.keys.cmk, bindingResponse, Version, &p.nonce); err != nil {
		return s.abort(TunnelCompromise, err)
	}
	p.bound = true
	if p.result && m.Result != Success || !p.result && m.Intermediate != Success {
		return s.abort(UnexpectedTLVs, tlvError("Crypto-Binding without success"))
	}
	p.wanted = s.wanted(m)
	if s.more() {
		p.index++
		p.inner.Release()
		return s.beginInner()
	}
	if p.result && len(p.wanted) == 0 {
		return s.finish()
	}
	return s.provision(p.wanted)
}

// wanted lists the PACs that are to be issued at the end: those that the peer
// has asked for, after whatever method, and may have, and one that is due.
func (s *Session) wanted(m *Message) []PACType {
	types := s.phase2.wanted
	if s.newPACDue() && !slices.Contains(types, TunnelPAC) {
		types = append(types, TunnelPAC)
	}
	if s.server.config.Provisioning == NoProvisioning {
		return types
	}
	for _, value := range m.PACs {
		p, ok := parsePAC(value)
		known := p.asked >= TunnelPAC && p.asked <= UserAuthorizationPAC
		if ok && known && len(p.Opaque) == 0 && !slices.Contains(types, p.asked) && s.mayHave(p.asked) {
			types = append(types, p.asked)
		}
	}
	return types
}

// mayHave reports whether the peer may have a PAC of this type. An anonymous
// tunnel gives Tunnel PACs only (FAST-PAC-38), and Machine PACs go to machines
// only, whose names begin with "host/" (RFC 5422, Section 4.1.4).
func (s *Session) mayHave(t PACType) bool {
	if t == MachinePAC && !strings.HasPrefix(s.report.Identity, "host/") {
		return false
	}
	return t == TunnelPAC || s.tunnel.kind != AnonymousTunnel
}

// provision ends phase 2 with Result, and PACs behind it (RFC 5422, Section
// 3.2: Result stands before the PAC).
func (s *Session) provision(types []PACType) ([]byte, eap.Verdict) {
	out := appendResult(nil, Success)
	for _, t := range types {
		pac, err := s.server.issue(t, s.report.Identity, s.now)
		if err != nil {
			return s.abort(NoError, err)
		}
		out = appendPAC(out, pac)
		s.report.Issued = append(s.report.Issued, t)
		s.phase2.ack = s.phase2.ack || t == TunnelPAC
	}
	s.phase = closing
	return out, eap.More
}

// close takes the answer to the last Result.
func (s *Session) close(m *Message) ([]byte, eap.Verdict) {
	if m.Result != Success {
		return s.abort(UnexpectedTLVs, tlvError("Result is not answered by Result"))
	}
	if s.phase2.ack && !acknowledged(m) {
		// The peer has not stored it. It has authenticated all the same.
		s.report.Issued = slices.DeleteFunc(s.report.Issued, func(t PACType) bool { return t == TunnelPAC })
	}
	return s.finish()
}

func acknowledged(m *Message) bool {
	for _, value := range m.PACs {
		if p, ok := parsePAC(value); ok && p.ack == ackSuccess {
			return true
		}
	}
	return false
}

// finish decides, once both sides have said success under the tunnel.
func (s *Session) finish() ([]byte, eap.Verdict) {
	switch {
	case s.tunnel.kind == AnonymousTunnel:
		s.fail(errAnonymous)
		return nil, eap.Reject
	case s.report.Identity == "" || s.report.Method != 0 && !s.phase2.bound:
		s.fail(errInner) // a PAC is not a login
		return nil, eap.Reject
	}
	s.keys.MSK, s.keys.EMSK = s.tunnel.keys.sessionKeys(&s.tunnel.prf)
	s.keys.SessionID = s.tunnel.sessionID
	return nil, eap.Accept
}

// abort ends phase 2 with Result failure, and an Error where there is a code
// (RFC 4851, Section 3.6.2). Whatever the peer answers, EAP-Failure follows.
func (s *Session) abort(code ErrorCode, err error) ([]byte, eap.Verdict) {
	s.fail(err)
	s.phase = failing
	out := appendResult(nil, Failure)
	if code != NoError {
		out = appendError(out, code)
	}
	return out, eap.More
}
