// Package eap is the Extensible Authentication Protocol (RFC 3748) without
// input and output: packets in, packets and an outcome out. It has no
// goroutine, no clock and no network.
//
// Use [NewServer] behind a RADIUS server and [NewPeer] for a supplicant, give
// each a [Registry] of the methods that it may run, and call Step with every
// packet that arrives. The [Status] says what to do: send what was appended, or
// nothing, or stop. What the methods have yielded, [Server.Keys] and [Peer.Keys]
// return after Succeeded.
//
//	methods := new(eap.Registry[eap.ServerMethod])
//	methods.Add(eap.TypeFAST, func() eap.ServerMethod { return server.NewSession() })
//	conversation := eap.NewServer(&eap.ServerConfig{Methods: methods})
//	reply, status := conversation.Step(nil, message, time.Now())
//
// Both are the state machines of RFC 4137: the peer of Section 4, and the
// backend authenticator of Section 6, whose retransmission is the NAS's (RFC
// 3579, Section 2.1). A method inside another method's tunnel runs in a Peer
// and a Server of its own.
//
// Methods over TLS carry their messages in [Fragments].
package eap
