package eap

import "time"

// PeerConfig is what a peer is and may do. It must not be changed while it is
// in use.
type PeerConfig struct {
	Identity []byte // for Identity requests
	Methods  *Registry[PeerMethod]
	MTU      int // the most octets of a packet; 0: DefaultMTU

	// InTunnel is for a conversation inside another method's tunnel: nothing is
	// lost or repeated there, so that an identifier that comes again is a new
	// request's.
	InTunnel bool

	// Notify gets the text of a Notification; nil ignores it.
	Notify func(text []byte)
}

// Peer is one conversation of a peer: RFC 4137, Section 4. It is not safe for
// concurrent use.
type Peer struct {
	config   *PeerConfig
	method   PeerMethod
	selected Type
	state    PeerState
	last     []byte // the response to the request lastID
	lastID   uint8
	begun    bool
	status   Status // Continue, then Succeeded or Failed
}

// NewPeer returns a peer that awaits its first request.
func NewPeer(c *PeerConfig) *Peer { return &Peer{config: c, status: Continue} }

// Step takes one packet and appends the response to it. After Succeeded and
// Failed, every packet is discarded.
func (p *Peer) Step(out, in []byte, now time.Time) ([]byte, Status) {
	packet, ok := Parse(in)
	if !ok || p.status != Continue {
		return out, Discarded
	}
	switch packet.Code {
	case CodeRequest:
		return p.request(out, packet, now)
	case CodeSuccess, CodeFailure:
		return out, p.end(packet)
	}
	return out, Discarded
}

// request is the states RECEIVED to SEND_RESPONSE of RFC 4137, Section 4.
func (p *Peer) request(out []byte, r Packet, now time.Time) ([]byte, Status) {
	// RFC 3748, Section 4.1: the response to a duplicate is the earlier one; it is not processed again.
	if p.begun && r.ID == p.lastID && !p.config.InTunnel {
		return append(out, p.last...), Continue
	}
	answer := Packet{Code: CodeResponse, ID: r.ID, Type: r.Type}
	start := len(out)
	switch {
	case r.Type == TypeNotification:
		// RFC 3748, Section 5.2: the response has no data; it does not change the conversation.
		if p.config.Notify != nil {
			p.config.Notify(r.Data)
		}
		out = answer.Append(out)
	case p.selected == TypeNone && r.Type == TypeIdentity:
		answer.Data = p.config.Identity
		out = answer.Append(out)
	case p.selected == TypeNone && !p.config.Methods.Has(r.Type):
		if r.Type == TypeNone || r.Type == TypeNak {
			return out, Discarded // no method to refuse
		}
		out = p.nak(answer).Append(out)
	// RFC 3748, Section 2.1: once a method has been answered, no other may be asked for, and there is no Nak.
	case p.selected == TypeNone || r.Type == p.selected && p.state.State != Done:
		if p.selected == TypeNone {
			p.method, p.selected = p.config.Methods.new(r.Type), r.Type
		}
		if out, ok := p.process(out, answer, r, now); ok {
			return p.sent(out, start, r.ID)
		}
		return out[:start], Discarded
	default:
		return out, Discarded
	}
	return p.sent(out, start, r.ID)
}

func (p *Peer) process(out []byte, answer, r Packet, now time.Time) ([]byte, bool) {
	turn := Turn{ID: r.ID, Identity: p.config.Identity, MTU: typeData(p.config.MTU), Now: now}
	out, start := answer.begin(out)
	out, state := p.method.Step(out, r.Data, &turn)
	if state.Ignore {
		return out, false
	}
	p.state = state
	return finish(out, start), true
}

// nak refuses a type and says what would do instead. Expanded types are not
// spoken, so that the answer to one is a plain Nak too.
func (p *Peer) nak(answer Packet) Packet {
	answer.Type = TypeNak
	for _, t := range p.config.Methods.Types() {
		answer.Data = append(answer.Data, byte(t))
	}
	if len(answer.Data) == 0 {
		answer.Data = []byte{0} // RFC 3748, Section 5.3.1: there is no alternative
	}
	return answer
}

func (p *Peer) sent(out []byte, start int, id uint8) ([]byte, Status) {
	p.last = append(p.last[:0], out[start:]...)
	p.lastID, p.begun = id, true
	return out, Continue
}

// end is what becomes of a Success or Failure: RFC 4137, Section 4, after
// RFC 3748, Section 4.2.
func (p *Peer) end(r Packet) Status {
	// RFC 3748, Section 4.2: the identifier is that of the response. Without a method, nothing can have succeeded.
	if !p.begun || r.ID != p.lastID || p.selected == TypeNone && r.Code == CodeSuccess {
		return Discarded
	}
	success, decision := r.Code == CodeSuccess, p.state.Decision
	switch {
	case success && decision != Fail:
		p.status = Succeeded
	// A method that has not come to its end takes no clear-text word for one.
	case p.selected != TypeNone && p.state.State == Continuing:
		return Discarded
	case !success && decision != UnconditionalSuccess, success && decision == Fail:
		p.status = Failed
	default:
		return Discarded
	}
	return p.status
}

// State returns what the method last said; the zero value before one has begun.
func (p *Peer) State() PeerState { return p.state }

// Method returns the method that runs, TypeNone before one does.
func (p *Peer) Method() Type { return p.selected }

// Keys returns what the method has derived; empty before it has succeeded.
func (p *Peer) Keys() Keys {
	if p.method == nil || p.state.Decision == Fail {
		return Keys{}
	}
	return p.method.Keys()
}

// Release gives back what the conversation holds.
func (p *Peer) Release() {
	if p.method != nil {
		p.method.Release()
		p.method = nil
	}
	p.status = Failed
}
