package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	"github.com/sesame-tls/sesame/impl/tls"
)

const serverName = "server.test"

// authority issues certificates, and has the clock of both sides.
type authority struct {
	now    time.Time
	pool   *x509.CertPool
	ca     *x509.Certificate
	key    *ecdsa.PrivateKey
	serial int64
}

func newAuthority() (*authority, error) {
	a := &authority{now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), pool: x509.NewCertPool()}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	template := a.template("The checker's authority", a.now.Add(1000*time.Hour))
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	a.ca, err = x509.ParseCertificate(der)
	if err == nil {
		a.pool.AddCert(a.ca)
	}
	return a, err
}

func (a *authority) template(name string, until time.Time) *x509.Certificate {
	a.serial++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: a.now.Add(-1000 * time.Hour), NotAfter: until,
	}
}

// issue issues a certificate with an ECDSA key.
func (a *authority) issue(name string, usage x509.ExtKeyUsage, until time.Time) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := a.template(name, until)
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{usage}
	der, err := x509.CreateCertificate(rand.Reader, template, a.ca, key.Public(), a.key)
	must(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
