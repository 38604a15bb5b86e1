package gtc

import (
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/eap"
)

// Server is EAP-FAST-GTC at a server: an [eap.ServerMethod]. One wrong answer
// ends it.
type Server struct {
	prompt string
	check  func(user, password string) *Failure
	user   string
	failed bool
	reason error
}

// NewServer returns a conversation that begins with a challenge. Check returns
// nil for the right password of a user who may log in.
func NewServer(prompt string, check func(user, password string) *Failure) *Server {
	return &Server{prompt: prompt, check: check}
}

// Step implements [eap.ServerMethod].
func (s *Server) Step(out, data []byte, _ *eap.Turn) ([]byte, eap.Verdict) {
	if data == nil {
		return Challenge(s.prompt).Append(out), eap.More
	}
	message, err := Parse(data)
	if err != nil {
		s.reason = err
		return out, eap.Reject
	}
	response, ok := message.(Response)
	switch {
	case s.failed:
		return out, eap.Reject // RFC 5421, Section 2: the empty acknowledgement, or whatever came
	case !ok:
		s.reason = fmt.Errorf("%w: %T instead of a response", ErrFormat, message)
		return out, eap.Reject
	}
	s.user = response.User
	if failure := s.check(response.User, response.Password); failure != nil {
		s.failed = true
		s.reason = fmt.Errorf("gtc: error %d for %q: %s", failure.Code, response.User, failure.Text)
		return failure.Append(out), eap.More
	}
	return out, eap.Accept
}

// Keys implements [eap.ServerMethod]: there are none.
func (s *Server) Keys() eap.Keys { return eap.Keys{} }

// InnerSessionKey returns the key that EAP-FAST binds to its tunnel: zeros.
func (s *Server) InnerSessionKey() [32]byte { return [32]byte{} }

// User returns the name under which the peer has answered.
func (s *Server) User() string { return s.user }

// Reason returns why the method has failed; nil if it has not.
func (s *Server) Reason() error { return s.reason }

// Release implements [eap.ServerMethod].
func (s *Server) Release() {}

// Peer is EAP-FAST-GTC at a peer: an [eap.PeerMethod]. It gives its password
// away: use it in a tunnel with an authenticated server only (RFC 5421, Section
// 3).
type Peer struct {
	user, password string
	answered       bool
	reason         error
}

// NewPeer returns a conversation that awaits its challenge.
func NewPeer(user, password string) *Peer { return &Peer{user: user, password: password} }

// errTwice is a second challenge: there is one password to give.
var errTwice = errors.New("gtc: a second challenge")

// Step implements [eap.PeerMethod].
func (p *Peer) Step(out, data []byte, _ *eap.Turn) ([]byte, eap.PeerState) {
	message, err := Parse(data)
	// RFC 5421, Section 2: another form fails the method.
	failed := eap.PeerState{State: eap.Done, Decision: eap.Fail}
	if err != nil {
		p.reason = err
		return out, failed
	}
	switch message := message.(type) {
	case Challenge:
		if p.answered {
			p.reason = errTwice
			return out, failed
		}
		p.answered = true
		return Response{p.user, p.password}.Append(out), eap.PeerState{State: eap.MayContinue, Decision: eap.ConditionalSuccess}
	case Failure:
		p.reason = fmt.Errorf("gtc: the server refuses %q with error %d: %s", p.user, message.Code, message.Text)
	default:
		p.reason = fmt.Errorf("%w: %T from a server", ErrFormat, message)
	}
	return Acknowledgement{}.Append(out), failed
}

// Keys implements [eap.PeerMethod]: there are none.
func (p *Peer) Keys() eap.Keys { return eap.Keys{} }

// InnerSessionKey returns the key that EAP-FAST binds to its tunnel: zeros.
func (p *Peer) InnerSessionKey() [32]byte { return [32]byte{} }

// Reason returns why the method has failed; nil if it has not.
func (p *Peer) Reason() error { return p.reason }

// Release implements [eap.PeerMethod].
func (p *Peer) Release() { p.password = "" }
