package tls

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net"
	"slices"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// ClientHelloInfo is what [Config.GetCertificate] is told of a client. Its
// slices may be kept.
type ClientHelloInfo struct {
	ServerName       string
	Version          uint16 // the negotiated one
	CipherSuites     []uint16
	Groups           []spec.Group
	SignatureSchemes []spec.SignatureScheme
	Protocols        []string
	Conn             net.Conn // the transport; do not read from it or write to it
}

// CertificateRequestInfo is what [Config.GetClientCertificate] is told of a
// server's request. Its slices may be kept.
type CertificateRequestInfo struct {
	AcceptableCAs    [][]byte               // names in DER; empty: any
	SignatureSchemes []spec.SignatureScheme // empty before TLS 1.2
	Version          uint16
}

// prepared is a Certificate as the machine wants it.
type prepared struct {
	*Certificate
	leaf    *x509.Certificate
	machine handshake.Certificate
}

func (c *Config) prepare(own *Certificate) (*prepared, error) {
	if err := own.check(); err != nil {
		return nil, err
	}
	leaf, err := own.leaf()
	if err != nil {
		return nil, err
	}
	p := &prepared{Certificate: own, leaf: leaf}
	p.machine = handshake.Certificate{Chain: wire.MakeChain(own.Certificate...), PublicKey: leaf.PublicKey}
	if len(p.machine.Chain) > wire.MaxChain {
		return nil, fmt.Errorf("tls: a chain of %d octets; %d are the most", len(p.machine.Chain), wire.MaxChain)
	}
	if own.SupportedSignatureAlgorithms != nil {
		p.machine.Schemes = slices.DeleteFunc(c.schemes(), func(s spec.SignatureScheme) bool {
			return !slices.Contains(own.SupportedSignatureAlgorithms, s)
		})
	}
	_, isRSA := leaf.PublicKey.(*rsa.PublicKey)
	p.machine.Decrypts = isRSA && own.decrypter() != nil && checkKeyUsage(leaf, spec.RSA) == nil
	return p, nil
}

// schemes returns a copy of what is signed in, unless a certificate narrows it.
func (c *Config) schemes() []spec.SignatureScheme {
	if c.SignatureSchemes == nil {
		return kx.Schemes()
	}
	return slices.Clone(c.SignatureSchemes)
}

// decrypter returns the key for RSA key exchange, or nil.
func (c *Certificate) decrypter() crypto.Decrypter {
	d, _ := c.PrivateKey.(crypto.Decrypter)
	return d
}

// certificate answers which certificate is the own one.
func (r *run) certificate(ctx context.Context) error {
	choose := r.serverCertificate
	if r.isClient {
		choose = r.clientCertificate
	}
	p, err := choose(ctx)
	switch {
	case err != nil:
		return err
	case p == nil:
		r.machine.NoCertificate()
	default:
		r.key = p.Certificate
		r.machine.UseCertificate(p.machine)
	}
	return nil
}

func (r *run) serverCertificate(ctx context.Context) (*prepared, error) {
	name := string(r.machine.Hello().ServerName)
	if r.config.GetCertificate != nil {
		c, err := r.config.GetCertificate(ctx, r.clientHelloInfo())
		if err != nil {
			return nil, err
		}
		if c != nil {
			return r.named(c, name)
		}
	}
	var fits *prepared
	for _, p := range r.config.derived.certificates {
		if !r.machine.Supports(p.machine) {
			continue
		}
		if name != "" && p.leaf.VerifyHostname(name) == nil {
			return p.byName(), nil
		}
		if fits == nil {
			fits = p
		}
	}
	return fits, nil
}

// named prepares a certificate that a callback chose.
func (r *run) named(c *Certificate, name string) (*prepared, error) {
	p, err := r.config.prepare(c)
	if err == nil && name != "" {
		p = p.byName()
	}
	return p, err
}

// byName is p, chosen by the client's ServerName.
func (p *prepared) byName() *prepared {
	q := *p
	q.machine.ByName = true
	return &q
}

func (r *run) clientHelloInfo() *ClientHelloInfo {
	hello := r.machine.Hello()
	info := &ClientHelloInfo{
		ServerName:   string(hello.ServerName),
		Version:      uint16(r.machine.Info().Version),
		CipherSuites: uint16s(hello.Suites),
		Conn:         r.transport,
	}
	for g := range hello.Groups.All() {
		info.Groups = append(info.Groups, g)
	}
	for s := range hello.Schemes.All() {
		info.SignatureSchemes = append(info.SignatureSchemes, s)
	}
	for p := range hello.ALPN.All() {
		info.Protocols = append(info.Protocols, string(p))
	}
	return info
}

func (r *run) clientCertificate(ctx context.Context) (*prepared, error) {
	request := r.machine.CertificateRequest()
	if r.config.GetClientCertificate != nil {
		info := &CertificateRequestInfo{Version: uint16(r.machine.Info().Version)}
		for name := range request.Authorities.All() {
			info.AcceptableCAs = append(info.AcceptableCAs, bytes.Clone(name))
		}
		for s := range request.Schemes.All() {
			info.SignatureSchemes = append(info.SignatureSchemes, s)
		}
		c, err := r.config.GetClientCertificate(ctx, info)
		if err != nil || c == nil || len(c.Certificate) == 0 {
			return nil, err
		}
		return r.config.prepare(c)
	}
	for _, p := range r.config.derived.certificates {
		if r.machine.Supports(p.machine) && (request.Authorities.Len() == 0 || p.issuedBy(request.Authorities)) {
			return p, nil
		}
	}
	return nil, nil
}

// issuedBy reports whether one of the names has issued a certificate of the
// chain.
func (p *prepared) issuedBy(authorities wire.Names) bool {
	for i, der := range p.Certificate.Certificate {
		c := p.leaf
		if i > 0 {
			var err error
			if c, err = x509.ParseCertificate(der); err != nil {
				return false
			}
		}
		for name := range authorities.All() {
			if bytes.Equal(name, c.RawIssuer) {
				return true
			}
		}
	}
	return false
}

func uint16s[T ~uint16](l wire.List[T]) []uint16 {
	all := make([]uint16, 0, l.Len())
	for v := range l.All() {
		all = append(all, uint16(v))
	}
	return all
}
