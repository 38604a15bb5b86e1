package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// ClientHello opens a handshake (RFC 5246, Section 7.4.1.2). A nil list and an
// unset Has field mean that the extension is absent.
type ClientHello struct {
	Version     spec.Version
	Random      [32]byte
	SessionID   []byte // at most MaxSessionID octets
	Suites      List[spec.SuiteID]
	Compression []byte // compression methods

	// Extensions is the block in the order of the wire. Parse sets it, unknown
	// extensions included. Where it is not nil, Append writes it as it stands
	// and none of the fields below; where it is nil, Append writes those, in the
	// order of their code points.
	Extensions Extensions

	ServerName           []byte // the host_name; nil too where server_name has only other types
	Groups               List[spec.Group]
	PointFormats         []byte
	Schemes              List[spec.SignatureScheme] // signature_algorithms
	ALPN                 Protocols
	EncryptThenMAC       bool
	ExtendedMasterSecret bool
	HasTicket            bool   // the SessionTicket extension is there
	Ticket               []byte // what it holds; empty asks for a ticket
	HasRenegotiationInfo bool
	RenegotiationInfo    []byte // renegotiated_connection
}

// Append appends the message.
func (h *ClientHello) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.ClientHello)
	dst = appendUint16(dst, h.Version)
	dst = append(dst, h.Random[:]...)
	dst = appendVector(dst, 1, h.SessionID)
	dst = appendVector(dst, 2, h.Suites)
	dst = appendVector(dst, 1, h.Compression)
	if h.Extensions != nil {
		dst = appendVector(dst, 2, h.Extensions)
	} else {
		dst = h.appendExtensions(dst)
	}
	return end(dst, start, 3)
}

func (h *ClientHello) appendExtensions(dst []byte) []byte {
	dst, block := open(dst, 2)
	if h.ServerName != nil {
		dst = appendServerName(dst, h.ServerName)
	}
	if h.Groups != nil {
		dst = appendWrapped(dst, spec.SupportedGroups, 2, h.Groups)
	}
	if h.PointFormats != nil {
		dst = appendWrapped(dst, spec.ECPointFormats, 1, h.PointFormats)
	}
	if h.Schemes != nil {
		dst = appendWrapped(dst, spec.SignatureAlgorithms, 2, h.Schemes)
	}
	if h.ALPN != nil {
		dst = appendWrapped(dst, spec.ALPN, 2, h.ALPN)
	}
	if h.EncryptThenMAC {
		dst = appendEmpty(dst, spec.EncryptThenMAC)
	}
	if h.ExtendedMasterSecret {
		dst = appendEmpty(dst, spec.ExtendedMasterSecret)
	}
	if h.HasTicket {
		// RFC 5077, Section 3.2: the data is the ticket itself, without a length of its own.
		dst = AppendExtension(dst, spec.SessionTicket, h.Ticket)
	}
	if h.HasRenegotiationInfo {
		dst = appendWrapped(dst, spec.RenegotiationInfo, 1, h.RenegotiationInfo)
	}
	if len(dst) == block {
		return dst[:block-2]
	}
	return end(dst, block, 2)
}

// Fits reports whether the extensions fit into their block, so that Append
// does not panic for a ticket that is too long.
func (h *ClientHello) Fits() bool { return h.extensionsLen() < 1<<16 }

// extensionsLen returns the length of the block that Append writes.
func (h *ClientHello) extensionsLen() int {
	if h.Extensions != nil {
		return len(h.Extensions)
	}
	n := 0
	add := func(present bool, lengthFields int, v []byte) {
		if present {
			n += 4 + lengthFields + len(v)
		}
	}
	add(h.ServerName != nil, 5, h.ServerName)
	add(h.Groups != nil, 2, h.Groups)
	add(h.PointFormats != nil, 1, h.PointFormats)
	add(h.Schemes != nil, 2, h.Schemes)
	add(h.ALPN != nil, 2, h.ALPN)
	add(h.EncryptThenMAC, 0, nil)
	add(h.ExtendedMasterSecret, 0, nil)
	add(h.HasTicket, 0, h.Ticket)
	add(h.HasRenegotiationInfo, 1, h.RenegotiationInfo)
	return n
}

// Parse reads the body of the message.
func (h *ClientHello) Parse(body []byte) bool {
	*h = ClientHello{}
	s := cryptobyte.String(body)
	if !s.ReadUint16((*uint16)(&h.Version)) || !s.CopyBytes(h.Random[:]) ||
		!readVector(&s, 1, &h.SessionID) || len(h.SessionID) > MaxSessionID ||
		!readList(&s, &h.Suites) || !readFilled(&s, 1, &h.Compression) || !readBlock(&s, &h.Extensions) {
		return false
	}
	for e, data := range h.Extensions.All() {
		if !h.parseExtension(e, data) {
			return false
		}
	}
	return true
}

// parseExtension reads the data of one extension. Unknown ones are ignored
// (RFC 5246, Section 7.4.1.4).
func (h *ClientHello) parseExtension(e spec.Extension, data []byte) bool {
	s := cryptobyte.String(data)
	ok := true
	switch e {
	case spec.ServerName:
		ok = readServerName(&s, &h.ServerName)
	case spec.SupportedGroups:
		ok = readList(&s, &h.Groups)
	case spec.ECPointFormats:
		ok = readFilled(&s, 1, &h.PointFormats)
	case spec.SignatureAlgorithms:
		ok = readList(&s, &h.Schemes)
	case spec.ALPN:
		ok = readProtocols(&s, &h.ALPN)
	case spec.EncryptThenMAC:
		h.EncryptThenMAC = true
	case spec.ExtendedMasterSecret:
		h.ExtendedMasterSecret = true
	case spec.SessionTicket:
		h.HasTicket, h.Ticket = true, data
		return true
	case spec.RenegotiationInfo:
		h.HasRenegotiationInfo = true
		ok = readVector(&s, 1, &h.RenegotiationInfo)
	default:
		return true
	}
	return ok && s.Empty()
}
