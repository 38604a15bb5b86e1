package wire

import "github.com/sesame-tls/sesame/spec"

// nameTypeHost is host_name (RFC 6066, Section 3).
const nameTypeHost = 0

func appendServerName(dst, host []byte) []byte {
	dst, ext := openExtension(dst, spec.ServerName)
	dst, list := open(dst, 2)
	dst = appendVector(append(dst, nameTypeHost), 2, host)
	return end(end(dst, list, 2), ext, 2)
}

// readServerName returns the host_name of a ServerNameList, nil where it has
// none.
func readServerName(data []byte) (host []byte, ok bool) {
	list, ok := whole16(data)
	if !ok || len(list) == 0 {
		return nil, false
	}
	var seen [256 / 64]uint64
	for len(list) > 0 {
		// RFC 6066, Section 3: every type of name begins with a 16-bit length.
		kind := list[0]
		name, rest, ok := next(list[1:], 2)
		if !ok {
			return nil, false
		}
		// RFC 6066, Section 3: not more than one name of the same type.
		if seen[kind/64]>>(kind%64)&1 != 0 {
			return nil, false
		}
		seen[kind/64] |= 1 << (kind % 64)
		if kind == nameTypeHost {
			if len(name) == 0 {
				return nil, false
			}
			host = name
		}
		list = rest
	}
	return host, true
}
