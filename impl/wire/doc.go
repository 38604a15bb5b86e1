// Package wire reads and writes the messages of TLS 1.0 to 1.2: one type a
// message, with two methods.
//
//	Append(dst []byte) []byte // appends the message, its header included
//	Parse(body []byte) bool   // reads the body, without the header
//
// Most callers take a handshake message off the stream with [ParseHeader],
// hold its length against [MaxLength], and hand the body to the Parse method
// of the message's type. A type whose form depends on what was negotiated has
// fields for that ([ServerKeyExchange].KeyExchange and so on): set them first,
// Parse leaves them alone and overwrites all others.
//
// Parse is strict about syntax, and about nothing else. Lengths fit exactly,
// nothing trails, vectors keep their minimum lengths, no extension comes twice;
// where Parse returns false the alert is decode_error (RFC 5246, Section
// 7.2.2). Whether a value makes sense is the caller's to say, with the alert
// that belongs to it; unknown suites, groups, extensions and so on parse.
//
// What Parse yields aliases body: copy what must outlive it. Neither direction
// allocates, Append as long as dst has room. Lists stay as they are on the
// wire and are read through views ([List], [Chain], [Names], [Protocols],
// [Extensions]). Append panics where a vector is longer than its length field
// can say; [ClientHello.Fits] and the Max constants tell beforehand.
package wire
