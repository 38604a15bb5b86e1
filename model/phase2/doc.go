// Package phase2 is the model of EAP-FAST's second phase: what is said inside
// the tunnel, by TLVs (RFC 4851, Section 4.2, and RFC 5422), and the clear-text
// Success or Failure that ends it.
//
// Use [Run]: it explores all scenarios under all attackers and says which
// properties hold. What the two sides do is [Peer.Read] and [Server.Read]; both
// are pure.
//
// Content is symbolic: a challenge, a password's response, a proof and a link
// of the key chain are terms, and a Crypto-Binding holds if both ends have the
// same chain. The first phase, with its own attackers, is package model's; here
// it has ended, in one of the ways that [spec.Tunnel] names.
//
// There are four attackers ([Attacker]). One owns the wire outside of the
// tunnel. One stands in the middle, with a tunnel to each side: where nobody
// has authenticated the server, that is possible. Two are one of the sides
// itself and say anything at any time.
package phase2
