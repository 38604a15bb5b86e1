// Package interop holds impl/tls against other people's TLS, over loopback
// sockets, in both roles: OpenSSL through its session-secret callback (the shim of
// package sut, built against the machine's libssl), the openssl command's
// s_client and s_server, and crypto/tls.
//
// Use [Run]: it plays the named cases of [Cases] and the matrix of [Cells], and
// returns one [Line] for each peer. What to expect is data: our side does what
// the RFCs say, the peer what its [spec.Profile] says, and each deviation that a
// case shows is named by its quirk. A run that passes a cell records it in
// manifest.json; a cell that stands there and no longer passes is a failure.
package interop
