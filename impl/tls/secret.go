package tls

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

var errNoSecret = errors.New("tls: the callback returned no session secret")

// offerTicket asks for a client's opaque ticket.
func (r *run) offerTicket(ctx context.Context, p *handshake.ClientParams) error {
	if r.config.OfferTicket == nil {
		return nil
	}
	offer, err := r.config.OfferTicket(ctx, &TicketRequest{ServerName: p.ServerName, Conn: r.transport})
	if err != nil {
		return fmt.Errorf("tls: OfferTicket: %w", err)
	}
	if offer == nil {
		return nil
	}
	if len(offer.Ticket) == 0 || offer.Secret == nil {
		return errors.New("tls: a TicketOffer needs a Ticket of one octet or more, and a Secret")
	}
	r.offer, p.Ticket = offer, offer.Ticket
	if r.config.OfferSessionID {
		p.SessionID = handshake.FreshID
	}
	return nil
}

// secret runs the session-secret callback.
func (r *run) secret(ctx context.Context) error {
	var secret *SessionSecret
	var err error
	if r.isClient {
		version, suite := r.machine.Chosen()
		secret, err = r.offer.Secret(ctx, &ServerHelloInfo{
			ClientRandom: r.machine.ClientRandom(),
			ServerRandom: r.machine.ServerRandom(),
			Version:      uint16(version),
			CipherSuite:  uint16(suite),
		})
		if secret == nil && err == nil {
			err = errNoSecret
		}
	} else {
		secret, err = r.config.AcceptTicket(ctx, r.ticketHello())
	}
	switch {
	case err != nil:
		// A callback's error is never an alert's: the server, or the client, is broken.
		return &refusal{spec.InternalError, err}
	case secret == nil:
		r.machine.DeclineSecret()
	default:
		r.ticketState = secret.State
		r.machine.AcceptSecret(secret.Secret, spec.SuiteID(secret.CipherSuite))
	}
	return nil
}

func (r *run) ticketHello() *TicketHello {
	hello := r.machine.Hello()
	version, _ := r.machine.Chosen()
	return &TicketHello{
		Ticket:       hello.Ticket,
		ClientRandom: r.machine.ClientRandom(),
		ServerRandom: r.machine.ServerRandom(),
		Version:      uint16(version),
		SessionID:    hello.SessionID,
		ServerName:   string(hello.ServerName),
		CipherSuites: uint16s(hello.Suites),
		Conn:         r.transport,
	}
}
