package radius

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

// replyKey tells requests apart: address, port, Identifier and Authenticator
// (RFC 2865, Section 2.5; RFC 5080, Section 2.2.2). Octets alone are hashed in
// one go.
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

// replies are the last replies, for duplicates.
type replies struct {
	mu    sync.Mutex
	by    map[replyKey]reply
	order []replyKey // by age, from first on
	first int
}

type reply struct {
	at   time.Time
	data []byte // nil while it is being made, and where there is none
}

func newReplies() *replies { return &replies{by: map[replyKey]reply{}} }

// claim returns the reply to a request that has come before. If it has not, the
// caller must make one and fill it in.
func (r *replies) claim(key replyKey, now time.Time) (data []byte, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.by[key]; ok && now.Sub(old.at) < replyLifetime {
		return old.data, true
	}
	for r.first < len(r.order) {
		oldest, ok := r.by[r.order[r.first]]
		if ok && now.Sub(oldest.at) < replyLifetime && len(r.order)-r.first < maxReplies {
			break
		}
		delete(r.by, r.order[r.first])
		r.first++
	}
	if r.first > maxReplies {
		r.order = append(r.order[:0], r.order[r.first:]...)
		r.first = 0
	}
	r.by[key] = reply{at: now}
	r.order = append(r.order, key)
	return nil, false
}

// fill remembers the reply to a request that claim did not know.
func (r *replies) fill(key replyKey, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.by[key]; ok {
		e.data = data
		r.by[key] = e
	}
}
