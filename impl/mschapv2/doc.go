// Package mschapv2 computes and encodes MS-CHAP-V2 (RFC 2759) as it runs
// inside EAP (type 26) and inside EAP-FAST's tunnel (RFC 5422, Section 3.2.3).
//
// An authenticator draws a challenge, sends a [Challenge], and checks the
// [Response] with [Hash.Verify]; a peer answers with [Hash.Respond] and checks the
// authenticator's answer with [Hash.Authenticates]. [Hash] is what a server
// stores of a password.
//
// The algorithms are MD4, DES and SHA-1, because RFC 2759 says so: use them
// inside a TLS tunnel only.
package mschapv2
