package record

import (
	"crypto/aes"
	"crypto/rand"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// Seal appends data as records of type t and returns the longer slice. Data of
// any length is cut at [Half.Fragment]; empty data makes one empty record,
// which the protocol allows for application data only. data must not overlap
// the room behind dst. Nothing is allocated if that room is at least
// [Half.SealedSize].
//
// It fails with [ErrExhausted], before anything is sealed, where the keys may
// not protect so many more records of application data; and when Rand fails.
func (h *Half) Seal(dst []byte, t spec.ContentType, data []byte) ([]byte, error) {
	if h.active && h.mode != modeCBC && len(data) <= h.fragment() && h.seq < min(h.limit, seqLimit) {
		return h.sealRecord(dst, t, data) // the usual: one record, and many more to come
	}
	records := uint64(h.records(t, len(data)))
	if h.active && (records > math.MaxUint64-h.seq || t == spec.ContentApplicationData && h.seq+records > h.limit) {
		return dst, ErrExhausted
	}
	out, first := dst, h.first(t, len(data))
	for {
		var err error
		if out, err = h.sealRecord(out, t, data[:first]); err != nil {
			return dst, err
		}
		if data = data[first:]; len(data) == 0 {
			return out, nil
		}
		first = min(len(data), h.fragment())
	}
}

// SealedSize returns the most octets that [Half.Seal] appends for n octets of
// type t.
func (h *Half) SealedSize(t spec.ContentType, n int) int {
	return n + h.records(t, n)*(HeaderSize+h.overhead())
}

func (h *Half) fragment() int {
	if h.Fragment < 1 || h.Fragment > MaxPlaintext {
		return MaxPlaintext
	}
	return h.Fragment
}

// first is how much of n octets goes into the first record.
func (h *Half) first(t spec.ContentType, n int) int {
	if h.Split && h.active && h.mode == modeCBC && h.explicit == 0 && t == spec.ContentApplicationData && n > 1 {
		return 1
	}
	return min(n, h.fragment())
}

// records is how many records n octets make.
func (h *Half) records(t spec.ContentType, n int) int {
	rest := n - h.first(t, n)
	return 1 + (rest+h.fragment()-1)/h.fragment()
}

// padding is [Half.Padding] within its bounds.
func (h *Half) padding() int { return min(max(h.Padding, 0), 15) }

// overhead is the most that the protection adds to a record.
func (h *Half) overhead() int {
	switch {
	case !h.active:
		return 0
	case h.mode == modeCBC:
		return h.explicit + h.cbc.mac.Size() + aes.BlockSize*(1+h.padding())
	}
	return h.explicit + tagSize
}

func (h *Half) sealRecord(dst []byte, t spec.ContentType, data []byte) ([]byte, error) {
	dst = slices.Grow(dst, HeaderSize+len(data)+h.overhead())
	if !h.active {
		dst = appendHeader(dst, t, h.writeVersion(), len(data))
		return append(dst, data...), nil
	}
	if h.mode == modeCBC {
		return h.sealCBC(dst, t, data)
	}
	return h.sealAEAD(dst, t, data), nil
}

// writeVersion: RFC 5246, Appendix E.1: before the version is known, a client
// may send the lowest that it supports.
func (h *Half) writeVersion() spec.Version {
	if h.version == 0 {
		return spec.TLS10
	}
	return h.version
}

func appendHeader(dst []byte, t spec.ContentType, v spec.Version, n int) []byte {
	return append(dst, byte(t), byte(v>>8), byte(v), byte(n>>8), byte(n))
}

// authenticate sets the header that a record's MAC covers.
//
// RFC 5246, Section 6.2.3.1 and 6.2.3.3: seq_num + type + version + length.
func (h *Half) authenticate(t spec.ContentType, n int) []byte {
	binary.BigEndian.PutUint64(h.head[:], h.seq)
	h.head[8] = byte(t)
	h.head[11], h.head[12] = byte(n>>8), byte(n)
	return h.head[:]
}

func (h *Half) sealAEAD(dst []byte, t spec.ContentType, data []byte) []byte {
	head := h.authenticate(t, len(data))
	dst = appendHeader(dst, t, h.version, h.explicit+len(data)+tagSize)
	if h.mode == modeGCM {
		// RFC 5288, Section 3: the explicit nonce may be the sequence number, which never repeats.
		dst = append(dst, head[:8]...)
		copy(h.nonce[4:], head)
	} else {
		h.chachaNonce()
	}
	h.seq++
	return h.aead.Seal(dst, h.nonce[:], data, head)
}

// chachaNonce: RFC 7905, Section 2.
func (h *Half) chachaNonce() {
	iv := binary.BigEndian.Uint64(h.fixed[4:])
	binary.BigEndian.PutUint64(h.nonce[4:], iv^h.seq)
}

func (h *Half) sealCBC(dst []byte, t spec.ContentType, data []byte) ([]byte, error) {
	c := h.cbc
	size := c.mac.Size()
	content := len(data)
	if !h.etm {
		content += size
	}
	content += aes.BlockSize - content%aes.BlockSize // with padding: at least its length octet
	content += aes.BlockSize * h.padding()
	total := h.explicit + content
	if h.etm {
		total += size
	}
	dst = appendHeader(dst, t, h.version, total)
	record := dst[len(dst) : len(dst)+total]
	dst = dst[:len(dst)+total]
	if h.explicit > 0 {
		// RFC 5246, Section 6.2.3.2: the IV is chosen at random for each record.
		if err := h.random(record[:h.explicit]); err != nil {
			return nil, err
		}
		c.block.SetIV(record[:h.explicit])
	}
	body := record[h.explicit : h.explicit+content]

	// Whole blocks of data go straight through the cipher; only the end is put together first.
	whole := len(data) &^ (aes.BlockSize - 1)
	end := append(body[whole:whole], data[whole:]...)
	if !h.etm {
		end = append(end, c.sum(h.authenticate(t, len(data)), data)...)
	}
	pad := content - whole - len(end)
	for range pad {
		end = append(end, byte(pad-1)) // RFC 5246, Section 6.2.3.2: each octet holds the padding length
	}
	c.block.CryptBlocks(body[:whole], data[:whole])
	c.block.CryptBlocks(end, end)
	if h.etm {
		// RFC 7366, Section 3: the MAC covers IV and ciphertext, and their length.
		covered := record[:total-size]
		copy(record[total-size:], c.sum(h.authenticate(t, len(covered)), covered))
	}
	h.seq++
	return dst, nil
}

func (h *Half) random(p []byte) error {
	if h.Rand == nil {
		rand.Read(p)
		return nil
	}
	if _, err := io.ReadFull(h.Rand, p); err != nil {
		return errorf(spec.InternalError, "RFC 5246, Section 6.2.3.2", "no random IV: %v", err)
	}
	return nil
}
