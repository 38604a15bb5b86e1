package eap_test

import (
	"fmt"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
)

// echo is a method of one round: the peer says what the server wants to hear.
type echo struct{}

func (*echo) Step(out, data []byte, t *eap.Turn) ([]byte, eap.Verdict) {
	switch {
	case data == nil:
		return append(out, "word?"...), eap.More
	case string(data) == "sesame":
		return out, eap.Accept
	}
	return out, eap.Reject
}
func (*echo) Keys() eap.Keys { return eap.Keys{} }
func (*echo) Release()       {}

type speaker struct{}

func (speaker) Step(out, data []byte, t *eap.Turn) ([]byte, eap.PeerState) {
	return append(out, "sesame"...), eap.PeerState{State: eap.Done, Decision: eap.ConditionalSuccess}
}
func (speaker) Keys() eap.Keys { return eap.Keys{} }
func (speaker) Release()       {}

// A server and a peer exchange packets until one of them has ended.
func Example() {
	var servers eap.Registry[eap.ServerMethod]
	servers.Add(200, func() eap.ServerMethod { return new(echo) })
	var peers eap.Registry[eap.PeerMethod]
	peers.Add(200, func() eap.PeerMethod { return speaker{} })

	server := eap.NewServer(&eap.ServerConfig{Methods: &servers})
	peer := eap.NewPeer(&eap.PeerConfig{Identity: []byte("ali"), Methods: &peers})
	now := time.Unix(0, 0)

	packet, _ := server.Step(nil, nil, now)
	for {
		answer, status := peer.Step(nil, packet, now)
		if status != eap.Continue {
			fmt.Println("peer:", status)
			return
		}
		packet, status = server.Step(nil, answer, now)
		p, _ := eap.Parse(packet)
		fmt.Println("server:", status, p.Code)
	}
	// Output:
	// server: continue Request
	// server: succeeded Success
	// peer: succeeded
}
