package kx

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"slices"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Schemes returns the signature schemes of TLS 1.2 that Sesame speaks, in order
// of preference. The two with SHA-1 come last.
func Schemes() []spec.SignatureScheme {
	return []spec.SignatureScheme{
		spec.ECDSASecp256r1SHA256, spec.RSAPSSRSAESHA256, spec.Ed25519, spec.ECDSASecp384r1SHA384,
		spec.ECDSASecp521r1SHA512, spec.RSAPSSRSAESHA384, spec.RSAPSSRSAESHA512, spec.RSAPKCS1SHA256,
		spec.RSAPKCS1SHA384, spec.RSAPKCS1SHA512, spec.ECDSASHA1, spec.RSAPKCS1SHA1,
	}
}

// ChooseScheme returns the scheme in which the holder of pub signs under
// version v: the first of own, in order of preference, that peer lists and that
// fits the key. For ECDSA the scheme that names the key's own curve goes first.
// A nil peer says that there was no signature_algorithms extension: that means
// SHA-1, if it is in own. No scheme: handshake_failure.
//
// Under TLS 1.0 and 1.1 the key alone decides, and the lists are not looked at.
func ChooseScheme(v spec.Version, pub crypto.PublicKey, own []spec.SignatureScheme, peer wire.List[spec.SignatureScheme]) (spec.SignatureScheme, error) {
	if v < spec.TLS12 {
		return impliedScheme(v, pub)
	}
	if peer == nil {
		s, err := impliedScheme(v, pub)
		if err == nil && !slices.Contains(own, s) {
			err = fail(spec.HandshakeFailure, "RFC 5246, Section 7.4.1.4.1", "no signature_algorithms means SHA-1, which is not enabled", nil)
		}
		return s, err
	}
	best := spec.SignatureScheme(0)
	for _, s := range own {
		if s == spec.MD5SHA1 || !peer.Contains(s) || !schemes[s].fits(pub) {
			continue
		}
		if s == curveScheme(pub) {
			return s, nil
		}
		if best == 0 {
			best = s
		}
	}
	if best == 0 {
		return 0, fail(spec.HandshakeFailure, "RFC 5246, Section 7.4.1.4.1", "no signature scheme that the peer lists fits the key", nil)
	}
	return best, nil
}

// impliedScheme returns the scheme of a signature that names none.
func impliedScheme(v spec.Version, pub crypto.PublicKey) (spec.SignatureScheme, error) {
	switch pub.(type) {
	case *rsa.PublicKey:
		if v < spec.TLS12 {
			return spec.MD5SHA1, nil // RFC 4346, Section 7.4.3
		}
		return spec.RSAPKCS1SHA1, nil // RFC 5246, Section 7.4.1.4.1
	case *ecdsa.PublicKey:
		if curveScheme(pub) != 0 {
			return spec.ECDSASHA1, nil // RFC 8422, Section 5.4; RFC 5246, Section 7.4.1.4.1
		}
	}
	// RFC 8422, Section 5.1.3: Ed25519 goes by signature_algorithms alone.
	return 0, fail(spec.HandshakeFailure, "RFC 5246, Section 7.4.1.4.1", "the key cannot sign without signature_algorithms", nil)
}

// curveScheme returns the scheme that TLS 1.3 ties to the curve of pub, and 0
// for any other key and for curves that TLS has no use for. TLS 1.2 leaves the
// choice of a hash free.
func curveScheme(pub crypto.PublicKey) spec.SignatureScheme {
	if key, ok := pub.(*ecdsa.PublicKey); ok {
		switch key.Curve.Params().BitSize {
		case 256:
			return spec.ECDSASecp256r1SHA256
		case 384:
			return spec.ECDSASecp384r1SHA384
		case 521:
			return spec.ECDSASecp521r1SHA512
		}
	}
	return 0
}

// Authenticates reports whether a certificate with this key can serve key
// exchange x: by a signature, or for [spec.RSA] by decryption.
func Authenticates(pub crypto.PublicKey, x spec.KeyExchange) bool {
	switch pub.(type) {
	case *rsa.PublicKey:
		return x == spec.RSA || x == spec.DHERSA || x == spec.ECDHERSA
	case *ecdsa.PublicKey:
		return x == spec.ECDHEECDSA && curveScheme(pub) != 0
	case ed25519.PublicKey:
		return x == spec.ECDHEECDSA // RFC 8422, Section 5.4
	}
	return false
}

// algorithm is a kind of signature.
type algorithm uint8

const (
	unknownAlgorithm algorithm = iota
	pkcs1
	pss
	ecdsaAlgorithm
	eddsa
)

// scheme is what a signature scheme consists of. The zero value fits no key.
type scheme struct {
	algorithm algorithm
	hash      crypto.Hash
}

var schemes = map[spec.SignatureScheme]scheme{
	spec.MD5SHA1:              {pkcs1, crypto.MD5SHA1},
	spec.RSAPKCS1SHA1:         {pkcs1, crypto.SHA1},
	spec.RSAPKCS1SHA256:       {pkcs1, crypto.SHA256},
	spec.RSAPKCS1SHA384:       {pkcs1, crypto.SHA384},
	spec.RSAPKCS1SHA512:       {pkcs1, crypto.SHA512},
	spec.RSAPSSRSAESHA256:     {pss, crypto.SHA256},
	spec.RSAPSSRSAESHA384:     {pss, crypto.SHA384},
	spec.RSAPSSRSAESHA512:     {pss, crypto.SHA512},
	spec.ECDSASHA1:            {ecdsaAlgorithm, crypto.SHA1},
	spec.ECDSASecp256r1SHA256: {ecdsaAlgorithm, crypto.SHA256},
	spec.ECDSASecp384r1SHA384: {ecdsaAlgorithm, crypto.SHA384},
	spec.ECDSASecp521r1SHA512: {ecdsaAlgorithm, crypto.SHA512},
	spec.Ed25519:              {eddsa, 0},
}

// fits reports whether the holder of pub can sign so.
func (s scheme) fits(pub crypto.PublicKey) bool {
	switch key := pub.(type) {
	case *rsa.PublicKey:
		if s.algorithm == pss {
			// RFC 8017, Section 9.1.1: hash, a salt as long, and two octets.
			return (key.N.BitLen()-1+7)/8 >= 2*s.hash.Size()+2
		}
		return s.algorithm == pkcs1
	case *ecdsa.PublicKey:
		return s.algorithm == ecdsaAlgorithm && curveScheme(key) != 0
	case ed25519.PublicKey:
		return s.algorithm == eddsa
	}
	return false
}
