package eap

import (
	"slices"
	"time"
)

// Turn is what a method is told with each packet.
type Turn struct {
	ID       uint8     // the identifier of the request: at a server, of the one to be made
	Identity []byte    // what the peer has given outside the method; may be empty
	MTU      int       // the most octets of Type-Data to append
	Now      time.Time // for expiry; methods have no clock
}

// Keys is what a method exports. Methods that derive none leave it empty.
type Keys struct {
	MSK       []byte // 64 octets (RFC 3748, Section 7.10)
	EMSK      []byte // 64 octets; stays with the peer and the EAP server
	SessionID []byte // RFC 5247, Section 1.4
}

// Verdict is what a server's method decides with each packet.
type Verdict uint8

// The verdicts.
const (
	Ignore Verdict = iota // the packet is discarded silently; nothing was appended
	More                  // a request's Type-Data was appended
	Accept                // the method has succeeded
	Reject                // the method has failed
)

// ServerMethod is one conversation of a method at a server.
type ServerMethod interface {
	// Step takes the Type-Data of a response, nil at the start, and appends the
	// Type-Data of the next request. Data is not kept, and may be overwritten.
	Step(out, data []byte, t *Turn) ([]byte, Verdict)
	// Keys returns what was derived, after Accept.
	Keys() Keys
	// Release wipes and gives back what the conversation holds.
	Release()
}

// MethodState is how far a peer's method has come (RFC 4137, Section 4.2).
type MethodState uint8

// The states.
const (
	Continuing  MethodState = iota // the server must send another request
	MayContinue                    // either a request or the end may follow
	Done                           // no request may follow
)

// Decision is what a peer makes of a Success or a Failure now (RFC 4137,
// Section 4.2).
type Decision uint8

// The decisions.
const (
	Fail                 Decision = iota // Success would be a lie
	ConditionalSuccess                   // the server decides
	UnconditionalSuccess                 // Failure would be a lie
)

// PeerState is what a peer's method says with each packet.
type PeerState struct {
	Ignore   bool // the request is discarded silently; nothing was appended
	State    MethodState
	Decision Decision
}

// PeerMethod is one conversation of a method at a peer.
type PeerMethod interface {
	// Step takes the Type-Data of a request and appends that of its response.
	// Data is not kept, and may be overwritten.
	Step(out, data []byte, t *Turn) ([]byte, PeerState)
	// Keys returns what was derived, after success.
	Keys() Keys
	// Release wipes and gives back what the conversation holds.
	Release()
}

// Registry says which methods may run, the best first, and how a conversation
// of each begins. M is [ServerMethod] or [PeerMethod]. It must not be changed
// once it is in use. The zero value is empty.
type Registry[M any] struct {
	types []Type
	begin []func() M
}

// Add appends a method. It panics if t is no method's type or is there already.
func (r *Registry[M]) Add(t Type, begin func() M) {
	if !t.IsMethod() || r.Has(t) {
		panic("eap: " + t.String() + " cannot be added")
	}
	r.types, r.begin = append(r.types, t), append(r.begin, begin)
}

// Types returns the methods' types, the best first.
func (r *Registry[M]) Types() []Type {
	if r == nil {
		return nil
	}
	return slices.Clone(r.types)
}

// Has reports whether t may run.
func (r *Registry[M]) Has(t Type) bool { return r != nil && slices.Contains(r.types, t) }

// new begins a conversation of a method that is there.
func (r *Registry[M]) new(t Type) M { return r.begin[slices.Index(r.types, t)]() }

// Status is what came of a packet.
type Status uint8

// The statuses.
const (
	Discarded Status = iota // silently: nothing was appended
	Continue                // a packet was appended: send it
	Succeeded               // at a server, EAP-Success was appended
	Failed                  // at a server, EAP-Failure was appended
)

// String returns the status's name.
func (s Status) String() string {
	return [...]string{"discarded", "continue", "succeeded", "failed"}[s]
}

// DefaultMTU is the most octets of a whole packet where a config names none: a
// packet of this size fits every lower layer (RFC 3748, Section 3.1).
const DefaultMTU = 1020

func typeData(mtu int) int {
	if mtu <= 0 {
		mtu = DefaultMTU
	}
	return max(mtu-HeaderSize-1, 64)
}
