package bench

import (
	"crypto/rand"
	"errors"
	"time"

	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/prf"
)

// authority is the A-ID of the server in these handshakes.
var authority = []byte("bench")

// pacs are PACs of one server, all different: each handshake takes the next one,
// and nothing is kept by PAC.
type pacs struct {
	ring fast.KeyRing
	all  []pac
	next int

	client, server prf.PRF // each side's T-PRF
	master         [2][prf.MasterSecretSize]byte
}

type pac struct {
	key    [32]byte
	opaque []byte
}

const pacCount = 256

func newPACs() (*pacs, error) {
	p := &pacs{all: make([]pac, pacCount)}
	now := time.Now()
	if _, err := p.ring.Rotate(now, 0, 24*time.Hour); err != nil {
		return nil, err
	}
	for i := range p.all {
		g := fast.Grant{Type: fast.TunnelPAC, Identity: "user@server.example", Expires: now.Add(24 * time.Hour)}
		rand.Read(g.Key[:])
		opaque, err := p.ring.Seal(&g, authority, now)
		if err != nil {
			return nil, err
		}
		p.all[i] = pac{g.Key, opaque}
	}
	return p, nil
}

// take returns the next PAC.
func (p *pacs) take() *pac {
	p.next = (p.next + 1) % len(p.all)
	return &p.all[p.next]
}

// offered is the client's side: the secret of a PAC that it has.
func (p *pacs) offered(c *pac, serverRandom, clientRandom []byte) []byte {
	p.client.SessionSecret(p.master[0][:], c.key[:], serverRandom, clientRandom)
	return p.master[0][:]
}

// accepted is the server's side: it opens the PAC-Opaque.
func (p *pacs) accepted(ticket, serverRandom, clientRandom []byte) ([]byte, error) {
	grant, err := p.ring.Open(ticket, authority)
	if err != nil {
		return nil, err
	}
	if !time.Now().Before(grant.Expires) {
		return nil, errors.New("bench: the PAC has expired")
	}
	p.server.SessionSecret(p.master[1][:], grant.Key[:], serverRandom, clientRandom)
	return p.master[1][:], nil
}
