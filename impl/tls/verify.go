package tls

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/spec"
)

// maxRSABits bounds the work that a peer's key can cause.
const maxRSABits = 8192

// refusal is an error with the alert that tells the peer.
type refusal struct {
	alert spec.AlertDescription
	err   error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(alert spec.AlertDescription, format string, args ...any) *refusal {
	return &refusal{alert, fmt.Errorf(format, args...)}
}

// peerChain is a peer's certificates, parsed and, where that was asked for,
// verified.
type peerChain struct {
	certificates []*x509.Certificate
	verified     [][]*x509.Certificate // nil: not asked for
}

// parseChain parses a Certificate message's chain.
func parseChain(raw [][]byte) ([]*x509.Certificate, error) {
	certificates := make([]*x509.Certificate, len(raw))
	for i, der := range raw {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, refuse(spec.BadCertificate, "certificate %d does not parse: %w", i, err)
		}
		certificates[i] = c
	}
	switch key := certificates[0].PublicKey.(type) {
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n > maxRSABits {
			return nil, refuse(spec.BadCertificate, "an RSA key of %d bits; %d are the most", n, maxRSABits)
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return nil, refuse(spec.UnsupportedCertificate, "a certificate with a %T key", key)
	}
	return certificates, nil
}

// serverChain verifies what a server has sent against the client's roots and
// the server's name.
func (c *Config) serverChain(raw [][]byte, name string, x spec.KeyExchange) (*peerChain, error) {
	peer, err := c.chain(raw, !c.InsecureSkipVerify, x509.VerifyOptions{
		Roots:   c.RootCAs,
		DNSName: name,
		// RFC 5280, Section 4.2.1.12: a server's certificate is for servers.
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err == nil && !c.InsecureSkipVerify {
		err = checkKeyUsage(peer.certificates[0], x)
	}
	return peer, err
}

// clientChain verifies what a client has sent, as far as ClientAuth asks.
func (c *Config) clientChain(raw [][]byte) (*peerChain, error) {
	verify := c.ClientAuth >= VerifyClientCertIfGiven
	peer, err := c.chain(raw, verify, x509.VerifyOptions{
		Roots:     c.ClientCAs,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err == nil && verify {
		// RFC 5246, Section 7.4.6: a client's key signs.
		err = checkKeyUse(peer.certificates[0], x509.KeyUsageDigitalSignature, "signatures")
	}
	return peer, err
}

func (c *Config) chain(raw [][]byte, verify bool, opts x509.VerifyOptions) (*peerChain, error) {
	certificates, err := parseChain(raw)
	if err != nil {
		return nil, err
	}
	peer := &peerChain{certificates: certificates}
	if !verify {
		return peer, nil
	}
	opts.CurrentTime = c.time()
	opts.Intermediates = x509.NewCertPool()
	for _, i := range certificates[1:] {
		opts.Intermediates.AddCert(i)
	}
	if peer.verified, err = certificates[0].Verify(opts); err != nil {
		return nil, &refusal{verificationAlert(err), err}
	}
	return peer, nil
}

// checkKeyUsage holds a server's key to what its certificate says that it is for.
func checkKeyUsage(leaf *x509.Certificate, x spec.KeyExchange) error {
	// RFC 5246, Section 7.4.2: keyEncipherment for RSA, digitalSignature where
	// the key signs, if the extension is present.
	wanted := x509.KeyUsageDigitalSignature
	if x == spec.RSA {
		wanted = x509.KeyUsageKeyEncipherment
	}
	return checkKeyUse(leaf, wanted, x.String())
}

// checkKeyUse says that a certificate with the key usage extension lacks what
// is wanted.
func checkKeyUse(leaf *x509.Certificate, wanted x509.KeyUsage, what string) error {
	if leaf.KeyUsage != 0 && leaf.KeyUsage&wanted == 0 {
		return refuse(spec.UnsupportedCertificate, "the certificate's key is not for %s", what)
	}
	return nil
}

// verificationAlert names what was wrong with a chain (RFC 5246, Section 7.2.2).
func verificationAlert(err error) spec.AlertDescription {
	var (
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknown):
		return spec.UnknownCA
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return spec.CertificateExpired
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return spec.UnsupportedCertificate
	}
	return spec.BadCertificate
}

// alertOf returns the alert that a callback put into its error, or otherwise.
func alertOf(err error, otherwise spec.AlertDescription) spec.AlertDescription {
	var r *refusal
	if errors.As(err, &r) {
		return r.alert
	}
	var a *AlertError
	if errors.As(err, &a) && a.Alert != spec.CloseNotify && a.Alert != spec.AlertNone {
		return a.Alert
	}
	return otherwise
}
