// Package prf derives TLS's secrets: the PRFs of TLS 1.0 to 1.2, EAP-FAST's
// T-PRF, and the hash of the handshake messages.
//
// Use one [PRF] per connection, and the named derivations for what a
// handshake needs: [PRF.MasterSecret], [PRF.ExtendedMasterSecret],
// [PRF.SessionSecret] (the master secret that a PAC-Key gives),
// [PRF.KeyBlock], [PRF.VerifyData] and [PRF.Export]. [PRF.Fill] and
// [PRF.TPRF] are what they stand on. [Of] says which PRF a version and a suite
// have, and a [Transcript] hashes what Finished and the extended master secret
// sign.
//
// Nothing here allocates, but for one hash object per hash function in a PRF
// and in a Transcript, at its first use. Both are made to be kept in a pool:
// Wipe leaves no secret behind.
//
// MD5 and SHA-1 stand here because TLS 1.0, TLS 1.1 and EAP-FAST are defined
// by them (RFC 4346, Section 5; RFC 4851, Section 5.5).
package prf
