package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// appendProtocol appends ALPN as a server answers it (RFC 7301, Section 3.1).
func appendProtocol(dst, name []byte) []byte {
	dst, ext := openExtension(dst, spec.ALPN)
	dst, list := open(dst, 2)
	return end(end(appendVector(dst, 1, name), list, 2), ext, 2)
}

// readProtocols reads a ProtocolNameList of at least one name, none empty (RFC
// 7301, Section 3.1).
func readProtocols(s *cryptobyte.String, out *Protocols) bool {
	return readItems(s, 2, 1, out) && len(*out) > 0
}

// readProtocol reads the list of exactly one name that a server answers with
// (RFC 7301, Section 3.1).
func readProtocol(s *cryptobyte.String, name *[]byte) bool {
	var list cryptobyte.String
	return readVector(s, 2, &list) && readFilled(&list, 1, name) && list.Empty()
}
