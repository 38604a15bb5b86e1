package eap

import (
	"bytes"
	"slices"
	"time"
)

// ServerConfig is what many servers share. It must not be changed while it is
// in use.
type ServerConfig struct {
	Methods *Registry[ServerMethod]
	MTU     int // the most octets of a packet; 0: DefaultMTU
}

// maxIdentity is what User-Name can carry (RFC 2865, Section 5.1).
const maxIdentity = 253

// Server is one conversation of a server: the backend authenticator of RFC
// 4137, Section 6. It is not safe for concurrent use.
type Server struct {
	config   *ServerConfig
	mtu      int
	method   ServerMethod
	current  Type // of the request that awaits its response
	id       uint8
	proposed bool   // current is a method to which a Nak may still come
	tried    []Type // methods that were proposed
	identity []byte
	status   Status // Continue, then Succeeded or Failed
	begun    bool
}

// NewServer returns a server that awaits the peer's identity, or an empty
// packet, to which it asks for one.
func NewServer(c *ServerConfig) *Server {
	return &Server{config: c, mtu: c.MTU, status: Continue}
}

// SetMTU changes how long packets may be from now on, for instance to what a
// NAS has said; 0 is DefaultMTU.
func (s *Server) SetMTU(octets int) { s.mtu = octets }

// Step takes one packet and appends the next request, Success or Failure. A
// response that is out of place is discarded: what was sent last may be sent
// again.
func (s *Server) Step(out, in []byte, now time.Time) ([]byte, Status) {
	if s.status != Continue {
		return out, Discarded
	}
	if len(in) == 0 && !s.begun {
		s.begun = true
		return s.ask(out), Continue
	}
	r, ok := Parse(in)
	if !ok || r.Code != CodeResponse {
		return out, Discarded
	}
	if !s.begun {
		// RFC 3579, Section 2.1: the NAS has asked for the identity by itself, under an identifier of its own.
		if r.Type != TypeIdentity {
			return out, Discarded
		}
		s.begun, s.current, s.id = true, TypeIdentity, r.ID
	}
	// RFC 3748, Section 4.1: a response whose identifier is not the request's MUST be discarded.
	if r.ID != s.id {
		return out, Discarded
	}
	return s.response(out, r, now)
}

func (s *Server) response(out []byte, r Packet, now time.Time) ([]byte, Status) {
	switch {
	case r.Type == TypeIdentity && s.current == TypeIdentity:
		if len(r.Data) > maxIdentity {
			return s.end(out, Failed)
		}
		s.identity = bytes.Clone(r.Data)
		return s.propose(out, s.config.Methods.Types(), now)
	case r.Type == TypeNak && s.proposed:
		// RFC 3748, Section 5.3.1: the alternatives, the peer's best first; 0 is none.
		s.method.Release()
		s.method = nil
		wanted := make([]Type, 0, len(r.Data))
		for _, t := range r.Data {
			wanted = append(wanted, Type(t))
		}
		return s.propose(out, wanted, now)
	case r.Type == s.current && r.Type.IsMethod():
		return s.process(out, r.Data, now)
	}
	// RFC 3748, Section 2.1: the type of a response is its request's, and Nak comes only at first.
	return out, Discarded
}

// propose begins the first of these methods that may run and was not refused.
func (s *Server) propose(out []byte, wanted []Type, now time.Time) ([]byte, Status) {
	for _, t := range wanted {
		if !s.config.Methods.Has(t) || slices.Contains(s.tried, t) {
			continue
		}
		s.tried = append(s.tried, t)
		s.method, s.current, s.proposed = s.config.Methods.new(t), t, true
		return s.request(out, nil, now)
	}
	return s.end(out, Failed)
}

func (s *Server) process(out, data []byte, now time.Time) ([]byte, Status) {
	if data == nil {
		data = []byte{} // nil is the start
	}
	return s.request(out, data, now)
}

// request lets the method make its next request, or end.
func (s *Server) request(out, data []byte, now time.Time) ([]byte, Status) {
	packet := Packet{Code: CodeRequest, ID: s.id + 1, Type: s.current}
	turn := Turn{ID: packet.ID, Identity: s.identity, MTU: typeData(s.mtu), Now: now}
	grown, start := packet.begin(out)
	grown, verdict := s.method.Step(grown, data, &turn)
	if verdict == Ignore {
		return out, Discarded
	}
	if data != nil {
		s.proposed = false
	}
	switch verdict {
	case More:
		s.id = packet.ID // RFC 3748, Section 4.1: a new request has a new identifier
		return finish(grown, start), Continue
	case Accept:
		return s.end(grown[:start], Succeeded)
	}
	return s.end(grown[:start], Failed)
}

func (s *Server) ask(out []byte) []byte {
	s.current = TypeIdentity
	return Packet{Code: CodeRequest, ID: s.id, Type: TypeIdentity}.Append(out)
}

func (s *Server) end(out []byte, status Status) ([]byte, Status) {
	s.status = status
	code := CodeFailure
	if status == Succeeded {
		code = CodeSuccess
	}
	// RFC 3748, Section 4.2: the identifier is that of the response.
	return Packet{Code: code, ID: s.id}.Append(out), status
}

// Fail ends the conversation from outside, for instance because attempts are
// used up: it appends EAP-Failure.
func (s *Server) Fail(out []byte) ([]byte, Status) { return s.end(out, Failed) }

// Identity returns what the peer has given outside of any method: it is not
// authenticated.
func (s *Server) Identity() []byte { return s.identity }

// Method returns the method that runs and its type; nil before one does.
func (s *Server) Method() (ServerMethod, Type) { return s.method, s.current }

// Keys returns what the method has derived; empty unless it has succeeded.
func (s *Server) Keys() Keys {
	if s.method == nil || s.status != Succeeded {
		return Keys{}
	}
	return s.method.Keys()
}

// Release gives back what the conversation holds.
func (s *Server) Release() {
	if s.method != nil {
		s.method.Release()
		s.method = nil
	}
	s.status = Failed
}
