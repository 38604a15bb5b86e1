package wire

import (
	"bytes"
	"encoding/binary"
	"iter"

	"golang.org/x/crypto/cryptobyte"
)

// List is a list of 16-bit values as it stands on the wire, without its length
// field: cipher suites, groups or signature schemes. A nil List is absent.
type List[T ~uint16] []byte

// MakeList returns the list of values.
func MakeList[T ~uint16](values ...T) List[T] {
	l := make(List[T], 0, 2*len(values))
	for _, v := range values {
		l = appendUint16(l, v)
	}
	return l
}

// Len returns the number of values.
func (l List[T]) Len() int { return len(l) / 2 }

// At returns value number i, from 0.
func (l List[T]) At(i int) T { return T(binary.BigEndian.Uint16(l[2*i:])) }

// All yields the values in order.
func (l List[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range l.Len() {
			if !yield(l.At(i)) {
				return
			}
		}
	}
}

// Contains reports whether v is in the list.
func (l List[T]) Contains(v T) bool {
	for i := range l.Len() {
		if l.At(i) == v {
			return true
		}
	}
	return false
}

// Chain is a certificate_list as it stands on the wire, without its length
// field: each certificate's DER behind a 24-bit length (RFC 5246, Section 7.4.2).
type Chain []byte

// MakeChain returns the chain of certs, the sender's own first.
func MakeChain(certs ...[]byte) Chain { return makeItems(3, certs) }

// All yields each certificate's DER in order.
func (c Chain) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) { walk(c, 3, yield) }
}

// Len returns the number of certificates.
func (c Chain) Len() int { return count(c, 3) }

// Names is a certificate_authorities list as it stands on the wire, without
// its length field: each DER-encoded distinguished name behind a 16-bit length
// (RFC 5246, Section 7.4.4).
type Names []byte

// MakeNames returns the list of names.
func MakeNames(names ...[]byte) Names { return makeItems(2, names) }

// All yields each name in order.
func (n Names) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) { walk(n, 2, yield) }
}

// Len returns the number of names.
func (n Names) Len() int { return count(n, 2) }

// Protocols is a ProtocolNameList as it stands on the wire, without its length
// field: each name behind an 8-bit length (RFC 7301, Section 3.1). Nil is
// absent.
type Protocols []byte

// MakeProtocols returns the list of names, in order of preference.
func MakeProtocols(names ...string) Protocols {
	var p Protocols
	for _, n := range names {
		p = appendVector(p, 1, []byte(n))
	}
	return p
}

// All yields each name in order.
func (p Protocols) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) { walk(p, 1, yield) }
}

// Contains reports whether name is in the list.
func (p Protocols) Contains(name []byte) bool {
	for n := range p.All() {
		if bytes.Equal(n, name) {
			return true
		}
	}
	return false
}

func makeItems(width int, items [][]byte) []byte {
	n := 0
	for _, item := range items {
		n += width + len(item)
	}
	list := make([]byte, 0, n)
	for _, item := range items {
		list = appendVector(list, width, item)
	}
	return list
}

// walk yields the vectors of b until yield returns false or b ends.
func walk(b []byte, width int, yield func([]byte) bool) {
	s := cryptobyte.String(b)
	var item []byte
	for !s.Empty() {
		if !readVector(&s, width, &item) || !yield(item) {
			return
		}
	}
}

// count returns the number of vectors in b.
func count(b []byte, width int) int {
	n := 0
	walk(b, width, func([]byte) bool { n++; return true })
	return n
}
