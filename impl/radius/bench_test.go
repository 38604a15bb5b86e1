package radius

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/fast"
)

// BenchmarkPACRun is a whole authentication with a PAC and MSCHAPv2, both sides,
// without a network.
func BenchmarkPACRun(b *testing.B) {
	server, err := NewServer(config(b))
	if err != nil {
		b.Fatal(err)
	}
	w := &wire{server: server, rand: rand.New(rand.NewPCG(1, 2)), from: from}
	client := &Client{conn: w, config: ClientConfig{Secret: secret, MTU: 1400, Timeout: time.Second, Tries: 1}}
	store := new(fast.PACs)
	if _, err := client.Authenticate(b.Context(), newPeer(store, "open sesame")); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if result, err := client.Authenticate(b.Context(), newPeer(store, "open sesame")); err != nil || !result.KeysAgree {
			b.Fatal(result, err)
		}
	}
}
