package radius

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/fast"
)

// Every bit of every packet, in turn, is flipped on its way. The server drops
// such a request, which is logged once, the client such a reply, and the
// conversation goes on as if it had not come. Without -long every seventh bit is.
func TestFlippedBits(t *testing.T) {
	server, said := logged(t, nil)
	store := new(fast.PACs)
	for _, what := range []string{"certificate", "PAC"} {
		w := newFlipper(server, said)
		result, err := w.client().Authenticate(t.Context(), newPeer(store, "open sesame"))
		if err != nil || !result.Accepted || !result.KeysAgree {
			t.Fatalf("%s: %+v, %v", what, result, err)
		}
		if w.flipped == 0 || w.problem != "" {
			t.Fatalf("%s: %d bits were flipped: %s", what, w.flipped, w.problem)
		}
		t.Logf("%s: %d bits flipped", what, w.flipped)
	}
	if n := server.Sessions(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// A server that answers such packets is found, one that does not tell of them, or
// twice, and a client that takes them.
func TestFlippedBitsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*ServerConfig)
		fail   func(*flipper)
		want   string
	}{
		"answered":    {nil, func(f *flipper) { f.handle = func(p []byte) []byte { return p } }, "answered"},
		"not told":    {func(c *ServerConfig) { c.Log = nil }, nil, "0 lines"},
		"told double": {func(c *ServerConfig) { c.Log = slog.New(double{c.Log.Handler()}) }, nil, "2 lines"},
		"taken":       {nil, func(f *flipper) { f.take = func(_, _ []byte) error { return nil } }, "taken"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFlipper(logged(t, c.change))
			if c.fail != nil {
				c.fail(w)
			}
			if _, err := w.client().Authenticate(t.Context(), newPeer(nil, "open sesame")); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(w.problem, c.want) {
				t.Errorf("not found: %q", w.problem)
			}
		})
	}
}

// flipper sends each packet with one bit flipped, for every nth bit,
// before it sends the packet.
type flipper struct {
	wire
	handle  func(packet []byte) []byte        // the server's
	take    func(reply, request []byte) error // the client's
	said    reasons
	every   int
	flipped int
	problem string // the first one
}

func newFlipper(server *Server, said reasons) *flipper {
	f := &flipper{wire: wire{server: server, rand: rand.New(rand.NewPCG(1, 2)), from: from}, said: said, every: 7}
	f.handle = func(packet []byte) []byte { return server.Handle(packet, from, time.Now()) }
	f.take = func(reply, request []byte) error {
		_, err := parseReply(reply, request, secret)
		return err
	}
	if *long {
		f.every = 1
	}
	return f
}

func (f *flipper) client() *Client {
	return &Client{conn: f, config: ClientConfig{Secret: secret, MTU: 1400, Timeout: time.Millisecond, Tries: 2}}
}

func (f *flipper) Write(p []byte) (int, error) {
	f.flip(p, func(bit int, packet []byte) string {
		before, _ := f.said.lines("")
		if reply := f.handle(packet); reply != nil {
			return fmt.Sprintf("a request with bit %d flipped is answered", bit)
		}
		if after, _ := f.said.lines(""); after != before+1 {
			return fmt.Sprintf("a request with bit %d flipped: %d lines", bit, after-before)
		}
		return ""
	})
	n, err := f.wire.Write(p)
	for _, reply := range f.replies {
		f.flip(reply, func(bit int, packet []byte) string {
			if f.take(packet, p) == nil {
				return fmt.Sprintf("a reply with bit %d flipped is taken", bit)
			}
			return ""
		})
	}
	return n, err
}

// flip flips the bits of a packet, one by one, until something is wrong.
func (f *flipper) flip(p []byte, wrong func(bit int, packet []byte) string) {
	for bit := f.flipped % f.every; bit < 8*len(p) && f.problem == ""; bit += f.every {
		packet := bytes.Clone(p)
		packet[bit/8] ^= 1 << (bit % 8)
		f.problem = wrong(bit, packet)
		f.flipped++
	}
}
