package bench

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"hash"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
)

// Calls is the name of the side that makes the cryptographic calls of a
// handshake and nothing else: the PRF and T-PRF, whose own distance to the block
// functions has rows of its own, the hash, the AEAD and the random octets.
const Calls = "calls"

// calls is a PAC handshake under TLS 1.2 with AES-128-GCM without the handshake.
type calls struct {
	*pacs
	hellos [2][]byte
	ends   [2]callsEnd
}

// callsEnd is one side of it.
type callsEnd struct {
	prf        prf.PRF
	transcript hash.Hash
	random     [32]byte
	finished   [2][finishedSize]byte // the server's and the client's
	block      [40]byte
	keys       [2]cipher.AEAD // by whose Finished they seal
	sealed     []byte
	nonce      [12]byte
	head       [13]byte
	sum        [sha256.Size]byte
}

// newCalls returns the calls of handshakes whose hellos have so many octets.
func newCalls(p *pacs, client, server int) *calls {
	c := &calls{pacs: p, hellos: [2][]byte{make([]byte, client), make([]byte, server)}}
	for i := range c.ends {
		c.ends[i].transcript, c.ends[i].sealed = sha256.New(), make([]byte, 0, 64)
	}
	return c
}

func (c *calls) run(n int) error {
	for range n {
		card := c.take()
		client, server := &c.ends[0], &c.ends[1]
		rand.Read(client.random[:])
		rand.Read(server.random[:])
		secret, err := c.accepted(card.opaque, server.random[:], client.random[:])
		if err != nil {
			return err
		}
		server.finish(c, secret)
		client.finish(c, c.offered(card, server.random[:], client.random[:]))
		if err := errors.Join(server.send(client, 0), client.send(server, 1)); err != nil {
			return err
		}
		server.prf.Wipe()
		client.prf.Wipe()
	}
	return nil
}

// finish makes the keys and both Finished of a master secret.
func (e *callsEnd) finish(c *calls, secret []byte) {
	e.prf.SetSecret(prf.SHA256, secret)
	e.prf.ExpandKeyBlock(e.block[:], c.ends[1].random[:], c.ends[0].random[:])
	e.keys = [2]cipher.AEAD{newGCM(e.block[16:32]), newGCM(e.block[:16])}
	e.transcript.Reset()
	e.transcript.Write(c.hellos[0])
	e.transcript.Write(c.hellos[1])
	for i, role := range []spec.Role{spec.Server, spec.Client} {
		f := e.finished[i][:]
		e.prf.ExpandVerifyData(f[4:], role, e.transcript.Sum(e.sum[:0]))
		e.transcript.Write(f)
	}
}

// send seals Finished i for the other end, which opens and compares it.
func (e *callsEnd) send(to *callsEnd, i int) error {
	e.sealed = e.keys[i].Seal(e.sealed[:0], e.nonce[:], e.finished[i][:], e.head[:])
	got, err := to.keys[i].Open(e.sealed[:0], e.nonce[:], e.sealed, e.head[:])
	if err == nil && !bytes.Equal(got, to.finished[i][:]) {
		err = errors.New("the two sides disagree")
	}
	return err
}
