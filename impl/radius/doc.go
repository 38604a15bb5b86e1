// Package radius is an authentication server for EAP over RADIUS (RFC 2865, RFC
// 3579), and a client that is NAS and supplicant at once.
//
// Use [NewServer] with the EAP methods to run and the clients to serve, and
// [Server.Serve] on a UDP socket; or [Server.Handle], which takes one packet and
// returns one, behind sockets of your own:
//
//	server, err := radius.NewServer(&radius.ServerConfig{Methods: methods, Clients: clients})
//	err = server.Serve(ctx, conn)
//
// Packets are encoded by layeh.com/radius. What that leaves out is here:
// Message-Authenticator is demanded of every request and stands first in every
// reply, duplicates are answered from memory, and conversations are bounded in
// number and time.
package radius
