// Package mac computes HMAC over MD5, SHA-1, SHA-256 and SHA-384 (RFC 2104)
// without allocating, and lets its caller reach between the blocks.
//
// Use [HMAC.SetKey] once per secret and [HMAC.Start], [HMAC.Write] and
// [HMAC.Finish] for a message that comes in pieces. [HMAC.Pad] and [HMAC.Sum]
// are faster for a message that is made in place, as the PRFs of TLS do.
// [HMAC.Chain] and [HMAC.Outer] are for code that must not show how long a
// message is.
//
// The speed comes from writing the padding here, feeding whole blocks to the
// standard library's hash, and reading the chaining value out of its marshalled
// state. The layout of that state is tested once per hash function; where it is
// not the known one, the hash's own Sum is used instead.
package mac

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding"
	"encoding/binary"
	"hash"
)

// HMAC is a keyed hash. The zero value is ready for [HMAC.SetKey]. It keeps one
// hash object per function that it has been used with, and allocates nothing
// else. Digests that its methods return are valid until the next call.
type HMAC struct {
	fn       *function
	hash     digest
	hashes   [functions]digest
	used     [functions]bool // since the last Wipe
	portable bool            // the marshalled layout is unknown: use Sum

	inner, outer pad
	// A marshalled hash: its chaining value is where the last digest is found,
	// and its buffer, empty, gives the zeros that pad the digest to a block.
	state [maxMarshaled]byte
}

// pad is a padded key, and from its first use on the marshalled hash after it;
// portable: always the padded key.
type pad struct {
	state     [maxMarshaled]byte
	marshaled bool
}

type digest interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// The padding of the key (RFC 2104, Section 2).
var innerPad, outerPad [maxBlock]byte

func init() {
	for i := range innerPad {
		innerPad[i], outerPad[i] = 0x36, 0x5c
	}
}

// SetKey makes m the HMAC with f and key. The key may have any length.
func (m *HMAC) SetKey(f Function, key []byte) {
	fn := &table[f]
	if m.hashes[f] == nil {
		m.hashes[f] = fn.new()
	}
	m.fn, m.hash, m.portable = fn, m.hashes[f], !fn.known()
	m.used[f] = true
	if len(key) > fn.block {
		// RFC 2104, Section 2: a key longer than a block is hashed first.
		m.hash.Reset()
		m.hash.Write(key)
		key = m.hash.Sum(m.state[magicSize:magicSize])
	}
	m.inner.set(key, &innerPad)
	m.outer.set(key, &outerPad)
	clear(m.state[:])
}

func (p *pad) set(key []byte, with *[maxBlock]byte) {
	copy(p.state[:], with[:])
	subtle.XORBytes(p.state[:], key, with[:])
	p.marshaled = false
}

// Size is the length of the MAC in octets.
func (m *HMAC) Size() int { return m.fn.size }

// BlockSize is the length of the hash's block in octets.
func (m *HMAC) BlockSize() int { return m.fn.block }

// Start begins a message.
func (m *HMAC) Start() { m.enter(&m.inner) }

// Write adds octets to the message.
func (m *HMAC) Write(p []byte) { m.hash.Write(p) }

// Finish ends the message and returns its MAC.
func (m *HMAC) Finish() []byte {
	m.hash.Sum(m.state[magicSize:magicSize])
	return m.finishOuter()
}

// MaxPad is the most that [HMAC.Pad] adds.
func (m *HMAC) MaxPad() int { return m.fn.block + m.fn.lenSize }

// Pad writes the hash's padding behind the message buf[:n] and returns the
// padded length. buf needs room for it: [HMAC.MaxPad] octets are enough.
//
// RFC 1321, Section 3.1 and RFC 6234, Section 4: a one bit, zeros, and the
// length in bits.
func (m *HMAC) Pad(buf []byte, n int) int {
	fn := m.fn
	end := (n + fn.lenSize + fn.block) &^ (fn.block - 1)
	clear(buf[n:end])
	buf[n] = 0x80
	m.putLength(buf[end-countSize:end], n)
	return end
}

// putLength writes the length field of a message of n octets after a block of key.
func (m *HMAC) putLength(field []byte, n int) {
	bits := uint64(m.fn.block+n) << 3
	if m.fn.little {
		binary.LittleEndian.PutUint64(field, bits)
	} else {
		binary.BigEndian.PutUint64(field, bits)
	}
}

// Sum returns the MAC of the message padded[:n], whose padding is [HMAC.Pad]'s.
func (m *HMAC) Sum(padded []byte, n int) []byte {
	m.Start()
	if m.portable {
		m.hash.Write(padded[:n])
		return m.Finish()
	}
	m.hash.Write(padded)
	m.Chain()
	return m.finishOuter()
}

// SumDigest returns the MAC of a message of [HMAC.Size] octets.
func (m *HMAC) SumDigest(message []byte) []byte {
	copy(m.digest(), message)
	if m.portable {
		m.Start()
		m.hash.Write(m.digest())
		return m.Finish()
	}
	block := m.padDigest()
	m.Start()
	m.hash.Write(block)
	m.Chain()
	return m.finishOuter()
}

// Layout reports whether [HMAC.Chain] can be used.
func (m *HMAC) Layout() bool { return !m.portable }

// Chain returns what the inner hash would be if the message, padding included,
// had ended with the last block that was written.
func (m *HMAC) Chain() []byte {
	m.marshal(&m.state)
	if m.fn.little {
		swapWords((*[md5.Size]byte)(m.digest()))
	}
	return m.digest()
}

// Outer returns the MAC that follows from the inner hash.
func (m *HMAC) Outer(inner []byte) []byte {
	copy(m.digest(), inner)
	return m.finishOuter()
}

// finishOuter takes the inner hash in m.digest and leaves the MAC there.
func (m *HMAC) finishOuter() []byte {
	if m.portable {
		m.enter(&m.outer)
		m.hash.Write(m.digest())
		m.hash.Sum(m.state[magicSize:magicSize])
		return m.digest()
	}
	block := m.padDigest()
	m.enter(&m.outer)
	m.hash.Write(block)
	return m.Chain()
}

func (m *HMAC) digest() []byte { return m.state[magicSize : magicSize+m.fn.size] }

// padDigest returns m.digest with the padding of what follows one block.
func (m *HMAC) padDigest() []byte {
	fn := m.fn
	block := m.state[magicSize : magicSize+fn.block]
	if fn.size < fn.state {
		clear(block[fn.size:fn.state]) // SHA-384 gives a part of its chaining value only
	}
	block[fn.size] = 0x80
	m.putLength(block[fn.block-countSize:], fn.size)
	return block
}

// marshal writes the hash's state, with nothing buffered, to state.
func (m *HMAC) marshal(state *[maxMarshaled]byte) {
	if _, err := m.hash.AppendBinary(state[:0]); err != nil {
		panic("mac: " + err.Error()) // the layout test has passed
	}
}

// enter makes the hash what it is after the padded key.
func (m *HMAC) enter(p *pad) {
	if p.marshaled {
		if err := m.hash.UnmarshalBinary(p.state[:m.fn.marshaled]); err != nil {
			panic("mac: " + err.Error()) // the layout test has passed
		}
		return
	}
	m.hash.Reset()
	m.hash.Write(p.state[:m.fn.block])
	if !m.portable {
		m.marshal(&p.state)
		p.marshaled = true
	}
}

// Wipe overwrites every secret that m and its hash objects hold. m is then as
// new, but keeps the hash objects.
func (m *HMAC) Wipe() {
	if m.fn == nil {
		return // as new already
	}
	for f, h := range m.hashes {
		if m.used[f] {
			m.wipeHash(&table[f], h)
		}
	}
	m.fn, m.hash, m.used, m.portable = nil, nil, [functions]bool{}, false
	m.inner, m.outer = pad{}, pad{}
	clear(m.state[:])
}

// wipeHash overwrites a hash's chaining value and its buffer, which Reset leaves
// as it is.
func (m *HMAC) wipeHash(fn *function, h digest) {
	if fn.known() && h.UnmarshalBinary(fn.empty()) == nil {
		return
	}
	// By filling it to its last octet but one.
	clear(m.state[:])
	h.Reset()
	h.Write(m.state[:fn.block-1])
	h.Write(m.state[:1])
	h.Reset()
}
