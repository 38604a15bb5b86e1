package radius

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// replyKey tells requests apart: address, port, Identifier and Authenticator
// (RFC 2865, Section 2.5; RFC 5080, Section 2.2.2).
type replyKey [16 + 2 + 1 + authenticatorSize]byte

func newReplyKey(from netip.AddrPort, identifier byte, authenticator [authenticatorSize]byte) (k replyKey) {
	address := from.Addr().As16()
	at := copy(k[:], address[:])
	binary.BigEndian.PutUint16(k[at:], from.Port())
	k[at+2] = identifier
	copy(k[at+3:], authenticator[:])
	return k
}

// How long and how many replies are remembered.
const (
	replyLifetime = 10 * time.Second
	maxReplies    = 1 << 14
)

// replies are the last replies, for duplicates. The oldest is at first, number
// n of those that are kept at first+n, modulo the length of ring.
type replies struct {
	mu    sync.Mutex
	seed  maphash.Seed
	by    map[uint64]uint64 // by a key's hash, a reply's number, since the beginning
	ring  []reply
	first uint64
	next  uint64
}

type reply struct {
	hash uint64
	key  replyKey
	at   time.Time
	data []byte // nil while it is being made, and where there is none
}

func newReplies() *replies { return &replies{seed: maphash.MakeSeed(), by: map[uint64]uint64{}} }

func (r *replies) entry(number uint64) *reply { return &r.ring[number%uint64(len(r.ring))] }

// claim returns the reply to a request that has come before. If it has not, the
// caller must make one and fill it in under the number.
func (r *replies) claim(key replyKey, now time.Time) (data []byte, number uint64, known bool) {
	hash := maphash.Bytes(r.seed, key[:])
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.first < r.next && now.Sub(r.entry(r.first).at) >= replyLifetime {
		r.forget()
	}
	if number, known = r.by[hash]; known && r.entry(number).key == key {
		return r.entry(number).data, number, true
	}
	if r.next-r.first == maxReplies {
		r.forget()
	}
	if r.next-r.first == uint64(len(r.ring)) {
		r.grow()
	}
	number = r.next
	r.next++
	*r.entry(number) = reply{hash: hash, key: key, at: now}
	r.by[hash] = number // of two keys with one hash, which nobody can look for, the younger counts
	return nil, number, false
}

// forget drops the oldest.
func (r *replies) forget() {
	oldest := r.entry(r.first)
	if r.by[oldest.hash] == r.first {
		delete(r.by, oldest.hash)
	}
	*oldest = reply{}
	r.first++
}

// grow makes room for twice as many.
func (r *replies) grow() {
	old := r.ring
	r.ring = make([]reply, max(64, 2*len(old)))
	for n := r.first; n < r.next; n++ {
		*r.entry(n) = old[n%uint64(len(old))]
	}
}

// fill remembers the reply to a request that claim did not know.
func (r *replies) fill(number uint64, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number >= r.first {
		r.entry(number).data = data
	}
}
