package kx

import (
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"io"

	"github.com/sesame-tls/sesame/spec"
)

// PremasterLen is the length of an RSA premaster secret (RFC 5246, Section
// 7.4.7.1).
const PremasterLen = 48

// EncryptPremaster makes a premaster secret and encrypts it to the server's
// key. offered is the version in ClientHello, not the one negotiated.
func EncryptPremaster(random io.Reader, pub *rsa.PublicKey, offered spec.Version) (premaster, ciphertext []byte, err error) {
	premaster = make([]byte, PremasterLen)
	if err := draw(random, premaster); err != nil {
		return nil, nil, err
	}
	premaster[0], premaster[1] = byte(offered>>8), byte(offered)
	//lint:ignore SA1019 RFC 5246, Section 7.4.7.1 prescribes PKCS #1 v1.5.
	ciphertext, err = rsa.EncryptPKCS1v15(source(random), pub, premaster)
	if err != nil {
		return nil, nil, fail(spec.InsufficientSecurity, "RFC 5246, Section 7.4.7.1", "the server's RSA key", err)
	}
	return premaster, ciphertext, nil
}

// DecryptPremaster returns the premaster secret that a client sent, or a random
// one where the ciphertext is wrong in any way or names another version than
// offered, which is the one in ClientHello. Nothing tells the two apart, the
// time included, as long as key decrypts in constant time under
// [rsa.PKCS1v15DecryptOptions], as *rsa.PrivateKey does (RFC 5246, Section
// 7.4.7.1). An error says that there is no randomness or that key is no RSA
// key, never anything about the ciphertext.
func DecryptPremaster(random io.Reader, key crypto.Decrypter, ciphertext []byte, offered spec.Version) ([]byte, error) {
	premaster := make([]byte, PremasterLen)
	// Drawn first, whatever comes of the ciphertext.
	if err := draw(random, premaster); err != nil {
		return nil, err
	}
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		return nil, fail(spec.InternalError, "", "the private key is no RSA key", nil)
	}
	//lint:ignore SA1019 RFC 5246, Section 7.4.7.1 prescribes PKCS #1 v1.5.
	options := &rsa.PKCS1v15DecryptOptions{SessionKeyLen: PremasterLen}
	// An error here depends on public things alone: the length of the
	// ciphertext, and whether it is below the modulus.
	plain, err := key.Decrypt(source(random), ciphertext, options)
	if err != nil || len(plain) != PremasterLen {
		return premaster, nil
	}
	good := subtle.ConstantTimeByteEq(plain[0], byte(offered>>8)) & subtle.ConstantTimeByteEq(plain[1], byte(offered))
	subtle.ConstantTimeCopy(good, premaster, plain)
	clear(plain)
	return premaster, nil
}
