package interop

import (
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// opensslSuites returns a cipher list for libssl, in this order, with the
// security level that TLS 1.0 and anonymous suites need.
func opensslSuites(ids []spec.SuiteID) string {
	names := make([]string, 0, len(ids)+1)
	for _, id := range ids {
		if s, ok := spec.SuiteByID(id); ok {
			names = append(names, opensslName(s))
		}
	}
	return strings.Join(append(names, "@SECLEVEL=0"), ":")
}

// opensslName returns OpenSSL's name of a suite, such as ECDHE-RSA-AES128-GCM-SHA256.
func opensslName(s spec.Suite) string {
	exchange := map[spec.KeyExchange]string{
		spec.RSA: "", spec.DHERSA: "DHE-RSA-", spec.DHAnon: "ADH-", spec.ECDHERSA: "ECDHE-RSA-", spec.ECDHEECDSA: "ECDHE-ECDSA-",
	}[s.KeyExchange]
	switch s.Cipher {
	case spec.ChaCha20Poly1305:
		return exchange + "CHACHA20-POLY1305"
	case spec.AES128GCM:
		return exchange + "AES128-GCM-SHA256"
	case spec.AES256GCM:
		return exchange + "AES256-GCM-SHA384"
	case spec.AES128CBC:
		return exchange + "AES128-" + s.MAC.String()
	}
	return exchange + "AES256-" + s.MAC.String()
}
