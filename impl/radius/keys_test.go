package radius

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
)

// tap is a network that keeps every reply.
type tap struct {
	wire
	seen [][]byte
}

func (w *tap) Read(p []byte) (int, error) {
	n, err := w.wire.Read(p)
	if err == nil {
		w.seen = append(w.seen, bytes.Clone(p[:n]))
	}
	return n, err
}

// mppe returns the salts of the keys in a packet (RFC 2548, Section 2.4.2).
func mppe(p *radius.Packet) (salts [][]byte) {
	for _, a := range p.Attributes {
		if a.Type == rfc2865.VendorSpecific_Type && len(a.Attribute) > 8 && a.Attribute[3] == 0x37 && (a.Attribute[4] == 16 || a.Attribute[4] == 17) {
			salts = append(salts, a.Attribute[6:8])
		}
	}
	return salts
}

// The keys stand in Access-Accept and in no other packet, each under a salt of
// its own whose top bit is set.
//
// Checks FAST-KEY-06 (must fail: keys-in-challenges, salt-twice).
func TestKeysInAccept(t *testing.T) {
	for password, accepted := range map[string]bool{"open sesame": true, "open barley": false} {
		server, err := NewServer(config(t))
		if err != nil {
			t.Fatal(err)
		}
		w := &tap{wire: wire{server: server, rand: rand.New(rand.NewPCG(1, 2)), from: from}}
		client := &Client{conn: w, config: ClientConfig{Secret: secret, MTU: 1400, Timeout: time.Millisecond, Tries: 1}}
		if result, err := client.Authenticate(t.Context(), newPeer(new(fast.PACs), password)); err != nil || result.Accepted != accepted {
			t.Fatalf("%+v, %v", result, err)
		}
		for i, raw := range w.seen {
			p, err := radius.Parse(raw, secret)
			if err != nil {
				t.Fatal(err)
			}
			salts := mppe(p)
			want := 0
			if p.Code == radius.CodeAccessAccept {
				want = 2
			}
			if len(salts) != want {
				t.Errorf("reply %d, %v, has %d keys", i, p.Code, len(salts))
			}
		}
	}
	for range 20 {
		request := radius.New(radius.CodeAccessRequest, secret)
		reply := request.Response(radius.CodeAccessAccept)
		addKeys(reply, request, eap.Keys{MSK: make([]byte, 64)})
		salts := mppe(reply)
		if len(salts) != 2 || salts[0][0]&0x80 == 0 || salts[1][0]&0x80 == 0 || bytes.Equal(salts[0], salts[1]) {
			t.Fatalf("salts %x", salts)
		}
		for _, a := range reply.Attributes {
			if a.Type == rfc2865.VendorSpecific_Type {
				copy(a.Attribute[6:8], salts[0])
			}
		}
		if distinctSalts(reply) {
			t.Error("one salt twice is taken for two")
		}
	}
}
