package record

import (
	"crypto/cipher"
	"io"
	"math"

	"github.com/sesame-tls/sesame/spec"
)

// Sizes in octets (RFC 5246, Sections 6.2.1 and 6.2.3).
const (
	HeaderSize    = 5
	MaxPlaintext  = 1 << 14
	MaxCiphertext = MaxPlaintext + 2048
	MaxRecord     = HeaderSize + MaxCiphertext
)

// tagSize is what every AEAD of TLS 1.2 adds, in octets (RFC 5116, Section 5;
// RFC 7905, Section 2).
const tagSize = 16

// Half is one direction of a connection: what one side reads, or what it
// writes. The zero value works in the clear. Its fields are set before its
// first use. A Half is not safe for concurrent use; two Halves share nothing.
type Half struct {
	// Rand makes the IVs of CBC records; nil is crypto/rand's Reader.
	Rand io.Reader
	// Fragment is the most plaintext that Seal puts into one record, from 1 to
	// 16384 octets; 0 is 16384.
	Fragment int
	// Split makes Seal put the first octet of application data into a record of
	// its own where the IV of a CBC record is known beforehand: under TLS 1.0.
	// Leave it off for peers that expect one record per message.
	Split bool
	// Padding is how many blocks of padding Seal puts into each CBC record beyond
	// the least, from 0 to 15: RFC 5246, Section 6.2.3.2 leaves it to the sender.
	Padding int

	version  spec.Version // zero: not negotiated
	keyed    spec.Version // what the prepared keys are for
	last     spec.Version // of the record that was read last
	started  bool         // a record has been read
	prepared bool
	active   bool
	etm      bool
	mode     mode
	explicit int    // octets of nonce or IV before the ciphertext
	seq      uint64 // RFC 5246, Section 6.1: of the next record; zero until keys are active
	limit    uint64 // how many records of application data these keys may seal

	aead  cipher.AEAD
	nonce [12]byte // the fixed part under GCM, the whole of it under ChaCha20
	fixed [12]byte // the IV that ChaCha20's nonces are made from
	head  [13]byte // sequence number, type, version, length: what is authenticated
	cbc   *cbc     // kept over Reset for its hash objects
}

// mode is the kind of protection.
type mode uint8

const (
	modeClear mode = iota
	modeCBC
	modeGCM
	modeChaCha
)

const (
	// gcmLimit: RFC 9325, Section 4.4: 2^24.5 full-size records under one key.
	gcmLimit = 23726566
	// Beyond any limit there is room for alerts before the sequence number ends.
	seqLimit = math.MaxUint64 - 1<<16
)

// SetVersion fixes the negotiated version: records that are written carry it,
// and those that are read must. Before, anything from 3.0 to 3.255 is read, and
// 3.1 is written, as RFC 5246, Appendix E.1 advises for ClientHello.
func (h *Half) SetVersion(v spec.Version) { h.version = v }

// Version returns the version in the header of the record that was opened last:
// what a client holds against ServerHello, which decides what it had to be. It
// is zero before the first.
func (h *Half) Version() spec.Version { return h.last }

// Active reports whether records are protected.
func (h *Half) Active() bool { return h.active }

// Sequence returns the sequence number of the next record: how many records
// the active keys have protected.
func (h *Half) Sequence() uint64 { return h.seq }

// Activate puts the prepared keys to use, from the next record on. It fails if
// none are prepared, so that no record is ever protected by keys from nothing.
func (h *Half) Activate() error {
	if !h.prepared {
		return errorf(spec.InternalError, "RFC 5246, Section 7.1", "ChangeCipherSpec without keys")
	}
	h.prepared, h.active = false, true
	h.version = h.keyed
	h.head[9], h.head[10] = byte(h.version>>8), byte(h.version)
	return nil
}

// Discard forgets keys that are prepared and not active.
func (h *Half) Discard() {
	if !h.active {
		h.forget()
	}
}

// Reset makes h a zero Half again and overwrites the secrets that it can reach.
// The key schedules of the standard library's ciphers are left to the garbage
// collector.
func (h *Half) Reset() {
	h.forget()
	*h = Half{cbc: h.cbc}
}

func (h *Half) forget() {
	if h.mode == modeCBC {
		h.cbc.wipe()
	}
	h.aead = nil
	clear(h.nonce[:])
	clear(h.fixed[:])
	h.prepared, h.etm, h.mode, h.explicit = false, false, modeClear, 0
}
