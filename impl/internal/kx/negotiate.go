package kx

import (
	"slices"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Groups returns the groups that Sesame speaks, in order of preference.
func Groups() []spec.Group {
	return []spec.Group{
		spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.Secp521r1,
		spec.FFDHE2048, spec.FFDHE3072, spec.FFDHE4096, spec.FFDHE6144, spec.FFDHE8192,
	}
}

// ChooseCurve returns the curve that a server takes for ECDHE: the first of own
// that the client lists. A nil list says that there was no supported_groups
// extension, so that the choice is free (RFC 8422, Section 4): P-256, which
// every client has, or the first of own without it. False: no ECDHE suite.
func ChooseCurve(own []spec.Group, listed wire.List[spec.Group]) (spec.Group, bool) {
	if listed == nil && slices.Contains(own, spec.Secp256r1) {
		return spec.Secp256r1, true
	}
	for _, g := range own {
		if curveOf(g) != nil && (listed == nil || listed.Contains(g)) {
			return g, true
		}
	}
	return 0, false
}

// ChooseFFDHE returns the group that a server takes for DHE or DH_anon. From a
// client that lists finite-field groups it is the first of own that the client
// lists and that has at least keyBits, the size of the server's RSA key or 0;
// else the strongest that both have. A client that lists none, known or not,
// gets [Group14]. False: no such suite, and insufficient_security where no
// other suite is left (RFC 7919, Section 4).
func ChooseFFDHE(own []spec.Group, listed wire.List[spec.Group], keyBits int) (*DHGroup, bool) {
	var best *DHGroup
	for _, g := range own {
		dh, ok := FFDHE(g)
		switch {
		case !ok || !listed.Contains(g):
			continue
		case dh.Bits() >= keyBits:
			return dh, true
		case best == nil || dh.Bits() > best.Bits():
			best = dh
		}
	}
	if best == nil && !ListsFFDHE(listed) {
		return Group14(), true
	}
	return best, best != nil
}

// ListsFFDHE reports whether a client lists any finite-field group, be it one
// that nobody knows yet (RFC 7919, Section 4: 256 to 511).
func ListsFFDHE(listed wire.List[spec.Group]) bool {
	for g := range listed.All() {
		if 256 <= g && g <= 511 {
			return true
		}
	}
	return false
}
