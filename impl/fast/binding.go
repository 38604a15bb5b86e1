package fast

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"

	"github.com/sesame-tls/sesame/impl/internal/mac"
)

// Version is the version of EAP-FAST that Sesame speaks.
const Version = 1

// The subtypes of a Crypto-Binding TLV.
const (
	bindingRequest  = 0
	bindingResponse = 1
)

// Binding is the value of a Crypto-Binding TLV (RFC 4851, Section 4.2.8).
type Binding struct {
	Version  uint8 // of EAP-FAST
	Received uint8 // the version that the other side has sent
	Subtype  uint8 // 0 request, 1 response
	Nonce    [32]byte
	MAC      [20]byte
}

const (
	bindingSize = 56
	macOffset   = headerSize + bindingSize - 20
)

// appendTLV appends the whole TLV, with its MAC under cmk.
func (b *Binding) appendTLV(dst []byte, cmk *[cmkSize]byte) []byte {
	start := len(dst)
	dst = b.appendFields(dst)
	mac := bindingMAC(dst[start:], cmk)
	copy(dst[start+macOffset:], mac[:])
	return dst
}

func (b *Binding) appendFields(dst []byte) []byte {
	dst = appendHeader(dst, mandatory|uint16(CryptoBinding), bindingSize)
	dst = append(dst, 0, b.Version, b.Received, b.Subtype)
	dst = append(dst, b.Nonce[:]...)
	return append(dst, b.MAC[:]...)
}

// macs are used again: making one anew is dearer than its use.
var macs = sync.Pool{New: func() any { return new(mac.HMAC) }}

// bindingMAC is the Compound MAC: HMAC-SHA-1 over the TLV with its header and a
// MAC of zeros (RFC 4851, Section 5.3).
func bindingMAC(tlv []byte, cmk *[cmkSize]byte) (sum [20]byte) {
	h := macs.Get().(*mac.HMAC)
	defer macs.Put(h)
	h.SetKey(mac.SHA1, cmk[:])
	h.Start()
	h.Write(tlv[:macOffset])
	h.Write(sum[:])
	copy(sum[:], h.Finish())
	h.Wipe()
	return sum
}

// parseBinding reads the value of a Crypto-Binding TLV.
func parseBinding(value []byte) (b Binding, ok bool) {
	if len(value) != bindingSize {
		return b, false
	}
	b.Version, b.Received, b.Subtype = value[1], value[2], value[3]
	copy(b.Nonce[:], value[4:36])
	copy(b.MAC[:], value[36:])
	return b, true
}

// ErrBinding is wrapped by the reasons for which a Crypto-Binding TLV is a
// compromise of the tunnel (RFC 4851, Section 3.6.2).
var ErrBinding = errors.New("fast: crypto-binding does not hold")

// check holds a TLV, header included, against what must be in it (RFC 4851,
// Section 4.2.8): the MAC, both versions, the direction, and in a response the
// nonce of the request, which is nil in a request.
func (b *Binding) check(tlv []byte, cmk *[cmkSize]byte, subtype, received uint8, request *[32]byte) error {
	mac := bindingMAC(tlv, cmk)
	nonceBit := b.Nonce[31] & 1
	switch {
	case subtle.ConstantTimeCompare(mac[:], b.MAC[:]) != 1:
		return fmt.Errorf("%w: the compound MAC is wrong", ErrBinding)
	case b.Version != Version:
		return fmt.Errorf("%w: version %d", ErrBinding, b.Version)
	case b.Received != received:
		return fmt.Errorf("%w: version %d was received, and %d was sent", ErrBinding, b.Received, received)
	case b.Subtype != subtype:
		return fmt.Errorf("%w: subtype %d from the other side", ErrBinding, b.Subtype)
	case request == nil && nonceBit != 0:
		return fmt.Errorf("%w: the nonce of a request has its last bit set", ErrBinding)
	case request != nil && b.Nonce != responseNonce(*request):
		return fmt.Errorf("%w: the nonce is not the request's", ErrBinding)
	}
	return nil
}

// responseNonce is the request's with its least significant bit set (RFC 4851,
// Section 4.2.8).
func responseNonce(n [32]byte) [32]byte {
	n[31] |= 1
	return n
}
