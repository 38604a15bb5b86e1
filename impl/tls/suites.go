package tls

import "github.com/sesame-tls/sesame/spec"

// The cipher suites (IANA registry TLS Cipher Suites). Those of TLS_DH_anon
// authenticate nobody and need Config.AllowAnonymous.
const (
	TLS_RSA_WITH_AES_128_CBC_SHA                  uint16 = 0x002f
	TLS_RSA_WITH_AES_256_CBC_SHA                  uint16 = 0x0035
	TLS_RSA_WITH_AES_128_CBC_SHA256               uint16 = 0x003c
	TLS_RSA_WITH_AES_256_CBC_SHA256               uint16 = 0x003d
	TLS_RSA_WITH_AES_128_GCM_SHA256               uint16 = 0x009c
	TLS_RSA_WITH_AES_256_GCM_SHA384               uint16 = 0x009d
	TLS_DHE_RSA_WITH_AES_128_CBC_SHA              uint16 = 0x0033
	TLS_DHE_RSA_WITH_AES_256_CBC_SHA              uint16 = 0x0039
	TLS_DHE_RSA_WITH_AES_128_CBC_SHA256           uint16 = 0x0067
	TLS_DHE_RSA_WITH_AES_256_CBC_SHA256           uint16 = 0x006b
	TLS_DHE_RSA_WITH_AES_128_GCM_SHA256           uint16 = 0x009e
	TLS_DHE_RSA_WITH_AES_256_GCM_SHA384           uint16 = 0x009f
	TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256     uint16 = 0xccaa
	TLS_DH_anon_WITH_AES_128_CBC_SHA              uint16 = 0x0034
	TLS_DH_anon_WITH_AES_256_CBC_SHA              uint16 = 0x003a
	TLS_DH_anon_WITH_AES_128_CBC_SHA256           uint16 = 0x006c
	TLS_DH_anon_WITH_AES_256_CBC_SHA256           uint16 = 0x006d
	TLS_DH_anon_WITH_AES_128_GCM_SHA256           uint16 = 0x00a6
	TLS_DH_anon_WITH_AES_256_GCM_SHA384           uint16 = 0x00a7
	TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA            uint16 = 0xc013
	TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA            uint16 = 0xc014
	TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256         uint16 = 0xc027
	TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384         uint16 = 0xc028
	TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256         uint16 = 0xc02f
	TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384         uint16 = 0xc030
	TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256   uint16 = 0xcca8
	TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA          uint16 = 0xc009
	TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA          uint16 = 0xc00a
	TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256       uint16 = 0xc023
	TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384       uint16 = 0xc024
	TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256       uint16 = 0xc02b
	TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384       uint16 = 0xc02c
	TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 uint16 = 0xcca9
)

// CipherSuiteName returns a suite's IANA name, or its number in hexadecimal for
// one that is not implemented.
func CipherSuiteName(id uint16) string {
	if s, ok := spec.SuiteByID(spec.SuiteID(id)); ok {
		return "TLS_" + s.Name
	}
	return spec.SuiteID(id).String()
}

// VersionName returns "TLS 1.2" for VersionTLS12, and the number for what has
// no name.
func VersionName(version uint16) string { return spec.Version(version).String() }
