package wire

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// Client certificate types (RFC 5246, Section 7.4.4; RFC 8422, Section 5.5).
const (
	CertificateTypeRSASign   = 1
	CertificateTypeECDSASign = 64 // Ed25519 too
)

// CertificateRequest asks the client for a certificate (RFC 5246, Section
// 7.4.4; RFC 4346, Section 7.4.4).
type CertificateRequest struct {
	Version spec.Version // set before Parse: Schemes is there from TLS 1.2 on

	Types       []byte // certificate types
	Schemes     List[spec.SignatureScheme]
	Authorities Names // empty: any
}

// Append appends the message.
func (r *CertificateRequest) Append(dst []byte) []byte {
	dst, start := begin(dst, spec.CertificateRequest)
	dst = appendVector(dst, 1, r.Types)
	if r.Version >= spec.TLS12 {
		dst = appendVector(dst, 2, r.Schemes)
	}
	return end(appendVector(dst, 2, r.Authorities), start, 3)
}

// Parse reads the body of the message.
func (r *CertificateRequest) Parse(body []byte) bool {
	*r = CertificateRequest{Version: r.Version}
	s := cryptobyte.String(body)
	return readFilled(&s, 1, &r.Types) &&
		(r.Version < spec.TLS12 || readList(&s, &r.Schemes)) &&
		readItems(&s, 2, 2, &r.Authorities) && s.Empty()
}
