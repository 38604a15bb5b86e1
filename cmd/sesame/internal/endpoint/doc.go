// Package endpoint is what `sesame serve` and `sesame connect` run: a TLS server
// that answers in a simple way, and a client that tells the handshake as a
// conversation, both over impl/tls.
//
// Fill a [Server] or a [Client] and call its Run method. [ParsePAC],
// [SelfSigned] and [OpenRecorder] make what goes into them.
package endpoint
