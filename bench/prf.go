package bench

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/sesame-tls/sesame/impl/prf"
)

// Rows returns what is measured. A nil peer leaves the OpenSSL sides out.
func Rows(peer *Peer) []Row {
	var rows []Row
	rows = append(rows, prfRows(peer)...)
	return rows
}

// prfRows measure the PRFs, the secret keyed inside each call.
func prfRows(peer *Peer) []Row {
	var rows []Row
	for _, r := range []struct {
		hash    prf.Hash
		digest  string
		octets  int
		atLeast float64
		atMost  float64
	}{
		{prf.SHA256, "SHA2-256", 48, 3.5, 1.6},
		{prf.SHA256, "SHA2-256", 104, 3.5, 1.6},
		{prf.MD5SHA1, "MD5-SHA1", 48, 2.8, 0},
		{prf.MD5SHA1, "MD5-SHA1", 104, 2.8, 0},
	} {
		row := Row{Name: fmt.Sprintf("PRF %v, %d octets", r.hash, r.octets)}
		row.Sides = []Side{
			{"sesame", CPU(func(n int) error { fill(r.hash, r.octets, n); return nil })},
			{"compressions", CPU(func(n int) error { compress(r.hash, r.octets, n); return nil })},
		}
		if r.atMost != 0 {
			row.Targets = append(row.Targets, Target{Against: "compressions", AtMost: r.atMost})
		}
		if peer != nil {
			row.Sides = append(row.Sides, Side{"openssl", peer.Work(fmt.Sprintf("prf %s %d", r.digest, r.octets))})
			row.Targets = append(row.Targets, Target{Against: "openssl", AtLeast: r.atLeast})
		}
		rows = append(rows, row)
	}
	row := Row{Name: "T-PRF, 48 octets", Sides: []Side{
		{"sesame", CPU(func(n int) error { fillT(48, n); return nil })},
	}}
	if peer != nil {
		row.Sides = append(row.Sides, Side{"openssl", peer.Work("tprf 48")})
		row.Targets = append(row.Targets, Target{Against: "openssl", AtLeast: 3})
	}
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

// compressions counts the hash's block operations in P_hash with a secret of
// one block at the most, a label of 13 octets and seeds of 64: two for the key,
// and for A(i) and each piece of output one for the outer hash and one for
// each inner block.
func compressions(size, octets int) int {
	blocks := func(n int) int { return (n + 9 + 63) / 64 } // RFC 6234, Section 4.1: padding is nine octets at least
	const seed = 13 + 64
	count := 2
	for i := 0; i*size < octets; i++ {
		a := size
		if i == 0 {
			a = seed
		}
		count += blocks(a) + 1 + blocks(size+seed) + 1
	}
	return count
}

// compress runs the block functions as often as the PRF must.
func compress(h prf.Hash, octets, n int) {
	hashes := []hash.Hash{sha256.New()}
	if h == prf.MD5SHA1 {
		hashes = []hash.Hash{md5.New(), sha1.New()}
	}
	for _, h := range hashes {
		blocks := make([]byte, 64*compressions(h.Size(), octets))
		for range n {
			h.Write(blocks)
		}
	}
}
