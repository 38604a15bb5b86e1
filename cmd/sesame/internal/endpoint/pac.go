package endpoint

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/tls"
)

// keySize is the length of a PAC-Key in octets (FAST-PAC-01).
const keySize = 32

// PAC is a Protected Access Credential: a key, and what the server recognises
// it by (RFC 4851, Section 3.2.2).
type PAC struct {
	Key    []byte // 32 octets
	Opaque []byte // the ticket, as it stands in the SessionTicket extension
}

// ParsePAC reads a PAC from two flags: the key as 64 hexadecimal digits, the
// opaque as hexadecimal digits or as @FILE. Both empty: no PAC, nil.
func ParsePAC(key, opaque string) (*PAC, error) {
	if key == "" && opaque == "" {
		return nil, nil
	}
	if key == "" || opaque == "" {
		return nil, errors.New("--pac-key and --pac-opaque belong together: give both, or neither")
	}
	p := new(PAC)
	var err error
	if p.Key, err = hex.DecodeString(key); err != nil || len(p.Key) != keySize {
		return nil, fmt.Errorf("--pac-key: %d characters that are not %d hexadecimal digits; give the PAC-Key's %d octets in hexadecimal", len(key), 2*keySize, keySize)
	}
	if file, ok := strings.CutPrefix(opaque, "@"); ok {
		if p.Opaque, err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("--pac-opaque: %w; give @FILE with a file that can be read, or hexadecimal digits", err)
		}
	} else if p.Opaque, err = hex.DecodeString(opaque); err != nil {
		return nil, fmt.Errorf("--pac-opaque: %w; give hexadecimal digits, or @FILE", err)
	}
	if len(p.Opaque) == 0 || len(p.Opaque) > 1<<14 {
		return nil, fmt.Errorf("--pac-opaque: %d octets; give 1 to %d", len(p.Opaque), 1<<14)
	}
	return p, nil
}

// Master returns the master secret of a handshake under the PAC, 48 octets.
func (p *PAC) Master(serverRandom, clientRandom []byte) []byte {
	master := make([]byte, prf.MasterSecretSize)
	new(prf.PRF).SessionSecret(master, p.Key, serverRandom, clientRandom) // RFC 4851, Section 5.1
	return master
}

func (p *PAC) secret(serverRandom, clientRandom []byte) *tls.SessionSecret {
	return &tls.SessionSecret{Secret: p.Master(serverRandom, clientRandom), State: "the PAC of --pac-opaque"}
}

// offer is a tls.Config.OfferTicket.
func (p *PAC) offer(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
	return &tls.TicketOffer{Ticket: p.Opaque, Secret: func(_ context.Context, h *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
		return p.secret(h.ServerRandom, h.ClientRandom), nil
	}}, nil
}

// accept is a tls.Config.AcceptTicket. Every other ticket is declined.
func (p *PAC) accept(_ context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
	if !bytes.Equal(h.Ticket, p.Opaque) {
		return nil, nil
	}
	return p.secret(h.ServerRandom, h.ClientRandom), nil
}
