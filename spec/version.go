package spec

import "fmt"

// Version is a ProtocolVersion as it stands on the wire (RFC 5246, Section 6.2.1).
type Version uint16

// The versions that Sesame speaks, and their neighbours on either side, which
// it recognises in order to refuse or to negotiate down.
const (
	SSL30 Version = 0x0300
	TLS10 Version = 0x0301
	TLS11 Version = 0x0302
	TLS12 Version = 0x0303
	TLS13 Version = 0x0304
)

// String returns "TLS 1.2" for 0x0303, and the number for what has no name.
func (v Version) String() string {
	switch v {
	case SSL30:
		return "SSL 3.0"
	case TLS10, TLS11, TLS12, TLS13:
		return fmt.Sprintf("TLS 1.%d", v-TLS10)
	}
	return fmt.Sprintf("Version(0x%04X)", uint16(v))
}
