// Package tls speaks TLS 1.2, and 1.1 and 1.0 when asked to, with one thing
// that no other Go package has: the session-secret callback, by which a
// handshake takes its master secret from outside. EAP-FAST (RFC 4851) resumes
// its tunnel that way, from a Protected Access Credential.
//
// For most cases use [Dial] or a [Dialer] as a client, [Listen] as a server,
// or [Client] and [Server] over a connection that is there already. All take a
// [Config] that is filled once and then shared. What they return is a [Conn]: a
// net.Conn, with [Conn.ConnectionState] to say what was agreed. Names and
// meanings are those of crypto/tls wherever it has them.
//
// # The session-secret callback
//
// A client sends an opaque ticket in its ClientHello. The server opens it, or
// does not. If it does, both sides get the same 48 octets of master secret from
// their callbacks, and the handshake is shortened to one round trip without any
// certificate. If it does not, the handshake goes on as a full one in the same
// hellos. The client learns which from the message after ServerHello.
//
// Here the one callback of OpenSSL (SSL_set_session_secret_cb) is two fields,
// because a server may decline and a client may not, and because a ticket
// belongs to a connection and not to a configuration:
//
//   - [Config.OfferTicket] returns the client's ticket, and a function that
//     makes the secret once ServerHello is there.
//   - [Config.AcceptTicket] opens a ticket at the server: a secret accepts it,
//     nil declines it, an error ends the handshake.
//
// A session hook as in crypto/tls (WrapSession, UnwrapSession and a session
// cache) cannot do this: such a session exists before the handshake begins,
// and this secret depends on server_random, which exists only once the server
// has answered. Nor is there a session that could be stored: every handshake
// makes a new secret from the same credential.
//
// What a callback handshake proves is that both sides hold the credential. No
// certificate is seen in it, so that a server that requires one does not
// shorten unless [Config.TicketIsClientAuth] says that the ticket stands in for
// it. There is no forward secrecy in it, whatever its suite is called.
//
// # Errors
//
// A handshake that fails by an alert, sent or received, returns an error in
// which errors.As finds an [*AlertError]: the alert, who sent it, the state and
// message in which it happened, the section and the requirement that were
// offended, and whether a ticket had been accepted by then.
// A transport that ends without close_notify gives io.ErrUnexpectedEOF; one
// that ends with it gives io.EOF (RFC 5246, Section 7.2.1).
//
// # What it does not do
//
// TLS 1.3 and DTLS, RC4, 3DES, export suites, compression and renegotiation:
// a request to renegotiate is refused with a warning, and the connection goes
// on.
package tls
