package record

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"math"

	"github.com/sesame-tls/sesame/spec"
)

// Length returns the length of the first record of in, header included: what
// [Half.Open] needs. It is zero while in holds less than a header. A header
// that no good record has is an error, before its body is read.
func (h *Half) Length(in []byte) (int, error) {
	if len(in) < HeaderSize {
		return 0, nil
	}
	t := spec.ContentType(in[0])
	v := spec.Version(binary.BigEndian.Uint16(in[1:]))
	n := int(binary.BigEndian.Uint16(in[3:]))
	if !h.active && !known(t) {
		return 0, h.unknown(in)
	}
	if err := h.checkVersion(t, v); err != nil {
		return 0, err
	}
	// RFC 5246, Sections 6.2.1 and 6.2.3: the length of a record's fragment.
	if n > MaxCiphertext || !h.active && n > MaxPlaintext {
		return 0, errOverflow
	}
	return HeaderSize + n, nil
}

// Open takes the first record of in, which it opens in place: data aliases in.
// n is the record's length, and 0 while in holds less than one record. What is
// not a good record is an [Error], after which h is of no further use.
//
// Empty records are returned like others: what they mean depends on the type
// (RFC 5246, Section 6.2.1).
func (h *Half) Open(in []byte) (t spec.ContentType, data []byte, n int, err error) {
	return h.OpenInto(nil, in)
}

// OpenInto is [Half.Open] that opens a record of application data into dst
// instead of in place, where an AEAD protects it and dst has room for all of its
// plaintext. dst must not overlap in; it is overwritten if the record does not
// open, never with what has not authenticated.
func (h *Half) OpenInto(dst, in []byte) (t spec.ContentType, data []byte, n int, err error) {
	n, err = h.Length(in)
	if err != nil || n == 0 || len(in) < n {
		return 0, nil, 0, err
	}
	t = spec.ContentType(in[0])
	data = in[HeaderSize:n:n]
	if h.active {
		if t != spec.ContentApplicationData {
			dst = nil
		}
		if data, err = h.open(t, dst, data); err != nil {
			return 0, nil, 0, err
		}
	}
	h.started, h.last = true, spec.Version(binary.BigEndian.Uint16(in[1:]))
	return t, data, n, nil
}

func (h *Half) open(t spec.ContentType, dst, body []byte) (data []byte, err error) {
	if h.seq == math.MaxUint64 {
		// RFC 5246, Section 6.1: sequence numbers do not wrap.
		return nil, errorf(spec.InternalError, "RFC 5246, Section 6.1", "the sequence number is used up")
	}
	switch {
	case h.mode != modeCBC:
		data, err = h.openAEAD(t, dst, body)
	case h.etm:
		data, err = h.openEncryptThenMAC(t, body)
	default:
		data, err = h.openMACThenEncrypt(t, body)
	}
	if err != nil {
		return nil, err
	}
	h.seq++
	// Type and length mean something once the record has authenticated.
	if !known(t) {
		return nil, errType(t)
	}
	if len(data) > MaxPlaintext {
		return nil, errOverflow
	}
	return data, nil
}

func (h *Half) openAEAD(t spec.ContentType, dst, body []byte) ([]byte, error) {
	n := len(body) - h.explicit - tagSize
	if n < 0 {
		return nil, errBadRecordMAC
	}
	head := h.authenticate(t, n)
	if h.mode == modeGCM {
		copy(h.nonce[4:], body[:8]) // RFC 5288, Section 3: whatever the sender chose
	} else {
		h.chachaNonce()
	}
	sealed := body[h.explicit:]
	if len(dst) < n {
		dst = sealed
	}
	data, err := h.aead.Open(dst[:0], h.nonce[:], sealed, head)
	if err != nil {
		return nil, errBadRecordMAC
	}
	return data, nil
}

func (h *Half) openEncryptThenMAC(t spec.ContentType, body []byte) ([]byte, error) {
	c := h.cbc
	covered := len(body) - c.mac.Size()
	if covered < h.explicit+aes.BlockSize || (covered-h.explicit)%aes.BlockSize != 0 {
		return nil, errBadRecordMAC
	}
	// RFC 7366, Section 3: the MAC is checked before anything is decrypted.
	sum := c.sum(h.authenticate(t, covered), body[:covered])
	if subtle.ConstantTimeCompare(sum, body[covered:]) != 1 {
		return nil, errBadRecordMAC
	}
	plain := h.decrypt(body[:covered])
	pad, good := padding(plain, 0)
	if good == 0 {
		return nil, errBadRecordMAC
	}
	return plain[:len(plain)-pad], nil
}

func (h *Half) openMACThenEncrypt(t spec.ContentType, body []byte) ([]byte, error) {
	c := h.cbc
	// RFC 5246, Section 6.2.3.2: at least a MAC and the padding's length, in whole blocks.
	n := len(body) - h.explicit
	if n < c.mac.Size()+1 || n%aes.BlockSize != 0 {
		return nil, errBadRecordMAC
	}
	plain := h.decrypt(body)
	size := c.mac.Size()
	pad, good := padding(plain, size)
	end := len(plain) - pad - size
	if c.verify(h.authenticate(t, end), plain, end)&good != 1 {
		return nil, errBadRecordMAC
	}
	return plain[:end], nil
}

// decrypt decrypts body in place, which begins with the explicit IV if there is
// one. Under TLS 1.0 the IV is the last block of the record before.
func (h *Half) decrypt(body []byte) []byte {
	if h.explicit > 0 {
		h.cbc.block.SetIV(body[:h.explicit])
		body = body[h.explicit:]
	}
	h.cbc.block.CryptBlocks(body, body)
	return body
}
