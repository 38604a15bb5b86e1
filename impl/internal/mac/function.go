package mac

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"sync"
)

// Function is a hash function.
type Function uint8

// The hash functions of TLS 1.0 to 1.2's MACs and PRFs.
const (
	MD5 Function = iota
	SHA1
	SHA256
	SHA384

	functions = 4
)

// The marshalled state of a hash is a magic number, the chaining value, the
// buffer and the count of octets.
const (
	magicSize    = 4
	countSize    = 8
	maxState     = 64
	maxBlock     = 128
	maxMarshaled = magicSize + maxState + maxBlock + countSize
)

// Size is the length of f's digest in octets.
func (f Function) Size() int { return table[f].size }

// BlockSize is the length of f's block in octets.
func (f Function) BlockSize() int { return table[f].block }

type function struct {
	new       func() digest
	known     func() bool // whether the marshalled state has the known layout
	size      int         // of the digest
	block     int
	state     int           // of the chaining value
	marshaled int           // of the whole state
	empty     func() []byte // the state of a new hash
	lenSize   int           // of the length field in the padding
	little    bool
}

var table = [functions]function{
	MD5:    describe(func() digest { return md5.New().(digest) }, 16, 64, 16, 8, true),
	SHA1:   describe(func() digest { return sha1.New().(digest) }, 20, 64, 20, 8, false),
	SHA256: describe(func() digest { return sha256.New().(digest) }, 32, 64, 32, 8, false),
	SHA384: describe(func() digest { return sha512.New384().(digest) }, 48, 128, 64, 16, false),
}

func describe(hash func() digest, size, block, state, lenSize int, little bool) function {
	f := function{
		new: hash, size: size, block: block, state: state,
		marshaled: magicSize + state + block + countSize, lenSize: lenSize, little: little,
	}
	// At first use, since a program in FIPS 140-only mode may not make an MD5.
	f.known = sync.OnceValue(func() bool { return knownLayout(f) })
	f.empty = sync.OnceValue(func() []byte {
		state, err := hash().AppendBinary(nil)
		if err != nil {
			return nil // UnmarshalBinary refuses it
		}
		return state
	})
	return f
}

// knownLayout computes one MAC by way of the marshalled state, and compares it
// with what Sum gives.
func knownLayout(f function) bool {
	h := f.new()
	if state, err := h.AppendBinary(nil); err != nil || len(state) != f.marshaled {
		return false
	}
	key, message := make([]byte, f.block), make([]byte, f.block+3)
	for i := range message {
		message[i] = byte(i * 7)
	}
	sum := func(portable bool) []byte {
		m := HMAC{fn: &f, hash: h, portable: portable}
		m.inner.set(key, &innerPad)
		m.outer.set(key, &outerPad)
		padded := make([]byte, len(message)+m.MaxPad())
		n := m.Pad(padded, copy(padded, message))
		return m.Sum(padded[:n], len(message))
	}
	return bytes.Equal(sum(true), sum(false))
}

// swapWords turns MD5's four little-endian words into big-endian ones and back.
func swapWords(b *[md5.Size]byte) {
	for i := 0; i < len(b); i += 4 {
		binary.LittleEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
}
