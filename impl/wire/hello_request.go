package wire

import "github.com/sesame-tls/sesame/spec"

// HelloRequest asks for a new handshake (RFC 5246, Section 7.4.1.1).
type HelloRequest struct{}

// Append appends the message.
func (*HelloRequest) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.HelloRequest)
	return end(dst, start, 3)
}

// Parse reads the body of the message, which is empty.
func (*HelloRequest) Parse(body []byte) bool { return len(body) == 0 }
