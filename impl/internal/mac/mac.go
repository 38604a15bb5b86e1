// Package mac computes HMAC over MD5, SHA-1, SHA-256 and SHA-384 (RFC 2104)
// without allocating, and lets its caller reach between the blocks.
//
// Use [HMAC.SetKey] once per secret and [HMAC.Start], [HMAC.Write] and
// [HMAC.Finish] for a message that comes in pieces. [HMAC.Pad] and [HMAC.Sum]
// are faster for a message that is made in place, as the PRFs of TLS do.
// [HMAC.Blocks], [HMAC.Chain] and [HMAC.Outer] are for code that must not show
// how long a message is.
//
// The speed comes from writing the padding here, feeding whole blocks to the
// standard library's hash, and reading the chaining value out of its marshalled
// state. The layout of that state is tested once per hash function; where it is
// not the known one, the hash's own Sum is used instead.
package mac

import (
	"encoding"
	"encoding/binary"
	"hash"
)

// HMAC is a keyed hash. The zero value is ready for [HMAC.SetKey]. It keeps one
// hash object per function that it has been used with, and allocates nothing
// else.
type HMAC struct {
	fn       *function
	hash     digest
	hashes   [functions]digest
	portable bool // the marshalled layout is unknown: use Sum

	inner, outer [maxState]byte     // the chaining values after the padded key
	state        [maxMarshaled]byte // a marshalled hash with nothing buffered
	tail         [maxBlock]byte     // a digest, padded as what follows one block; portable: the key
}

type digest interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// SetKey makes m the HMAC with f and key. The key may have any length
// (RFC 2104, Section 2: one longer than a block is hashed first).
func (m *HMAC) SetKey(f Function, key []byte) {
	fn := &table[f]
	if m.hashes[f] == nil {
		m.hashes[f] = fn.new()
	}
	m.fn, m.hash, m.portable = fn, m.hashes[f], !fn.known()

	m.hash.Reset()
	block := m.state[:fn.block]
	clear(block)
	if len(key) > fn.block {
		m.hash.Write(key)
		m.hash.Sum(block[:0])
		m.hash.Reset()
	} else {
		copy(block, key)
	}
	if m.portable {
		copy(m.tail[:], block)
		return
	}
	for i := range block {
		m.tail[i] = block[i] ^ outerPad
		block[i] ^= innerPad
	}
	m.hash.Write(block)
	m.save(&m.inner)
	m.hash.Reset()
	m.hash.Write(m.tail[:fn.block])
	m.save(&m.outer)
	clear(m.tail[:])
	m.pad(m.tail[:], fn.size)
}

const (
	innerPad = 0x36
	outerPad = 0x5c
)

// Size is the length of the MAC in octets.
func (m *HMAC) Size() int { return m.fn.size }

// BlockSize is the length of the hash's block in octets.
func (m *HMAC) BlockSize() int { return m.fn.block }

// Start begins a message.
func (m *HMAC) Start() {
	if m.portable {
		m.startPortable(innerPad)
		return
	}
	m.restore(&m.inner)
}

// Write adds octets to the message.
func (m *HMAC) Write(p []byte) { m.hash.Write(p) }

// Finish ends the message and writes its MAC to dst, which has [HMAC.Size]
// octets or more.
func (m *HMAC) Finish(dst []byte) {
	if m.portable {
		n := len(m.hash.Sum(m.state[:0]))
		var inner [maxSize]byte
		copy(inner[:], m.state[:n])
		m.startPortable(outerPad)
		m.hash.Write(inner[:n])
		m.hash.Sum(m.state[:0])
		copy(dst[:n], m.state[:])
		return
	}
	m.hash.Sum(m.tail[:0])
	m.finishOuter(dst)
}

// Pad writes the hash's padding behind the message buf[:n] and returns the
// padded length. buf needs room for it: [HMAC.MaxPad] octets are enough.
func (m *HMAC) Pad(buf []byte, n int) int {
	if m.portable {
		return n
	}
	return m.pad(buf, n)
}

// MaxPad is the most that [HMAC.Pad] adds.
func (m *HMAC) MaxPad() int { return m.fn.block + m.fn.lenSize }

// Sum writes the MAC of the message padded[:n] to dst. The padding is [HMAC.Pad]'s.
// dst may be the message's own beginning.
func (m *HMAC) Sum(dst, padded []byte, n int) {
	m.Start()
	if m.portable {
		m.hash.Write(padded[:n])
		m.Finish(dst)
		return
	}
	m.hash.Write(padded)
	m.Chain(m.tail[:])
	m.finishOuter(dst)
}

// SumDigest writes the MAC of a message of [HMAC.Size] octets to dst, which may
// be the message.
func (m *HMAC) SumDigest(dst, message []byte) {
	if m.portable {
		m.Sum(dst, message, m.fn.size)
		return
	}
	copy(m.tail[:m.fn.size], message)
	m.restore(&m.inner)
	m.hash.Write(m.tail[:m.fn.block])
	m.Chain(m.tail[:])
	m.finishOuter(dst)
}

// Layout reports whether [HMAC.Chain] and [HMAC.Outer] can be used.
func (m *HMAC) Layout() bool { return !m.portable }

// Chain writes to dst what the inner hash would be if the message, padding
// included, had ended with the last block.
func (m *HMAC) Chain(dst []byte) {
	m.append()
	copy(dst[:m.fn.size], m.state[magicSize:])
	if m.fn.little {
		swapWords(dst[:m.fn.size])
	}
}

// Outer writes to dst the MAC that follows from the inner hash.
func (m *HMAC) Outer(dst, inner []byte) {
	copy(m.tail[:m.fn.size], inner)
	m.finishOuter(dst)
}

func (m *HMAC) finishOuter(dst []byte) {
	m.restore(&m.outer)
	m.hash.Write(m.tail[:m.fn.block])
	m.Chain(dst)
}

// Wipe overwrites every secret that m and its hash objects hold. m is then as
// new, but keeps the hash objects.
func (m *HMAC) Wipe() {
	for _, h := range m.hashes {
		if h != nil {
			m.wipeHash(h)
		}
	}
	*m = HMAC{hashes: m.hashes}
}

// wipeHash overwrites a hash's buffer too, which Reset leaves as it is: by
// filling it to its last octet but one.
func (m *HMAC) wipeHash(h digest) {
	clear(m.state[:])
	h.Reset()
	h.Write(m.state[:h.BlockSize()-1])
	h.Write(m.state[:1])
	h.Reset()
}

func (m *HMAC) startPortable(pad byte) {
	block := m.state[:m.fn.block]
	for i := range block {
		block[i] = m.tail[i] ^ pad
	}
	m.hash.Reset()
	m.hash.Write(block)
}

// save keeps the hash's chaining value in chain, as it is marshalled.
func (m *HMAC) save(chain *[maxState]byte) {
	m.append()
	copy(chain[:m.fn.state], m.state[magicSize:])
}

// append marshals the hash into m.state.
func (m *HMAC) append() {
	if _, err := m.hash.AppendBinary(m.state[:0]); err != nil {
		panic("mac: " + err.Error()) // the layout test has passed
	}
}

// restore puts the hash behind one block that left the chaining value chain.
func (m *HMAC) restore(chain *[maxState]byte) {
	if err := m.tryRestore(chain); err != nil {
		panic("mac: " + err.Error()) // the layout test has passed
	}
}

func (m *HMAC) tryRestore(chain *[maxState]byte) error {
	fn := m.fn
	state := m.state[:fn.marshaled]
	copy(state[magicSize:magicSize+fn.state], chain[:])
	binary.BigEndian.PutUint64(state[fn.marshaled-countSize:], uint64(fn.block))
	return m.hash.UnmarshalBinary(state)
}

// pad writes the padding of a message buf[:n] that follows one block, and
// returns the padded length (RFC 1321, Section 3.1; FIPS 180-4, Section 5.1).
func (m *HMAC) pad(buf []byte, n int) int {
	fn := m.fn
	end := (n + fn.lenSize + fn.block) &^ (fn.block - 1)
	clear(buf[n : end-countSize])
	buf[n] = 0x80
	bits := uint64(fn.block+n) << 3
	if fn.little {
		binary.LittleEndian.PutUint64(buf[end-countSize:], bits)
	} else {
		binary.BigEndian.PutUint64(buf[end-countSize:], bits)
	}
	return end
}
