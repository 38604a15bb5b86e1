package explain

import (
	"fmt"
	"net/netip"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"

	"github.com/sesame-tls/sesame/impl/eap"
	impl "github.com/sesame-tls/sesame/impl/radius"
)

// turn is one packet of EAP, on its way between the peer and the server.
type turn struct {
	number   int // of the datagram, from 1
	fromPeer bool
	packet   eap.Packet
	radius   radius.Code
	forged   bool // Message-Authenticator does not verify under the secret
}

// conversation is one authentication.
type conversation struct {
	nas, server netip.AddrPort
	turns       []turn
	unanswered  bool // the last packet is a request of the NAS
}

// pending is a request that awaits its reply.
type pending struct {
	request *radius.Packet
	in      *conversation
}

// conversations sorts RADIUS packets: a request continues the conversation whose
// challenge had its State (RFC 2865, Section 5.24).
func conversations(list []Datagram, secret []byte) (all []*conversation) {
	type place struct {
		nas, server netip.AddrPort
		id          byte
	}
	waiting := map[place]pending{}
	byState := map[string]*conversation{}
	for i, d := range list {
		p, err := radius.Parse(d.Data, secret)
		if err != nil {
			continue
		}
		raw := impl.EAPMessage(p)
		packet, ok := eap.Parse(raw)
		switch {
		case p.Code == radius.CodeAccessRequest:
			at := place{d.From, d.To, p.Identifier}
			if old, again := waiting[at]; again && old.request.Authenticator == p.Authenticator {
				continue // sent again
			}
			state := string(rfc2865.State_Get(p))
			c := byState[state]
			if c == nil || state == "" {
				c = &conversation{nas: d.From, server: d.To}
				all = append(all, c)
			}
			waiting[at] = pending{p, c}
			c.unanswered = true
			if ok {
				c.turns = append(c.turns, turn{number: i + 1, fromPeer: true, packet: packet, radius: p.Code, forged: forged(p, p, secret)})
			}
		case p.Code == radius.CodeAccessChallenge || p.Code == radius.CodeAccessAccept || p.Code == radius.CodeAccessReject:
			at := place{d.To, d.From, p.Identifier}
			w, known := waiting[at]
			if !known {
				continue
			}
			delete(waiting, at)
			w.in.unanswered = false
			t := turn{number: i + 1, packet: packet, radius: p.Code, forged: forged(p, w.request, secret)}
			if !ok {
				t.packet = eap.Packet{}
			}
			w.in.turns = append(w.in.turns, t)
			if state := string(rfc2865.State_Get(p)); state != "" {
				byState[state] = w.in
			}
		}
	}
	return all
}

// forged reports whether a packet's Message-Authenticator is wrong under the
// secret (RFC 3579, Section 3.2); without a secret nothing is.
func forged(p, request *radius.Packet, secret []byte) bool {
	if len(secret) == 0 || len(rfc2869.MessageAuthenticator_Get(p)) == 0 {
		return false
	}
	if p == request {
		return impl.Verify(p) != nil
	}
	return impl.VerifyReply(p, request) != nil
}

func (c *conversation) String() string { return fmt.Sprintf("%v to %v", c.nas, c.server) }
