// Package handshake is one endpoint of TLS 1.0 to 1.2 as a machine without
// input and output: octets in, octets and events out. It has no goroutine, no
// clock and no network; what it cannot decide by itself it asks.
//
// Use [NewClient] or [NewServer] and call [Machine.Step] until it returns
// [Established]. Step takes at most one record, appends to a buffer what must be
// sent, and returns an [Event]: [NeedInput] asks for more octets, [Progress] for
// another call, and each event whose name ends in Wanted for the answer that is
// named with it. After the answer, call Step again. Most users want package
// impl/tls, which is a net.Conn around this loop; EAP methods, test harnesses
// and other transports use the machine itself.
//
// The session-secret callback of EAP-FAST (RFC 4851) is the event
// [SecretWanted]: at a server, answer it with [Machine.AcceptSecret] to shorten
// the handshake or with [Machine.DeclineSecret]; at a client there is no
// declining. Which handshake it is, a client learns from the message after
// ServerHello (RFC 4851, Section 3.2.3).
//
// What the machine does with a message is a table of rows, one for each client
// and server: [Rows]. The first row whose state, message and guards fit is
// taken. A message without a row is unexpected_message.
//
// A machine that has failed stays failed: it has sent its one fatal alert, or
// received one, and every later Step returns the same [Error].
//
// [Config.Tracer] gets an observation of each message that was handled, in the
// words of package spec.
package handshake
