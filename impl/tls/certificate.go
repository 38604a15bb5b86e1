package tls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Certificate is a chain with the key of its leaf.
type Certificate struct {
	Certificate [][]byte          // DER, the leaf first
	PrivateKey  crypto.Signer     // RSA keys are a crypto.Decrypter too, for RSA key exchange
	Leaf        *x509.Certificate // Certificate[0], parsed; nil: parsed when needed

	// SupportedSignatureAlgorithms narrows down what the key signs in under TLS
	// 1.2, for instance where a token holds it that does no RSA-PSS. The order is
	// Config's; nil is all that fits the key.
	SupportedSignatureAlgorithms []spec.SignatureScheme
}

// LoadX509KeyPair reads a chain and a key from PEM files.
func LoadX509KeyPair(certFile, keyFile string) (Certificate, error) {
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return Certificate{}, err
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return Certificate{}, err
	}
	return X509KeyPair(certPEM, keyPEM)
}

// X509KeyPair reads a chain and a key from PEM, and checks that they belong
// together. Blocks of other types are passed over.
func X509KeyPair(certPEM, keyPEM []byte) (Certificate, error) {
	var c Certificate
	for block, rest := pem.Decode(certPEM); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			c.Certificate = append(c.Certificate, block.Bytes)
		}
	}
	if len(c.Certificate) == 0 {
		return Certificate{}, errors.New("tls: no CERTIFICATE block in the certificate's PEM")
	}
	var err error
	if c.Leaf, err = x509.ParseCertificate(c.Certificate[0]); err != nil {
		return Certificate{}, fmt.Errorf("tls: the first certificate does not parse: %w", err)
	}
	for block, rest := pem.Decode(keyPEM); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "PRIVATE KEY" || strings.HasSuffix(block.Type, " PRIVATE KEY") {
			if c.PrivateKey, err = parsePrivateKey(block.Bytes); err != nil {
				return Certificate{}, err
			}
			return c, c.check()
		}
	}
	return Certificate{}, errors.New("tls: no PRIVATE KEY block in the key's PEM")
}

// parsePrivateKey takes PKCS #8, PKCS #1 and SEC 1, which PEM types do not tell
// apart reliably.
func parsePrivateKey(der []byte) (crypto.Signer, error) {
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if s, ok := k.(crypto.Signer); ok {
			return s, nil
		}
		return nil, fmt.Errorf("tls: a %T cannot sign", k)
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k, nil
	}
	return nil, errors.New("tls: the private key is neither PKCS #8 nor PKCS #1 nor SEC 1, or is encrypted")
}

// check says whether the key is the leaf's, and of a kind that TLS knows.
func (c *Certificate) check() error {
	if len(c.Certificate) == 0 || c.PrivateKey == nil {
		return errors.New("tls: a Certificate needs a chain and a private key")
	}
	leaf, err := c.leaf()
	if err != nil {
		return fmt.Errorf("tls: the leaf certificate does not parse: %w", err)
	}
	public, ok := c.PrivateKey.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(leaf.PublicKey) {
		return errors.New("tls: the private key is not the leaf certificate's")
	}
	switch leaf.PublicKey.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
		return nil
	}
	return fmt.Errorf("tls: a certificate with a %T key is of no use here", leaf.PublicKey)
}

func (c *Certificate) leaf() (*x509.Certificate, error) {
	if c.Leaf != nil {
		return c.Leaf, nil
	}
	if len(c.Certificate) == 0 {
		return nil, errors.New("tls: an empty certificate chain")
	}
	return x509.ParseCertificate(c.Certificate[0])
}
