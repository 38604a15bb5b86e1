package record

import (
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// known reports whether t is a content type of TLS 1.0 to 1.2.
func known(t spec.ContentType) bool {
	return t >= spec.ContentChangeCipherSpec && t <= spec.ContentApplicationData
}

// checkVersion: RFC 5246, Appendix E.1: a server takes any {03,XX} as the
// record version of ClientHello. Once the version is negotiated, records carry
// it (RFC 5246, Section 6.2.1). An alert in the clear may come from a peer that
// did not get to know it: what it says matters more than its header.
func (h *Half) checkVersion(t spec.ContentType, v spec.Version) error {
	negotiated := h.version != 0 && (h.active || t != spec.ContentAlert)
	if negotiated && v != h.version {
		return errorf(spec.ProtocolVersion, "RFC 5246, Section 6.2.1", "the record's version is %v, and %v was negotiated", v, h.version)
	}
	if v>>8 != 3 {
		return errorf(spec.ProtocolVersion, "RFC 5246, Appendix E.1", "the record's version is %v, not one of TLS", v)
	}
	return nil
}

// unknown says what a record of no known type is, where in is a connection's
// first.
func (h *Half) unknown(in []byte) error {
	switch {
	case h.started:
	case isSSLv2(in):
		return errorf(spec.ProtocolVersion, "RFC 5246, Appendix E.2", "the peer speaks SSL 2.0: it sent an SSLv2 ClientHello")
	case isHTTP(in):
		return errorf(spec.UnexpectedMessage, "RFC 5246, Section 6", "the peer speaks HTTP without TLS")
	}
	return errType(spec.ContentType(in[0]))
}

func errType(t spec.ContentType) error {
	// RFC 5246, Section 6: a record type that is not known.
	return errorf(spec.UnexpectedMessage, "RFC 5246, Section 6", "no record has content type %d", t)
}

// isSSLv2 recognises RFC 5246, Appendix E.2's CLIENT-HELLO: a length with the
// high bit set, the type, and a version.
func isSSLv2(in []byte) bool {
	return in[0]&0x80 != 0 && in[2] == 1 && (in[3] == 3 || in[3] == 0 && in[4] == 2)
}

// isHTTP recognises a request by its method, and a reply.
func isHTTP(in []byte) bool {
	return slices.Contains([]string{
		"GET /", "HEAD ", "POST ", "PUT /", "DELET", "CONNE", "OPTIO", "TRACE", "PATCH", "PRI *", "HTTP/",
	}, string(in[:HeaderSize]))
}
