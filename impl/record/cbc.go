package record

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/bits"

	"github.com/sesame-tls/sesame/impl/internal/mac"
)

// cbc is what a CBC suite needs beside the key schedule.
type cbc struct {
	block  blockMode
	mac    mac.HMAC
	layout bool          // mac's chaining values can be read
	sent   [maxMAC]byte  // the MAC that came
	inner  [maxMAC]byte  // the inner hash
	tail   [maxTail]byte // the blocks in which a message may end
}

// blockMode is a CBC mode whose IV can be set, as the standard library's are.
type blockMode interface {
	cipher.BlockMode
	SetIV([]byte)
}

const (
	maxMAC  = 48
	maxTail = 512 // six blocks of 64 octets or four of 128: see verify
)

// sum returns the MAC of head and data, which is valid until the next call.
func (c *cbc) sum(head, data []byte) []byte {
	c.mac.Start()
	c.mac.Write(head)
	c.mac.Write(data)
	return c.mac.Finish()
}

func (c *cbc) wipe() {
	c.mac.Wipe()
	c.block, c.layout = nil, false
	clear(c.sent[:])
	clear(c.inner[:])
	clear(c.tail[:])
}

// padding returns how many octets the padding of plain takes, its length octet
// included, and whether it is right and leaves room for size octets (1), or not
// (0). Wrong padding counts as one octet (RFC 5246, Section 6.2.3.2,
// Implementation note). The time depends on the length of plain only.
func padding(plain []byte, size int) (n, good int) {
	length := int(plain[len(plain)-1])
	want := uint64(length) * 0x0101010101010101
	// Word i from the end holds the octets whose distance from the last is 8i to 8i+7.
	var wrong uint64
	for i := 0; i < 32 && 8*i < len(plain); i++ {
		word := binary.BigEndian.Uint64(plain[len(plain)-8*i-8:])
		within := clamp8(length + 1 - 8*i)
		wrong |= (word ^ want) & (1<<(8*within) - 1)
	}
	good = isZero(wrong) & atLeast(len(plain), length+1+size)
	return length&-good + 1, good
}

// verify reports (1 or 0) whether plain[:end] under head has the MAC that
// follows it. The time depends on the length of plain only, not on end, which
// the padding decides (RFC 5246, Section 6.2.3.2: Lucky Thirteen).
//
// The message can end in the last few blocks of the hash. Each of them is
// padded as if it were the last if it is, without a branch, and the chaining
// value after the right one is selected. Where chaining values cannot be read,
// the number of blocks is evened out and no more: some nanoseconds remain.
func (c *cbc) verify(head, plain []byte, end int) int {
	size := c.mac.Size()
	var sum []byte
	if c.layout {
		c.innerHash(head, plain, end)
		sum = c.mac.Outer(c.inner[:size])
	} else {
		sum = c.sum(head, plain[:end])
		c.mac.Write(plain[end:]) // as many blocks in all, or one less
	}
	extract(&c.sent, plain, end, size)
	return subtle.ConstantTimeCompare(sum, c.sent[:size])
}

// innerHash computes HMAC's inner hash of head and plain[:end] into c.inner.
func (c *cbc) innerHash(head, plain []byte, end int) {
	size, block := c.mac.Size(), c.mac.BlockSize()
	log := bits.TrailingZeros(uint(block)) // shifts, since a division's time depends on its operands
	lenSize := block / 8                   // of the hash's length field
	longest := len(plain) - size - 1
	shortest := max(0, longest-255)
	first := (len(head) + shortest) >> log         // all blocks before hold nothing but message
	last := (len(head) + longest + lenSize) >> log // the last block of the longest message
	final := (len(head) + end + lenSize) >> log    // the last block of this one: secret
	count := uint64(block+len(head)+end) << 3      // the hash's length field: secret
	tail := c.tail[:(last+1-first)*block]

	c.mac.Start()
	if first > 0 {
		c.mac.Write(head)
		c.mac.Write(plain[:first*block-len(head)])
		copy(tail, plain[first*block-len(head):longest])
	} else {
		copy(tail[copy(tail, head):], plain[:longest])
	}
	terminate(tail, len(head)+end-first*block)

	clear(c.inner[:])
	for i := first; i <= last; i++ {
		b := tail[(i-first)*block:][:block]
		is := equal(i, final)
		field := binary.BigEndian.Uint64(b[block-8:])
		binary.BigEndian.PutUint64(b[block-8:], field|count&-uint64(is))
		c.mac.Write(b)
		for j, octet := range c.mac.Chain() {
			c.inner[j] |= octet & byte(-is)
		}
	}
}

// terminate ends the message tail[:end] with the octet 0x80 and zeros, in a
// time that does not depend on end.
func terminate(tail []byte, end int) {
	for i := 0; i < len(tail); i += 8 {
		word := binary.BigEndian.Uint64(tail[i:])
		keep := clamp8(end - i)
		word &= ^(^uint64(0) >> (8 * keep))
		// Shifted by 64 it is gone: the message goes on in the next word.
		word |= 0x80 << 56 >> (8 * keep) & -uint64(atLeast(end, i))
		binary.BigEndian.PutUint64(tail[i:], word)
	}
}

// extract copies the size octets of plain from end on to dst. The time and the
// memory that is touched depend on the lengths only: the octets are brought to
// the front by halving steps, each of which is taken or not.
func extract(dst *[maxMAC]byte, plain []byte, end, size int) {
	start := max(0, len(plain)-size-256)
	shift := end - start // secret: 0 to 255
	var words [(256+maxMAC)/8 + 8]uint64
	for i := 0; 8*i < len(plain)-start; i++ {
		words[i] = load(plain[start+8*i:])
	}
	count := (size+7)/8 + 1
	for log := 4; log >= 0; log-- {
		step := 1 << log
		take := -uint64(shift >> (3 + log) & 1)
		for i := range words[:step+count] {
			words[i] ^= (words[i] ^ words[i+step]) & take
		}
	}
	left := uint(shift & 7 << 3)
	for i := range count - 1 {
		binary.BigEndian.PutUint64(dst[8*i:], words[i]<<left|words[i+1]>>(64-left))
	}
}

// load reads up to eight octets, the first one highest.
func load(b []byte) (word uint64) {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	for i, octet := range b {
		word |= uint64(octet) << (56 - 8*i)
	}
	return word
}

// The functions below take a time that does not depend on their arguments,
// which are far below 2^31.

// clamp8 returns x, or 0 if it is negative, or 8 if it is more.
func clamp8(x int) uint {
	x &^= x >> 63
	over := (8 - x) >> 63
	return uint(x&^over | 8&over)
}

// atLeast returns 1 if x >= y, else 0.
func atLeast(x, y int) int { return 1 + int(int64(x-y)>>63) }

// equal returns 1 if x == y, else 0.
func equal(x, y int) int { return isZero(uint64(x ^ y)) }

// isZero returns 1 if x is zero, else 0.
func isZero(x uint64) int { return int(1 ^ (x|-x)>>63) }
