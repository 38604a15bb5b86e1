package radius

import (
	"crypto/hmac"
	"crypto/md5"
	"errors"

	"layeh.com/radius"
	"layeh.com/radius/rfc2869"
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
	raw := append([]byte(nil), packet...)
	copy(raw[4:headerSize], request[:])
	found := -1
	for at := headerSize; at+2 <= len(raw); at += int(raw[at+1]) {
		if raw[at+1] < 2 || at+int(raw[at+1]) > len(raw) {
			return errNoAuthenticator
		}
		if raw[at] == attrMessageAuth {
			if found >= 0 || raw[at+1] != 2+md5.Size {
				return errWrongAuthenticator // RFC 3579, Section 3.3: at most one
			}
			found = at + 2
		}
	}
	if found < 0 {
		return errNoAuthenticator
	}
	var got [md5.Size]byte
	copy(got[:], raw[found:])
	clear(raw[found : found+md5.Size])
	if want := messageAuthenticator(raw, secret); !hmac.Equal(want, got[:]) {
		return errWrongAuthenticator
	}
	return nil
}

func messageAuthenticator(raw, secret []byte) []byte {
	h := hmac.New(md5.New, secret)
	h.Write(raw)
	return h.Sum(nil)
}

// encode encodes a packet with a Message-Authenticator, which begin has put
// first. A reply has been made by Response, so that its authenticator is still
// the request's.
func encode(p *radius.Packet) ([]byte, error) {
	raw, err := p.MarshalBinary()
	if err != nil {
		return nil, err
	}
	if err := rfc2869.MessageAuthenticator_Set(p, messageAuthenticator(raw, p.Secret)); err != nil {
		return nil, err
	}
	return p.Encode()
}

// begin gives a packet its Message-Authenticator, all zeros, in the first
// place: a forger of MD5 collisions then has no prefix to choose.
func begin(p *radius.Packet) *radius.Packet {
	p.Attributes = append(radius.Attributes{}, p.Attributes...)
	p.Add(attrMessageAuth, make(radius.Attribute, md5.Size))
	return p
}

// eapMessage joins the EAP-Message attributes, and says whether there are any:
// an empty one is EAP-Start (RFC 3579, Section 2.1).
func eapMessage(p *radius.Packet) (message []byte, present bool) {
	for _, a := range p.Attributes {
		if a.Type == attrEAPMessage {
			message, present = append(message, a.Attribute...), true
		}
	}
	return message, present
}

// addEAP splits an EAP packet over EAP-Message attributes, which stand side by
// side (RFC 3579, Section 3.1).
func addEAP(p *radius.Packet, message []byte) {
	for len(message) > 0 {
		n := min(len(message), 253)
		p.Add(attrEAPMessage, radius.Attribute(message[:n]))
		message = message[n:]
	}
}
