package bench

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"runtime"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// Cost is one thing that a piece of work cannot do without, and how often.
type Cost struct {
	Unit  string `json:"unit"`  // the name of a row of unit costs
	Count int    `json:"count"` // in one operation
	For   string `json:"for"`   // what it is needed for
}

// unit is a primitive with what one use of it takes.
type unit struct {
	name string
	make func() func(n int) error
}

// The names of the units.
const (
	unitMD5    = "MD5 block"
	unitSHA1   = "SHA-1 block"
	unitSHA256 = "SHA-256 block"
	unitGCM    = "AES-128-GCM keyed"
	unitSeal   = "AES-128-GCM, 16 octets sealed"
	unitOpen   = "AES-128-GCM, 16 octets opened"
	unitCBC    = "AES-128-CBC keyed"
	unitBlocks = "AES-128-CBC, 48 octets"
	unitRandom = "32 random octets"
	unitIV     = "16 random octets"
	unitPAC    = "PAC-Opaque opened by AES-256-GCM"
)

func units() []unit {
	return []unit{
		{unitMD5, func() func(int) error { return blocks(md5.New()) }},
		{unitSHA1, func() func(int) error { return blocks(sha1.New()) }},
		{unitSHA256, func() func(int) error { return blocks(sha256.New()) }},
		{unitGCM, keyGCM}, {unitSeal, sealGCM}, {unitOpen, openGCM},
		{unitCBC, keyCBC}, {unitBlocks, cryptCBC},
		{unitRandom, func() func(int) error { return random(32) }},
		{unitIV, func() func(int) error { return random(16) }},
		{unitPAC, openPAC},
	}
}

// blocks runs a hash's block operation, several at once as the hash likes best.
func blocks(h hash.Hash) func(n int) error {
	const most = 32
	data := make([]byte, most*h.BlockSize())
	return func(n int) error {
		for ; n > most; n -= most {
			h.Write(data)
		}
		h.Write(data[:n*h.BlockSize()])
		return nil
	}
}

func random(octets int) func(n int) error {
	b := make([]byte, octets)
	return func(n int) error {
		for range n {
			rand.Read(b)
		}
		return nil
	}
}

// newGCM keys AES-GCM. It panics for a key of a wrong length only.
func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func newCBC(key []byte, decrypt bool) cipher.BlockMode {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	if decrypt {
		return cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize))
	}
	return cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize))
}

func keyGCM() func(n int) error {
	var key [16]byte
	return func(n int) error {
		for i := range n {
			key[0] = byte(i)
			runtime.KeepAlive(newGCM(key[:]))
		}
		return nil
	}
}

func keyCBC() func(n int) error {
	var key [16]byte
	iv := make([]byte, aes.BlockSize)
	return func(n int) error {
		for i := range n {
			key[0] = byte(i)
			block, err := aes.NewCipher(key[:])
			if err != nil {
				return err
			}
			runtime.KeepAlive(cipher.NewCBCEncrypter(block, iv))
		}
		return nil
	}
}

// finishedSize is the octets of a Finished message (RFC 5246, Section 7.4.9).
const finishedSize = 4 + prf.VerifyDataSize

func sealGCM() func(n int) error {
	aead, out := newGCM(make([]byte, 16)), make([]byte, finishedSize+16)
	nonce, head := make([]byte, 12), make([]byte, 13)
	return func(n int) error {
		for range n {
			aead.Seal(out[:0], nonce, out[:finishedSize], head)
		}
		return nil
	}
}

func openGCM() func(n int) error {
	aead, out := newGCM(make([]byte, 16)), make([]byte, finishedSize)
	nonce, head := make([]byte, 12), make([]byte, 13)
	sealed := aead.Seal(nil, nonce, out, head)
	return func(n int) error {
		for range n {
			if _, err := aead.Open(out[:0], nonce, sealed, head); err != nil {
				return err
			}
		}
		return nil
	}
}

func cryptCBC() func(n int) error {
	mode, buf := newCBC(make([]byte, 16), false), make([]byte, 48)
	return func(n int) error {
		for range n {
			mode.CryptBlocks(buf, buf)
		}
		return nil
	}
}

func openPAC() func(n int) error {
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	const grant = 2 + 8 + 32 + 1 + 19 // type, expiry, key, identity
	plain, head := make([]byte, grant), make([]byte, 27)
	sealed := aead.Seal(nil, nil, plain, head)
	return func(n int) error {
		for range n {
			if _, err := aead.Open(plain[:0], nil, sealed, head); err != nil {
				return err
			}
		}
		return nil
	}
}

// hashed is how many block operations a hash of n octets takes.
func hashed(n int) int { return (n + 9 + 63) / 64 } // RFC 6234, Section 4.1: padding is nine octets at least

// expanded is how many block operations P_hash takes for so many octets of
// output under a keyed HMAC: for A(i) and each piece of output one for the outer
// hash and one for each inner block (RFC 5246, Section 5).
func expanded(size, seed, octets int) (count int) {
	for i := 0; i*size < octets; i++ {
		a := size
		if i == 0 {
			a = seed
		}
		count += hashed(a) + 1 + hashed(size+seed) + 1
	}
	return count
}

// keying is the block operations of an HMAC's key: the inner and the outer pad.
const keying = 2

// tprf is the block operations of T-PRF for a session secret: three pieces, the
// first without one before it (RFC 4851, Sections 5.1 and 5.5).
func tprf() int {
	const seed = 31 + 1 + 64 + 3 // label, zero, randoms, length and counter
	return keying + hashed(seed) + 1 + 2*(hashed(20+seed)+1)
}

// transcript is the block operations of the hash of all messages, which is taken
// twice: before the first Finished and before the second.
func transcript(hellos int) int {
	both := hellos + finishedSize
	return both/64 + hashed(hellos%64) + hashed(both%64)
}

// PACCosts counts what a PAC handshake cannot do without, both sides together,
// whose two hellos have so many octets.
func PACCosts(v spec.Version, s spec.Suite, hellos int) []Cost {
	var costs []Cost
	add := func(unit string, count int, why string) { costs = append(costs, Cost{unit, 2 * count, why}) }
	block := record.KeyBlockSize(v, s)
	add(unitRandom, 1, "client_random and server_random")
	costs = append(costs, Cost{unitPAC, 1, "the server opens the ticket"})
	add(unitSHA1, tprf(), "T-PRF: the master secret of the PAC-Key")
	hashes := map[string]int{unitSHA256: sha256.Size}
	if prf.Of(v, s) == prf.MD5SHA1 {
		hashes = map[string]int{unitMD5: md5.Size, unitSHA1: sha1.Size}
	}
	for _, name := range []string{unitMD5, unitSHA1, unitSHA256} {
		size, ok := hashes[name]
		if !ok {
			continue
		}
		verify := 15 + prf.Of(v, s).Size() // label and hash
		add(name, keying, "the master secret as an HMAC's key")
		add(name, expanded(size, 13+64, block), fmt.Sprintf("key expansion, %d octets", block))
		add(name, 2*expanded(size, verify, prf.VerifyDataSize), "two Finished, made and verified")
		add(name, transcript(hellos), "the hash of all messages, twice")
	}
	if s.Cipher.AEAD() {
		add(unitGCM, 2, "a key for each direction")
		add(unitSeal, 1, "its own Finished")
		add(unitOpen, 1, "the other's Finished")
		return costs
	}
	add(unitCBC, 2, "a key for each direction")
	add(unitSHA1, 2*keying, "a MAC's key for each direction")
	add(unitSHA1, 2*(hashed(13+finishedSize)+1), "the MAC of each Finished")
	add(unitBlocks, 2, "each Finished, encrypted and decrypted")
	if v > spec.TLS10 {
		add(unitIV, 1, "the IV of its own Finished")
	}
	return costs
}

// floorOf does what the costs count.
func floorOf(costs []Cost) func(n int) error {
	type part struct {
		use   func(n int) error
		count int
	}
	counts := map[string]int{}
	for _, c := range costs {
		counts[c.Unit] += c.Count
	}
	var parts []part
	for _, u := range units() {
		if n := counts[u.name]; n > 0 {
			parts = append(parts, part{u.make(), n})
		}
	}
	return func(n int) error {
		for range n {
			for _, p := range parts {
				if err := p.use(p.count); err != nil {
					return err
				}
			}
		}
		return nil
	}
}
