package interop

import (
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// ProfileOf returns the profile that describes an OpenSSL by its own words, such
// as "OpenSSL 3.0.19 27 Jan 2026": that of its version, else of its branch, else
// of OpenSSL 3.0.
func ProfileOf(library string) spec.Profile {
	version := ""
	if words := strings.Fields(library); len(words) > 1 {
		version = words[1]
	}
	for v := version; v != ""; v = v[:max(strings.LastIndex(v, "."), 0)] {
		if p, err := spec.ProfileByName("openssl-" + v); err == nil {
			return p
		}
	}
	p, err := spec.ProfileByName("openssl-3.0")
	if err != nil {
		panic(err) // spec lists it
	}
	return p
}
