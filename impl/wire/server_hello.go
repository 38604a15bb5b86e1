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

// Parse reads the body of the message.
func (h *ServerHello) Parse(body []byte) bool {
	*h = ServerHello{}
	s := cryptobyte.String(body)
	if !s.ReadUint16((*uint16)(&h.Version)) || !s.CopyBytes(h.Random[:]) ||
		!readVector(&s, 1, &h.SessionID) || len(h.SessionID) > MaxSessionID ||
		!s.ReadUint16((*uint16)(&h.Suite)) || !s.ReadUint8(&h.Compression) || !readBlock(&s, &h.Extensions) {
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
func (h *ServerHello) parseExtension(e spec.Extension, data []byte) bool {
	s := cryptobyte.String(data)
	ok := true
	switch e {
	case spec.ServerName:
		h.ServerName = true
	case spec.ECPointFormats:
		ok = readFilled(&s, 1, &h.PointFormats)
	case spec.ALPN:
		ok = readProtocol(&s, &h.ALPN)
	case spec.EncryptThenMAC:
		h.EncryptThenMAC = true
	case spec.ExtendedMasterSecret:
		h.ExtendedMasterSecret = true
	case spec.SessionTicket:
		h.Ticket = true
	case spec.RenegotiationInfo:
		h.HasRenegotiationInfo = true
		ok = readVector(&s, 1, &h.RenegotiationInfo)
	default:
		return true
	}
	return ok && s.Empty()
}
