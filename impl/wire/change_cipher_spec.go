package wire

// ChangeCipherSpecType is the only type that there is (RFC 5246, Section 7.1).
const ChangeCipherSpecType = 1

// ChangeCipherSpec switches a side's writing to the new keys. It is no
// handshake message and has no header: Append appends the content of a record,
// and Parse reads it.
type ChangeCipherSpec struct{}

// Append appends the message.
func (*ChangeCipherSpec) Append(dst []byte) []byte { return append(dst, ChangeCipherSpecType) }

// Parse reads the message. Any other content than the one octet that it has is
// no ChangeCipherSpec, and so unexpected_message.
func (*ChangeCipherSpec) Parse(content []byte) bool {
	return len(content) == 1 && content[0] == ChangeCipherSpecType
}
