package fast

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// seen is one EAP packet of a conversation, on its way.
type seen struct {
	fromServer bool
	octets     []byte
}

// recorded runs a bench and returns the EAP-FAST packets of the conversation.
func recorded(b *bench) (packets []seen) {
	b.change = func(fromServer bool, _ int, p []byte) []byte {
		if len(p) > 5 && p[4] == 43 {
			packets = append(packets, seen{fromServer, bytes.Clone(p)})
		}
		return p
	}
	b.run()
	b.change = nil
	return packets
}

// Every packet of a conversation has the form of RFC 4851, Section 4.1, and
// requests and responses take turns.
//
// Checks FAST-PKT-01 (must fail: reserved-flag-set).
// Checks FAST-PKT-05 (must fail: other-fast-version).
// Checks FAST-PKT-08 (must fail: start-without-attribute).
// Checks FAST-PKT-09 (must fail: response-with-start).
// Checks FAST-PKT-10 (must fail: length-in-every-fragment).
// Checks FAST-PKT-11 (must fail: same-identifier-again).
// Checks FAST-PKT-13 (must fail: acknowledgement-with-length).
func TestPackets(t *testing.T) {
	for _, mtu := range []int{1400, 100} {
		b := newBench(t)
		b.mtu = mtu
		packets := recorded(b)
		b.want(fresh)
		if want := []byte("\x21\x00\x04\x00\x100123456789abcdef"); !bytes.Equal(packets[0].octets[5:], want) {
			t.Errorf("Start is %x, want %x", packets[0].octets[5:], want)
		}
		if p := packets[1].octets; p[5]&0x20 != 0 || p[5]&7 != 1 || !bytes.Contains(p[6:13], []byte{22, 3, 1}) {
			t.Errorf("the first response begins with %x", p[:13])
		}
		acks := 0
		lengths := map[bool]*int{true: new(int), false: new(int)} // of what is left of a message
		for i, p := range packets {
			checkPacket(t, i, p, lengths[p.fromServer])
			if i > 0 && p.fromServer == packets[i-1].fromServer {
				t.Errorf("packet %d: out of turn", i)
			}
			if i > 0 && i%2 == 0 && p.octets[1] != packets[i-1].octets[1]+1 || i%2 == 1 && p.octets[1] != packets[i-1].octets[1] {
				t.Errorf("packet %d has identifier %d after %d", i, p.octets[1], packets[i-1].octets[1])
			}
			if i > 0 && packets[i-1].octets[5]&0x40 != 0 {
				acks++
				if len(p.octets) != 6 || p.octets[5] != 1 {
					t.Errorf("packet %d acknowledges a fragment by %x", i, p.octets[5:])
				}
			}
		}
		if (mtu == 100) != (acks > 10) {
			t.Errorf("MTU %d: %d fragments were acknowledged", mtu, acks)
		}
		// The peer has nothing to say to the server's Finished.
		if n := acknowledgements(packets) - acks; n != 1 {
			t.Errorf("%d acknowledgements of no fragment", n)
		}
	}
}

func acknowledgements(packets []seen) (n int) {
	for _, p := range packets {
		if len(p.octets) == 6 {
			n++
		}
	}
	return n
}

// checkPacket checks one packet. Left is what its sender has yet to send of the
// message.
func checkPacket(t *testing.T, i int, p seen, left *int) {
	t.Helper()
	code := byte(2)
	if p.fromServer {
		code = 1
	}
	o := p.octets
	if o[0] != code || int(binary.BigEndian.Uint16(o[2:])) != len(o) {
		t.Errorf("packet %d begins with %x and has %d octets", i, o[:4], len(o))
	}
	flags, data := o[5], o[6:]
	if flags&0x18 != 0 || flags&7 != 1 || flags&0x20 != 0 && i != 0 {
		t.Errorf("packet %d has flags %#02x", i, flags)
	}
	switch {
	case flags&0x80 != 0:
		if *left != 0 || flags&0x40 == 0 {
			t.Errorf("packet %d has a length and is not the first fragment of several", i)
		}
		*left = int(binary.BigEndian.Uint32(data)) - len(data) + 4
	case *left > 0:
		*left -= len(data)
	case flags&0x40 != 0:
		t.Errorf("packet %d is the first fragment of several, and has no length", i)
	}
	if flags&0x40 != 0 == (*left <= 0) {
		t.Errorf("packet %d has flags %#02x, and %d octets are to follow", i, flags, *left)
	}
}

// A server's Start may say any version: the answer says 1, which is all that
// there is. A server takes nothing else.
//
// Checks FAST-PKT-06 (must fail: version-echoed, any-version-taken).
func TestEveryVersion(t *testing.T) {
	for version := range byte(8) {
		for _, ofServer := range []bool{true, false} {
			b := newBench(t)
			answered := byte(255)
			b.change = func(fromServer bool, n int, p []byte) []byte {
				if n != 1 {
					return p
				}
				if fromServer == ofServer {
					p[5] = p[5]&^7 | version
				} else if !fromServer {
					answered = p[5] & 7
				}
				return p
			}
			b.run()
			if ofServer && answered != 1 {
				t.Errorf("Start of version %d is answered by version %d", version, answered)
			}
			if !ofServer && (b.serverStatus == eap.Succeeded) != (version == 1) {
				t.Errorf("a peer of version %d: %v", version, b.serverStatus)
			}
		}
	}
}

// hello returns the ClientHello of a conversation.
func hello(t *testing.T, b *bench) *wire.ClientHello {
	t.Helper()
	packets := recorded(b)
	h := new(wire.ClientHello)
	if len(packets) < 2 || !h.Parse(packets[1].octets[6+5+wire.HeaderLen:]) {
		t.Fatalf("no ClientHello in %d packets", len(packets))
	}
	return h
}

// What of the PACs that a peer has stands in its ClientHello.
//
// Checks FAST-TLS-02 (must fail: ticket-of-any-authority).
// Checks FAST-TLS-03 (must fail: empty-ticket-extension).
// Checks FAST-TLS-04 (must fail: ticket-with-inner-length).
// Checks FAST-TLS-05 (must fail: session-id-beside-pac).
// Checks FAST-PAC-25 (must fail: anonymous-suite-not-offered).
func TestClientHelloOfAPeer(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*bench)
		ticket    bool
		anonymous bool
	}{
		"a PAC":                         {func(b *bench) {}, true, false},
		"of another authority":          {func(b *bench) { b.store.All()[0].AuthorityID = []byte("another") }, false, false},
		"expired":                       {func(b *bench) { b.store.All()[0].Expires = b.at }, false, false},
		"of another user":               {func(b *bench) { b.store.All()[0].Identity = "baba" }, false, false},
		"a User Authorization PAC":      {func(b *bench) { b.store.All()[0].Type = UserAuthorizationPAC }, false, false},
		"none":                          {func(b *bench) { b.peer.Store = new(PACs) }, false, false},
		"no store":                      {func(b *bench) { b.peer.Store = nil }, false, false},
		"a server of another authority": {func(b *bench) { b.server.AuthorityID = []byte("another") }, false, false},
		"nothing to trust":              {func(b *bench) { b.peer.Store = new(PACs); b.anonymous() }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := provisioned(t)
			c.change(b)
			h := hello(t, b)
			if h.HasTicket != c.ticket || len(h.SessionID) > 0 {
				t.Errorf("ticket %v, Session ID %x", h.HasTicket, h.SessionID)
			}
			if want := RFC.ticket(b.store.All()[0]); c.ticket && !bytes.Equal(h.Ticket, append([]byte{0, 2, 0, byte(len(want))}, want...)) {
				t.Errorf("the ticket is %x, want PAC-Opaque %x", h.Ticket, want)
			}
			anonymous := 0
			for id := range h.Suites.All() {
				if s, ok := spec.SuiteByID(id); ok && s.KeyExchange.Anonymous() {
					anonymous++
				}
			}
			if (anonymous > 0) != c.anonymous || c.anonymous && !h.Suites.Contains(0x0034) {
				t.Errorf("%d anonymous suites", anonymous)
			}
		})
	}
}

// The suites of RFC 5422, Section 3.1: each provisions, and the tunnel is
// encrypted. A peer of ours validates the chain in all but the anonymous ones.
//
// Checks FAST-PAC-24 (must fail: other-anonymous-suite).
// Checks FAST-PAC-30 (must fail: rsa-suite-impossible, chain-not-verified).
func TestProvisioningSuites(t *testing.T) {
	for _, id := range []spec.SuiteID{0x0034, 0x002f, 0x0033} {
		s, _ := spec.SuiteByID(id)
		t.Run(s.Name, func(t *testing.T) {
			b := newBench(t)
			b.rsa()
			want := fresh
			if s.KeyExchange.Anonymous() {
				b.anonymous()
				want = "failed failed anonymous MSCHAPv2 issued=[tunnel] stored=[tunnel]"
			} else {
				b.server.Suites, b.peer.Suites = []spec.SuiteID{id}, []spec.SuiteID{id}
			}
			b.run()
			b.want(want)
			if r := b.session.Report(); r.Suite != id || s.Key != 16 {
				t.Errorf("suite %v", r.Suite)
			}
			if s.KeyExchange.Anonymous() {
				return
			}
			b.store.Remove(b.store.All()[0])
			b.peer.ServerName = "another.example"
			b.run()
			b.want("failed failed none none issued=[] stored=[]")
		})
	}
}

// A TLS alert travels in a packet of its own, from either side, and is answered;
// EAP-Failure follows whatever the answer is, but for a ClientHello.
//
// Checks FAST-END-07 (must fail: alert-not-sent, any-answer-restarts).
// Checks FAST-END-08 (must fail: peer-alert-not-sent).
// Checks TLS-ALERT-14 (must fail: alert-not-sent, peer-alert-not-sent).
func TestAlertsTravelInPackets(t *testing.T) {
	alert := func(p []byte) bool { return len(p) == 13 && p[6] == 21 && p[11] == 2 }
	for name, c := range map[string]struct {
		byServer bool
		answer   []byte // of the peer, instead of its own
		change   func(*bench)
	}{
		"of the server":                     {true, nil, func(b *bench) { b.peer.MinVersion, b.peer.MaxVersion = spec.TLS11, spec.TLS11 }},
		"of the server, and a HelloRequest": {true, []byte("\x01\x16\x03\x01\x00\x04\x00\x00\x00\x00"), func(b *bench) { b.peer.MinVersion, b.peer.MaxVersion = spec.TLS11, spec.TLS11 }},
		"of the peer":                       {false, nil, func(b *bench) { b.peer.ServerName = "another.example" }},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.change(b)
			var packets []seen
			b.change = func(fromServer bool, _ int, p []byte) []byte {
				if n := len(packets); n > 0 && alert(packets[n-1].octets) && !fromServer && c.answer != nil {
					p = append(bytes.Clone(p[:5]), c.answer...)
					p[3] = byte(len(p))
				}
				packets = append(packets, seen{fromServer, bytes.Clone(p)})
				return p
			}
			b.run()
			i := 0
			for i < len(packets) && !alert(packets[i].octets) {
				i++
			}
			if i == len(packets) || packets[i].fromServer != c.byServer {
				t.Fatalf("no packet with an alert of the right side among %d", len(packets))
			}
			if c.byServer {
				i++ // the peer's answer, without a record
				if c.answer == nil && !bytes.Equal(packets[i].octets[4:], []byte{43, 1}) {
					t.Errorf("the alert is answered by %x", packets[i].octets)
				}
			}
			if end := packets[i+1].octets; eap.Code(end[0]) != eap.CodeFailure || len(packets) != i+2 || b.serverStatus != eap.Failed {
				t.Errorf("then comes %x", end)
			}
		})
	}
}

// rsa gives the server a certificate with an RSA key.
func (b *bench) rsa() {
	chain := testcert.Server(testcert.RSA)
	b.server.Certificate = tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key}
}
