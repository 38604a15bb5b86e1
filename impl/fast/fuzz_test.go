package fast

import (
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
)

// FuzzPhase2 gives both sides, in the middle of phase 2, what the other could
// say in the tunnel: nothing of it may give access, keys or a PAC.
func FuzzPhase2(f *testing.F) {
	f.Add(appendResult(nil, Success), uint8(ByPAC))
	f.Add(appendIntermediate(nil, Success), uint8(AnonymousTunnel))
	f.Add((&Binding{Version: 1, Received: 1, Subtype: 1}).appendTLV(appendResult(nil, Success), new([cmkSize]byte)), uint8(ByCertificate))
	f.Add(appendPAC(appendResult(nil, Success), &PAC{Type: TunnelPAC, Key: make([]byte, 32), Opaque: []byte("x"), AuthorityID: []byte("a")}), uint8(AnonymousTunnel))
	f.Add(appendEAP(nil, func(b []byte) []byte {
		return eap.Packet{Code: eap.CodeRequest, ID: 1, Type: eap.TypeMSCHAPv2, Data: []byte{3, 1, 0, 4}}.Append(b)
	}), uint8(ByPAC))
	f.Fuzz(func(t *testing.T, message []byte, kind uint8) {
		b := newBench(t)
		server, err := NewServer(&b.server)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []phase{inner, binding, closing} {
			s := server.NewSession()
			s.now, s.tunnel.kind = now, Tunnel(kind%5)
			if _, verdict := s.beginInner(); verdict != eap.More {
				t.Fatal("no inner method begins")
			}
			s.phase = at
			if _, verdict := s.phase2Step(message); verdict == eap.Accept || s.keys.MSK != nil {
				t.Errorf("phase %d: %v", at, verdict)
			}
		}
		p := NewPeer(&b.peer)
		p.now, p.authority, p.version, p.tunnel.kind = now, []byte("a"), Version, AnonymousTunnel
		p.phase2Step(message)
		if p.keys.MSK != nil || len(b.store.All()) != 0 || p.state.Decision != eap.Fail {
			t.Errorf("the peer in an anonymous tunnel: %+v", p.state)
		}
	})
}
