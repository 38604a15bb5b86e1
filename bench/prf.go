package bench

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"

	"github.com/sesame-tls/sesame/impl/prf"
)

// prfRows measure the PRFs, the secret keyed inside each call.
func prfRows(peers []*Peer) []Row {
	var rows []Row
	for _, r := range []struct {
		hash    prf.Hash
		digest  string
		octets  int
		atLeast float64
		atMost  float64
	}{
		{prf.SHA256, "SHA2-256", 12, 0, 0},
		{prf.SHA256, "SHA2-256", 48, 3.5, 1.6},
		{prf.SHA256, "SHA2-256", 104, 3.5, 1.6},
		{prf.SHA256, "SHA2-256", 256, 0, 0},
		{prf.MD5SHA1, "MD5-SHA1", 12, 0, 0},
		{prf.MD5SHA1, "MD5-SHA1", 48, 2.8, 0},
		{prf.MD5SHA1, "MD5-SHA1", 104, 2.8, 0},
		{prf.MD5SHA1, "MD5-SHA1", 256, 0, 0},
	} {
		row := Row{Name: fmt.Sprintf("PRF %v, %d octets", r.hash, r.octets), Kind: KindPRF, Octets: r.octets, Limit: &Limit{}}
		row.Prepare = sides(
			local(Ours, func(n int) error { fill(r.hash, r.octets, n); return nil }),
			local(Floor, floorOf(prfCosts(r.hash, r.octets))),
		)
		if r.atMost != 0 {
			row.Targets = append(row.Targets, Target{Against: Floor, AtMost: r.atMost})
		}
		row.with(peers, fmt.Sprintf("prf %s %d", r.digest, r.octets), r.atLeast)
		rows = append(rows, row)
	}
	row := Row{Name: "T-PRF, 48 octets", Kind: KindPRF, Octets: 48, Limit: &Limit{}, Prepare: sides(
		local(Ours, func(n int) error { fillT(48, n); return nil }),
		local(Floor, floorOf([]Cost{{Unit: unitSHA1, Count: tprf()}})),
	)}
	row.with(peers, "tprf 48", 3)
	return append(rows, row)
}

// fill does the key expansion n times, each with another secret.
func fill(h prf.Hash, octets, n int) {
	var p prf.PRF
	var secret [48]byte
	var seed [32]byte
	out := make([]byte, octets)
	for i := range n {
		secret[0] = byte(i)
		p.Fill(out, h, secret[:], "key expansion", seed[:], seed[:])
	}
}

// fillT makes n session secrets, each of another PAC key.
func fillT(octets, n int) {
	var p prf.PRF
	var key, random [32]byte
	out := make([]byte, octets)
	for i := range n {
		key[0] = byte(i)
		p.SessionSecret(out, key[:], random[:], random[:])
	}
}

// prfCosts counts the block operations of the key expansion: a label of 13
// octets and seeds of 64.
func prfCosts(h prf.Hash, octets int) []Cost {
	hashes := []struct {
		unit string
		size int
	}{{unitSHA256, sha256.Size}}
	if h == prf.MD5SHA1 {
		hashes[0].unit, hashes[0].size = unitMD5, md5.Size
		hashes = append(hashes, struct {
			unit string
			size int
		}{unitSHA1, sha1.Size})
	}
	var costs []Cost
	for _, h := range hashes {
		costs = append(costs, Cost{Unit: h.unit, Count: keying + expanded(h.size, 13+64, octets)})
	}
	return costs
}
