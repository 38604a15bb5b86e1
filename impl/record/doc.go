// Package record protects and unprotects TLS records: the record layer of
// TLS 1.0, 1.1 and 1.2 (RFC 2246, RFC 4346 and RFC 5246, Section 6) without
// compression.
//
// Use one [Half] per direction. It starts in the clear. [Half.Prepare] gives it
// keys, which [SplitKeyBlock] cuts out of the key expansion, and
// [Half.Activate] puts them to use at ChangeCipherSpec. [Half.Seal] appends
// records to a buffer; [Half.Open] takes the first record of a buffer and opens
// it in place. Neither allocates.
//
// The protections are AES-CBC with HMAC in either order (RFC 5246, Section
// 6.2.3.2; RFC 7366), AES-GCM (RFC 5288) and ChaCha20-Poly1305 (RFC 7905).
// Opening a CBC record takes a time that does not tell where its padding ends.
//
// An [Error] says which alert is due. The package has no state beyond the two
// directions, knows no message, and does no I/O.
package record
