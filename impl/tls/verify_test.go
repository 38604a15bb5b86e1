package tls

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/spec"
)

// RFC 5246, Section 7.2.2: each reason has its alert.
//
// Checks TLS-ALERT-05 (must fail: expiry-told-otherwise).
func TestVerifyServer(t *testing.T) {
	valid := func(*x509.Certificate) {}
	for _, tt := range []struct {
		name   string
		leaf   func(*x509.Certificate)
		config func(*Config)
		alert  spec.AlertDescription // AlertNone: verifies
	}{
		{"valid", valid, func(*Config) {}, spec.AlertNone},
		{"by address", valid, func(c *Config) { c.ServerName = "127.0.0.1" }, spec.AlertNone},
		{"unknown root", valid, func(c *Config) { c.RootCAs = x509.NewCertPool() }, spec.UnknownCA},
		{"other name", valid, func(c *Config) { c.ServerName = "other.example" }, spec.BadCertificate},
		{"expired", func(c *x509.Certificate) { c.NotAfter = testNow.Add(-time.Hour) }, func(*Config) {}, spec.CertificateExpired},
		{"not yet valid", func(c *x509.Certificate) { c.NotBefore = testNow.Add(time.Hour) }, func(*Config) {}, spec.CertificateExpired},
		{"a client's", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} },
			func(*Config) {}, spec.UnsupportedCertificate},
		{"unverified", valid, func(c *Config) { c.RootCAs = x509.NewCertPool(); c.InsecureSkipVerify = true }, spec.AlertNone},
		{"key not for signatures", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment },
			func(*Config) {}, spec.UnsupportedCertificate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := &Config{RootCAs: testcert.Roots(), ServerName: testcert.Name, Time: func() time.Time { return testNow }}
			tt.config(config)
			peer, err := config.serverChain(testcert.Issue(testcert.ECDSA, tt.leaf).DER, config.ServerName, spec.ECDHEECDSA)
			if tt.alert == spec.AlertNone {
				if err != nil {
					t.Fatal(err)
				}
				if (len(peer.verified) == 0) != config.InsecureSkipVerify || len(peer.certificates) != 2 {
					t.Errorf("%d certificates, %d chains", len(peer.certificates), len(peer.verified))
				}
				return
			}
			if err == nil || alertOf(err, spec.AlertNone) != tt.alert {
				t.Errorf("%v (alert %v), want alert %v", err, alertOf(err, spec.AlertNone), tt.alert)
			}
		})
	}
}

func TestVerifyClient(t *testing.T) {
	encrypts := testcert.Issue(testcert.RSA, func(c *x509.Certificate) {
		c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageKeyEncipherment, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	})
	for _, tt := range []struct {
		name  string
		auth  ClientAuthType
		chain testcert.Chain
		alert spec.AlertDescription
	}{
		{"required and verified", RequireAndVerifyClientCert, testcert.Client(testcert.RSA), spec.AlertNone},
		{"a server's, verified if given", VerifyClientCertIfGiven, testcert.Server(testcert.RSA), spec.UnsupportedCertificate},
		{"a key not for signatures", RequireAndVerifyClientCert, encrypts, spec.UnsupportedCertificate},
		{"a key not for signatures, unverified", RequireAnyClientCert, encrypts, spec.AlertNone},
		{"a server's, unverified", RequireAnyClientCert, testcert.Server(testcert.RSA), spec.AlertNone},
	} {
		config := &Config{ClientCAs: testcert.Roots(), ClientAuth: tt.auth, Time: func() time.Time { return testNow }}
		_, err := config.clientChain(tt.chain.DER)
		if got := alertOf(err, spec.AlertNone); got != tt.alert || (err == nil) != (tt.alert == spec.AlertNone) {
			t.Errorf("%s: %v (alert %v), want alert %v", tt.name, err, got, tt.alert)
		}
	}
}

func TestVerifyGarbage(t *testing.T) {
	if _, err := parseChain([][]byte{[]byte("garbage")}); alertOf(err, spec.AlertNone) != spec.BadCertificate {
		t.Errorf("garbage: %v", err)
	}
}

// A peer's key must not cost more than a bounded time.
func TestVerifyLargeKey(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), maxRSABits)
	n.SetBit(n, 0, 1)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: testcert.NotBefore, NotAfter: testcert.NotAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, template,
		&rsa.PublicKey{N: n, E: 65537}, testcert.Server(testcert.ECDSA).Key)
	if err == nil {
		_, err = parseChain([][]byte{der})
	}
	if alertOf(err, spec.AlertNone) != spec.BadCertificate {
		t.Errorf("an RSA key of %d bits: %v", n.BitLen(), err)
	}
}
