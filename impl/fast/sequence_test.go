package fast

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/prf"
)

// inTunnel is a peer in a tunnel that stands, without TLS: messages of phase 2
// go straight to it. The server is a script.
type inTunnel struct {
	t    *testing.T
	peer *Peer
	keys chain
	prf  prf.PRF
}

func newInTunnel(t *testing.T, kind Tunnel) *inTunnel {
	b := newBench(t)
	x := &inTunnel{t: t, peer: NewPeer(&b.peer)}
	p := x.peer
	p.now, p.authority, p.version, p.tunnel.kind = now, b.server.AuthorityID, Version, kind
	if kind == AnonymousTunnel {
		p.tunnel.challenges = &mschapv2.Challenges{Server: [16]byte{1}, Peer: [16]byte{2}}
	}
	seed := bytes.Repeat([]byte{7}, seedSize)
	x.keys.begin(seed)
	p.tunnel.keys.begin(seed)
	return x
}

// say gives the peer a message and parses its answer.
func (x *inTunnel) say(message []byte) *Message {
	x.t.Helper()
	m, err := ParseMessage(x.peer.phase2Step(message))
	if err != nil {
		x.t.Fatal(err)
	}
	return m
}

// run runs a server's inner method, and returns it with how it has ended.
func (x *inTunnel) run(method eap.ServerMethod, t eap.Type) eap.Status {
	x.t.Helper()
	var methods eap.Registry[eap.ServerMethod]
	methods.Add(t, func() eap.ServerMethod { return method })
	s := eap.NewServer(&eap.ServerConfig{Methods: &methods, MTU: maxInner})
	var packet []byte
	for {
		var status eap.Status
		message := appendEAP(nil, func(dst []byte) []byte {
			dst, status = s.Step(dst, packet, now)
			return dst
		})
		if status != eap.Continue {
			return status
		}
		if packet = x.say(message).EAP; packet == nil {
			x.t.Fatal("the peer has no inner packet to answer")
		}
	}
}

// chapServer is MSCHAPv2 for a user with a password.
func chapServer(t *testing.T, password string, tunnel *mschapv2.Challenges) *mschapv2.Server {
	hash, err := mschapv2.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	return mschapv2.NewServer(mschapv2.ServerConfig{Find: func(string) *mschapv2.Hash { return &hash }, Rand: rand.Reader, Tunnel: tunnel})
}

// bind closes a method by a Crypto-Binding behind what is said, and checks the
// answer.
func (x *inTunnel) bind(said []byte) *Message {
	x.t.Helper()
	request := Binding{Version: Version, Received: Version, Nonce: [32]byte{byte(x.keys.links)}}
	m := x.say(request.appendTLV(said, &x.keys.cmk))
	if m.Binding == nil {
		x.t.Fatalf("no Crypto-Binding in the answer: %v", x.peer.Report().Reason)
	}
	if err := m.Binding.check(m.BindingTLV, &x.keys.cmk, bindingResponse, Version, &request.Nonce); err != nil {
		x.t.Fatal(err)
	}
	return m
}

// Methods follow one another, one may come twice, and each that succeeds is
// bound: by all keys so far.
//
// Checks FAST-INN-02 (must fail: second-method-refused).
// Checks FAST-INN-03 (must fail: intermediate-unanswered).
// Checks FAST-CB-05 (must fail: binding-unanswered).
// Checks FAST-KEY-02 (must fail: first-method-bound-alone).
func TestSequence(t *testing.T) {
	x := newInTunnel(t, ByCertificate)
	for i := range 3 {
		var method interface {
			eap.ServerMethod
			innerKeyer
		}
		kind := eap.Type(mschapv2.Type)
		if method = chapServer(t, "open sesame", nil); i == 1 {
			method, kind = gtc.NewServer("Password", func(_, password string) *gtc.Failure { return nil }), gtc.Type
		}
		if status := x.run(method, kind); status != eap.Succeeded {
			t.Fatalf("method %d: %v", i, status)
		}
		x.keys.add(&x.prf, method.InnerSessionKey())
		said := appendIntermediate(nil, Success)
		if i == 2 {
			said = appendResult(nil, Success)
		}
		m := x.bind(said)
		if i < 2 && (m.Intermediate != Success || m.Result != None) || i == 2 && (m.Result != Success || m.Intermediate != None) {
			t.Errorf("method %d is closed by %v and %v", i, m.Intermediate, m.Result)
		}
	}
	msk, _ := x.keys.sessionKeys(&x.prf)
	if x.keys.links != 3 || !bytes.Equal(x.peer.Keys().MSK, msk) {
		t.Error("the keys differ")
	}
}

// A method that has failed adds no key, and another may follow it.
//
// Checks FAST-INN-05 (must fail: failed-method-adds-a-key).
func TestMethodAfterAFailure(t *testing.T) {
	x := newInTunnel(t, ByCertificate)
	if status := x.run(chapServer(t, "open barley", nil), mschapv2.Type); status != eap.Failed {
		t.Fatalf("the first method: %v", status)
	}
	if m := x.say(appendIntermediate(nil, Failure)); m.Intermediate != Failure || m.Binding != nil {
		t.Fatalf("the failure is answered by %+v", m)
	}
	method := chapServer(t, "open sesame", nil)
	if status := x.run(method, mschapv2.Type); status != eap.Succeeded {
		t.Fatalf("the second method: %v", status)
	}
	x.keys.add(&x.prf, method.InnerSessionKey())
	x.bind(appendResult(nil, Success))
	if x.keys.links != 1 || x.peer.tunnel.keys != x.keys {
		t.Error("the keys differ")
	}
}

// A success that one side alone has seen is none.
//
// Checks FAST-INN-05 (must fail: success-of-one-side).
func TestSuccessOfOneSide(t *testing.T) {
	x := newInTunnel(t, ByCertificate)
	method := chapServer(t, "open barley", nil)
	if status := x.run(method, mschapv2.Type); status != eap.Failed {
		t.Fatal(status)
	}
	x.keys.add(&x.prf, method.InnerSessionKey())
	request := Binding{Version: Version, Received: Version}
	if m := x.say(request.appendTLV(appendResult(nil, Success), &x.keys.cmk)); m.Result != Failure || m.Error != TunnelCompromise {
		t.Errorf("answered by %+v", m)
	}
}

// An Intermediate-Result of success without Crypto-Binding is a compromise.
//
// Checks FAST-TLV-10 (must fail: success-without-binding).
// Checks FAST-CB-06 (must fail: success-without-binding).
func TestIntermediateWithoutBinding(t *testing.T) {
	for name, said := range map[string][]byte{"Intermediate-Result": appendIntermediate(nil, Success), "Result": appendResult(nil, Success)} {
		x := newInTunnel(t, ByCertificate)
		x.run(chapServer(t, "open sesame", nil), mschapv2.Type)
		if m := x.say(said); m.Result != Failure || m.Error != TunnelCompromise || x.peer.state.Decision != eap.Fail {
			t.Errorf("%s: answered by %+v", name, m)
		}
	}
}

// Once a server has told a fatal error, the conversation is over: whatever the
// peer answers, EAP-Failure follows.
//
// Checks FAST-TLV-07 (must fail: fatal-error-goes-on).
// Checks FAST-END-06 (must fail: failure-without-waiting).
func TestAfterAFatalError(t *testing.T) {
	b := newBench(t)
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range [][]byte{nil, []byte("anything"), appendResult(nil, Failure)} {
		s := server.NewSession()
		s.now, s.tunnel.kind = now, ByCertificate
		s.begin()
		s.beginInner()
		if out, verdict := s.phase2Step([]byte{0x80, 3, 0}); !bytes.Equal(out, resultFailure(UnexpectedTLVs)) || verdict != eap.More {
			t.Fatalf("%x, %v", out, verdict)
		}
		if out, verdict := s.message(answer); out != nil || verdict != eap.Reject {
			t.Errorf("%q leads to %x, %v", answer, out, verdict)
		}
	}
}

// In an anonymous tunnel a peer shows no password, whatever the server asks for.
//
// Checks FAST-PAC-28 (must fail: gtc-in-an-anonymous-tunnel).
// Checks FAST-INN-13 (must fail: gtc-in-an-anonymous-tunnel).
func TestNoPasswordInAnAnonymousTunnel(t *testing.T) {
	for kind, want := range map[Tunnel]eap.Type{AnonymousTunnel: eap.TypeNak, ByCertificate: gtc.Type} {
		x := newInTunnel(t, kind)
		request := eap.Packet{Code: eap.CodeRequest, ID: 1, Type: gtc.Type, Data: []byte("CHALLENGE=Password")}
		m := x.say(appendEAP(nil, func(dst []byte) []byte { return request.Append(dst) }))
		answer, ok := eap.Parse(m.EAP)
		if !ok || answer.Type != want || bytes.Contains(m.EAP, []byte("sesame")) != (kind == ByCertificate) {
			t.Errorf("%v: answered by %q", kind, m.EAP)
		}
	}
}

// A server never asks for one there, either.
//
// Checks FAST-PAC-28 (must fail: gtc-asked-for-anonymously).
func TestAnonymousServerAsksForNoPassword(t *testing.T) {
	b := newBench(t)
	b.anonymous()
	b.server.Methods = []eap.Type{gtc.Type}
	for _, s := range listen(t, b) {
		if p, ok := eap.Parse(s.message.EAP); ok && s.fromServer && p.Type == gtc.Type {
			t.Errorf("the server asks for a password: %q", s.message.EAP)
		}
	}
}

// EAP-GTC is not EAP-FAST-GTC: its challenge gets no answer in the tunnel, and
// FAST's own is refused outside of it.
//
// Checks FAST-INN-09 (must fail: plain-gtc-answered, gtc-answered-outside).
func TestGTCStaysInTheTunnel(t *testing.T) {
	x := newInTunnel(t, ByCertificate)
	request := eap.Packet{Code: eap.CodeRequest, ID: 1, Type: gtc.Type, Data: []byte("Password: ")}
	if out := x.peer.phase2Step(appendEAP(nil, func(dst []byte) []byte { return request.Append(dst) })); bytes.Contains(out, []byte("sesame")) {
		t.Errorf("plain EAP-GTC is answered: %q", out)
	}
	b := newBench(t)
	var peers eap.Registry[eap.PeerMethod]
	peers.Add(eap.TypeFAST, func() eap.PeerMethod { return NewPeer(&b.peer) })
	p := eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &peers})
	request.Data = []byte("CHALLENGE=Password")
	out, _ := p.Step(nil, request.Append(nil), now)
	if answer, ok := eap.Parse(out); !ok || answer.Type != eap.TypeNak || !bytes.Equal(answer.Data, []byte{43}) {
		t.Errorf("outside of the tunnel it is answered by %q", out)
	}
}

// In an anonymous tunnel nothing is provisioned before MSCHAPv2 and
// Crypto-Binding, whoever the other side is.
//
// Checks FAST-PAC-26 (must fail: anonymous-pac-without-binding, gtc-asked-for-anonymously).
func TestAnonymousPACNeedsABinding(t *testing.T) {
	pac := appendPAC(appendResult(nil, Success), &PAC{Type: TunnelPAC, Key: make([]byte, 32), Opaque: []byte("x"), AuthorityID: []byte("0123456789abcdef")})
	x := newInTunnel(t, AnonymousTunnel)
	x.peer.config.Provisioning = AnonymousProvisioning
	if m := x.say(pac); m.Result != Failure || m.Error != TunnelCompromise {
		t.Errorf("a PAC at once is answered by %+v", m)
	}
	x = newInTunnel(t, AnonymousTunnel)
	x.peer.config.Provisioning = AnonymousProvisioning
	x.run(chapServer(t, "open sesame", x.peer.tunnel.challenges), mschapv2.Type)
	if m := x.say(pac); m.Result != Failure || m.Error != TunnelCompromise {
		t.Errorf("a PAC after MSCHAPv2 alone is answered by %+v", m)
	}
	if len(x.peer.config.Store.(*PACs).All()) != 0 {
		t.Error("it was stored")
	}
	b := newBench(t)
	b.anonymous()
	for n := 1; n <= 3; n++ {
		if _, reason := faulty(b, false, n, with(appendPACRequest(appendResult(nil, Success), TunnelPAC))); len(b.session.Report().Issued) != 0 {
			t.Errorf("a peer gets a PAC by its message %d: %v", n, reason)
		}
	}
	if got := b.session.innerMethods(); len(got) != 1 || got[0] != mschapv2.Type {
		t.Errorf("a server runs %v in an anonymous tunnel", got)
	}
}

// A request's nonce is fresh and even.
//
// Checks FAST-CB-02 (must fail: odd-nonce, nonce-of-zeros).
func TestNonce(t *testing.T) {
	b := newBench(t)
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	for _, random := range []byte{0xff, 0x5a, 0} {
		s := server.NewSession()
		s.now, s.tunnel.kind = now, ByCertificate
		s.beginInner()
		s.phase2.inner = eap.NewServer(&eap.ServerConfig{Methods: gtcThatAccepts(), MTU: maxInner})
		var packet []byte
		for _, data := range []string{"\x02\x00\x00\x08\x01ali", "\x02\x01\x00\x05\x06"} {
			packet, _ = s.phase2.inner.Step(nil, []byte(data), now)
		}
		_ = packet
		server.config.Rand = bytes.NewReader(bytes.Repeat([]byte{random}, 32))
		out, _ := s.bind()
		m, err := ParseMessage(out)
		want := bytes.Repeat([]byte{random}, 32)
		want[31] &^= 1
		if err != nil || m.Binding == nil || !bytes.Equal(m.Binding.Nonce[:], want) {
			t.Errorf("%x gives %+v, %v", random, m, err)
		}
	}
	s := server.NewSession()
	s.phase2.inner = eap.NewServer(&eap.ServerConfig{Methods: gtcThatAccepts(), MTU: maxInner})
	s.phase2.inner.Step(nil, []byte("\x02\x00\x00\x08\x01ali"), now)
	server.config.Rand = strings.NewReader("too short")
	if out, _ := s.bind(); !bytes.Equal(out, appendResult(nil, Failure)) {
		t.Errorf("without randomness: %x", out)
	}
}

func gtcThatAccepts() *eap.Registry[eap.ServerMethod] {
	r := new(eap.Registry[eap.ServerMethod])
	r.Add(gtc.Type, func() eap.ServerMethod {
		return gtc.NewServer("Password", func(_, _ string) *gtc.Failure { return nil })
	})
	return r
}

// A method without a key binds nothing: whoever holds the tunnel makes its
// compound MAC. MSCHAPv2's needs the password.
//
// Checks FAST-SEC-08 (must fail: chain-without-inner-key).
func TestWhatIsBound(t *testing.T) {
	binding := func(key [iskSize]byte) (holds bool) {
		x := newInTunnel(t, ByCertificate)
		x.run(chapServer(t, "open sesame", nil), mschapv2.Type)
		x.keys.add(&x.prf, key)
		request := Binding{Version: Version, Received: Version}
		return x.say(request.appendTLV(appendResult(nil, Success), &x.keys.cmk)).Result == Success
	}
	if binding([iskSize]byte{}) {
		t.Error("whoever is in the middle binds MSCHAPv2 without its key")
	}
	x := newInTunnel(t, ByCertificate)
	x.run(gtc.NewServer("Password", func(_, _ string) *gtc.Failure { return nil }), gtc.Type)
	x.keys.add(&x.prf, [iskSize]byte{})
	if m := x.bind(appendResult(nil, Success)); m.Result != Success {
		t.Error("GTC binds something: 32 zeros are its key")
	}
	if x.peer.Report().Reason != nil || errors.Is(x.peer.Report().Reason, ErrBinding) {
		t.Error(x.peer.Report().Reason)
	}
}
