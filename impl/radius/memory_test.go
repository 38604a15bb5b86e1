package radius

import (
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
)

// abandon talks to the server without a network, and falls silent after some
// rounds.
func abandon(t *testing.T, server *Server, store fast.Store, port, rounds int, now time.Time) {
	t.Helper()
	peer := newPeer(store, "open sesame")
	defer peer.Release()
	out, _ := peer.Step(nil, eap.Packet{Code: eap.CodeRequest, Type: eap.TypeIdentity}.Append(nil), now)
	var state []byte
	for range rounds {
		p := begin(radius.New(radius.CodeAccessRequest, secret))
		addEAP(p, out)
		p.Add(rfc2865.FramedMTU_Type, radius.NewInteger(1400))
		if state != nil {
			p.Add(rfc2865.State_Type, radius.Attribute(state))
		}
		request, err := encode(p)
		if err != nil {
			t.Fatal(err)
		}
		reply := parse(t, server.Handle(request, netip.AddrPortFrom(from.Addr(), uint16(port)), now), request)
		message, _ := eapMessage(reply)
		state = rfc2865.State_Get(reply)
		out, _ = peer.Step(nil, message, now)
		if reply.Code != radius.CodeAccessChallenge {
			return
		}
	}
}

// heap is how much lives on the heap, in octets.
func heap() int64 {
	var m runtime.MemStats
	for range 3 { // the first two empty pools, and run what waits for an end
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// maxSession is what one abandoned session may hold, in octets.
const maxSession = 12 << 10

func TestMemoryOfAbandonedSessions(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's memory is counted, too")
	}
	const sessions = 300
	for rounds := 1; rounds <= 6; rounds += 2 {
		t.Run(fmt.Sprintf("after %d rounds", rounds), func(t *testing.T) {
			server, err := NewServer(config(t))
			if err != nil {
				t.Fatal(err)
			}
			before := heap()
			for i := range sessions {
				abandon(t, server, nil, 1000+i, rounds, time.Now())
			}
			open := server.Sessions()
			server.replies = newReplies() // bounded by themselves
			if each := (heap() - before) / sessions; open != sessions || each > maxSession {
				t.Errorf("%d sessions of %d octets, want %d of at most %d", open, each, sessions, maxSession)
			}
		})
	}
}
