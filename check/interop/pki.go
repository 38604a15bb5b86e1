package interop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// ServerName is the name in every server certificate.
const ServerName = "server.test"

// KeyKind is the kind of a certificate's key.
type KeyKind uint8

// The kinds of key. NoKey: no certificate; KeyOpen: what the suite needs.
const (
	KeyOpen KeyKind = iota
	NoKey
	RSA2048
	P256
	Ed25519
)

// String returns the kind's name: "none", "rsa", "ecdsa" or "ed25519".
func (k KeyKind) String() string { return [...]string{"?", "none", "rsa", "ecdsa", "ed25519"}[k] }

// Identity is a certificate with its key, in memory and as PEM files.
type Identity struct {
	DER               []byte
	Key               crypto.Signer
	CertFile, KeyFile string
}

// PKI is a certificate authority and what it has issued: for each kind of key a
// server's and a client's certificate.
type PKI struct {
	Pool   *x509.CertPool
	CAFile string
	server map[KeyKind]Identity
	client map[KeyKind]Identity
}

// TempPKI is NewPKI in a folder of its own, which remove removes.
func TempPKI() (pki *PKI, remove func(), err error) {
	dir, err := os.MkdirTemp("", "sesame-pki-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	if pki, err = NewPKI(dir); err != nil {
		remove()
		return nil, nil, err
	}
	return pki, remove, nil
}

// NewPKI makes fresh keys and certificates and writes them to dir.
func NewPKI(dir string) (*PKI, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificateTemplate("Sesame interop CA", nil)
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, caKey.Public(), caKey)
	if err != nil {
		return nil, err
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	p := &PKI{Pool: x509.NewCertPool(), server: map[KeyKind]Identity{}, client: map[KeyKind]Identity{}}
	p.Pool.AddCert(ca)
	if p.CAFile, err = writePEM(dir, "ca", "CERTIFICATE", der); err != nil {
		return nil, err
	}
	for _, kind := range []KeyKind{RSA2048, P256, Ed25519} {
		key, err := newKey(kind)
		if err != nil {
			return nil, err
		}
		for name, into := range map[string]map[KeyKind]Identity{ServerName: p.server, "client.test": p.client} {
			if into[kind], err = issue(dir, name, kind, key, ca, caKey); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// Server returns a server certificate; the zero Identity for NoKey.
func (p *PKI) Server(kind KeyKind) Identity { return p.server[kind] }

// Client returns a client certificate; the zero Identity for NoKey.
func (p *PKI) Client(kind KeyKind) Identity { return p.client[kind] }

func newKey(kind KeyKind) (crypto.Signer, error) {
	switch kind {
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, fmt.Errorf("interop: no key of kind %v", kind)
}

func issue(dir, name string, kind KeyKind, key crypto.Signer, ca *x509.Certificate, caKey crypto.Signer) (Identity, error) {
	template := certificateTemplate(name, []string{name})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if kind == RSA2048 {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return Identity{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Identity{}, err
	}
	id := Identity{DER: der, Key: key}
	if id.CertFile, err = writePEM(dir, name+"-"+kind.String()+"-cert", "CERTIFICATE", der); err != nil {
		return Identity{}, err
	}
	id.KeyFile, err = writePEM(dir, name+"-"+kind.String()+"-key", "PRIVATE KEY", pkcs8)
	return id, err
}

// identityOf is a certificate that was read from files.
func identityOf(c tls.Certificate) (Identity, error) {
	key, ok := c.PrivateKey.(crypto.Signer)
	if !ok {
		return Identity{}, fmt.Errorf("interop: the private key cannot sign")
	}
	return Identity{DER: c.Certificate[0], Key: key}, nil
}

func certificateTemplate(name string, dns []string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: dns,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
}

func writePEM(dir, name, kind string, der []byte) (string, error) {
	path := filepath.Join(dir, name+".pem")
	return path, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
