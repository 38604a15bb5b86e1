package wire

import "github.com/sesame-tls/sesame/spec"

// ServerHelloDone ends the server's part of the hellos (RFC 5246, Section 7.4.5).
type ServerHelloDone struct{}

// Append appends the message.
func (*ServerHelloDone) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.ServerHelloDone)
	return end(dst, start, 3)
}

// Parse reads the body of the message, which is empty.
func (*ServerHelloDone) Parse(body []byte) bool { return len(body) == 0 }
