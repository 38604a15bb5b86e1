package harness

import (
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"io"
	"math/big"
	"math/rand/v2"
	"sync"

	"github.com/sesame-tls/sesame/impl/wire"
)

// What both sides were given before the handshake: a PAC, its key at either
// side, and a session. Nothing here protects anything.
var (
	pacTicket     = filled(48, 0xb1) // a PAC-Opaque
	sessionTicket = filled(96, 0xb2) // an RFC 5077 ticket of the session
	freshTicket   = filled(64, 0xb3) // what the server issues
	cachedID      = filled(32, 0xb4) // the session's Session ID

	pacSecret       = filled(48, 0xc1)
	differingSecret = filled(48, 0xc2) // the server's, where the keys differ
	attackerSecret  = filled(48, 0xc3) // of the attacker's own PAC
	sessionSecret   = filled(48, 0xc4)
)

const serverName = "server.example"

// The chains are told apart by their octets: nobody below the machine's caller
// looks into a certificate.
var (
	serverChain   = sync.OnceValue(func() wire.Chain { return wire.MakeChain([]byte("the server's certificate")) })
	clientChain   = sync.OnceValue(func() wire.Chain { return wire.MakeChain([]byte("the client's certificate")) })
	attackerChain = sync.OnceValue(func() wire.Chain { return wire.MakeChain([]byte("the attacker's certificate")) })
)

// serverKey is the RSA key of both sides. It is short, because an RSA operation
// takes longer than all the rest of a handshake. Making one draws from
// crypto/rand, whatever it is told, so its primes stand here.
var serverKey = sync.OnceValue(func() *signer {
	p, ok1 := new(big.Int).SetString("ECACED557D08BDDBBD016FFEB4FB8AEFAAC6DA90AE567C5F05EF629C0D481F84"+
		"BD973AD6588F76747B55D5F8D81E70B4CC9F5C005813F89761ED78AC7AB9B853", 16)
	q, ok2 := new(big.Int).SetString("C28264CDE678BABB73B533A348190223FE447CD14696E0BEC3A70C72B8903ACB"+
		"6608BF4ACA94552D716BB65ECBAABB8DCEB1317758DA6CAF9EB54D014935B477", 16)
	if !ok1 || !ok2 {
		panic("harness: the primes are not hexadecimal")
	}
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, Primes: []*big.Int{p, q}}
	key.D = new(big.Int).ModInverse(big.NewInt(int64(key.E)), phi)
	key.Precompute()
	if err := key.Validate(); err != nil {
		panic(err)
	}
	return &signer{PrivateKey: key, done: map[string][]byte{}}
})

// signer is an RSA key that remembers what it has done: runs with the same
// randomness sign the same.
type signer struct {
	*rsa.PrivateKey
	mu   sync.Mutex
	done map[string][]byte
}

// remembered bounds the memory of a signer.
const remembered = 1 << 14

func (s *signer) remember(key string, do func() ([]byte, error)) ([]byte, error) {
	if have, ok := s.known(key); ok {
		return have, nil
	}
	// Not under the lock: to do the same twice costs less than to keep others waiting.
	result, err := do()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.done) >= remembered {
		clear(s.done)
	}
	s.done[key] = append([]byte(nil), result...)
	return result, nil
}

func (s *signer) known(key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have, ok := s.done[key]
	return append([]byte(nil), have...), ok
}

// Sign signs digest with PKCS #1 v1.5, which needs no randomness.
func (s *signer) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.remember("sign "+opts.HashFunc().String()+string(digest), func() ([]byte, error) {
		return s.PrivateKey.Sign(r, digest, opts)
	})
}

// Decrypt decrypts a premaster secret. What the options ask for where the
// padding is wrong is drawn anew each time, so that r gives as much of itself in
// every run.
func (s *signer) Decrypt(r io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	plain, err := s.remember("decrypt "+string(ciphertext), func() ([]byte, error) { return s.PrivateKey.Decrypt(r, ciphertext, nil) })
	if opts != nil && (err != nil || len(plain) != 48) { // RFC 5246, Section 7.4.7.1: the length of a premaster secret
		return s.PrivateKey.Decrypt(r, ciphertext, opts)
	}
	return plain, err
}

// source is the randomness of one endpoint: the same for the same seed.
type source struct{ *rand.ChaCha8 }

func (s *source) seed(seed uint64, stream byte) {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	key[8] = stream
	if s.ChaCha8 == nil {
		s.ChaCha8 = rand.NewChaCha8(key)
		return
	}
	s.Seed(key)
}
