package radius

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"errors"
	"slices"
	"sync"

	"layeh.com/radius"
	"layeh.com/radius/rfc2869"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/internal/mac"
)

const (
	headerSize        = 20
	authenticatorSize = 16
	attrProxyState    = 33
	attrMessageAuth   = 80
	attrEAPMessage    = 79
)

var (
	errNoAuthenticator    = errors.New("radius: there is no Message-Authenticator (RFC 3579, Section 3.2)")
	errWrongAuthenticator = errors.New("radius: Message-Authenticator does not verify: is the shared secret the same on both ends?")
)

// checkMessage verifies the Message-Authenticator of a packet as it came. The
// authenticator field is the request's: a reply's own is replaced by it.
func checkMessage(packet, secret []byte, request [authenticatorSize]byte) error {
	found := -1
	for at := headerSize; at+2 <= len(packet); at += int(packet[at+1]) {
		if packet[at+1] < 2 || at+int(packet[at+1]) > len(packet) {
			return errNoAuthenticator
		}
		if packet[at] == attrMessageAuth {
			if found >= 0 || packet[at+1] != 2+md5.Size {
				return errWrongAuthenticator // RFC 3579, Section 3.3: at most one
			}
			found = at + 2
		}
	}
	if found < 0 {
		return errNoAuthenticator
	}
	var zero [md5.Size]byte
	want := messageAuthenticator(secret, packet[:4], request[:], packet[headerSize:found], zero[:], packet[found+md5.Size:])
	if !hmac.Equal(want[:], packet[found:found+md5.Size]) {
		return errWrongAuthenticator
	}
	return nil
}

// keyed is a MAC that keeps its secret: the next packet's is most likely the same,
// and keying is as dear as the rest.
type keyed struct {
	mac.HMAC
	secret  []byte
	message []byte // and room for its padding
}

// macs are for every packet, twice: making one anew is dearer still.
var macs = sync.Pool{New: func() any { return new(keyed) }}

// messageAuthenticator is HMAC-MD5 of a packet's parts (RFC 3579, Section 3.2).
func messageAuthenticator(secret []byte, parts ...[]byte) [md5.Size]byte {
	h := macs.Get().(*keyed)
	defer macs.Put(h)
	if h.secret == nil || !bytes.Equal(h.secret, secret) {
		h.secret = append(make([]byte, 0, len(secret)), secret...)
		h.SetKey(mac.MD5, secret)
	}
	message := h.message[:0]
	for _, part := range parts {
		message = append(message, part...)
	}
	n := len(message)
	message = slices.Grow(message, h.MaxPad())
	h.message = message[:cap(message)]
	return [md5.Size]byte(h.Sum(h.message[:h.Pad(h.message, n)], n))
}

// Sign gives a packet its Message-Authenticator, in the first place, where a
// forger of MD5 collisions has no prefix to choose. Call it last, and before
// Encode. A reply is one that [radius.Packet.Response] has made.
func Sign(p *radius.Packet) error {
	_, sum, err := marshal(p)
	if err != nil {
		return err
	}
	return rfc2869.MessageAuthenticator_Set(p, sum[:])
}

// marshal returns a packet's octets, with zeros in its Message-Authenticator,
// and what belongs there.
func marshal(p *radius.Packet) (out []byte, sum [md5.Size]byte, err error) {
	begin(p)
	if out, err = p.MarshalBinary(); err != nil {
		return nil, sum, err
	}
	return out, messageAuthenticator(p.Secret, out), nil
}

// Verify checks the Message-Authenticator of a request that layeh.com/radius has
// parsed: there must be one, and it must be right.
func Verify(request *radius.Packet) error {
	raw, err := request.MarshalBinary()
	if err != nil {
		return err
	}
	return checkMessage(raw, request.Secret, request.Authenticator)
}

// VerifyReply checks the Message-Authenticator of a reply to a request, both as
// layeh.com/radius has parsed them.
func VerifyReply(reply, request *radius.Packet) error {
	raw, err := reply.MarshalBinary()
	if err != nil {
		return err
	}
	return checkMessage(raw, reply.Secret, request.Authenticator)
}

// usual is how many attributes a packet has, or a few less.
const usual = 8

// begin puts a Message-Authenticator of zeros in the first place, if it is not
// there yet.
func begin(p *radius.Packet) *radius.Packet {
	if len(p.Attributes) == 0 || p.Attributes[0].Type != attrMessageAuth {
		first := &struct {
			radius.AVP
			zeros [md5.Size]byte
		}{}
		first.AVP = radius.AVP{Type: attrMessageAuth, Attribute: first.zeros[:]}
		p.Attributes = append(append(make(radius.Attributes, 0, len(p.Attributes)+usual), &first.AVP), p.Attributes...)
	}
	return p
}

// encode signs and encodes a packet: a request as it is, a reply with its
// Response Authenticator (RFC 2865, Section 3).
func encode(p *radius.Packet) ([]byte, error) {
	out, sum, err := marshal(p)
	if err != nil {
		return nil, err
	}
	copy(out[headerSize+2:], sum[:])
	if p.Code != radius.CodeAccessRequest {
		h := md5.New()
		h.Write(out)
		h.Write(p.Secret)
		h.Sum(out[4:4])
	}
	return out, nil
}

// eapMessage joins the EAP-Message attributes, and says whether there are any:
// an empty one is EAP-Start (RFC 3579, Section 2.1). One alone is not copied.
func eapMessage(p *radius.Packet) (message []byte, present bool) {
	for _, a := range p.Attributes {
		switch {
		case a.Type != attrEAPMessage:
		case !present:
			message, present = slices.Clip(a.Attribute), true
		default:
			message = append(message, a.Attribute...)
		}
	}
	return message, present
}

// EAPMessage returns the EAP packet of a request or reply, nil for none.
func EAPMessage(p *radius.Packet) []byte {
	message, _ := eapMessage(p)
	return bytes.Clone(message)
}

// AddEAPMessage adds an EAP packet, split over attributes (RFC 3579, Section
// 3.1).
func AddEAPMessage(p *radius.Packet, message []byte) { addEAP(p, message) }

// AddKeys adds to an Access-Accept what its NAS gets of the keys:
// MS-MPPE-Recv-Key and MS-MPPE-Send-Key, and EAP-Key-Name where the request asks
// for it.
func AddKeys(accept, request *radius.Packet, keys eap.Keys) { addKeys(accept, request, keys) }

// addEAP splits an EAP packet over EAP-Message attributes, which stand side by
// side (RFC 3579, Section 3.1).
func addEAP(p *radius.Packet, message []byte) {
	for len(message) > 0 {
		n := min(len(message), 253)
		p.Add(attrEAPMessage, radius.Attribute(message[:n]))
		message = message[n:]
	}
}
