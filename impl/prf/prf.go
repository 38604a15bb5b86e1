package prf

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"github.com/sesame-tls/sesame/impl/internal/mac"
	"github.com/sesame-tls/sesame/spec"
)

// Hash says which PRF of TLS, and with it which hash of the handshake
// messages.
type Hash uint8

// The PRFs. MD5SHA1 is that of TLS 1.0 and 1.1 (RFC 4346, Section 5); the
// others are TLS 1.2's (RFC 5246, Section 5; RFC 5288, Section 3).
const (
	MD5SHA1 Hash = iota + 1
	SHA256
	SHA384
)

// MaxSize is the length in octets of the longest [Hash.Size].
const MaxSize = 48

// Of returns the PRF of a suite under a version.
func Of(v spec.Version, s spec.Suite) Hash {
	switch {
	case v < spec.TLS12:
		return MD5SHA1
	case s.PRF == spec.SHA384:
		return SHA384
	}
	return SHA256
}

// Size is the length in octets of the handshake messages' hash: for MD5SHA1
// the MD5 and the SHA-1 hash, one after the other (RFC 4346, Section 7.4.9).
func (h Hash) Size() int {
	switch h {
	case MD5SHA1:
		return 36
	case SHA256:
		return 32
	case SHA384:
		return 48
	}
	return 0
}

// String returns "MD5-SHA1", "SHA256" or "SHA384".
func (h Hash) String() string {
	switch h {
	case MD5SHA1:
		return "MD5-SHA1"
	case SHA256:
		return "SHA256"
	case SHA384:
		return "SHA384"
	}
	return fmt.Sprintf("Hash(%d)", uint8(h))
}

// PRF computes the pseudo-random functions. The zero value is ready. It keeps
// one object or two per hash function that it has used, and its methods allocate
// nothing else, except where a label and its seeds exceed 190 octets: then one
// buffer. A PRF is not safe for concurrent use.
type PRF struct {
	keyed Hash // what SetSecret has set a secret for; 0: none
	mac   mac.HMAC
	sha1  *mac.HMAC // of MD5SHA1, beside mac; nil before its first use
	msg   [384]byte // A(i), label, seeds and padding
	seed  [2*RandomSize + 2]byte
}

// Fill fills out with PRF(secret, label, seed1 + seed2). The secret may have
// any length. It ends what [PRF.SetSecret] began.
func (p *PRF) Fill(out []byte, h Hash, secret []byte, label string, seed1, seed2 []byte) {
	p.SetSecret(h, secret)
	p.Expand(out, label, seed1, seed2)
	p.keyed = 0
}

// SetSecret makes secret, of any length, the one that [PRF.Expand] uses, until
// another method of p is given one: what is made of one secret several times
// need not key it each time.
func (p *PRF) SetSecret(h Hash, secret []byte) {
	switch h {
	case MD5SHA1:
		// RFC 4346, Section 5: S1 and S2 are the secret's halves, which share the middle octet of an odd length.
		half := (len(secret) + 1) / 2
		if p.sha1 == nil {
			p.sha1 = new(mac.HMAC)
		}
		p.mac.SetKey(mac.MD5, secret[:half])
		p.sha1.SetKey(mac.SHA1, secret[len(secret)-half:])
	case SHA256:
		p.mac.SetKey(mac.SHA256, secret)
	case SHA384:
		p.mac.SetKey(mac.SHA384, secret)
	default:
		panic("prf: no such PRF: " + h.String())
	}
	p.keyed = h
}

// Expand fills out with PRF(secret, label, seed1 + seed2), where the secret is
// that of [PRF.SetSecret]. It panics if there is none.
func (p *PRF) Expand(out []byte, label string, seed1, seed2 []byte) {
	if p.keyed == 0 {
		panic("prf: Expand without a secret")
	}
	p.expand(out, false, &p.mac, label, seed1, seed2)
	if p.keyed == MD5SHA1 {
		// RFC 4346, Section 5: P_MD5(S1, …) XOR P_SHA-1(S2, …).
		p.expand(out, true, p.sha1, label, seed1, seed2)
	}
}

// expand fills out with P_hash(secret, label + seed1 + seed2), or with the
// exclusive-or of it and of what is there.
//
// RFC 5246, Section 5: P_hash is HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) + …,
// where A(0) = seed and A(i) = HMAC(secret, A(i-1)).
func (p *PRF) expand(out []byte, xor bool, m *mac.HMAC, label string, seed1, seed2 []byte) {
	size := m.Size()
	n := size + len(label) + len(seed1) + len(seed2)
	msg := p.buffer(n + m.MaxPad())
	a, seed := msg[:size], msg[size:]
	k := copy(seed, label)
	k += copy(seed[k:], seed1)
	copy(seed[k:], seed2)

	copy(a, m.Sum(seed[:m.Pad(seed, n-size)], n-size))
	padded := msg[:m.Pad(msg, n)]
	for {
		block := m.Sum(padded, n)
		if xor {
			k = subtle.XORBytes(out, out, block[:min(size, len(out))])
		} else {
			k = copy(out, block)
		}
		if out = out[k:]; len(out) == 0 {
			return
		}
		copy(a, m.SumDigest(a))
	}
}

// maxTPRF is what a counter of one octet allows.
const maxTPRF = 255 * 20

// TPRF fills out with EAP-FAST's T-PRF(secret, label, seed1 + seed2,
// len(out)). It panics if out is longer than 5100 octets, for which T-PRF is
// not defined.
//
// RFC 4851, Section 5.5: T1 + T2 + …, where Tn = HMAC-SHA1(key, Tn-1 + label + 0x00 + seed + outputlength + n).
func (p *PRF) TPRF(out, secret []byte, label string, seed1, seed2 []byte) {
	if len(out) > maxTPRF {
		panic("prf: T-PRF gives at most 5100 octets")
	}
	m := &p.mac
	m.SetKey(mac.SHA1, secret)
	p.keyed = 0
	size := m.Size()
	n := size + len(label) + 1 + len(seed1) + len(seed2) + 3
	msg := p.buffer(n + m.MaxPad())
	s := msg[size:]
	k := copy(s, label)
	s[k] = 0
	k++
	k += copy(s[k:], seed1)
	k += copy(s[k:], seed2)
	binary.BigEndian.PutUint16(s[k:], uint16(len(out)))
	counter := &s[k+2]
	*counter = 1

	copy(msg, m.Sum(s[:m.Pad(s, n-size)], n-size))
	padded := msg[:m.Pad(msg, n)]
	for {
		k := copy(out, msg[:size])
		if out = out[k:]; len(out) == 0 {
			return
		}
		*counter++
		copy(msg, m.Sum(padded, n))
	}
}

// buffer returns n octets to make a message in.
func (p *PRF) buffer(n int) []byte {
	if n <= len(p.msg) {
		return p.msg[:]
	}
	return make([]byte, n)
}

// Wipe overwrites what the last computations left. The PRF can be used again.
func (p *PRF) Wipe() {
	p.keyed = 0
	p.mac.Wipe()
	if p.sha1 != nil {
		p.sha1.Wipe()
	}
	clear(p.msg[:])
	clear(p.seed[:])
}
