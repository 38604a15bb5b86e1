package wire

import (
	"encoding/binary"
	"iter"
	"slices"

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
		left := x // the sequence can be gone through again
		for len(left) > 0 {
			e, data, rest, ok := left.first()
			if !ok || !yield(e, data) {
				return
			}
			left = rest
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
	left := x
	for n := 0; len(left) > 0; n++ {
		if n == len(seen) {
			return x.manyWellFormed()
		}
		e, _, rest, ok := left.first()
		// RFC 5246, Section 7.4.1.4: not more than one extension of the same type.
		if !ok || slices.Contains(seen[:n], e) {
			return false
		}
		seen[n], left = e, rest
	}
	return true
}

// manyWellFormed is wellFormed in linear time, for hellos with more extensions
// than any honest one has.
func (x Extensions) manyWellFormed() bool {
	var seen [1 << 16 / 64]uint64
	for len(x) > 0 {
		e, _, rest, ok := x.first()
		if !ok || seen[e/64]>>(e%64)&1 != 0 {
			return false
		}
		seen[e/64] |= 1 << (e % 64)
		x = rest
	}
	return true
}

// first takes the first extension off the block. It returns values, and does not
// write through pointers as cryptobyte does: a hello has many of them.
func (x Extensions) first() (e spec.Extension, data []byte, rest Extensions, ok bool) {
	if len(x) < 4 {
		return 0, nil, nil, false
	}
	end := 4 + int(binary.BigEndian.Uint16(x[2:]))
	if len(x) < end {
		return 0, nil, nil, false
	}
	return spec.Extension(binary.BigEndian.Uint16(x)), x[4:end:end], x[end:], true
}

// readBlock reads the extension block that ends a hello. A hello may end
// without one (RFC 5246, Section 7.4.1.2).
func readBlock(s *cryptobyte.String, x *Extensions) bool {
	if s.Empty() {
		return true
	}
	return readVector(s, 2, x) && s.Empty() && x.wellFormed()
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
