package fast

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

// PACType is what a PAC is for (RFC 5422, Section 4.2.6).
type PACType uint16

// The types.
const (
	TunnelPAC            PACType = 1
	MachinePAC           PACType = 2
	UserAuthorizationPAC PACType = 3
)

// String returns "tunnel", "machine" or "user-authorization".
func (t PACType) String() string {
	switch t {
	case TunnelPAC:
		return "tunnel"
	case MachinePAC:
		return "machine"
	case UserAuthorizationPAC:
		return "user-authorization"
	}
	return fmt.Sprintf("PACType(%d)", uint16(t))
}

// ParsePACType is the inverse of [PACType.String].
func ParsePACType(name string) (PACType, error) {
	for t := TunnelPAC; t <= UserAuthorizationPAC; t++ {
		if t.String() == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("fast: %q is no PAC type: give tunnel, machine or user-authorization", name)
}

// The attributes of a PAC TLV (RFC 5422, Section 4.2).
const (
	attrKey      = 1
	attrOpaque   = 2
	attrLifetime = 3
	attrAID      = 4
	attrIID      = 5
	attrAIDInfo  = 7
	attrAck      = 8
	attrInfo     = 9
	attrType     = 10
	attrBits     = 0x7fff // some servers set the bit above (DEP-07)
)

// The values of PAC-Acknowledgement.
const (
	ackSuccess = 1
	ackFailure = 2
)

// PAC is a protected access credential as its peer holds it.
type PAC struct {
	Type          PACType
	Key           []byte // 32 octets; nil for a User Authorization PAC
	Opaque        []byte // for the server alone: no peer looks into it
	AuthorityID   []byte // A-ID: which server it is for
	AuthorityInfo string // A-ID-Info: that server's name for people
	Identity      string // I-ID: whom it was issued to; "": anyone
	Expires       time.Time
}

// Expired reports whether the PAC is over. One without an expiry never is.
func (p *PAC) Expired(now time.Time) bool { return !p.Expires.IsZero() && !now.Before(p.Expires) }

// appendPAC appends a PAC TLV that issues p (RFC 5422, Section 4.2).
func appendPAC(dst []byte, p *PAC) []byte {
	return appendTLV(dst, mandatory|uint16(PACTLV), func(dst []byte) []byte {
		if len(p.Key) > 0 {
			dst = append(appendHeader(dst, attrKey, len(p.Key)), p.Key...)
		}
		dst = append(appendHeader(dst, attrOpaque, len(p.Opaque)), p.Opaque...)
		return appendTLV(dst, attrInfo, p.appendInfo)
	})
}

// appendInfo appends the attributes of PAC-Info: A-ID, A-ID-Info and PAC-Type
// always (RFC 5422, Section 4.2.4).
func (p *PAC) appendInfo(dst []byte) []byte {
	if !p.Expires.IsZero() {
		// RFC 5422, Section 4.2.4: the lifetime is the Unix time at which the PAC expires.
		dst = binary.BigEndian.AppendUint32(appendHeader(dst, attrLifetime, 4), uint32(p.Expires.Unix()))
	}
	dst = append(appendHeader(dst, attrAID, len(p.AuthorityID)), p.AuthorityID...)
	if p.Identity != "" {
		dst = append(appendHeader(dst, attrIID, len(p.Identity)), p.Identity...)
	}
	dst = append(appendHeader(dst, attrAIDInfo, len(p.AuthorityInfo)), p.AuthorityInfo...)
	return binary.BigEndian.AppendUint16(appendHeader(dst, attrType, 2), uint16(p.Type))
}

// attributes calls f for each attribute of a PAC TLV or PAC-Info, and reports
// whether they are well formed and f has taken each.
func attributes(s cryptobyte.String, f func(attr uint16, value cryptobyte.String) bool) bool {
	for !s.Empty() {
		var attr uint16
		var value cryptobyte.String
		if !s.ReadUint16(&attr) || !s.ReadUint16LengthPrefixed(&value) || !f(attr&attrBits, value) {
			return false
		}
	}
	return true
}

// pacTLV is what a PAC TLV says: it asks, issues, acknowledges or presents.
type pacTLV struct {
	PAC
	hasInfo bool
	asked   PACType // PAC-Type outside of PAC-Info
	ack     uint16  // 0: none
}

// parsePAC reads the value of a PAC TLV. Everything is copied.
func parsePAC(value []byte) (p pacTLV, ok bool) {
	p.Type = TunnelPAC // RFC 5422, Section 4.2.6: absent, it is a Tunnel PAC
	ok = attributes(value, func(attr uint16, value cryptobyte.String) bool {
		switch attr {
		case attrKey:
			p.Key = bytes.Clone(value)
			return len(value) == pacKeySize // RFC 5422, Section 4.2.2
		case attrOpaque:
			p.Opaque = bytes.Clone(value)
			return len(value) > 0
		case attrAck:
			return value.ReadUint16(&p.ack) && value.Empty()
		case attrType:
			return value.ReadUint16((*uint16)(&p.asked)) && value.Empty()
		case attrInfo:
			p.hasInfo = true
			return p.parseInfo(value)
		}
		return true
	})
	return p, ok
}

// parseInfo reads PAC-Info. RFC 5422, Section 4.2.4: neither key, opaque,
// acknowledgement nor info stand in it.
func (p *PAC) parseInfo(info cryptobyte.String) bool {
	if p.Type == 0 {
		p.Type = TunnelPAC
	}
	return attributes(info, func(attr uint16, value cryptobyte.String) bool {
		switch attr {
		case attrKey, attrOpaque, attrAck, attrInfo:
			return false
		case attrLifetime:
			var seconds uint32
			if !value.ReadUint32(&seconds) || !value.Empty() {
				return false
			}
			p.Expires = time.Unix(int64(seconds), 0)
		case attrAID:
			p.AuthorityID = bytes.Clone(value)
		case attrIID:
			p.Identity = string(value)
		case attrAIDInfo:
			p.AuthorityInfo = string(value)
		case attrType:
			return value.ReadUint16((*uint16)(&p.Type)) && value.Empty()
		}
		return true
	})
}

// appendPACRequest appends a PAC TLV that asks for a PAC of a type.
func appendPACRequest(dst []byte, t PACType) []byte {
	return appendTLV(dst, uint16(PACTLV), func(dst []byte) []byte {
		return binary.BigEndian.AppendUint16(appendHeader(dst, attrType, 2), uint16(t))
	})
}

// appendPACAck appends a PAC TLV that acknowledges a Tunnel PAC (RFC 5422,
// Section 4.2.5).
func appendPACAck(dst []byte, ack uint16) []byte {
	return appendTLV(dst, mandatory|uint16(PACTLV), func(dst []byte) []byte {
		return binary.BigEndian.AppendUint16(appendHeader(dst, attrAck, 2), ack)
	})
}

// ticket returns what goes into the SessionTicket extension for a PAC.
func (q Quirks) ticket(p *PAC) []byte {
	if q.TicketWithoutHeader {
		return p.Opaque
	}
	return append(appendHeader(nil, attrOpaque, len(p.Opaque)), p.Opaque...)
}

// openTicket returns the PAC-Opaque in a ticket, with or without its header,
// with or without padding behind it; its first octet tells them apart.
func openTicket(ticket []byte) []byte {
	s := cryptobyte.String(ticket)
	var attr uint16
	var value cryptobyte.String
	if s.ReadUint16(&attr) && attr&attrBits == attrOpaque && s.ReadUint16LengthPrefixed(&value) {
		return value
	}
	return ticket
}
