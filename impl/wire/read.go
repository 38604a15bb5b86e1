package wire

import "golang.org/x/crypto/cryptobyte"

// readVector reads a vector behind a length field of width octets. What it
// yields has no capacity beyond its length, so that appending to it leaves the
// input alone. It is cryptobyte's ReadUint8LengthPrefixed, for any width, in one
// call: most of a hello is vectors.
func readVector[B ~[]byte](s *cryptobyte.String, width int, out *B) bool {
	b := *s
	if len(b) < width {
		return false
	}
	n := 0
	for _, octet := range b[:width] {
		n = n<<8 | int(octet)
	}
	if b = b[width:]; len(b) < n {
		return false
	}
	*out, *s = B(b[:n:n]), b[n:]
	return true
}

// readFilled is readVector for a vector that may not be empty.
func readFilled[B ~[]byte](s *cryptobyte.String, width int, out *B) bool {
	return readVector(s, width, out) && len(*out) > 0
}

// readList reads a list of at least one 16-bit value.
func readList[T ~uint16](s *cryptobyte.String, out *List[T]) bool {
	return readFilled(s, 2, out) && len(*out)%2 == 0
}

// readItems reads a vector of vectors, none of which is empty.
func readItems[B ~[]byte](s *cryptobyte.String, width, itemWidth int, out *B) bool {
	if !readVector(s, width, out) {
		return false
	}
	items := cryptobyte.String(*out)
	var item []byte
	for !items.Empty() {
		if !readFilled(&items, itemWidth, &item) {
			return false
		}
	}
	return true
}
