package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// CertificateVerify proves that the client holds its certificate's key (RFC
// 5246, Section 7.4.8).
type CertificateVerify struct {
	Version spec.Version // set before Parse

	Scheme    spec.SignatureScheme // TLS 1.2 only
	Signature []byte
}

// Append appends the message.
func (c *CertificateVerify) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.CertificateVerify)
	return end(appendSignature(dst, c.Version, c.Scheme, c.Signature), start, 3)
}

// Parse reads the body of the message.
func (c *CertificateVerify) Parse(body []byte) bool {
	*c = CertificateVerify{Version: c.Version}
	s := cryptobyte.String(body)
	return readSignature(&s, c.Version, &c.Scheme, &c.Signature)
}

// appendSignature appends digitally-signed (RFC 5246, Section 4.7), which names
// its algorithms from TLS 1.2 on.
func appendSignature(dst []byte, v spec.Version, scheme spec.SignatureScheme, sig []byte) []byte {
	if v >= spec.TLS12 {
		dst = appendUint16(dst, scheme)
	}
	return appendVector(dst, 2, sig)
}

// readSignature reads the digitally-signed that ends a message.
func readSignature(s *cryptobyte.String, v spec.Version, scheme *spec.SignatureScheme, sig *[]byte) bool {
	if v >= spec.TLS12 && !s.ReadUint16((*uint16)(scheme)) {
		return false
	}
	return readVector(s, 2, sig) && s.Empty()
}
