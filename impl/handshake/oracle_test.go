package handshake_test

import (
	"bytes"
	"crypto/rsa"
	"math/big"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// paddings are blocks of k octets that a client should not have encrypted, or
// that hold another secret than the client's own.
var paddings = map[string]func(k int) []byte{
	"another secret":           func(k int) []byte { return pkcs1(k, 2, 0, premaster(3, 3, 48)) },
	"block type 1":             func(k int) []byte { return pkcs1(k, 1, 0, premaster(3, 3, 48)) },
	"no leading zero":          func(k int) []byte { b := pkcs1(k, 2, 0, premaster(3, 3, 48)); b[0] = 1; return b },
	"no separator":             func(k int) []byte { return pkcs1(k, 2, 1, premaster(3, 3, 48)) },
	"separator within padding": func(k int) []byte { b := pkcs1(k, 2, 0, premaster(3, 3, 48)); b[5] = 0; return b },
	"separator too early":      func(k int) []byte { b := pkcs1(k, 2, 0, premaster(3, 3, 48)); b[12] = 0; return b },
	"nothing":                  func(k int) []byte { return pkcs1(k, 2, 0, nil) },
	"47 octets":                func(k int) []byte { return pkcs1(k, 2, 0, premaster(3, 3, 47)) },
	"49 octets":                func(k int) []byte { return pkcs1(k, 2, 0, premaster(3, 3, 49)) },
	"version 2.3":              func(k int) []byte { return pkcs1(k, 2, 0, premaster(2, 3, 48)) },
	"version 3.2":              func(k int) []byte { return pkcs1(k, 2, 0, premaster(3, 2, 48)) },
	"version 3.4":              func(k int) []byte { return pkcs1(k, 2, 0, premaster(3, 4, 48)) },
	"zeros":                    func(k int) []byte { return make([]byte, k) },
}

func premaster(major, minor byte, n int) []byte {
	b := bytes.Repeat([]byte{7}, n)
	b[0], b[1] = major, minor
	return b
}

// pkcs1 pads a message (RFC 8017, Section 7.2.1).
func pkcs1(k int, block, separator byte, message []byte) []byte {
	b := bytes.Repeat([]byte{0x55}, k)
	b[0], b[1], b[k-len(message)-1] = 0, block, separator
	copy(b[k-len(message):], message)
	return b
}

// TestBleichenbacher: RFC 5246, Section 7.4.7.1: whatever is wrong with an
// encrypted premaster secret, the server goes on, and the same error comes at the
// same place as for one that is right and not the client's.
//
// Checks TLS-BASE-12 (must fail: oracle-of-padding).
func TestBleichenbacher(t *testing.T) {
	key := testcert.Server(testcert.RSA).Leaf.PublicKey.(*rsa.PublicKey)
	encrypt := func(block []byte) []byte {
		n := new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(key.E)), key.N)
		return n.FillBytes(make([]byte, key.Size()))
	}
	ciphertexts := map[string][]byte{
		"no octets": {}, "one octet": {1}, "an octet less": bytes.Repeat([]byte{1}, key.Size()-1),
		"an octet more": bytes.Repeat([]byte{1}, key.Size()+1), "above the modulus": bytes.Repeat([]byte{0xff}, key.Size()),
	}
	for name, pad := range paddings {
		ciphertexts[name] = encrypt(pad(key.Size()))
	}
	for _, suite := range []spec.SuiteID{0x002f, 0x009c} {
		want := ""
		for name, ciphertext := range ciphertexts {
			r := refusal{on: spec.ClientKeyExchange, config: suites(suite), change: clientKeyExchange(spec.RSA, func(k *wire.ClientKeyExchange) {
				k.ExchangeKeys = ciphertext
			})}
			s := r.run(t)
			a, sent := alertOf(s)
			if a != spec.BadRecordMAC || !sent || want != "" && s.err.Error() != want {
				t.Errorf("%v, %s: %v", suite, name, s.err)
			}
			want = s.err.Error()
		}
	}
}
