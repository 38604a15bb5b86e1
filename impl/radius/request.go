package radius

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"layeh.com/radius"
)

// request is an Access-Request as it has come: its attributes are parts of the
// packet, where [radius.Parse] makes a copy of each.
type request struct {
	radius.Packet
	pairs []radius.AVP // what Attributes points to
}

// requests are used again: there is one for every packet.
var requests = sync.Pool{New: func() any { return new(request) }}

var (
	errLength     = errors.New("radius: the length is not the packet's (RFC 2865, Section 3)")
	errAttributes = errors.New("radius: an attribute is cut off (RFC 2865, Section 5)")
)

// parse reads an Access-Request, and verifies its Message-Authenticator.
func (r *request) parse(packet, secret []byte) error {
	if len(packet) < headerSize {
		return errLength
	}
	length := int(binary.BigEndian.Uint16(packet[2:]))
	if length < headerSize || length > maxPacket || length > len(packet) {
		return errLength
	}
	packet = packet[:length] // RFC 2865, Section 3: octets beyond the length are padding
	r.Code, r.Identifier, r.Secret = radius.Code(packet[0]), packet[1], secret
	r.Authenticator = [authenticatorSize]byte(packet[4:])
	r.pairs, r.Attributes = r.pairs[:0], r.Attributes[:0]
	for rest := packet[headerSize:]; len(rest) > 0; {
		if len(rest) < 2 || rest[1] < 2 || int(rest[1]) > len(rest) {
			return errAttributes
		}
		n := rest[1]
		r.pairs = append(r.pairs, radius.AVP{Type: radius.Type(rest[0]), Attribute: radius.Attribute(rest[2:n])})
		rest = rest[n:]
	}
	for i := range r.pairs {
		r.Attributes = append(r.Attributes, &r.pairs[i])
	}
	if r.Code != radius.CodeAccessRequest {
		return fmt.Errorf("radius: %v is no Access-Request", r.Code)
	}
	return checkMessage(packet, secret, r.Authenticator)
}
