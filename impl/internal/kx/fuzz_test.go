package kx

import (
	"bytes"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// FuzzPremaster gives every curve and a finite field whatever a peer may send.
// What is accepted gives the same secret twice.
func FuzzPremaster(f *testing.F) {
	groups := []spec.Group{spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.Secp521r1, spec.FFDHE2048}
	ours := map[spec.Group]*Key{}
	for i, g := range groups {
		peer, err := GenerateKey(seeded(2), g)
		if err != nil {
			f.Fatal(err)
		}
		if ours[g], err = GenerateKey(seeded(1), g); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), peer.Public())
		f.Add(uint8(i), []byte{})
	}
	f.Fuzz(func(t *testing.T, i uint8, peer []byte) {
		g := groups[int(i)%len(groups)]
		kept := bytes.Clone(peer)
		z, err := ours[g].Premaster(nil, peer)
		again, errAgain := ours[g].Premaster(nil, peer)
		if !bytes.Equal(z, again) || (err == nil) != (errAgain == nil) || !bytes.Equal(peer, kept) {
			t.Errorf("%v, peer %x: %x %v, then %x %v", g, peer, z, err, again, errAgain)
		}
		if err == nil && len(z) == 0 {
			t.Errorf("%v, peer %x: an empty secret", g, peer)
		}
	})
}

// FuzzReadDHGroup reads a server's parameters. A group that is accepted is in
// the limits, and is the same when its own parameters are read.
func FuzzReadDHGroup(f *testing.F) {
	f.Add(Group14().P, []byte{2})
	f.Add(Group14().P, []byte{5})
	f.Add(odd(1024), []byte{2})
	f.Add(odd(3000), []byte{0, 3})
	f.Fuzz(func(t *testing.T, p, generator []byte) {
		g, err := ReadDHGroup(p, generator)
		if err != nil {
			return
		}
		if g.Bits() < MinDHBits || g.Bits() > MaxDHBits || g.P[len(g.P)-1]&1 == 0 || !inRange(g.G, g.P) {
			t.Errorf("accepted: p %x, g %x", p, generator)
		}
		if again, err := ReadDHGroup(g.P, g.G); err != nil || !bytes.Equal(again.P, g.P) || !bytes.Equal(again.G, g.G) {
			t.Errorf("read again: %v", err)
		}
	})
}
