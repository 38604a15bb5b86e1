package fast_test

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

// directory is a list of one user.
type directory struct{ ali fast.User }

func (d *directory) Find(name string) *fast.User {
	if name != d.ali.Name {
		return nil
	}
	return &d.ali
}

// A peer gets a PAC from a server that its certificate authenticates, and opens
// its next tunnel with that.
func Example() {
	chain, now := testcert.Server(testcert.ECDSA), time.Now()
	hash, err := mschapv2.HashPassword("open sesame")
	if err != nil {
		fmt.Println(err)
		return
	}
	ring := new(fast.KeyRing) // seals the PAC-Opaques; Load and Save keep it in a file
	if _, err := ring.Rotate(now, 0, 0); err != nil {
		fmt.Println(err)
		return
	}
	server, err := fast.NewServer(&fast.ServerConfig{
		AuthorityID:  []byte("0123456789abcdef"),
		Keys:         ring,
		Users:        &directory{fast.User{Name: "ali", Hash: hash}},
		Certificate:  tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key},
		Provisioning: fast.AuthenticatedProvisioning,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	peer := &fast.PeerConfig{
		Identity: "ali", Password: "open sesame",
		Roots:        testcert.Roots(),
		Store:        new(fast.PACs), // OpenStore keeps them in a file
		Provisioning: fast.AuthenticatedProvisioning,
	}
	for range 2 {
		session, supplicant := server.NewSession(), fast.NewPeer(peer)
		status, agree := converse(session, supplicant, now)
		fmt.Println(status, session.Report().Tunnel, "keys agree:", agree)
	}
	// Output:
	// succeeded certificate keys agree: true
	// succeeded pac keys agree: true
}

// converse lets two methods exchange EAP packets until both have ended.
func converse(session eap.ServerMethod, supplicant eap.PeerMethod, now time.Time) (status eap.Status, agree bool) {
	var servers eap.Registry[eap.ServerMethod]
	servers.Add(eap.TypeFAST, func() eap.ServerMethod { return session })
	var peers eap.Registry[eap.PeerMethod]
	peers.Add(eap.TypeFAST, func() eap.PeerMethod { return supplicant })
	s := eap.NewServer(&eap.ServerConfig{Methods: &servers})
	p := eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &peers})
	packet, ended := []byte(nil), eap.Continue
	for ended == eap.Continue {
		packet, status = s.Step(nil, packet, now)
		packet, ended = p.Step(nil, packet, now)
	}
	return status, string(s.Keys().MSK) == string(p.Keys().MSK)
}
