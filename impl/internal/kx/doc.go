// Package kx makes premaster secrets and handles the signatures that vouch for
// them: what a full handshake of TLS 1.0 to 1.2 needs beside its messages.
//
// An ephemeral exchange is the same on both sides: [GenerateKey] (a named
// group) or [GenerateDH] (a finite-field group that the server chose), send
// [Key.Public], then [Key.Premaster] with the peer's public value. Static RSA
// has [EncryptPremaster] and [DecryptPremaster]. For a signature, take a scheme
// with [ChooseScheme], make what it signs with [Input], then [Sign] or
// [Verify].
//
// Every error is an [*Error] and names the alert that it deserves. Randomness
// is read from the reader given, nil meaning crypto/rand, so that a run can be
// repeated; the encryption of an RSA premaster secret and the randomised
// signatures draw from crypto/rand whatever is given, as Go's crypto/rsa and
// crypto/ecdsa do.
//
// Exponentiation and premaster handling take the same time for all secrets of
// a group, but for one thing that TLS asks for: see [Key.Premaster].
package kx
