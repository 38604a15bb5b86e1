package mschapv2

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
)

// converse runs a server and a peer against each other. change may alter what
// the server says in each round.
func converse(s *Server, p *Peer, change func(round int, data []byte)) (eap.Verdict, eap.PeerState) {
	turn := &eap.Turn{ID: 7, Now: time.Unix(0, 0)}
	var heard []byte
	var state eap.PeerState
	for round := 0; ; round++ {
		said, verdict := s.Step(nil, heard, turn)
		if verdict != eap.More {
			return verdict, state
		}
		if change != nil {
			change(round, said)
		}
		if heard, state = p.Step([]byte{}, said, turn); state.Ignore {
			return eap.Ignore, state
		}
	}
}

// Checks FAST-INN-08 (must fail: proof-unchecked).
// Checks FAST-PAC-27 (must fail: challenge-of-the-packet).
// Checks FAST-SEC-10 (must fail: challenge-of-the-packet).
func TestMethod(t *testing.T) {
	good, _ := HashPassword("open sesame")
	bad, _ := HashPassword("open barley")
	find := func(user string) *Hash {
		if user == "ali" {
			return &good
		}
		return nil
	}
	shared, other := &Challenges{Server: [16]byte{1}, Peer: [16]byte{2}}, &Challenges{Server: [16]byte{3}, Peer: [16]byte{2}}
	for name, c := range map[string]struct {
		user           string
		hash           Hash
		server, peer   *Challenges
		change         func(int, []byte)
		verdict        eap.Verdict
		decision       eap.Decision
		serverComplain bool
	}{
		"right password": {"ali", good, nil, nil, nil, eap.Accept, eap.UnconditionalSuccess, false},
		"wrong password": {"ali", bad, nil, nil, nil, eap.Reject, eap.Fail, true},
		"unknown user":   {"baba", good, nil, nil, nil, eap.Reject, eap.Fail, true},
		"the tunnel's":   {"ali", good, shared, shared, nil, eap.Accept, eap.UnconditionalSuccess, false},
		"of two tunnels": {"ali", good, shared, other, nil, eap.Reject, eap.Fail, true},
		"challenges in a packet are ignored in a tunnel": {"ali", good, shared, shared, func(round int, data []byte) {
			if round == 0 {
				data[5] = 0xff
			}
		}, eap.Accept, eap.UnconditionalSuccess, false},
		// The peer finds its own proof, or fails the method.
		"server without the password": {"ali", good, nil, nil, func(round int, data []byte) {
			if round == 1 {
				data[8] ^= 1
			}
		}, eap.Reject, eap.Fail, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewServer(ServerConfig{Name: "cave", Find: find, Rand: rand.Reader, Tunnel: c.server})
			p := NewPeer(PeerConfig{User: c.user, Hash: c.hash, Rand: rand.Reader, Tunnel: c.peer})
			verdict, state := converse(s, p, c.change)
			if verdict != c.verdict || state.Decision != c.decision || (s.Reason() != nil) != c.serverComplain {
				t.Fatalf("server %v (%v), peer %+v (%v)", verdict, s.Reason(), state, p.Reason())
			}
			if verdict == eap.Accept && (s.InnerSessionKey() != p.InnerSessionKey() || !bytes.Equal(s.Keys().MSK, p.Keys().MSK) ||
				s.InnerSessionKey() == [32]byte(s.Keys().MSK)) {
				t.Error("keys differ, or have one order in both uses")
			}
		})
	}
}

// In a tunnel that provides challenges, only zeros are on the wire. In another,
// both are drawn.
//
// Checks FAST-PAC-27 (must fail: challenge-on-the-wire, challenge-of-zeros).
func TestTunnelChallengesStayInside(t *testing.T) {
	hash, _ := HashPassword("open sesame")
	tunnel := &Challenges{Server: [16]byte{0xaa}, Peer: [16]byte{0xbb}}
	s := NewServer(ServerConfig{Find: func(string) *Hash { return &hash }, Rand: rand.Reader, Tunnel: tunnel})
	p := NewPeer(PeerConfig{User: "ali", Hash: hash, Rand: rand.Reader, Tunnel: tunnel})
	turn := &eap.Turn{}
	said, _ := s.Step(nil, nil, turn)
	answer, _ := p.Step(nil, said, turn)
	challenge, _ := Parse(said)
	response, _ := Parse(answer)
	if challenge.Challenge != [16]byte{} || response.Peer != [16]byte{} {
		t.Errorf("challenges %x and %x are on the wire", challenge.Challenge, response.Peer)
	}
	s = NewServer(ServerConfig{Find: func(string) *Hash { return &hash }, Rand: rand.Reader})
	p = NewPeer(PeerConfig{User: "ali", Hash: hash, Rand: rand.Reader})
	said, _ = s.Step(nil, nil, turn)
	answer, _ = p.Step(nil, said, turn)
	challenge, _ = Parse(said)
	response, _ = Parse(answer)
	if challenge.Challenge == [16]byte{} || response.Peer == [16]byte{} || challenge.Challenge == response.Peer {
		t.Errorf("challenges %x and %x are not random", challenge.Challenge, response.Peer)
	}
}

func TestMethodOutOfOrder(t *testing.T) {
	s := NewServer(ServerConfig{Find: func(string) *Hash { return nil }, Rand: rand.Reader})
	s.Step(nil, nil, &eap.Turn{})
	if _, v := s.Step(nil, []byte{byte(OpSuccess)}, &eap.Turn{}); v != eap.Reject {
		t.Errorf("Success before Response: %v", v)
	}
	p := NewPeer(PeerConfig{User: "ali", Rand: rand.Reader})
	success := (&Packet{Op: OpSuccess, Message: "S=00"}).Append(nil)
	if _, state := p.Step(nil, success, &eap.Turn{}); !state.Ignore {
		t.Errorf("Success before Challenge: %+v", state)
	}
}
