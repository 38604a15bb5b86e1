package eap

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// Flags is the octet that begins the Type-Data of a method over TLS (RFC 5216,
// Section 3.1); its low bits are a version there, which EAP-FAST uses (RFC
// 4851, Section 4.1).
type Flags uint8

// The flags, and the bits of the version.
const (
	FlagLength Flags = 0x80 // the message's length follows
	FlagMore   Flags = 0x40 // more fragments follow
	FlagStart  Flags = 0x20 // the server's first request
	versionOf  Flags = 0x07
)

// Version returns the version.
func (f Flags) Version() uint8 { return uint8(f & versionOf) }

// Arrival is what a packet of a fragmented exchange was.
type Arrival uint8

// The arrivals. Each but Whole is answered by Append alone.
const (
	Part  Arrival = iota // a fragment, to be acknowledged
	Acked                // the acknowledgement of a fragment: the next one goes out
	Whole                // Message is complete; it is empty for an acknowledgement
)

// MaxMessage is the longest message where a limit names none (RFC 5216,
// Section 2.1.5 suggests 64 KiB).
const MaxMessage = 1 << 16

// ErrFragment is wrapped by the errors of [Fragments.Receive].
var ErrFragment = errors.New("eap: malformed fragment")

// Fragments carries messages of one conversation over packets that are too
// short for them, in lock-step: each fragment but the last is acknowledged by
// an empty packet (RFC 5216, Section 2.1.5; RFC 4851, Section 3.7). The zero
// value is ready. It holds memory only while a message is under way.
type Fragments struct {
	Version uint8 // goes out in every packet
	Limit   int   // of a message that comes in; 0: MaxMessage

	in       []byte
	whole    []byte
	announce int  // the length of the message that comes in
	partial  bool // a message is coming in
	out      []byte
	sent     int
}

// Receive takes the Type-Data of one packet, which is not a start.
func (f *Fragments) Receive(data []byte) (Arrival, error) {
	f.whole = nil
	s := cryptobyte.String(data)
	var flags Flags
	if !s.ReadUint8((*uint8)(&flags)) || flags&FlagStart != 0 {
		return 0, fmt.Errorf("%w: no flags, or a start in the middle", ErrFragment)
	}
	length := uint32(0)
	if flags&FlagLength != 0 && !s.ReadUint32(&length) {
		return 0, fmt.Errorf("%w: its length field is cut off", ErrFragment)
	}
	if f.Sending() {
		// RFC 5216, Section 2.1.5: the answer to a fragment is an empty packet.
		if !s.Empty() || flags&FlagMore != 0 {
			return 0, fmt.Errorf("%w: %d octets instead of an acknowledgement", ErrFragment, len(s))
		}
		return Acked, nil
	}
	return f.collect(flags, length, s)
}

func (f *Fragments) collect(flags Flags, length uint32, data []byte) (Arrival, error) {
	limit := f.Limit
	if limit == 0 {
		limit = MaxMessage
	}
	if int64(length) > int64(limit) {
		return 0, fmt.Errorf("%w: it announces %d octets, and %d is the most", ErrFragment, length, limit)
	}
	hasLength := flags&FlagLength != 0
	switch {
	case f.partial && hasLength && int(length) != f.announce:
		return 0, fmt.Errorf("%w: it announces %d octets after %d", ErrFragment, length, f.announce)
	case !f.partial && flags&FlagMore == 0:
		if hasLength && int(length) != len(data) || len(data) > limit {
			return 0, fmt.Errorf("%w: %d octets, and %d are announced", ErrFragment, len(data), length)
		}
		f.whole = data
		return Whole, nil
	case !f.partial && !hasLength:
		// RFC 5216, Section 3.1: the first of several fragments has the length.
		return 0, fmt.Errorf("%w: the first of several has no length", ErrFragment)
	case !f.partial:
		f.partial, f.announce, f.in = true, int(length), f.in[:0]
	}
	if len(data) == 0 || len(f.in)+len(data) > f.announce {
		return 0, fmt.Errorf("%w: %d octets after %d of %d", ErrFragment, len(data), len(f.in), f.announce)
	}
	f.in = append(f.in, data...)
	if flags&FlagMore != 0 {
		return Part, nil
	}
	if len(f.in) != f.announce {
		return 0, fmt.Errorf("%w: the message ends after %d of %d octets", ErrFragment, len(f.in), f.announce)
	}
	f.whole, f.in, f.partial = f.in, nil, false
	return Whole, nil
}

// Message returns the message that has come in whole. It may alias the last
// packet, and is valid until the next one, or until Send.
func (f *Fragments) Message() []byte { return f.whole }

// Send takes a message to go out with the next calls of Append. It keeps it.
func (f *Fragments) Send(message []byte) { f.out, f.sent, f.whole = message, 0, nil }

// Sending reports whether a part of a message has yet to go out.
func (f *Fragments) Sending() bool { return f.sent < len(f.out) }

// Append appends the Type-Data of the next packet, of at most mtu octets: a
// message or its next fragment, or an acknowledgement where nothing is to be
// sent.
func (f *Fragments) Append(out []byte, mtu int) []byte {
	flags, rest := Flags(f.Version)&versionOf, f.out[f.sent:]
	if room := max(mtu-1, 1); len(rest) > room {
		flags |= FlagMore
		if f.sent == 0 {
			flags |= FlagLength
			room = max(room-4, 1)
		}
		rest = rest[:room]
	}
	out = append(out, byte(flags))
	if flags&FlagLength != 0 {
		out = binary.BigEndian.AppendUint32(out, uint32(len(f.out)))
	}
	out = append(out, rest...)
	if f.sent += len(rest); f.sent == len(f.out) {
		f.out, f.sent = nil, 0
	}
	return out
}
