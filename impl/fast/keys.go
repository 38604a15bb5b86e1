package fast

import (
	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/prf"
)

// Sizes in octets.
const (
	seedSize    = 40 // session_key_seed and S-IMCK
	cmkSize     = 20
	iskSize     = 32
	mskSize     = 64
	pacKeySize  = 32
	sessionSize = 1 + 2*prf.RandomSize
)

// chain is the key schedule of one tunnel: S-IMCK[j] and CMK[j], which each
// inner method that succeeds moves on by one (RFC 4851, Section 5.2).
type chain struct {
	simck [seedSize]byte
	cmk   [cmkSize]byte
	links int
}

// begin sets S-IMCK[0].
func (c *chain) begin(seed []byte) {
	*c = chain{}
	copy(c.simck[:], seed) // RFC 4851, Section 5.2: S-IMCK[0] = session_key_seed
}

// add binds the key of an inner method that has succeeded; a method without a
// key gives 32 zeros.
func (c *chain) add(p *prf.PRF, isk [iskSize]byte) {
	var imck [seedSize + cmkSize]byte
	// RFC 4851, Section 5.2: IMCK[j] = T-PRF(S-IMCK[j-1], "Inner Methods Compound Keys", MSK[j], 60).
	p.TPRF(imck[:], c.simck[:], "Inner Methods Compound Keys", isk[:], nil)
	copy(c.simck[:], imck[:seedSize])
	copy(c.cmk[:], imck[seedSize:])
	c.links++
}

// sessionKeys derives MSK and EMSK (RFC 4851, Section 5.4).
func (c *chain) sessionKeys(p *prf.PRF) (msk, emsk []byte) {
	msk, emsk = make([]byte, mskSize), make([]byte, mskSize)
	p.TPRF(msk, c.simck[:], "Session Key Generating Function", nil, nil)
	p.TPRF(emsk, c.simck[:], "Extended Session Key Generating Function", nil, nil)
	return msk, emsk
}

// sessionID returns the Session-Id of RFC 4851, Section 3.5.
func sessionID(clientRandom, serverRandom []byte) []byte {
	id := make([]byte, 0, sessionSize)
	id = append(id, byte(eap.TypeFAST))
	return append(append(id, clientRandom...), serverRandom...)
}
