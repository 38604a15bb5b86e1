package handshake

import (
	"cmp"
	"slices"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// derived is a Config with its defaults filled in, in the forms that hellos and
// choices need.
type derived struct {
	minVersion, maxVersion spec.Version
	suites                 []spec.Suite
	offer                  wire.List[spec.SuiteID] // those that maxVersion has
	groups                 []spec.Group
	finite                 bool
	groupList              wire.List[spec.Group]
	schemes                []spec.SignatureScheme
	schemeList             wire.List[spec.SignatureScheme]
	protocols              wire.Protocols
	protocolNames          []string
	elliptic, cbc          bool // some suite on offer is
}

// defaultGroups leaves out the groups whose exponentiations take long.
var defaultGroups = []spec.Group{
	spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.Secp521r1, spec.FFDHE2048, spec.FFDHE3072,
}

// derive returns the config's derived values, which are made once.
func (c *Config) derive() *derived {
	c.once.Do(func() { c.derived = newDerived(c) })
	return &c.derived
}

func newDerived(c *Config) derived {
	d := derived{
		minVersion: cmp.Or(c.MinVersion, spec.TLS12),
		maxVersion: min(cmp.Or(c.MaxVersion, spec.TLS12), spec.TLS12),
		groups:     known(c.Groups, defaultGroups, kx.Groups()),
		schemes:    known(c.Schemes, kx.Schemes(), kx.Schemes()),
	}
	suites := c.Suites
	if suites == nil {
		suites = preferredSuites
	}
	curve, _ := kx.ChooseCurve(d.groups, nil)
	for _, id := range suites {
		s, ok := spec.SuiteByID(id)
		if !ok || s.KeyExchange.Anonymous() && !c.AllowAnonymous || isElliptic(s) && curve == 0 {
			continue
		}
		d.suites = append(d.suites, s)
		if s.MinVersion <= d.maxVersion {
			d.offer = append(d.offer, wire.MakeList(id)...)
			d.elliptic = d.elliptic || isElliptic(s)
			d.finite = d.finite || s.KeyExchange == spec.DHERSA || s.KeyExchange == spec.DHAnon
			d.cbc = d.cbc || !s.Cipher.AEAD()
		}
	}
	d.groupList = wire.MakeList(slices.DeleteFunc(slices.Clone(d.groups), func(g spec.Group) bool {
		return isCurve(g) && !d.elliptic || !isCurve(g) && !d.finite
	})...)
	d.schemeList = wire.MakeList(d.schemes...)
	// RFC 7301, Section 3.1: names of 1 to 255 octets; others are left out.
	d.protocolNames = slices.DeleteFunc(slices.Clone(c.Protocols), func(p string) bool { return p == "" || len(p) > 255 })
	d.protocols = wire.MakeProtocols(d.protocolNames...)
	return d
}

// known returns what of a list is implemented, or the default for nil.
func known[T comparable](list, byDefault, all []T) []T {
	if list == nil {
		return byDefault
	}
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return !slices.Contains(all, v) })
}

func isElliptic(s spec.Suite) bool {
	return s.KeyExchange == spec.ECDHERSA || s.KeyExchange == spec.ECDHEECDSA
}

// isCurve: RFC 7919, Section 2: the finite-field groups begin at 256.
func isCurve(g spec.Group) bool { return g < spec.FFDHE2048 }

// preferredSuites is the default: what has forward secrecy first, then AEAD
// before CBC, then elliptic curves before finite fields.
var preferredSuites = func() []spec.SuiteID {
	rank := func(s spec.Suite) int {
		n := 10 * slices.Index([]spec.Cipher{
			spec.AES128GCM, spec.AES256GCM, spec.ChaCha20Poly1305, spec.AES128CBC, spec.AES256CBC,
		}, s.Cipher)
		n += slices.Index([]spec.KeyExchange{spec.ECDHEECDSA, spec.ECDHERSA, spec.DHERSA, spec.RSA}, s.KeyExchange)
		if s.KeyExchange == spec.RSA {
			n += 1000
		}
		return n
	}
	all := slices.DeleteFunc(spec.Suites(), func(s spec.Suite) bool { return s.KeyExchange.Anonymous() })
	slices.SortStableFunc(all, func(a, b spec.Suite) int { return rank(a) - rank(b) })
	ids := make([]spec.SuiteID, len(all))
	for i, s := range all {
		ids[i] = s.ID
	}
	return ids
}()

// DefaultSuites returns what nil Config.Suites stands for, the best first.
func DefaultSuites() []spec.SuiteID { return slices.Clone(preferredSuites) }

// suiteFor returns a suite that is enabled and that version v has.
func (d *derived) suiteFor(v spec.Version, id spec.SuiteID) (spec.Suite, bool) {
	for _, s := range d.suites {
		if s.ID == id {
			return s, s.MinVersion <= v
		}
	}
	return spec.Suite{}, false
}
