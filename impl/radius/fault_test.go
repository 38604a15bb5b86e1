package radius

import (
	"bytes"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

// wire is a network between a client and a server that loses, repeats, delays
// and alters packets.
type wire struct {
	net.Conn // what is not used here
	server   *Server
	rand     *rand.Rand
	from     netip.AddrPort
	at       time.Time // the server's clock; zero: the machine's
	before   func()    // is called before the server gets a packet; nil: nothing is

	lose, repeat, delay, alter float64

	held    [][]byte // requests that were delayed
	replies [][]byte
}

func (w *wire) happens(p float64) bool { return w.rand.Float64() < p }

func (w *wire) Write(p []byte) (int, error) {
	packet := bytes.Clone(p)
	if w.happens(w.alter) {
		packet[w.rand.IntN(len(packet))] ^= 1 << w.rand.IntN(8)
	}
	switch {
	case w.happens(w.lose):
		return len(p), nil
	case w.happens(w.delay):
		w.held = append(w.held, packet)
		return len(p), nil
	}
	w.deliver(packet)
	if w.happens(w.repeat) {
		w.deliver(packet)
	}
	for _, late := range w.held {
		w.deliver(late)
	}
	w.held = nil
	return len(p), nil
}

func (w *wire) deliver(packet []byte) {
	if w.before != nil {
		w.before()
	}
	at := w.at
	if at.IsZero() {
		at = time.Now()
	}
	reply := w.server.Handle(bytes.Clone(packet), w.from, at)
	if reply == nil || w.happens(w.lose) {
		return
	}
	reply = bytes.Clone(reply)
	if w.happens(w.alter) {
		reply[w.rand.IntN(len(reply))] ^= 1 << w.rand.IntN(8)
	}
	w.replies = append(w.replies, reply)
	if w.happens(w.repeat) {
		w.replies = append(w.replies, reply)
	}
	w.rand.Shuffle(len(w.replies), func(i, j int) { w.replies[i], w.replies[j] = w.replies[j], w.replies[i] })
}

func (w *wire) Read(p []byte) (int, error) {
	if len(w.replies) == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(p, w.replies[0])
	w.replies = w.replies[1:]
	return n, nil
}

func (w *wire) SetReadDeadline(time.Time) error { return nil }
func (w *wire) Close() error                    { return nil }

// Whatever the network does to packets, the right user gets in, with the right
// keys, and no session is left behind.
func TestFaultyNetwork(t *testing.T) {
	for name, w := range map[string]wire{
		"loss":         {lose: 0.2},
		"repetition":   {repeat: 0.5},
		"delay":        {delay: 0.3},
		"alteration":   {alter: 0.2},
		"all together": {lose: 0.1, repeat: 0.2, delay: 0.1, alter: 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			server, err := NewServer(config(t))
			if err != nil {
				t.Fatal(err)
			}
			w.server, w.rand, w.from = server, rand.New(rand.NewPCG(1, 2)), from
			client := &Client{conn: &w, config: ClientConfig{Secret: secret, MTU: 1400, Timeout: time.Millisecond, Tries: 30}}
			store := new(fast.PACs)
			repeated := 0
			for i := range 30 {
				result, err := client.Authenticate(t.Context(), newPeer(store, "open sesame"))
				if err != nil || !result.Accepted || !result.KeysAgree {
					t.Fatalf("authentication %d: %+v, %v", i, result, err)
				}
				repeated += result.Repeated
			}
			if repeated == 0 && name != "repetition" {
				t.Error("the network did nothing")
			}
			server.Expire(time.Now().Add(DefaultTimeout))
			if n := server.Sessions(); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
		})
	}
}

// replica is a server that shares a key ring.
func replica(t *testing.T, ring *fast.KeyRing) *Server {
	t.Helper()
	hash, err := mschapv2.HashPassword("open sesame")
	if err != nil {
		t.Fatal(err)
	}
	chain := testcert.Server(testcert.ECDSA)
	engine, err := fast.NewServer(&fast.ServerConfig{
		AuthorityID: []byte("0123456789abcdef"), Keys: ring, Users: users{"ali": {Name: "ali", Hash: hash}},
		Provisioning: fast.AuthenticatedProvisioning, Certificate: tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key},
	})
	if err != nil {
		t.Fatal(err)
	}
	var r eap.Registry[eap.ServerMethod]
	r.Add(eap.TypeFAST, func() eap.ServerMethod { return engine.NewSession() })
	server, err := NewServer(&ServerConfig{Methods: &r, Clients: []NAS{{loopback, secret}}})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// A key ring that is rotated between conversations, and before every packet of
// one, and a replica: PACs go on to be honoured.
func TestRotationAndReplicas(t *testing.T) {
	ring := new(fast.KeyRing)
	ring.Rotate(time.Now().Add(-time.Hour), 0, time.Hour)
	w := &wire{server: replica(t, ring), rand: rand.New(rand.NewPCG(1, 2)), from: from}
	client := &Client{conn: w, config: ClientConfig{Secret: secret, MTU: 1400, Timeout: time.Millisecond, Tries: 3}}
	store := new(fast.PACs)
	rounds := func() int {
		t.Helper()
		result, err := client.Authenticate(t.Context(), newPeer(store, "open sesame"))
		if err != nil || !result.Accepted || !result.KeysAgree {
			t.Fatalf("%+v, %v", result, err)
		}
		return result.Rounds
	}
	full := rounds()
	short := rounds()
	if short >= full {
		t.Fatalf("%d rounds with a PAC, %d without", short, full)
	}
	ring.Rotate(time.Now(), 0, time.Hour)
	if n := rounds(); n != short {
		t.Errorf("%d rounds after a rotation", n)
	}
	rotations := 0
	w.before = func() { ring.Rotate(time.Now(), 0, time.Hour); rotations++ }
	if n := rounds(); n != short || rotations < short {
		t.Errorf("%d rounds under %d rotations", n, rotations)
	}
	w.before = nil
	w.server = replica(t, ring)
	if n := rounds(); n != short {
		t.Errorf("%d rounds at a replica", n)
	}
	other := new(fast.KeyRing)
	other.Rotate(time.Now().Add(-time.Hour), 0, time.Hour)
	w.server = replica(t, other)
	if n := rounds(); n == short {
		t.Error("another ring opens the PAC")
	}
}
