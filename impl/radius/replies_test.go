package radius

import (
	"net/netip"
	"testing"
	"time"
)

// TestReplies: a reply is remembered for its time and while there is room, and a
// request that is still being answered is known.
func TestReplies(t *testing.T) {
	from := netip.MustParseAddrPort("192.0.2.1:1645")
	key := func(i int) replyKey {
		return newReplyKey(from, byte(i), [authenticatorSize]byte{byte(i >> 8), byte(i >> 16)})
	}
	now := time.Now()
	r := newReplies()
	data, number, known := r.claim(key(0), now)
	if known || data != nil {
		t.Fatal("what never came is known")
	}
	if data, _, known := r.claim(key(0), now); !known || data != nil {
		t.Error("what is under way is not known")
	}
	r.fill(number, []byte("reply"))
	if data, _, known := r.claim(key(0), now.Add(replyLifetime-1)); !known || string(data) != "reply" {
		t.Errorf("%q, known: %v", data, known)
	}
	if _, _, known := r.claim(key(0), now.Add(replyLifetime)); known {
		t.Error("a reply outlives its time")
	}
	later := now.Add(replyLifetime)
	for i := 1; i < 3*maxReplies; i++ {
		_, number, known := r.claim(key(i), later)
		if known {
			t.Fatalf("request %d is known", i)
		}
		r.fill(number, []byte{byte(i)})
	}
	if len(r.by) != maxReplies || len(r.ring) != maxReplies {
		t.Errorf("%d replies in room for %d, at most %d", len(r.by), len(r.ring), maxReplies)
	}
	for _, i := range []int{2 * maxReplies, 3*maxReplies - 1} {
		if data, _, known := r.claim(key(i), later); !known || len(data) != 1 || data[0] != byte(i) {
			t.Errorf("request %d: %v, known: %v", i, data, known)
		}
	}
	if _, _, known := r.claim(key(maxReplies), later); known {
		t.Error("the oldest has made no room")
	}
	r.fill(0, []byte("late")) // of one that is long gone
	if data, _, _ := r.claim(key(3*maxReplies-1), later); len(data) != 1 {
		t.Error("a late reply takes another's place")
	}
}

// Keys differ in each part.
func TestReplyKeys(t *testing.T) {
	from := netip.MustParseAddrPort("192.0.2.1:1645")
	seen := map[replyKey]bool{}
	for _, k := range []replyKey{
		newReplyKey(from, 0, [16]byte{}), newReplyKey(from, 1, [16]byte{}), newReplyKey(from, 0, [16]byte{15: 1}),
		newReplyKey(netip.MustParseAddrPort("192.0.2.2:1645"), 0, [16]byte{}), newReplyKey(netip.MustParseAddrPort("192.0.2.1:1646"), 0, [16]byte{}),
	} {
		if seen[k] {
			t.Errorf("two requests have the key %x", k)
		}
		seen[k] = true
	}
}
