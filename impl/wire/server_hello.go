package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// ServerHello answers ClientHello (RFC 5246, Section 7.4.1.3). A nil list and
// an unset Has field mean that the extension is absent.
type ServerHello struct {
	Version     spec.Version
	Random      [32]byte
	SessionID   []byte // at most MaxSessionID octets
	Suite       spec.SuiteID
	Compression uint8

	// Extensions is the block in the order of the wire. Parse sets it, so that a
	// client can refuse what it did not ask for. Where it is not nil, Append
	// writes it as it stands and none of the fields below; where it is nil,
	// Append writes those, in the order of their code points.
	Extensions Extensions

	ServerName           bool // the name was used (RFC 6066, Section 3)
	PointFormats         []byte
	ALPN                 []byte // the one protocol chosen
	EncryptThenMAC       bool
	ExtendedMasterSecret bool
	Ticket               bool // NewSessionTicket will follow (RFC 5077, Section 3.2)
	HasRenegotiationInfo bool
	RenegotiationInfo    []byte // renegotiated_connection
}

// Append appends the message.
func (h *ServerHello) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.ServerHello)
	dst = appendUint16(dst, h.Version)
	dst = append(dst, h.Random[:]...)
	dst = appendVector(dst, 1, h.SessionID)
	dst = append(appendUint16(dst, h.Suite), h.Compression)
	if h.Extensions != nil {
		dst = appendVector(dst, 2, h.Extensions)
	} else {
		dst = h.appendExtensions(dst)
	}
	return end(dst, start, 3)
}

func (h *ServerHello) appendExtensions(dst []byte) []byte {
	dst, block := open(dst, 2)
	if h.ServerName {
		dst = appendEmpty(dst, spec.ServerName)
	}
	if h.PointFormats != nil {
		dst = appendWrapped(dst, spec.ECPointFormats, 1, h.PointFormats)
	}
	if h.ALPN != nil {
		dst = appendProtocol(dst, h.ALPN)
	}
	if h.EncryptThenMAC {
		dst = appendEmpty(dst, spec.EncryptThenMAC)
	}
	if h.ExtendedMasterSecret {
		dst = appendEmpty(dst, spec.ExtendedMasterSecret)
	}
	if h.Ticket {
		dst = appendEmpty(dst, spec.SessionTicket)
	}
	if h.HasRenegotiationInfo {
		dst = appendWrapped(dst, spec.RenegotiationInfo, 1, h.RenegotiationInfo)
	}
	if len(dst) == block {
		return dst[:block-2]
	}
	return end(dst, block, 2)
}

// appendProtocol appends ALPN with the one protocol chosen (RFC 7301, Section 3.1).
func appendProtocol(dst, name []byte) []byte {
	dst, ext := openExtension(dst, spec.ALPN)
	dst, list := open(dst, 2)
	return end(end(appendVector(dst, 1, name), list, 2), ext, 2)
}

// Parse reads the body of the message.
func (h *ServerHello) Parse(body []byte) bool {
	*h = ServerHello{}
	s := cryptobyte.String(body)
	var id cryptobyte.String
	if !s.ReadUint16((*uint16)(&h.Version)) || !s.CopyBytes(h.Random[:]) ||
		!s.ReadUint8LengthPrefixed(&id) || len(id) > MaxSessionID ||
		!s.ReadUint16((*uint16)(&h.Suite)) || !s.ReadUint8(&h.Compression) {
		return false
	}
	h.SessionID = id
	var ok bool
	if h.Extensions, ok = readBlock(&s); !ok {
		return false
	}
	for e, data := range h.Extensions.All() {
		if !h.parseExtension(e, data) {
			return false
		}
	}
	return true
}

// parseExtension reads the data of one extension. Others stay in Extensions.
func (h *ServerHello) parseExtension(e spec.Extension, data []byte) (ok bool) {
	switch e {
	case spec.ServerName:
		h.ServerName, ok = true, len(data) == 0
	case spec.ECPointFormats:
		h.PointFormats, ok = whole8(data)
		ok = ok && len(h.PointFormats) > 0
	case spec.ALPN:
		// RFC 7301, Section 3.1: exactly one ProtocolName.
		var list Protocols
		if list, ok = readProtocols(data); ok {
			h.ALPN, ok = whole8(list)
		}
	case spec.EncryptThenMAC:
		h.EncryptThenMAC, ok = true, len(data) == 0
	case spec.ExtendedMasterSecret:
		h.ExtendedMasterSecret, ok = true, len(data) == 0
	case spec.SessionTicket:
		h.Ticket, ok = true, len(data) == 0
	case spec.RenegotiationInfo:
		h.HasRenegotiationInfo = true
		h.RenegotiationInfo, ok = whole8(data)
	default:
		ok = true
	}
	return ok
}
