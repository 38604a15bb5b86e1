package phase2

import (
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Clear is what is said outside of the tunnel.
type Clear uint8

// What may come there. Outside is TLVs in the clear, or a record that does not
// open: to TLS they are the same.
const (
	InTunnel Clear = iota
	ClearSuccess
	ClearFailure
	Outside
	Alert // a fatal one, by which the other side ends the tunnel
)

// Packet is a packet of an inner method, in an EAP-Payload TLV.
type Packet uint8

// The packets (RFC 3748, Section 5; RFC 2759 in EAP-MSCHAPv2; RFC 5421).
const (
	NoPacket Packet = iota
	IdentityRequest
	IdentityResponse
	MSCHAPv2Challenge
	MSCHAPv2Response
	MSCHAPv2Success // with the server's proof
	MSCHAPv2Failure
	MSCHAPv2SuccessAck
	MSCHAPv2FailureAck
	GTCChallenge
	GTCResponse
	GTCFailure
	GTCAck
	Nak
)

var packetNames = [...]string{"", "Identity?", "Identity", "Challenge", "Response", "Success", "Failure", "Success-Ack", "Failure-Ack",
	"GTC-Challenge", "GTC-Response", "GTC-Failure", "GTC-Ack", "Nak"}

// Challenge is where MSCHAPv2's challenges come from: a term.
type Challenge uint8

// The challenges. In an anonymous tunnel they are cut from its key block (RFC
// 5422, Section 3.2.3).
const (
	NoChallenge   Challenge = iota
	PeersTunnel             // of the tunnel that the peer is in
	ServersTunnel           // of the tunnel that the server is in, where that is another
	ServersOwn              // drawn by the server
	Attackers               // drawn by the attacker
	challenges    = int(Attackers) + 1
)

// Key is a link of the key chain: what an inner method has given (RFC 4851,
// Section 5.2). Keys of MSCHAPv2 depend on its challenges.
type Key uint8

// The keys that are none of MSCHAPv2's.
const (
	NoKey   Key = iota
	ZeroKey     // of a method without keys
	firstMSCHAPv2
)

func mschapv2Key(c Challenge) Key { return firstMSCHAPv2 + Key(c) }

// MSCHAPv2 reports whether the key needs the password.
func (k Key) MSCHAPv2() bool { return k >= firstMSCHAPv2 }

// Chain is S-IMCK[j] as a term: a tunnel's session_key_seed and the keys of the
// methods that have succeeded.
type Chain struct {
	Tunnel Challenge // PeersTunnel or ServersTunnel: whose seed it is
	Links  [2]Key
}

func (c Chain) length() int {
	n := 0
	for _, k := range c.Links {
		if k != NoKey {
			n++
		}
	}
	return n
}

// with returns the chain with one more link. A third method does not fit, and is
// never run.
func (c Chain) with(k Key) Chain {
	if n := c.length(); n < len(c.Links) {
		c.Links[n] = k
	}
	return c
}

// Binding is a Crypto-Binding TLV (RFC 4851, Section 4.2.8).
type Binding struct {
	Present  bool
	Response bool  // the subtype
	Key      Chain // its Compound MAC is under the CMK of this chain
	Version  bool  // the received version is the one that was sent
	Nonce    bool  // it answers the request that is out; of a request: true
}

// PACs is a set of PAC types.
type PACs uint8

// The types (RFC 5422, Section 4.2.6).
const (
	TunnelPAC PACs = 1 << iota
	MachinePAC
	UserPAC
)

// Message is one message: the TLVs of one record, or what is said in the clear.
type Message struct {
	Clear        Clear
	Result       spec.TLVStatus
	Intermediate spec.TLVStatus
	Error        uint16 // 0, 2001 or 2002
	NAK          bool
	Unknown      bool // a mandatory TLV that nobody knows
	EAP          Packet
	Challenge    Challenge // of MSCHAPv2Challenge, Response and Success: what it is about
	Right        bool      // of Response and Success: made with the user's password; of GTCResponse: it is
	Other        bool      // of IdentityResponse and responses: in another user's name
	Binding      Binding
	Offers       PACs // PACs that are issued
	Asks         PACs
	Ack          spec.TLVStatus
	Presents     spec.UserPAC
}

// Errors that Error TLVs tell (RFC 4851, Section 4.2.4).
const (
	TunnelCompromise = 2001
	UnexpectedTLVs   = 2002
)

// empty reports whether nothing is said.
func (m Message) empty() bool { return m == Message{} }

// String lists the TLVs in one line.
func (m Message) String() string {
	switch m.Clear {
	case ClearSuccess:
		return "EAP-Success"
	case ClearFailure:
		return "EAP-Failure"
	case Outside:
		return "outside the tunnel"
	case Alert:
		return "Alert"
	}
	var s []string
	add := func(on bool, text string) {
		if on {
			s = append(s, text)
		}
	}
	add(m.Result != 0, "Result "+m.Result.String())
	add(m.Intermediate != 0, "Intermediate-Result "+m.Intermediate.String())
	add(m.Error == TunnelCompromise, "Error 2001")
	add(m.Error == UnexpectedTLVs, "Error 2002")
	add(m.NAK, "NAK")
	add(m.Unknown, "unknown mandatory TLV")
	add(m.EAP != NoPacket, "EAP-Payload "+m.packet())
	add(m.Binding.Present, "Crypto-Binding "+m.Binding.String())
	add(m.Offers != 0, "PAC "+m.Offers.String())
	add(m.Asks != 0, "asks for PAC "+m.Asks.String())
	add(m.Ack != 0, "PAC-Acknowledgement "+m.Ack.String())
	add(m.Presents != 0, "User Authorization PAC "+m.Presents.String())
	if len(s) == 0 {
		return "nothing"
	}
	return strings.Join(s, ", ")
}

func (m Message) packet() string {
	name := packetNames[m.EAP]
	switch m.EAP {
	case MSCHAPv2Response, MSCHAPv2Success, GTCResponse:
		if !m.Right {
			name += " (wrong)"
		}
	}
	if m.Other {
		name += " (another user)"
	}
	return name
}

// String says what is wrong with the binding, if anything is visible.
func (b Binding) String() string {
	text := "request"
	if b.Response {
		text = "response"
	}
	if !b.Version {
		text += " (other version)"
	}
	if !b.Nonce {
		text += " (other nonce)"
	}
	return text
}

// String lists the types.
func (p PACs) String() string {
	var s []string
	for i, name := range []string{"tunnel", "machine", "user"} {
		if p>>i&1 != 0 {
			s = append(s, name)
		}
	}
	return strings.Join(s, "+")
}
