package prf

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// Transcript hashes the handshake messages, each with its header of four
// octets, HelloRequest not among them (RFC 5246, Section 7.4.9). Until
// [Transcript.Choose] says which hash it is, which the version and the suite
// decide, it keeps the messages; after it, only where [Transcript.Keep] asked
// for them, which a CertificateVerify needs: it signs the messages under a hash
// of its own (RFC 5246, Section 7.4.8).
//
// The zero value is ready. A Transcript keeps its hash objects and its buffer
// over [Transcript.Reset], so it costs nothing in a pool. It is not safe for
// concurrent use.
type Transcript struct {
	chosen   Hash
	keep     bool
	messages []byte
	hashes   [4]hash.Hash // MD5, SHA-1, SHA-256, SHA-384, made as they are used
	first    hash.Hash    // what is running: MD5, or the one hash of TLS 1.2
	second   hash.Hash    // SHA-1 beside MD5
}

// keptBuffer is the largest buffer that Reset leaves in place, in octets.
const keptBuffer = 4096

// Choose says which hash it is, and hashes what has been written so far.
// Another choice than the first one is possible as long as the messages are kept.
func (t *Transcript) Choose(h Hash) {
	t.chosen = h
	t.first, t.second = nil, nil
	switch h {
	case MD5SHA1:
		t.first, t.second = t.running(0, md5.New), t.running(1, sha1.New)
	case SHA256:
		t.first = t.running(2, sha256.New)
	case SHA384:
		t.first = t.running(3, sha512.New384)
	default:
		panic("prf: no such hash: " + h.String())
	}
	t.hash(t.messages)
	if !t.keep {
		t.messages = t.messages[:0]
	}
}

func (t *Transcript) running(i int, hash func() hash.Hash) hash.Hash {
	if t.hashes[i] == nil {
		t.hashes[i] = hash()
	}
	t.hashes[i].Reset()
	return t.hashes[i]
}

func (t *Transcript) hash(p []byte) {
	t.first.Write(p)
	if t.second != nil {
		t.second.Write(p)
	}
}

// Chosen returns the hash, and zero before [Transcript.Choose].
func (t *Transcript) Chosen() Hash { return t.chosen }

// Write adds a message or a part of one. The error is always nil.
func (t *Transcript) Write(p []byte) (int, error) {
	if t.chosen == 0 || t.keep {
		t.messages = append(t.messages, p...)
	}
	if t.chosen != 0 {
		t.hash(p)
	}
	return len(p), nil
}

// Keep asks that the messages be kept until [Transcript.Forget]. It must be
// called before [Transcript.Choose].
func (t *Transcript) Keep() {
	if t.chosen != 0 {
		panic("prf: Keep after Choose")
	}
	t.keep = true
}

// Messages returns the messages that have been kept: all of them, if Keep was
// called. They are valid until the next call.
func (t *Transcript) Messages() []byte { return t.messages }

// Forget ends what Keep began.
func (t *Transcript) Forget() {
	t.keep = false
	if t.chosen != 0 {
		t.messages = t.messages[:0]
	}
}

// Sum appends the hash of the messages so far, [Hash.Size] octets, and
// disturbs nothing. It panics before [Transcript.Choose].
func (t *Transcript) Sum(dst []byte) []byte {
	if t.chosen == 0 {
		panic("prf: Sum before Choose")
	}
	dst = t.first.Sum(dst)
	if t.second != nil {
		dst = t.second.Sum(dst)
	}
	return dst
}

// Reset forgets everything. Handshake messages are no secrets, but a large
// buffer is given up.
func (t *Transcript) Reset() {
	if t.messages = t.messages[:0]; cap(t.messages) > keptBuffer {
		t.messages = nil
	}
	t.chosen, t.keep, t.first, t.second = 0, false, nil, nil
}
