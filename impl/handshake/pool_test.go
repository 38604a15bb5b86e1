package handshake_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// TestReset: a machine that is given back, wherever it stood, is a new one.
func TestReset(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		for _, s := range []*side{me, peer} {
			if s.Fresh() {
				t.Error("the test cannot fail")
			}
			s.Reset()
			if !s.Fresh() {
				t.Errorf("%v was left", s.State())
			}
		}
	})
}

// TestReuse: machines that have seen all sorts of things do what new ones do.
func TestReuse(t *testing.T) {
	flights := func() (all []byte) {
		c, err := handshake.NewClient(&handshake.Config{Rand: newRandom(1)}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
		if err != nil {
			t.Fatal(err)
		}
		client, server := newSide(c), newSide(handshake.NewServer(&handshake.Config{SessionSecrets: true, Rand: newRandom(2)}))
		defer client.Release()
		defer server.Release()
		client.key, server.key = pacKey, pacKey
		out, _ := client.step(nil)
		for s, next := server, client; len(out) > 0; s, next = next, s {
			all = append(all, out...)
			out, _ = s.step(out)
		}
		return all
	}
	want := flights()
	for _, w := range ways(t) {
		for r, states := range allowed {
			for s := range states {
				t.Run(r.String()+"/"+s.String(), func(t *testing.T) {
					if me, peer, ok := w.walk(t, r, s); ok && !s.ReadProtected() {
						me.step(inClear(spec.ContentHandshake, []byte{1, 0, 9, 9, 9}))
						peer.Abort(spec.InternalError, nil)
						peer.step(nil)
					}
				})
				if got := flights(); !bytes.Equal(got, want) {
					t.Fatalf("after %v in %v on the way of %s: other octets", r, s, w.name)
				}
			}
		}
	}
}

// TestResetInPlace: a machine that its owner keeps is another one's, too, after a
// reset, whatever it was before.
func TestResetInPlace(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionIDs: true}, &handshake.ClientParams{ServerName: "server.example"})
	for i := range 3 {
		play(client, server)
		established(t, client, server)
		client.Machine, server.Machine = server.Machine, client.Machine // what was a server becomes a client
		server.ResetServer(&handshake.Config{Rand: newRandom(2), SessionIDs: i == 0})
		if err := client.ResetClient(&handshake.Config{Rand: newRandom(1)}, &handshake.ClientParams{}); err != nil {
			t.Fatal(err)
		}
		if server.Hello() != nil || server.State() != spec.AwaitClientHello || client.State() != spec.Start || client.Hello().ServerName != nil ||
			client.ServerRandom() != nil || client.PeerChain() != nil || client.Info().Suite != 0 {
			t.Errorf("reset %d: %v with %+v, %v with %+v", i, client.State(), client.Info(), server.State(), server.Info())
		}
	}
}

// TestRelease: what goes back has been wiped.
func TestRelease(t *testing.T) {
	client, _ := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
	hello, _ := client.step(nil)
	server := newSide(handshake.NewServer(&handshake.Config{SessionSecrets: true}))
	server.key = pacKey
	if server.step(hello); server.Fresh() {
		t.Error("the test cannot fail")
	}
	if server.Release(); !server.Fresh() {
		t.Error("a machine goes back as it was")
	}
}

// TestHalfOpenIsSmall: a server that has read half a ClientHello, or all of it,
// holds a few KiB.
func TestHalfOpenIsSmall(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, too")
	}
	config := &handshake.Config{Suites: []spec.SuiteID{0xc02f}}
	client, _ := pair(t, config, config, &handshake.ClientParams{})
	hello, _ := client.step(nil)
	const n = 256
	held := make([]*handshake.Machine, n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range held {
		held[i] = handshake.NewServer(config) // not released: the pool is empty
		if _, _, _, err := held[i].Step(nil, bytes.Clone(hello)); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / n; each > 6<<10 {
		t.Errorf("%d octets", each)
	}
	runtime.KeepAlive(held)
}
