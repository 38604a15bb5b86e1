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
	maxSize      = 48
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
	state     int // of the chaining value
	marshaled int // of the whole state
	lenSize   int // of the length field in the padding
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
	return f
}

// knownLayout computes one digest over three blocks by reading and restoring
// the marshalled state, and compares it with Sum's.
func knownLayout(f function) bool {
	h := f.new()
	message := make([]byte, 2*f.block+3)
	for i := range message {
		message[i] = byte(i * 7)
	}
	h.Write(message)
	want := h.Sum(nil)

	h.Reset()
	h.Write(message[:f.block])
	state, err := h.AppendBinary(nil)
	if err != nil || len(state) != f.marshaled {
		return false
	}
	m := HMAC{fn: &f, hash: f.new()}
	copy(m.inner[:], state[magicSize:magicSize+f.state])
	copy(m.state[:], state[:magicSize])
	// What is restored must not depend on the count that was marshalled.
	if binary.BigEndian.Uint64(state[f.marshaled-countSize:]) != uint64(f.block) || m.tryRestore(&m.inner) != nil {
		return false
	}
	padded := make([]byte, 3*f.block)
	copy(padded, message[f.block:])
	m.hash.Write(padded[:m.pad(padded, f.block+3)])
	got := make([]byte, f.size)
	m.Chain(got)
	return bytes.Equal(got, want)
}

// swapWords turns little-endian words into big-endian ones and back.
func swapWords(b []byte) {
	for ; len(b) >= 4; b = b[4:] {
		binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(b))
	}
}
