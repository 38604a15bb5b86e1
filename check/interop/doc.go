// Package interop holds impl/tls against other people's TLS, over loopback
// sockets, in both roles: OpenSSL through its session-secret callback (a small C
// program in peer/, built against the machine's libssl), the openssl command's
// s_client and s_server, and crypto/tls.
//
// Use [Run]: it plays the named cases of [Cases] and the matrix of [Cells], and
// returns one [Line] for each peer. What to expect is data: our side does what
// the RFCs say, the peer what its [spec.Profile] says, and each deviation that a
// case shows is named by its quirk. A run that passes a cell records it in
// manifest.json; a cell that stands there and no longer passes is a failure.
//
// A program that drives another TLS library needs to speak what peer/shim.h
// says: lines of NAME=VALUE in, a line of JSON for each connection out. See
// [Shim].
package interop
