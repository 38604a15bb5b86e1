package testcert_test

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
)

func TestChainsVerify(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, kind := range []testcert.Kind{testcert.RSA, testcert.ECDSA, testcert.Ed25519} {
		t.Run(kind.String(), func(t *testing.T) {
			for use, chain := range map[x509.ExtKeyUsage]testcert.Chain{
				x509.ExtKeyUsageServerAuth: testcert.Server(kind),
				x509.ExtKeyUsageClientAuth: testcert.Client(kind),
			} {
				if err := verify(t, chain, testcert.Roots(), use, now); err != nil {
					t.Error(err)
				}
				if err := verify(t, chain, x509.NewCertPool(), use, now); err == nil {
					t.Error("the chain verifies without its root")
				}
				if err := verify(t, chain, testcert.Roots(), use, testcert.NotAfter.Add(time.Hour)); err == nil {
					t.Error("the chain verifies after its end")
				}
			}
		})
	}
}

func TestIssueIsDeterministic(t *testing.T) {
	for _, kind := range []testcert.Kind{testcert.RSA, testcert.ECDSA, testcert.Ed25519} {
		again := testcert.Issue(kind, func(*x509.Certificate) {})
		if !bytes.Equal(again.DER[0], testcert.Server(kind).DER[0]) {
			t.Errorf("%v: two certificates of one template differ", kind)
		}
	}
}

func verify(t *testing.T, chain testcert.Chain, roots *x509.CertPool, use x509.ExtKeyUsage, now time.Time) error {
	t.Helper()
	intermediate, err := x509.ParseCertificate(chain.DER[1])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(intermediate)
	_, err = chain.Leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: pool, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{use},
	})
	return err
}
