package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// nameTypeHost is host_name (RFC 6066, Section 3).
const nameTypeHost = 0

func appendServerName(dst, host []byte) []byte {
	dst, ext := openExtension(dst, spec.ServerName)
	dst, list := open(dst, 2)
	dst = appendVector(append(dst, nameTypeHost), 2, host)
	return end(end(dst, list, 2), ext, 2)
}

// readServerName reads a ServerNameList. It sets host to the first host_name,
// and to nil where there are only other types of name.
func readServerName(s *cryptobyte.String, host *[]byte) bool {
	var list cryptobyte.String
	if !readFilled(s, 2, &list) {
		return false
	}
	var kind uint8
	var name []byte
	for !list.Empty() {
		if !readName(&list, &kind, &name) {
			return false
		}
		if kind != nameTypeHost {
			continue
		}
		if len(name) == 0 {
			return false
		}
		if *host == nil {
			*host = name
		}
	}
	return true
}

// readName reads one ServerName. Every type of name begins with a 16-bit length
// (RFC 6066, Section 3), unknown ones too.
func readName(list *cryptobyte.String, kind *uint8, name *[]byte) bool {
	return list.ReadUint8(kind) && readVector(list, 2, name)
}

// ValidServerName reports whether the server_name extension of a parsed hello
// says what RFC 6066, Section 3 lets it say: no two names of one type, and as
// host_name a DNS host name in ASCII without a trailing dot. Where it does not,
// the alert is illegal_parameter. A hello without the extension is valid.
func (h *ClientHello) ValidServerName() bool {
	for e, data := range h.Extensions.All() {
		if e == spec.ServerName && !uniqueNames(data) {
			return false
		}
	}
	return h.ServerName == nil || validHost(h.ServerName)
}

// uniqueNames reports whether no type of name comes twice in the extension.
func uniqueNames(data []byte) bool {
	s := cryptobyte.String(data)
	var list cryptobyte.String
	readVector(&s, 2, &list)
	var seen [256]bool
	var kind uint8
	var name []byte
	for readName(&list, &kind, &name) {
		if seen[kind] {
			return false
		}
		seen[kind] = true
	}
	return true
}

// validHost reports whether host consists of labels of letters, digits and
// hyphens, or of underscores, which are in use.
func validHost(host []byte) bool {
	label := 0
	for _, c := range host {
		switch {
		case c == '.':
			if label == 0 {
				return false
			}
			label = 0
			continue
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0 && len(host) <= 253
}
