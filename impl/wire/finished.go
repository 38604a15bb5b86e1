package wire

import "github.com/sesame-tls/sesame/spec"

// VerifyDataLen is the length of verify_data in every suite here (RFC 5246,
// Section 7.4.9).
const VerifyDataLen = 12

// Finished ends a side's handshake (RFC 5246, Section 7.4.9).
type Finished struct {
	VerifyData [VerifyDataLen]byte
}

// Append appends the message.
func (f *Finished) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.Finished)
	return end(append(dst, f.VerifyData[:]...), start, 3)
}

// Parse reads the body of the message.
func (f *Finished) Parse(body []byte) bool {
	copy(f.VerifyData[:], body)
	return len(body) == VerifyDataLen
}
