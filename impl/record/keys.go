package record

import "github.com/sesame-tls/sesame/spec"

// Keys are one direction's part of the key block. The slices alias the block.
type Keys struct {
	MAC []byte // of a CBC suite
	Key []byte // of the cipher
	IV  []byte // fixed part of an AEAD nonce; the first IV of a CBC suite under TLS 1.0
}

// KeyBlockSize is how many octets of the key expansion the suite's keys take
// under version v, both directions together.
func KeyBlockSize(v spec.Version, s spec.Suite) int {
	return 2 * (s.MACKey + s.Key + ivSize(v, s))
}

// ivSize: from TLS 1.1 on a CBC suite has explicit IVs only (RFC 4346, Section 6.3).
func ivSize(v spec.Version, s spec.Suite) int {
	if s.Cipher.AEAD() || v == spec.TLS10 {
		return s.FixedIV
	}
	return 0
}

// SplitKeyBlock cuts the key block, [KeyBlockSize] octets or more, into what
// the client and what the server writes with.
func SplitKeyBlock(block []byte, v spec.Version, s spec.Suite) (client, server Keys) {
	// RFC 5246, Section 6.3: MAC keys, keys, IVs; the client's before the server's.
	cut := func(n int) (part []byte) {
		part, block = block[:n:n], block[n:]
		return part
	}
	client.MAC, server.MAC = cut(s.MACKey), cut(s.MACKey)
	client.Key, server.Key = cut(s.Key), cut(s.Key)
	iv := ivSize(v, s)
	client.IV, server.IV = cut(iv), cut(iv)
	return client, server
}
