package fast

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

// liar is a server of MSCHAPv2 that does not know the password: it takes what
// the peer answers, and says that all is well.
type liar struct{ response mschapv2.Packet }

func (l *liar) Step(out, data []byte, t *eap.Turn) ([]byte, eap.Verdict) {
	p, err := mschapv2.Parse(data)
	switch {
	case data == nil:
		return (&mschapv2.Packet{Op: mschapv2.OpChallenge, ID: t.ID}).Append(out), eap.More
	case err == nil && p.Op == mschapv2.OpResponse:
		l.response = p
		said := mschapv2.Packet{Op: mschapv2.OpSuccess, ID: p.ID, Message: "S=0123456789ABCDEF0123456789ABCDEF01234567 M=OK"}
		return said.Append(out), eap.More
	case err == nil && p.Op == mschapv2.OpSuccess:
		return out, eap.Accept
	}
	return out, eap.Reject
}

func (l *liar) Keys() eap.Keys { return eap.Keys{} }
func (l *liar) Release()       {}

// Whoever is in the middle of an anonymous tunnel gets one exchange of MSCHAPv2,
// which a guess of the password can be tried on. The peer notices before it
// takes a PAC, and the middle gets none of the server's.
//
// Checks FAST-SEC-09 (must fail: response-without-the-password, proof-unchecked, pac-before-authentication).
func TestManInTheMiddle(t *testing.T) {
	x := newInTunnel(t, AnonymousTunnel)
	x.peer.config.Provisioning = AnonymousProvisioning
	middle := new(liar)
	if status := x.run(middle, mschapv2.Type); status != eap.Failed {
		t.Errorf("the peer takes the lie: %v", status)
	}
	seen := mschapv2.Exchange{Authenticator: x.peer.tunnel.challenges.Server, Peer: x.peer.tunnel.challenges.Peer, User: middle.response.Name}
	for password, right := range map[string]bool{"open barley": false, "open sesame": true} {
		guess, err := mschapv2.HashPassword(password)
		if err != nil || guess.Verify(&seen, middle.response.NTResponse) != right {
			t.Errorf("the guess %q tells the wrong thing, %v", password, err)
		}
	}
	x.keys.add(&x.prf, [iskSize]byte{})
	request := Binding{Version: Version, Received: Version}
	said := appendPAC(request.appendTLV(appendResult(nil, Success), &x.keys.cmk),
		&PAC{Type: TunnelPAC, Key: make([]byte, 32), Opaque: []byte("x"), AuthorityID: x.peer.authority})
	if m := x.say(said); m.Result != Failure || len(x.peer.config.Store.(*PACs).All()) != 0 {
		t.Errorf("a PAC of the middle's is answered by %+v", m)
	}

	b := newBench(t)
	b.anonymous()
	b.peer.Password = "open barley" // the middle does not know it
	b.run()
	b.want("failed failed anonymous none issued=[] stored=[]")
	for n := 1; n <= 3; n++ {
		if faulty(b, false, n, with(appendPACRequest(nil, TunnelPAC))); len(b.session.Report().Issued) != 0 {
			t.Errorf("the server gives the middle a PAC at message %d", n)
		}
	}
}

// All see the outer identity and the ticket, which is the same in two sessions;
// nobody sees the inner identity.
//
// Checks FAST-SEC-14 (must fail: pac-not-offered, identity-in-the-clear).
func TestWhatIsSeen(t *testing.T) {
	b := newBench(t)
	b.peer.Identity = "baba"
	seesIdentity := func(packets []seen) (seen bool) {
		for _, p := range packets {
			seen = seen || bytes.Contains(p.octets, []byte("baba"))
		}
		return seen
	}
	if seesIdentity(recorded(b)) {
		t.Error("the inner identity is seen in a tunnel by certificate")
	}
	b.want(fresh)
	opaque := b.store.All()[0].Opaque
	for i := range 2 {
		packets := recorded(b)
		if !bytes.Contains(packets[1].octets, opaque) {
			t.Errorf("session %d does not show the ticket", i)
		}
		if seesIdentity(packets) {
			t.Errorf("session %d shows the inner identity", i)
		}
	}
}

// A version in Start that was changed on the way is found by Crypto-Binding.
// Where there is none, nothing finds it.
//
// Checks FAST-PKT-07 (must fail: rollback-unnoticed).
// Checks FAST-SEC-07 (must fail: rollback-unnoticed, machine-login-refused).
func TestVersionRollbackIsFound(t *testing.T) {
	b := newBench(t)
	b.change = func(fromServer bool, n int, p []byte) []byte {
		if fromServer && n == 1 {
			p[5] = p[5]&^7 | 2
		}
		return p
	}
	b.run()
	if b.serverStatus != eap.Failed || !strings.Contains(b.session.Report().Reason.Error(), "crypto-binding") {
		t.Errorf("%s: %v", b.outcome(), b.session.Report().Reason)
	}
	rollback := b.change
	b = newBench(t)
	b.peer.Identity, b.peer.Type, b.server.MachineLogin = "host/cave", MachinePAC, true
	b.run()
	b.change = rollback
	b.run()
	b.want("succeeded succeeded pac none issued=[] stored=[]") // it went unnoticed
}

// A clear-text Success or Failure at any moment before the protected one has no
// effect.
//
// Checks FAST-END-09, FAST-SEC-13 (must fail: forged-failure-ends).
func TestForgedEndings(t *testing.T) {
	for _, code := range []eap.Code{eap.CodeSuccess, eap.CodeFailure} {
		b := newBench(t)
		var peers eap.Registry[eap.PeerMethod]
		peers.Add(eap.TypeFAST, func() eap.PeerMethod { b.supplicant = NewPeer(&b.peer); return b.supplicant })
		var servers eap.Registry[eap.ServerMethod]
		server, _ := NewServer(&b.server)
		servers.Add(eap.TypeFAST, func() eap.ServerMethod { return server.NewSession() })
		s := eap.NewServer(&eap.ServerConfig{Methods: &servers, MTU: 1400})
		p := eap.NewPeer(&eap.PeerConfig{Methods: &peers, MTU: 1400})
		packet, status := s.Step(nil, nil, now)
		forged := 0
		for status == eap.Continue {
			id := packet[1]
			packet, _ = p.Step(nil, packet, now)
			if p.Method() == eap.TypeFAST && p.State().State == eap.Continuing {
				forged++
				if _, got := p.Step(nil, eap.Packet{Code: code, ID: id}.Append(nil), now); got != eap.Discarded {
					t.Fatalf("%v after %d packets: %v", code, forged, got)
				}
			}
			packet, status = s.Step(nil, packet, now)
		}
		if _, got := p.Step(nil, packet, now); status != eap.Succeeded || got != eap.Succeeded || forged < 5 {
			t.Errorf("%v, %v after %d forgeries", status, got, forged)
		}
	}
}
