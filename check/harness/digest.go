package harness

import (
	"hash/maphash"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// digest sums up what both sides have sent, octet by octet.
type digest struct {
	sum    maphash.Hash
	random bool // what is sent from now on does not follow from the seed
}

var digestSeed = maphash.MakeSeed()

func (d *digest) begin() {
	d.sum.SetSeed(digestSeed)
	d.random = false
}

// Digest sums up the octets that both sides have sent since Begin, as far as
// they follow from the seed: crypto/rsa draws the padding of a premaster secret
// by itself, and all that is sent after it depends on that. Sums of one process
// compare.
func (p *Pair) Digest() uint64 { return p.digest.sum.Sum64() }

// sum adds what r has sent in a step.
func (p *Pair) sum(r spec.Role, octets []byte, items []item) {
	d := &p.digest
	if p.scenario.Exchange == spec.ExchangeRSA {
		// The attacker may replay what another session of that kind has sealed.
		isKey := func(i item) bool { return i.message == spec.ClientKeyExchange }
		d.random = d.random || p.attacked || slices.ContainsFunc(items, isKey)
	}
	if !d.random {
		d.sum.WriteByte(byte(r))
		d.sum.Write(octets)
	}
}
