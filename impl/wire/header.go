package wire

import "github.com/sesame-tls/sesame/spec"

// HeaderLen is the length of a handshake message's header: its type and a
// 24-bit length (RFC 5246, Section 7.4).
const HeaderLen = 4

// Header is a handshake message's header.
type Header struct {
	Type    uint8
	Message spec.Message // NoMessage for a type that TLS 1.2 does not define
	Length  int          // of the body
}

// ParseHeader reads the header at the start of in. It returns false where in
// holds fewer than [HeaderLen] octets.
func ParseHeader(in []byte) (Header, bool) {
	if len(in) < HeaderLen {
		return Header{}, false
	}
	return Header{
		Type:    in[0],
		Message: spec.HandshakeMessage(in[0]),
		Length:  int(in[1])<<16 | int(in[2])<<8 | int(in[3]),
	}, true
}

// The largest values of vectors that callers fill from outside.
const (
	MaxSessionID   = 32        // RFC 5246, Section 7.4.1.2
	MaxTicket      = 1<<16 - 1 // RFC 5077, Section 3.3; in ClientHello less: see [ClientHello.Fits]
	MaxAuthorities = 1<<16 - 1 // RFC 5246, Section 7.4.4
	MaxChain       = 1<<18 - 3 // what [MaxLength] leaves of RFC 5246, Section 7.4.2
)

// The lengths that [MaxLength] is made of. A hello may be as long as its
// syntax lets it be, since a ticket may be.
const (
	maxExtensions  = 2 + 1<<16 - 1
	maxClientHello = 2 + 32 + 1 + MaxSessionID + 2 + 1<<16 - 2 + 1 + 255 + maxExtensions
	maxServerHello = 2 + 32 + 1 + MaxSessionID + 2 + 1 + maxExtensions
	maxFixed       = 64 // leaves room to tell a wrong length from an absurd one
)

// MaxLength returns the longest body that Sesame takes for a handshake
// message, so that a header that claims 16 MiB is refused before anything is
// buffered for it. It is 0 for what is no handshake message.
//
// Messages of a fixed length have some room above it: there Parse finds the
// error, and it is decode_error.
func MaxLength(m spec.Message) int {
	switch m {
	case spec.HelloRequest, spec.ServerHelloDone, spec.Finished:
		return maxFixed
	case spec.ClientHello:
		return maxClientHello
	case spec.ServerHello:
		return maxServerHello
	case spec.Certificate:
		return 3 + MaxChain
	case spec.ServerKeyExchange, spec.CertificateVerify:
		return 1 << 14
	case spec.ClientKeyExchange:
		return 1 << 12
	case spec.CertificateRequest:
		return 1 + 255 + 2 + 1<<16 - 2 + 2 + MaxAuthorities
	case spec.NewSessionTicket:
		return 4 + 2 + MaxTicket
	}
	return 0
}
