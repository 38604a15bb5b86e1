package harness

import (
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"fmt"
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

// serverKey is the RSA key of both sides. Making one draws from crypto/rand,
// whatever it is told, so its primes stand here.
var serverKey = sync.OnceValue(func() *signer {
	p, ok1 := new(big.Int).SetString("F68872EF0487EEBFC2426428E74ED267794D359A8BACD64623CA1C7A7D2461E7280340EA98A6D8DFC648620A3A023D41"+
		"DA3C4A92A971532EC641286B6C064283C788D68D00BDE55E1306DDEB3A06589E87D3B8C4D3EAA76029AB18C7C67E571AE07F2BCF32A09B5DE471D3688DEFCDEB"+
		"1F9692B1EE75A176693FFD90AF8B08D1", 16)
	q, ok2 := new(big.Int).SetString("FEE692022098DE2BC189E050809B6700984D7A94B1ED8555D24607154367AA5D37A9846935851720F6E573947B65A871"+
		"5C61E9CB2C65209C6E1703A6D4B5C754400E4DB6992EC167E2C0E540A7D590ECA035D23CB4570CB0D299C2F991990E07C7051E760C17F76A2BFC195D7F4FC7CB"+
		"4717CEB6C0683680910AA96706FC782D", 16)
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
// randomness sign the same, and an RSA operation takes longer than all the rest
// of a handshake.
type signer struct {
	*rsa.PrivateKey
	mu   sync.Mutex
	done map[string][]byte
}

// remembered bounds the memory of a signer.
const remembered = 1 << 14

func (s *signer) remember(key string, do func() ([]byte, error)) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have, ok := s.done[key]; ok {
		return append([]byte(nil), have...), nil
	}
	result, err := do()
	if err != nil {
		return nil, err
	}
	if len(s.done) >= remembered {
		clear(s.done)
	}
	s.done[key] = append([]byte(nil), result...)
	return result, nil
}

// Sign signs digest with PKCS #1 v1.5, which needs no randomness.
func (s *signer) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.remember("sign "+opts.HashFunc().String()+string(digest), func() ([]byte, error) {
		return s.PrivateKey.Sign(r, digest, opts)
	})
}

// Decrypt decrypts a premaster secret.
func (s *signer) Decrypt(r io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	// The options say what becomes of a wrong padding.
	return s.remember(fmt.Sprintf("decrypt %+v", opts)+string(ciphertext), func() ([]byte, error) {
		return s.PrivateKey.Decrypt(r, ciphertext, opts)
	})
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
