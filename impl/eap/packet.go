package eap

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// Code is what kind of packet it is (RFC 3748, Section 4).
type Code uint8

// The codes.
const (
	CodeRequest  Code = 1
	CodeResponse Code = 2
	CodeSuccess  Code = 3
	CodeFailure  Code = 4
)

// String returns the code's name.
func (c Code) String() string {
	switch c {
	case CodeRequest:
		return "Request"
	case CodeResponse:
		return "Response"
	case CodeSuccess:
		return "Success"
	case CodeFailure:
		return "Failure"
	}
	return fmt.Sprintf("Code(%d)", uint8(c))
}

// Type is a method, or one of the types that are none (RFC 3748, Section 5).
type Type uint8

// The types that Sesame knows by name (IANA registry Method Types).
const (
	TypeNone         Type = 0
	TypeIdentity     Type = 1
	TypeNotification Type = 2
	TypeNak          Type = 3 // in a response only
	TypeGTC          Type = 6
	TypeMSCHAPv2     Type = 26
	TypeFAST         Type = 43
	TypeExpanded     Type = 254
)

// String returns the type's name.
func (t Type) String() string {
	switch t {
	case TypeNone:
		return "none"
	case TypeIdentity:
		return "Identity"
	case TypeNotification:
		return "Notification"
	case TypeNak:
		return "Nak"
	case TypeGTC:
		return "GTC"
	case TypeMSCHAPv2:
		return "MSCHAPv2"
	case TypeFAST:
		return "FAST"
	case TypeExpanded:
		return "Expanded"
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// IsMethod reports whether t authenticates: types 1 to 3 do not, and expanded
// types are not spoken.
func (t Type) IsMethod() bool { return t > TypeNak && t < TypeExpanded }

// HeaderSize is the length of a packet without Type, as Success and Failure have it.
const HeaderSize = 4

// Packet is one EAP packet.
type Packet struct {
	Code Code
	ID   uint8
	Type Type   // of requests and responses
	Data []byte // Type-Data
}

// Parse reads a packet. Octets beyond its length are padding, which is ignored.
// It reports false for what must be discarded silently: a length beyond the
// octets, a code other than the four, a request or response without a type, a
// success or failure with data. Data aliases b.
func Parse(b []byte) (Packet, bool) {
	var p Packet
	s := cryptobyte.String(b)
	var length uint16
	if !s.ReadUint8((*uint8)(&p.Code)) || !s.ReadUint8(&p.ID) || !s.ReadUint16(&length) {
		return Packet{}, false
	}
	// RFC 3748, Section 4: a Length beyond the received octets MUST be discarded silently, octets beyond Length ignored.
	if int(length) > len(b) || length < HeaderSize {
		return Packet{}, false
	}
	s = s[:length-HeaderSize]
	switch p.Code {
	case CodeSuccess, CodeFailure:
		return p, length == HeaderSize // RFC 3748, Section 4.2: the length is 4
	case CodeRequest, CodeResponse:
		if !s.ReadUint8((*uint8)(&p.Type)) {
			return Packet{}, false
		}
		p.Data = s
		return p, true
	}
	return Packet{}, false
}

// Append appends the packet's encoding to dst.
func (p Packet) Append(dst []byte) []byte {
	dst, start := p.begin(dst)
	return finish(append(dst, p.Data...), start)
}

// begin appends the packet up to Type-Data, with its length open; finish fills
// that in.
func (p Packet) begin(dst []byte) ([]byte, int) {
	start := len(dst)
	dst = append(dst, byte(p.Code), p.ID, 0, 0)
	if p.Code == CodeRequest || p.Code == CodeResponse {
		dst = append(dst, byte(p.Type))
	}
	return dst, start
}

func finish(dst []byte, start int) []byte {
	binary.BigEndian.PutUint16(dst[start+2:], uint16(len(dst)-start))
	return dst
}
