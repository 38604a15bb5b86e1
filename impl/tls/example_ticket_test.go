package tls_test

import (
	"context"
	"fmt"
	"net"

	"github.com/sesame-tls/sesame/impl/tls"
)

// A server that does not know the ticket: the same hellos go on to a full
// handshake, and nothing is left of the client's secret.
func Example_declined() {
	client, server := exampleConfigs()
	client.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
		return &tls.TicketOffer{Ticket: []byte("of another server"), Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
			return &tls.SessionSecret{Secret: make([]byte, 48), State: "ali"}, nil
		}}, nil
	}
	server.AcceptTicket = func(context.Context, *tls.TicketHello) (*tls.SessionSecret, error) {
		return nil, nil
	}

	here, there := net.Pipe()
	go tls.Server(there, server).Handshake()
	conn := tls.Client(here, client)
	if err := conn.Handshake(); err != nil {
		fmt.Println(err)
		return
	}
	state := conn.ConnectionState()
	fmt.Println("resumed by", state.ResumedBy, "with", state.TicketState, "certificates:", len(state.PeerCertificates))
	// Output: resumed by none with <nil> certificates: 2
}
