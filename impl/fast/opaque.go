package fast

import (
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

// opaqueFormat is the first octet of every PAC-Opaque that Sesame makes. It
// differs from the first octet of an attribute header, so that a ticket without
// one is told apart.
const opaqueFormat = 0x51

// Grant is what a PAC-Opaque says to the server that issued it.
type Grant struct {
	Type     PACType
	Key      [32]byte // of a Tunnel or Machine PAC
	Identity string   // "": anyone's
	Expires  time.Time
}

// ErrOpaque is returned for every PAC-Opaque that does not open, whatever is
// wrong with it: the handshake goes on as a full one.
var ErrOpaque = errors.New("fast: the PAC-Opaque does not open")

// maxIdentity bounds the identity in a grant.
const maxIdentity = 255

// Seal makes a PAC-Opaque of a grant under the ring's current key. It is bound
// to the authority that issues it.
func (r *KeyRing) Seal(g *Grant, authority []byte, now time.Time) ([]byte, error) {
	if len(g.Identity) > maxIdentity {
		return nil, errors.New("fast: an identity in a PAC has at most 255 octets")
	}
	key := r.current(now)
	if key == nil {
		return nil, errors.New("fast: the key ring has no key that may seal")
	}
	var b cryptobyte.Builder
	b.AddUint16(uint16(g.Type))
	b.AddUint64(uint64(g.Expires.Unix()))
	b.AddBytes(g.Key[:])
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(g.Identity)) })
	opaque := append([]byte{opaqueFormat}, key.name[:]...)
	return key.aead.Seal(opaque, nil, b.BytesOrPanic(), additional(opaque, authority)), nil
}

// Open reads a PAC-Opaque. Octets behind it, as some peers pad, do not open:
// strip them before. Whether it has expired is the caller's to see.
func (r *KeyRing) Open(opaque, authority []byte) (*Grant, error) {
	head := 1 + keyNameSize
	if len(opaque) < head || opaque[0] != opaqueFormat {
		return nil, ErrOpaque
	}
	key := r.find([keyNameSize]byte(opaque[1:head]))
	if key == nil {
		return nil, ErrOpaque
	}
	plain, err := key.aead.Open(nil, nil, opaque[head:], additional(opaque[:head], authority))
	if err != nil {
		return nil, ErrOpaque
	}
	g := new(Grant)
	s := cryptobyte.String(plain)
	var expires uint64
	var identity cryptobyte.String
	if !s.ReadUint16((*uint16)(&g.Type)) || !s.ReadUint64(&expires) || !s.CopyBytes(g.Key[:]) ||
		!s.ReadUint8LengthPrefixed(&identity) || !s.Empty() {
		return nil, ErrOpaque
	}
	g.Expires, g.Identity = time.Unix(int64(expires), 0), string(identity)
	return g, nil
}

func additional(head, authority []byte) []byte {
	return append(append([]byte("Sesame PAC-Opaque"), head...), authority...)
}
