package mschapv2

import (
	"fmt"
	"io"

	"github.com/sesame-tls/sesame/impl/eap"
)

// Challenges are both challenges of an exchange, where a tunnel provides them:
// an anonymous tunnel of EAP-FAST makes them of its keys, so that they cannot
// be relayed. The packets carry zeros then, and what they carry is ignored
// (RFC 5422, Section 3.2.3).
type Challenges struct {
	Server, Peer [16]byte
}

// ServerConfig is what one conversation at a server needs.
type ServerConfig struct {
	Name string // of the server, for the peer's eyes
	// Find returns the password hash of a user, as the peer has named itself, and
	// nil for one who may not log in.
	Find func(user string) *Hash
	Rand io.Reader
	// Tunnel is nil where challenges are drawn and exchanged.
	Tunnel *Challenges
}

// Server is EAP-MSCHAPv2 at a server: an [eap.ServerMethod]. One wrong answer
// ends it.
type Server struct {
	config   ServerConfig
	exchange Exchange
	awaits   OpCode // of the response
	id       uint8
	master   [16]byte
	reason   error
}

// NewServer returns a conversation that begins with a challenge.
func NewServer(c ServerConfig) *Server { return &Server{config: c} }

// Step implements [eap.ServerMethod].
func (s *Server) Step(out, data []byte, t *eap.Turn) ([]byte, eap.Verdict) {
	if data == nil {
		return s.challenge(out, t)
	}
	p, err := Parse(data)
	if err != nil {
		return s.reject(out, err)
	}
	switch {
	case p.Op == OpResponse && s.awaits == OpResponse:
		return s.respond(out, &p, t)
	case p.Op == OpSuccess && s.awaits == OpSuccess:
		return out, eap.Accept
	case p.Op == OpFailure && s.awaits == OpSuccess:
		return s.reject(out, fmt.Errorf("mschapv2: the peer did not take the server's proof"))
	case p.Op == OpFailure && s.awaits == OpFailure:
		return out, eap.Reject
	}
	return s.reject(out, fmt.Errorf("mschapv2: %v instead of %v", p.Op, s.awaits))
}

func (s *Server) reject(out []byte, err error) ([]byte, eap.Verdict) {
	if s.reason == nil {
		s.reason = err
	}
	return out, eap.Reject
}

func (s *Server) challenge(out []byte, t *eap.Turn) ([]byte, eap.Verdict) {
	p := Packet{Op: OpChallenge, ID: t.ID, Name: s.config.Name}
	if tunnel := s.config.Tunnel; tunnel != nil {
		// RFC 5422, Section 3.2.3: zeros go out, and the exchange uses the tunnel's challenges.
		s.exchange.Authenticator, s.exchange.Peer = tunnel.Server, tunnel.Peer
	} else {
		if _, err := io.ReadFull(s.config.Rand, p.Challenge[:]); err != nil {
			return s.reject(out, fmt.Errorf("mschapv2: no randomness: %w", err))
		}
		s.exchange.Authenticator = p.Challenge
	}
	s.awaits, s.id = OpResponse, t.ID
	return p.Append(out), eap.More
}

func (s *Server) respond(out []byte, p *Packet, t *eap.Turn) ([]byte, eap.Verdict) {
	if s.config.Tunnel == nil {
		s.exchange.Peer = p.Peer
	}
	s.exchange.User = p.Name
	answer := Packet{ID: s.id}
	hash := s.config.Find(p.Name)
	known := hash != nil
	if !known {
		hash = new(Hash) // the work is the same for a user who is not there
	}
	if !hash.Verify(&s.exchange, p.NTResponse) || !known {
		s.reason = fmt.Errorf("mschapv2: wrong user name or password of %q", p.Name)
		s.awaits = OpFailure
		answer.Op = OpFailure
		answer.Message = Failure{Code: FailureAuthentication, Text: "FAILED"}.Message(s.exchange.Authenticator)
		if s.config.Tunnel != nil {
			answer.Message = Failure{Code: FailureAuthentication, Text: "FAILED"}.Message([16]byte{})
		}
		return answer.Append(out), eap.More
	}
	s.master = hash.MasterKey(p.NTResponse)
	s.awaits = OpSuccess
	answer.Op = OpSuccess
	answer.Message = hash.AuthenticatorResponse(&s.exchange, p.NTResponse) + " M=OK"
	return answer.Append(out), eap.More
}

// Keys implements [eap.ServerMethod].
func (s *Server) Keys() eap.Keys {
	msk := MSK(s.master)
	return eap.Keys{MSK: msk[:]}
}

// InnerSessionKey returns the key that EAP-FAST binds to its tunnel.
func (s *Server) InnerSessionKey() [32]byte { return InnerSessionKey(s.master) }

// User returns the name under which the peer has answered.
func (s *Server) User() string { return s.exchange.User }

// Reason returns why the method has failed; nil if it has not.
func (s *Server) Reason() error { return s.reason }

// Release implements [eap.ServerMethod].
func (s *Server) Release() { s.master, s.exchange = [16]byte{}, Exchange{} }
