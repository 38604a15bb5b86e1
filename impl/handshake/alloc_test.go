package handshake_test

import (
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
)

// bench is a PAC handshake of two machines over buffers that are kept.
type bench struct {
	cc, sc handshake.Config
	params handshake.ClientParams
	prf    prf.PRF
	up     []byte
	down   []byte
}

func newBench() *bench {
	b := &bench{params: handshake.ClientParams{Ticket: opaque, HasSecret: true, ServerName: "server.example"}}
	b.sc.SessionSecrets = true
	b.up, b.down = make([]byte, 0, 4096), make([]byte, 0, 4096)
	return b
}

func (b *bench) step(tb testing.TB, m *handshake.Machine, out, in []byte) []byte {
	for {
		var n int
		var ev handshake.Event
		var err error
		out, n, ev, err = m.Step(out, in)
		if err != nil {
			tb.Fatal(err)
		}
		in = in[n:]
		switch ev {
		case handshake.NeedInput:
			return out
		case handshake.SecretWanted:
			var secret [48]byte
			b.prf.SessionSecret(secret[:], pacKey, m.ServerRandom(), m.ClientRandom())
			m.AcceptSecret(secret[:], 0)
		}
	}
}

func (b *bench) handshake(tb testing.TB) {
	client, err := handshake.NewClient(&b.cc, &b.params)
	if err != nil {
		tb.Fatal(err)
	}
	server := handshake.NewServer(&b.sc)
	up := b.step(tb, client, b.up[:0], nil)
	down := b.step(tb, server, b.down[:0], up)
	up = b.step(tb, client, b.up[:0], down)
	b.step(tb, server, b.down[:0], up)
	if client.State() != spec.Established || server.State() != spec.Established {
		tb.Fatal(client.State(), server.State())
	}
	client.Release()
	server.Release()
}

// TestTicketHandshakeAllocates: a handshake with a session secret allocates its
// ciphers, two objects for each direction of each side, and nothing else.
func TestTicketHandshakeAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops objects under the race detector")
	}
	b := newBench()
	b.handshake(t)
	if n := testing.AllocsPerRun(100, func() { b.handshake(t) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTicketHandshake(b *testing.B) {
	h := newBench()
	b.ReportAllocs()
	for b.Loop() {
		h.handshake(b)
	}
}

func BenchmarkFullHandshake(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		client, server := pair(b, &handshake.Config{Suites: []spec.SuiteID{0xc02f}}, &handshake.Config{}, &handshake.ClientParams{})
		play(client, server)
		established(b, client, server)
	}
}
