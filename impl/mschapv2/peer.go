package mschapv2

import (
	"fmt"
	"io"

	"github.com/sesame-tls/sesame/impl/eap"
)

// PeerConfig is what one conversation at a peer needs.
type PeerConfig struct {
	User string
	Hash Hash
	Rand io.Reader
	// Tunnel is nil where challenges are drawn and exchanged.
	Tunnel *Challenges
}

// Peer is EAP-MSCHAPv2 at a peer: an [eap.PeerMethod].
type Peer struct {
	config   PeerConfig
	exchange Exchange
	response [24]byte
	answered bool
	master   [16]byte
	reason   error
}

// NewPeer returns a conversation that awaits its challenge.
func NewPeer(c PeerConfig) *Peer { return &Peer{config: c} }

// Step implements [eap.PeerMethod].
func (p *Peer) Step(out, data []byte, _ *eap.Turn) ([]byte, eap.PeerState) {
	request, err := Parse(data)
	if err != nil {
		return out, eap.PeerState{Ignore: true}
	}
	switch {
	case request.Op == OpChallenge:
		return p.challenge(out, &request)
	case request.Op == OpSuccess && !request.Ack && p.answered:
		// RFC 2759, Section 5: a peer that does not find its own proof in Success MUST end the link.
		if !p.config.Hash.Authenticates(&p.exchange, p.response, request.Message) {
			p.reason = fmt.Errorf("mschapv2: the server does not know the password")
			return (&Packet{Op: OpFailure, Ack: true}).Append(out), eap.PeerState{State: eap.Done}
		}
		p.master = p.config.Hash.MasterKey(p.response)
		return (&Packet{Op: OpSuccess, Ack: true}).Append(out),
			eap.PeerState{State: eap.Done, Decision: eap.UnconditionalSuccess}
	case request.Op == OpFailure && !request.Ack && p.answered:
		failure := ParseFailure(request.Message)
		p.reason = fmt.Errorf("mschapv2: the server refuses %q with error %d: %s", p.config.User, failure.Code, failure.Text)
		return (&Packet{Op: OpFailure, Ack: true}).Append(out), eap.PeerState{State: eap.Done}
	}
	return out, eap.PeerState{Ignore: true}
}

func (p *Peer) challenge(out []byte, request *Packet) ([]byte, eap.PeerState) {
	answer := Packet{Op: OpResponse, ID: request.ID, Name: p.config.User}
	p.exchange = Exchange{User: p.config.User, Authenticator: request.Challenge}
	if tunnel := p.config.Tunnel; tunnel != nil {
		// RFC 5422, Section 3.2.3: what the packet carries is ignored, and zeros go back.
		p.exchange.Authenticator, p.exchange.Peer = tunnel.Server, tunnel.Peer
	} else {
		if _, err := io.ReadFull(p.config.Rand, answer.Peer[:]); err != nil {
			return out, eap.PeerState{Ignore: true}
		}
		p.exchange.Peer = answer.Peer
	}
	p.response = p.config.Hash.Respond(&p.exchange)
	answer.NTResponse, p.answered = p.response, true
	return answer.Append(out), eap.PeerState{}
}

// Keys implements [eap.PeerMethod].
func (p *Peer) Keys() eap.Keys {
	msk := MSK(p.master)
	return eap.Keys{MSK: msk[:]}
}

// InnerSessionKey returns the key that EAP-FAST binds to its tunnel.
func (p *Peer) InnerSessionKey() [32]byte { return InnerSessionKey(p.master) }

// Reason returns why the method has failed; nil if it has not.
func (p *Peer) Reason() error { return p.reason }

// Release implements [eap.PeerMethod].
func (p *Peer) Release() { p.master, p.config.Hash = [16]byte{}, Hash{} }
