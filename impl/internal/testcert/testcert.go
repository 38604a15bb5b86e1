// Package testcert makes certificate chains for tests: [Server] and [Client]
// for a chain of leaf, intermediate and root that verifies, [Issue] for one
// with something wrong about it.
//
// Keys, serial numbers and validity are fixed, so that every run has the same
// octets. Nothing here protects anything.
package testcert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// Name is the DNS name in the server chains.
const Name = "server.example"

// Kind is the algorithm of a chain's keys.
type Kind int

// The kinds.
const (
	RSA Kind = iota
	ECDSA
	Ed25519
)

// String returns the kind's name.
func (k Kind) String() string { return [...]string{"RSA", "ECDSA", "Ed25519"}[k] }

// Chain is a leaf with its key and what leads to the root.
type Chain struct {
	DER  [][]byte // leaf, intermediate
	Key  crypto.Signer
	Leaf *x509.Certificate
}

// PEM returns the chain and its key in PEM.
func (c Chain) PEM() (certificates, key []byte) {
	for _, der := range c.DER {
		certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(c.Key)
	if err != nil {
		panic(err)
	}
	return certificates, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// Validity is when every chain is valid that does not say otherwise.
var (
	NotBefore = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	NotAfter  = time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)
)

// authority is a certificate that issues others.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

type roots struct{ root, intermediate [3]authority }

var authorities = sync.OnceValue(func() *roots {
	r := new(roots)
	for k := range r.root {
		kind := Kind(k)
		r.root[k].key = makeKey(kind, "root")
		r.root[k].cert = sign(ca("Test Root "+kind.String()), r.root[k].key, authority{})
		r.intermediate[k].key = makeKey(kind, "intermediate")
		r.intermediate[k].cert = sign(ca("Test Intermediate "+kind.String()), r.intermediate[k].key, r.root[k])
	}
	return r
})

// Roots returns the roots of all kinds.
func Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, a := range authorities().root {
		pool.AddCert(a.cert)
	}
	return pool
}

// Root returns the root of one kind.
func Root(kind Kind) *x509.Certificate { return authorities().root[kind].cert }

var (
	servers = [3]func() Chain{once(RSA, server), once(ECDSA, server), once(Ed25519, server)}
	clients = [3]func() Chain{once(RSA, client), once(ECDSA, client), once(Ed25519, client)}
)

// Server returns a chain for [Name], 127.0.0.1 and ::1.
func Server(kind Kind) Chain { return servers[kind]() }

// Client returns a client's chain.
func Client(kind Kind) Chain { return clients[kind]() }

func once(kind Kind, change func(*x509.Certificate)) func() Chain {
	return sync.OnceValue(func() Chain { return Issue(kind, change) })
}

var loopback = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}

func server(*x509.Certificate) {}

func client(c *x509.Certificate) {
	c.Subject = pkix.Name{CommonName: "client.example"}
	c.DNSNames, c.IPAddresses = []string{"client.example"}, nil
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
}

// Issue returns a chain whose leaf is a server's with a change, all leaves of a
// kind with the same key.
func Issue(kind Kind, change func(leaf *x509.Certificate)) Chain {
	leaf := template(Name)
	leaf.DNSNames = []string{Name}
	leaf.IPAddresses = loopback
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	if kind == RSA {
		leaf.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	change(leaf)
	key, issuer := makeKey(kind, "leaf"), authorities().intermediate[kind]
	cert := sign(leaf, key, issuer)
	return Chain{DER: [][]byte{cert.Raw, issuer.cert.Raw}, Key: key, Leaf: cert}
}

// template is what all certificates have.
func template(name string) *x509.Certificate {
	serial := sha256.Sum256([]byte(name))
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    NotBefore,
		NotAfter:     NotAfter,
	}
}

func ca(name string) *x509.Certificate {
	c := template(name)
	c.KeyUsage = x509.KeyUsageCertSign
	c.IsCA, c.BasicConstraintsValid = true, true
	return c
}

// sign issues a certificate, by itself if there is no issuer. Without a source
// of randomness, ECDSA signs deterministically.
func sign(c *x509.Certificate, key crypto.Signer, issuer authority) *x509.Certificate {
	if issuer.cert == nil {
		issuer = authority{c, key}
	}
	der, err := x509.CreateCertificate(nil, c, issuer.cert, key.Public(), issuer.key)
	if err != nil {
		panic(fmt.Sprintf("testcert: %s: %v", c.Subject.CommonName, err))
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

// makeKey returns the key of a kind for a use, always the same.
func makeKey(kind Kind, use string) crypto.Signer {
	seed := sha256.Sum256([]byte("test key " + kind.String() + " " + use))
	switch kind {
	case RSA:
		return rsaKey(rsaPrimes[map[string]int{"root": 0, "intermediate": 1, "leaf": 2}[use]])
	case ECDSA:
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
		if err != nil {
			panic(err)
		}
		return key
	}
	return ed25519.NewKeyFromSeed(seed[:])
}
