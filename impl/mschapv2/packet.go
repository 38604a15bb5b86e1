package mschapv2

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
)

// Type is EAP-MSCHAPv2's number among EAP methods (IANA registry EAP Method Types).
const Type = 26

// OpCode is the first octet of the method's data.
type OpCode uint8

// The operations that EAP uses: each is a request and, with the same code, a
// response.
const (
	OpChallenge OpCode = 1 // Challenge, in a request
	OpResponse  OpCode = 2 // Response, in a response
	OpSuccess   OpCode = 3 // Message, in a request; empty in a response
	OpFailure   OpCode = 4 // Message, in a request; empty in a response
)

// String returns the operation's name.
func (o OpCode) String() string {
	switch o {
	case OpChallenge:
		return "Challenge"
	case OpResponse:
		return "Response"
	case OpSuccess:
		return "Success"
	case OpFailure:
		return "Failure"
	}
	return "OpCode(" + strconv.Itoa(int(o)) + ")"
}

// Packet is the data of one EAP-MSCHAPv2 packet, what follows the type octet.
// An acknowledgement, the response to Success or Failure, has nothing but its
// operation. Message belongs to Success and Failure, Name and Challenge to
// Challenge, Name, Peer and NTResponse to Response.
type Packet struct {
	Op         OpCode
	ID         uint8    // MS-CHAPv2-ID, copied from the request into the response
	Challenge  [16]byte // the authenticator's
	Peer       [16]byte // the peer's challenge
	NTResponse [24]byte
	Name       string // the authenticator's or the user's, as sent
	Message    string
	Ack        bool // the one-octet response to Success or Failure
}

// The Value-Size octets of Challenge and Response (RFC 2759, Sections 3 and 4).
const (
	challengeSize = 16
	responseSize  = 49
)

// Append appends the packet's encoding to dst.
func (p *Packet) Append(dst []byte) []byte {
	dst = append(dst, byte(p.Op))
	if p.Ack {
		return dst
	}
	start := len(dst) - 1
	dst = append(dst, p.ID, 0, 0)
	switch p.Op {
	case OpChallenge:
		dst = append(append(dst, challengeSize), p.Challenge[:]...)
		dst = append(dst, p.Name...)
	case OpResponse:
		dst = append(append(dst, responseSize), p.Peer[:]...)
		dst = append(dst, make([]byte, 8)...) // RFC 2759, Section 4: reserved, zero
		dst = append(dst, p.NTResponse[:]...)
		dst = append(dst, 0) // flags
		dst = append(dst, p.Name...)
	default:
		dst = append(dst, p.Message...)
	}
	length := len(dst) - start
	dst[start+2], dst[start+3] = byte(length>>8), byte(length)
	return dst
}

// Parse reads the data of one packet. Strings are copied. The length field
// must equal the data's length.
func Parse(data []byte) (Packet, error) {
	var p Packet
	s := cryptobyte.String(data)
	var op uint8
	if !s.ReadUint8(&op) {
		return p, fmt.Errorf("mschapv2: a packet has at least its operation octet")
	}
	p.Op = OpCode(op)
	if s.Empty() && (p.Op == OpSuccess || p.Op == OpFailure) {
		p.Ack = true
		return p, nil
	}
	var length uint16
	if !s.ReadUint8(&p.ID) || !s.ReadUint16(&length) || int(length) != len(data) {
		return p, fmt.Errorf("mschapv2: %v packet of %d octets gives its length as %d", p.Op, len(data), length)
	}
	var size uint8
	switch p.Op {
	case OpChallenge:
		if !s.ReadUint8(&size) || size != challengeSize || !s.CopyBytes(p.Challenge[:]) {
			return p, fmt.Errorf("mschapv2: a challenge has %d octets", challengeSize)
		}
		p.Name = string(s)
	case OpResponse:
		if !s.ReadUint8(&size) || size != responseSize || !s.CopyBytes(p.Peer[:]) || !s.Skip(8) ||
			!s.CopyBytes(p.NTResponse[:]) || !s.Skip(1) {
			return p, fmt.Errorf("mschapv2: a response has %d octets", responseSize)
		}
		p.Name = string(s)
	case OpSuccess, OpFailure:
		p.Message = string(s)
	default:
		return p, fmt.Errorf("mschapv2: operation %d is none of 1 to 4", op)
	}
	return p, nil
}

// Failure is what a Failure's message says (RFC 2759, Section 6).
type Failure struct {
	Code  int  // for instance 691, ERROR_AUTHENTICATION_FAILURE
	Retry bool // whether the user may try again
	Text  string
}

// The failure codes of RFC 2759, Section 6.
const (
	FailureRestrictedHours  = 646
	FailureAccountDisabled  = 647
	FailurePasswordExpired  = 648
	FailureNoDialIn         = 649
	FailureAuthentication   = 691
	FailureChangingPassword = 709
)

// Message returns the text of a Failure with a new challenge and version 3.
func (f Failure) Message(challenge [16]byte) string {
	retry := 0
	if f.Retry {
		retry = 1
	}
	return fmt.Sprintf("E=%d R=%d C=%X V=3 M=%s", f.Code, retry, challenge, f.Text)
}

// ParseFailure reads a Failure's message, as far as it can be read: unknown
// pairs are ignored, and M takes the rest.
func ParseFailure(message string) Failure {
	var f Failure
	rest := message
	for rest != "" {
		if text, ok := strings.CutPrefix(rest, "M="); ok {
			f.Text = text
			break
		}
		var word string
		word, rest, _ = strings.Cut(rest, " ")
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "E":
			f.Code, _ = strconv.Atoi(value)
		case "R":
			f.Retry = value == "1"
		}
	}
	return f
}
