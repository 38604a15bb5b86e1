package tls

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
)

func TestX509KeyPair(t *testing.T) {
	for _, kind := range []testcert.Kind{testcert.RSA, testcert.ECDSA, testcert.Ed25519} {
		chain := testcert.Server(kind)
		certPEM, keyPEM := chain.PEM()
		c, err := X509KeyPair(certPEM, keyPEM)
		if err != nil {
			t.Errorf("%v: %v", kind, err)
			continue
		}
		if len(c.Certificate) != 2 || c.Leaf == nil || !c.Leaf.Equal(chain.Leaf) {
			t.Errorf("%v: not the chain that was encoded", kind)
		}
		both := append(keyPEM, certPEM...)
		if _, err := X509KeyPair(both, both); err != nil {
			t.Errorf("%v: chain and key in one file: %v", kind, err)
		}
	}
}

func TestX509KeyPairOldForms(t *testing.T) {
	rsaPEM, _ := testcert.Server(testcert.RSA).PEM()
	ecPEM, _ := testcert.Server(testcert.ECDSA).PEM()
	for name, form := range map[string]struct {
		chain []byte
		block *pem.Block
	}{
		"PKCS #1": {rsaPEM, &pem.Block{Type: "RSA PRIVATE KEY", Bytes: pkcs1(t)}},
		"SEC 1":   {ecPEM, &pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1(t)}},
	} {
		if _, err := X509KeyPair(form.chain, pem.EncodeToMemory(form.block)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestX509KeyPairRefused(t *testing.T) {
	certPEM, keyPEM := testcert.Server(testcert.RSA).PEM()
	_, otherKey := testcert.Server(testcert.ECDSA).PEM()
	garbage := func(kind string) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte("garbage")})
	}
	for _, tt := range []struct {
		name      string
		cert, key []byte
		want      string
	}{
		{"no certificate", keyPEM, keyPEM, "no CERTIFICATE block"},
		{"no key", certPEM, certPEM, "no PRIVATE KEY block"},
		{"garbage for a certificate", garbage("CERTIFICATE"), keyPEM, "does not parse"},
		{"garbage for a key", certPEM, garbage("PRIVATE KEY"), "neither PKCS #8"},
		{"another's key", certPEM, otherKey, "not the leaf certificate's"},
		{"nothing", nil, nil, "no CERTIFICATE block"},
	} {
		if _, err := X509KeyPair(tt.cert, tt.key); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestLoadX509KeyPair(t *testing.T) {
	dir := t.TempDir()
	certPEM, keyPEM := testcert.Server(testcert.RSA).PEM()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, content := range map[string][]byte{certFile: certPEM, keyFile: keyPEM} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LoadX509KeyPair(certFile, keyFile); err != nil {
		t.Error(err)
	}
	missing := filepath.Join(dir, "missing.pem")
	if _, err := LoadX509KeyPair(missing, keyFile); err == nil {
		t.Error("a certificate file that is not there")
	}
	if _, err := LoadX509KeyPair(certFile, missing); err == nil {
		t.Error("a key file that is not there")
	}
}

func pkcs1(t *testing.T) []byte {
	t.Helper()
	return x509.MarshalPKCS1PrivateKey(testcert.Server(testcert.RSA).Key.(*rsa.PrivateKey))
}

func sec1(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(testcert.Server(testcert.ECDSA).Key.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	return der
}
