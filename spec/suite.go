package spec

import (
	"fmt"
	"slices"
)

// SuiteID is a cipher suite's code point (IANA registry TLS Cipher Suites).
type SuiteID uint16

// Signalling cipher suite values: they are offered and never chosen.
const (
	EmptyRenegotiationInfoSCSV SuiteID = 0x00ff // RFC 5746, Section 3.3
	FallbackSCSV               SuiteID = 0x5600 // RFC 7507, Section 2
)

// KeyExchange is how a full handshake makes its premaster secret.
type KeyExchange uint8

// The key exchanges (RFC 5246, Section 7.4.3; RFC 8422, Section 2).
const (
	RSA KeyExchange = iota
	DHERSA
	ECDHERSA
	ECDHEECDSA
	DHAnon
)

// String returns the key exchange as it stands in suite names.
func (k KeyExchange) String() string {
	return nameOf([]string{"RSA", "DHE_RSA", "ECDHE_RSA", "ECDHE_ECDSA", "DH_anon"}, int(k), "KeyExchange")
}

// Anonymous reports whether no side proves anything (RFC 5246, Appendix F.1.1.1).
func (k KeyExchange) Anonymous() bool { return k == DHAnon }

// Ephemeral reports whether ServerKeyExchange is sent (RFC 5246, Section 7.4.3).
func (k KeyExchange) Ephemeral() bool { return k != RSA }

// Cipher is a bulk cipher with its mode.
type Cipher uint8

// The bulk ciphers.
const (
	AES128CBC Cipher = iota
	AES256CBC
	AES128GCM
	AES256GCM
	ChaCha20Poly1305
)

// String returns the cipher as it stands in suite names.
func (c Cipher) String() string {
	return nameOf([]string{"AES_128_CBC", "AES_256_CBC", "AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"}, int(c), "Cipher")
}

// AEAD reports whether the cipher authenticates by itself (RFC 5246, Section 6.2.3.3).
func (c Cipher) AEAD() bool { return c >= AES128GCM }

// Hash names the hash of a suite's MAC or PRF.
type Hash uint8

// The hashes of the suites. HashNone is the MAC of an AEAD suite.
const (
	HashNone Hash = iota
	SHA1
	SHA256
	SHA384
)

// String returns the hash as it stands in suite names.
func (h Hash) String() string {
	return nameOf([]string{"none", "SHA", "SHA256", "SHA384"}, int(h), "Hash")
}

// Suite is a cipher suite's parameters. Lengths are in octets.
type Suite struct {
	ID          SuiteID
	Name        string      // the IANA name, without TLS_
	KeyExchange KeyExchange //
	Cipher      Cipher      //
	MAC         Hash        // the HMAC of a CBC suite; HashNone for AEAD
	PRF         Hash        // the PRF and transcript hash under TLS 1.2; earlier versions have MD5 and SHA-1
	MinVersion  Version     // TLS12 for AEAD and for SHA-256 and SHA-384 MACs (RFC 5246, Appendix A.5)
	MACKey      int         // mac_key_length
	Key         int         // enc_key_length
	FixedIV     int         // fixed_iv_length of the key block under TLS 1.2; the block under TLS 1.0 for CBC
}

// Suites returns the 33 suites that Sesame implements, by code point.
func Suites() []Suite { return slices.Clone(suites) }

// SuiteByID returns the parameters of a suite, and false for one that Sesame
// does not implement.
func SuiteByID(id SuiteID) (Suite, bool) {
	i, ok := slices.BinarySearchFunc(suites, id, func(s Suite, id SuiteID) int { return int(s.ID) - int(id) })
	if !ok {
		return Suite{}, false
	}
	return suites[i], true
}

// String returns the suite's IANA name without the prefix TLS_, and the number
// of one without a name here.
func (id SuiteID) String() string {
	if s, ok := SuiteByID(id); ok {
		return s.Name
	}
	switch id {
	case EmptyRenegotiationInfoSCSV:
		return "EMPTY_RENEGOTIATION_INFO_SCSV"
	case FallbackSCSV:
		return "FALLBACK_SCSV"
	}
	return fmt.Sprintf("Suite(0x%04X)", uint16(id))
}

// suites is filled from rows at start-up and sorted by code point.
var suites = func() []Suite {
	rows := []struct {
		id     SuiteID
		kx     KeyExchange
		cipher Cipher
		hash   Hash // the last word of the name
	}{
		// RFC 5246, Appendix A.5; RFC 5288, Section 3.
		{0x002f, RSA, AES128CBC, SHA1}, {0x0035, RSA, AES256CBC, SHA1}, {0x003c, RSA, AES128CBC, SHA256},
		{0x003d, RSA, AES256CBC, SHA256}, {0x009c, RSA, AES128GCM, SHA256}, {0x009d, RSA, AES256GCM, SHA384},
		{0x0033, DHERSA, AES128CBC, SHA1}, {0x0039, DHERSA, AES256CBC, SHA1}, {0x0067, DHERSA, AES128CBC, SHA256},
		{0x006b, DHERSA, AES256CBC, SHA256}, {0x009e, DHERSA, AES128GCM, SHA256}, {0x009f, DHERSA, AES256GCM, SHA384},
		{0xccaa, DHERSA, ChaCha20Poly1305, SHA256}, // RFC 7905, Section 2
		{0x0034, DHAnon, AES128CBC, SHA1}, {0x003a, DHAnon, AES256CBC, SHA1}, {0x006c, DHAnon, AES128CBC, SHA256},
		{0x006d, DHAnon, AES256CBC, SHA256}, {0x00a6, DHAnon, AES128GCM, SHA256}, {0x00a7, DHAnon, AES256GCM, SHA384},
		// RFC 8422, Section 6; RFC 5289, Section 3; RFC 7905, Section 2.
		{0xc013, ECDHERSA, AES128CBC, SHA1}, {0xc014, ECDHERSA, AES256CBC, SHA1}, {0xc027, ECDHERSA, AES128CBC, SHA256},
		{0xc028, ECDHERSA, AES256CBC, SHA384}, {0xc02f, ECDHERSA, AES128GCM, SHA256}, {0xc030, ECDHERSA, AES256GCM, SHA384},
		{0xcca8, ECDHERSA, ChaCha20Poly1305, SHA256},
		{0xc009, ECDHEECDSA, AES128CBC, SHA1}, {0xc00a, ECDHEECDSA, AES256CBC, SHA1}, {0xc023, ECDHEECDSA, AES128CBC, SHA256},
		{0xc024, ECDHEECDSA, AES256CBC, SHA384}, {0xc02b, ECDHEECDSA, AES128GCM, SHA256}, {0xc02c, ECDHEECDSA, AES256GCM, SHA384},
		{0xcca9, ECDHEECDSA, ChaCha20Poly1305, SHA256},
	}
	all := make([]Suite, 0, len(rows))
	for _, r := range rows {
		s := Suite{ID: r.id, KeyExchange: r.kx, Cipher: r.cipher, PRF: SHA256, MinVersion: TLS12}
		s.Name = fmt.Sprintf("%v_WITH_%v_%v", r.kx, r.cipher, r.hash)
		s.Key = map[Cipher]int{AES128CBC: 16, AES256CBC: 32, AES128GCM: 16, AES256GCM: 32, ChaCha20Poly1305: 32}[r.cipher]
		s.FixedIV = map[Cipher]int{AES128CBC: 16, AES256CBC: 16, AES128GCM: 4, AES256GCM: 4, ChaCha20Poly1305: 12}[r.cipher]
		if !r.cipher.AEAD() {
			s.MAC = r.hash
			s.MACKey = map[Hash]int{SHA1: 20, SHA256: 32, SHA384: 48}[r.hash]
		}
		if r.hash == SHA384 {
			s.PRF = SHA384
		}
		if r.hash == SHA1 {
			s.MinVersion = TLS10
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Suite) int { return int(a.ID) - int(b.ID) })
	return all
}()
