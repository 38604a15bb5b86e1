package wire

import (
	"encoding/binary"

	"github.com/sesame-tls/sesame/spec"
)

// begin appends the header of m with room for its length. The mark that it
// returns goes to end once the body is appended.
func begin(dst []byte, m spec.Message) ([]byte, int) {
	octet, ok := m.HandshakeType()
	if !ok {
		panic("wire: " + m.String() + " is no handshake message")
	}
	return open(append(dst, octet), 3)
}

// open appends a length field of width octets, to be filled in by end.
func open(dst []byte, width int) ([]byte, int) {
	for range width {
		dst = append(dst, 0)
	}
	return dst, len(dst)
}

// end writes into the length field of width octets before mark how much was
// appended since.
func end(dst []byte, mark, width int) []byte {
	n := len(dst) - mark
	if n >= 1<<(8*width) {
		panic("wire: vector too long for its length field")
	}
	for i := range width {
		dst[mark-1-i] = byte(n >> (8 * i))
	}
	return dst
}

// appendVector appends v behind a length field of width octets.
func appendVector(dst []byte, width int, v []byte) []byte {
	dst, mark := open(dst, width)
	return end(append(dst, v...), mark, width)
}

func appendUint16[T ~uint16](dst []byte, v T) []byte {
	return binary.BigEndian.AppendUint16(dst, uint16(v))
}
