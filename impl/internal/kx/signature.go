package kx

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha256" // for crypto.Hash.New
	_ "crypto/sha512"

	"github.com/sesame-tls/sesame/spec"
)

// minRSABits is where crypto/rsa begins to verify.
const minRSABits = 1024

// Input appends what a signature in scheme s of the concatenated parts is made
// of: the digest, or for Ed25519 the parts themselves. The parts of
// ServerKeyExchange are the client's random, the server's random and the
// parameters (RFC 5246, Section 7.4.3); those of CertificateVerify all
// handshake messages before it (Section 7.4.8). An unknown scheme is
// illegal_parameter.
func Input(dst []byte, s spec.SignatureScheme, parts ...[]byte) ([]byte, error) {
	info, ok := schemes[s]
	switch {
	case !ok:
		return nil, fail(spec.IllegalParameter, "RFC 5246, Section 7.4.1.4.1", "unknown signature scheme "+s.String(), nil)
	case info.algorithm == eddsa:
		for _, p := range parts {
			dst = append(dst, p...)
		}
		return dst, nil
	case info.hash == crypto.MD5SHA1:
		// RFC 4346, Section 7.4.3: MD5, then SHA-1.
		m, h := md5.New(), sha1.New()
		for _, p := range parts {
			m.Write(p)
			h.Write(p)
		}
		return h.Sum(m.Sum(dst)), nil
	}
	h := info.hash.New()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(dst), nil
}

// Options returns what [crypto.Signer] must be told to sign an [Input] in
// scheme s. It is nil for an unknown scheme.
func Options(s spec.SignatureScheme) crypto.SignerOpts {
	info, ok := schemes[s]
	switch {
	case !ok:
		return nil
	case info.algorithm == pss:
		// RFC 8446, Section 4.2.3: the salt is as long as the digest.
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: info.hash}
	}
	return info.hash
}

// Sign signs an [Input] in scheme s. What goes wrong is internal_error.
func Sign(key crypto.Signer, s spec.SignatureScheme, input []byte) ([]byte, error) {
	if !schemes[s].fits(key.Public()) {
		return nil, fail(spec.InternalError, "", "the private key does not fit "+s.String(), nil)
	}
	sig, err := key.Sign(rand.Reader, input, Options(s))
	if err != nil {
		return nil, fail(spec.InternalError, "", "signing", err)
	}
	return sig, nil
}

// Verify checks the peer's signature of an [Input] in scheme s under version v.
// A scheme that does not belong to the key or to the version is
// illegal_parameter; a signature that does not verify is decrypt_error (RFC
// 5246, Section 7.2.2).
//
// That the scheme was offered is the caller's to check. Under TLS 1.0 and 1.1,
// where none is on the wire, take it from [ChooseScheme].
func Verify(v spec.Version, pub crypto.PublicKey, s spec.SignatureScheme, input, sig []byte) error {
	info := schemes[s]
	if !info.fits(pub) || !allowed(v, s) {
		return fail(spec.IllegalParameter, "RFC 5246, Section 7.4.3", "signature scheme "+s.String()+" does not fit the key and "+v.String(), nil)
	}
	if key, isRSA := pub.(*rsa.PublicKey); isRSA && key.N.BitLen() < minRSABits {
		return fail(spec.InsufficientSecurity, "RFC 5246, Section 7.4.2", "the peer's RSA key is smaller than 1024 bits", nil)
	}
	ok := false
	var err error
	switch info.algorithm {
	case pkcs1:
		err = rsa.VerifyPKCS1v15(pub.(*rsa.PublicKey), info.hash, input, sig)
		ok = err == nil
	case pss:
		err = rsa.VerifyPSS(pub.(*rsa.PublicKey), info.hash, input, sig, Options(s).(*rsa.PSSOptions))
		ok = err == nil
	case ecdsaAlgorithm:
		ok = ecdsa.VerifyASN1(pub.(*ecdsa.PublicKey), input, sig)
	case eddsa:
		ok = ed25519.Verify(pub.(ed25519.PublicKey), input, sig)
	}
	if !ok {
		return fail(spec.DecryptError, "RFC 5246, Section 4.7", "the peer's signature does not verify", err)
	}
	return nil
}

// allowed reports whether version v has scheme s.
func allowed(v spec.Version, s spec.SignatureScheme) bool {
	if v < spec.TLS12 {
		return s == spec.MD5SHA1 || s == spec.ECDSASHA1
	}
	return s != spec.MD5SHA1
}
