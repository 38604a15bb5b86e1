package interop

import (
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// ProfileOf returns the profile that describes a library by its own words, such
// as "OpenSSL 3.0.19 27 Jan 2026": that of its version, else of its branch, else
// of OpenSSL 3.0. Our own shims are as the RFCs say.
func ProfileOf(library string) spec.Profile {
	words := append(strings.Fields(library), "", "")
	name, version, otherwise := "openssl-", words[1], "openssl-3.0"
	switch words[0] {
	case "wolfSSL":
		name, otherwise = "wolfssl-", "wolfssl"
	case "sesame", "crypto/tls":
		version, otherwise = "", "rfc"
	}
	if other, ok := alike[version]; ok {
		version = other
	}
	for v := version; v != ""; v = v[:max(strings.LastIndex(v, "."), 0)] {
		if p, err := spec.ProfileByName(name + v); err == nil {
			return p
		}
	}
	p, err := spec.ProfileByName(otherwise)
	if err != nil {
		panic(err) // spec lists it
	}
	return p
}

// alike are releases that another one's profile describes.
var alike = map[string]string{"3.3.0": "3.2.1"}
