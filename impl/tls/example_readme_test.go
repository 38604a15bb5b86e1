package tls_test

import (
	"bytes"
	"context"
	"fmt"
	"net"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/tls"
)

// The session-secret callback on both sides: one round trip, no certificate.
func Example_sessionSecret() {
	opaque, pacKey := []byte("opaque to the client"), make([]byte, 32)
	secret := func(serverRandom, clientRandom []byte) *tls.SessionSecret {
		s := &tls.SessionSecret{Secret: make([]byte, 48)}
		new(prf.PRF).SessionSecret(s.Secret, pacKey, serverRandom, clientRandom) // RFC 4851, Section 5.1
		return s
	}

	// README begin
	server := &tls.Config{AcceptTicket: func(ctx context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
		if !bytes.Equal(h.Ticket, opaque) {
			return nil, nil // declined: a full handshake follows
		}
		return secret(h.ServerRandom, h.ClientRandom), nil
	}}
	client := &tls.Config{ServerName: "server.example", OfferTicket: func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
		return &tls.TicketOffer{Ticket: opaque, Secret: func(ctx context.Context, h *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
			return secret(h.ServerRandom, h.ClientRandom), nil
		}}, nil
	}}
	// README end

	here, there := net.Pipe()
	go tls.Server(there, server).Handshake()
	conn := tls.Client(here, client)
	if err := conn.Handshake(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("resumed by", conn.ConnectionState().ResumedBy)
	// Output: resumed by session-secret
}
