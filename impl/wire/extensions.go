package wire

import (
	"encoding/binary"
	"iter"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// Extensions is a hello's extension block as it stands on the wire, without
// its length field (RFC 5246, Section 7.4.1.4). Nil means that the hello has no
// block; a block may also be there and empty.
type Extensions []byte

// All yields each extension's type and data in the order of the wire.
func (x Extensions) All() iter.Seq2[spec.Extension, []byte] {
	return func(yield func(spec.Extension, []byte) bool) {
		for b := []byte(x); len(b) >= 2; {
			e := spec.Extension(binary.BigEndian.Uint16(b))
			data, rest, ok := next(b[2:], 2)
			if !ok || !yield(e, data) {
				return
			}
			b = rest
		}
	}
}

// Has reports whether the block holds e.
func (x Extensions) Has(e spec.Extension) bool {
	for have := range x.All() {
		if have == e {
			return true
		}
	}
	return false
}

// AppendExtension appends one extension to a block. It is for blocks that the
// fields of a hello do not express.
func AppendExtension(x Extensions, e spec.Extension, data []byte) Extensions {
	return appendVector(appendUint16(x, e), 2, data)
}

// wellFormed reports whether the lengths fit and no extension comes twice.
func (x Extensions) wellFormed() bool {
	var seen [32]spec.Extension
	n := 0
	for b := []byte(x); len(b) > 0; n++ {
		if n == len(seen) {
			return x.manyWellFormed()
		}
		if len(b) < 2 {
			return false
		}
		e := spec.Extension(binary.BigEndian.Uint16(b))
		// RFC 5246, Section 7.4.1.4: not more than one extension of the same type.
		for _, s := range seen[:n] {
			if s == e {
				return false
			}
		}
		seen[n] = e
		_, rest, ok := next(b[2:], 2)
		if !ok {
			return false
		}
		b = rest
	}
	return true
}

// manyWellFormed is wellFormed in linear time, for hellos with more extensions
// than any honest one has.
func (x Extensions) manyWellFormed() bool {
	var seen [1 << 16 / 64]uint64
	for b := []byte(x); len(b) > 0; {
		if len(b) < 2 {
			return false
		}
		e := binary.BigEndian.Uint16(b)
		if seen[e/64]>>(e%64)&1 != 0 {
			return false
		}
		seen[e/64] |= 1 << (e % 64)
		_, rest, ok := next(b[2:], 2)
		if !ok {
			return false
		}
		b = rest
	}
	return true
}

// readBlock reads the extension block that ends a hello. A hello may end
// without one (RFC 5246, Section 7.4.1.2).
func readBlock(s *cryptobyte.String) (x Extensions, ok bool) {
	if s.Empty() {
		return nil, true
	}
	var block cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&block) || !s.Empty() {
		return nil, false
	}
	x = Extensions(block)
	return x, x.wellFormed()
}

// whole reads the one vector with a 16-bit length that data consists of.
func whole16(data []byte) ([]byte, bool) {
	v, rest, ok := next(data, 2)
	return v, ok && len(rest) == 0
}

// whole8 is whole16 for an 8-bit length.
func whole8(data []byte) ([]byte, bool) {
	v, rest, ok := next(data, 1)
	return v, ok && len(rest) == 0
}

// readList reads a non-empty list of 16-bit values behind its length.
func readList[T ~uint16](data []byte) (List[T], bool) {
	v, ok := whole16(data)
	return List[T](v), ok && len(v) >= 2 && len(v)%2 == 0
}

// readProtocols reads a non-empty ProtocolNameList behind its length.
func readProtocols(data []byte) (Protocols, bool) {
	v, ok := whole16(data)
	return Protocols(v), ok && len(v) > 0 && wellFormed(v, 1)
}

// openExtension appends the type of e and room for its length.
func openExtension(dst []byte, e spec.Extension) ([]byte, int) {
	return open(appendUint16(dst, e), 2)
}

// appendEmpty appends e without data.
func appendEmpty(dst []byte, e spec.Extension) []byte {
	return append(appendUint16(dst, e), 0, 0)
}

// appendWrapped appends e with one vector as its data.
func appendWrapped(dst []byte, e spec.Extension, width int, v []byte) []byte {
	dst, mark := openExtension(dst, e)
	return end(appendVector(dst, width, v), mark, 2)
}
