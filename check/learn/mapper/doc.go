// Package mapper stands between the letters of a learned machine and octets: it
// speaks the peer's part of a TLS connection towards an endpoint of which
// nothing but its octets is seen.
//
// Use [New] and, for each connection, [Mapper.Reset]. [Mapper.Write] makes the
// octets of an input of package model's machine, in the way that an honest peer
// would send it at this place: with the keys that are in force, over the
// transcript so far, signed. [Mapper.Read] says what octets that have come mean.
//
//	m := mapper.New(mapper.Config{Role: spec.Server})
//	m.Reset()
//	conn.Write(m.Write(nil, input))
//	n, sent := m.Read(buffer)
//
// TLS 1.0 to 1.2, all suites of package spec but the anonymous ones.
package mapper
