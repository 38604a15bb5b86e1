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

	HasServerName        bool
	ServerName           []byte // the host_name; nil where the list has only other types of name
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
	if h.HasServerName {
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
func (h *ClientHello) Fits() bool {
	n := len(h.Extensions)
	if h.Extensions == nil {
		const most = 5 + 4 // the header of an extension and what stands before its vector
		n = most*9 + len(h.ServerName) + len(h.Groups) + len(h.PointFormats) + len(h.Schemes) + len(h.ALPN) +
			len(h.Ticket) + len(h.RenegotiationInfo)
	}
	return n < 1<<16
}

// Parse reads the body of the message.
func (h *ClientHello) Parse(body []byte) bool {
	*h = ClientHello{}
	s := cryptobyte.String(body)
	var id, suites, compression cryptobyte.String
	if !s.ReadUint16((*uint16)(&h.Version)) || !s.CopyBytes(h.Random[:]) ||
		!s.ReadUint8LengthPrefixed(&id) || len(id) > MaxSessionID ||
		!s.ReadUint16LengthPrefixed(&suites) || len(suites) < 2 || len(suites)%2 != 0 ||
		!s.ReadUint8LengthPrefixed(&compression) || len(compression) == 0 {
		return false
	}
	h.SessionID, h.Suites, h.Compression = id, List[spec.SuiteID](suites), compression
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

// parseExtension reads the data of one extension. Unknown ones are ignored
// (RFC 5246, Section 7.4.1.4).
func (h *ClientHello) parseExtension(e spec.Extension, data []byte) (ok bool) {
	switch e {
	case spec.ServerName:
		h.HasServerName = true
		h.ServerName, ok = readServerName(data)
	case spec.SupportedGroups:
		h.Groups, ok = readList[spec.Group](data)
	case spec.ECPointFormats:
		h.PointFormats, ok = whole8(data)
		ok = ok && len(h.PointFormats) > 0
	case spec.SignatureAlgorithms:
		h.Schemes, ok = readList[spec.SignatureScheme](data)
	case spec.ALPN:
		h.ALPN, ok = readProtocols(data)
	case spec.EncryptThenMAC:
		h.EncryptThenMAC, ok = true, len(data) == 0
	case spec.ExtendedMasterSecret:
		h.ExtendedMasterSecret, ok = true, len(data) == 0
	case spec.SessionTicket:
		h.HasTicket, h.Ticket, ok = true, data, true
	case spec.RenegotiationInfo:
		h.HasRenegotiationInfo = true
		h.RenegotiationInfo, ok = whole8(data)
	default:
		ok = true
	}
	return ok
}
