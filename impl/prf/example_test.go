package prf_test

import (
	"fmt"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// The master secret that a PAC-Key gives, and the first octets of the key
// expansion: the values of RFC 4851, Appendix B.1.
func Example() {
	v := vectors.ByName("t-prf-master-secret")
	serverRandom, clientRandom := v.Octets("seed")[:32], v.Octets("seed")[32:]

	var p prf.PRF
	defer p.Wipe()
	var master [prf.MasterSecretSize]byte
	p.SessionSecret(master[:], v.Octets("secret"), serverRandom, clientRandom)
	fmt.Printf("%x…\n", master[:16])

	suite, _ := spec.SuiteByID(0x002f)
	var block [112]byte
	p.KeyBlock(block[:], prf.Of(spec.TLS10, suite), master[:], serverRandom, clientRandom)
	fmt.Printf("%x…\n", block[:16])
	// Output:
	// 4a1a512c0160bc023ccfbc833f03bc64…
	// 5959be8e413a77748bb2e5d360ac4d35…
}

// A Transcript before and after the suite is known.
func ExampleTranscript() {
	var t prf.Transcript
	t.Write([]byte("ClientHello"))
	t.Choose(prf.SHA256)
	t.Write([]byte("ServerHello"))
	fmt.Printf("%d octets\n", len(t.Sum(nil)))
	// Output: 32 octets
}
