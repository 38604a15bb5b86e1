package tls

import (
	"context"
	"net"
)

// TicketRequest is what [Config.OfferTicket] is told: which connection the
// ticket is for.
type TicketRequest struct {
	ServerName string   // what is sent in the server_name extension; "" for none
	Conn       net.Conn // the transport; do not read from it or write to it
}

// TicketOffer is a client's opaque ticket and the way to its secret.
type TicketOffer struct {
	// Ticket is sent as it stands in the SessionTicket extension (RFC 5077,
	// Section 3.2): 1 octet to what fits beside the other extensions. A longer
	// or an empty one is an error before anything is sent.
	Ticket []byte

	// Secret returns the master secret. It is called at most once, after
	// ServerHello has passed every check and before it is known whether the
	// server accepts the ticket. A client cannot decline: an error, nil, or a
	// secret of the wrong length ends the handshake with internal_error, even
	// if the server was about to decline.
	Secret func(ctx context.Context, h *ServerHelloInfo) (*SessionSecret, error)
}

// ServerHelloInfo is what a client's secret may depend on. Its slices are valid
// until the callback returns.
type ServerHelloInfo struct {
	ClientRandom []byte // 32 octets
	ServerRandom []byte // 32 octets
	Version      uint16
	CipherSuite  uint16
}

// TicketHello is what [Config.AcceptTicket] is told of a ClientHello. Its
// slices are valid until the callback returns.
type TicketHello struct {
	Ticket       []byte // not empty
	ClientRandom []byte // 32 octets
	ServerRandom []byte // 32 octets, as they will be sent
	Version      uint16 // the negotiated one
	SessionID    []byte
	ServerName   string
	CipherSuites []uint16 // as offered, in the client's order
	Conn         net.Conn // the transport; do not read from it or write to it
}

// SessionSecret is a master secret from outside. It is copied when the callback
// returns.
type SessionSecret struct {
	// Secret is the master secret itself, 48 octets (RFC 5246, Section 8.1).
	// See [Config.AnySecretLength].
	Secret []byte

	// CipherSuite, at a server, names the suite of the shortened handshake. It
	// stands above Config.CipherSuites, and must be offered, implemented, right
	// for the version and not anonymous, or the handshake fails. Zero is the
	// server's normal choice. A client's is recorded in
	// ConnectionState.SessionSecretSuite and decides nothing.
	CipherSuite uint16

	// State is handed back in ConnectionState.TicketState, once the peer has
	// proved that it has the secret too.
	State any
}
