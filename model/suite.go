package model

import "github.com/sesame-tls/sesame/spec"

// Suites returns the cipher suites that the two endpoints of a scenario list,
// in order of preference. The scenario's open fields count as their defaults.
func Suites(sc spec.Scenario) (client, server []spec.SuiteID) {
	sc = sc.WithDefaults()
	client = suitesOf(sc.Exchange, sc.Mode, sc.ClientVersion.Version())
	server = suitesOf(sc.Exchange, sc.Mode, sc.ServerVersion.Version())
	// What only one side lists is what a callback can name amiss.
	client = append(client, NamedSuite(sc, spec.NamedNotOwn), NamedSuite(sc, spec.NamedNotImplemented))
	if sc.Named == spec.NamedWrongVersion {
		client = append(client, NamedSuite(sc, spec.NamedWrongVersion))
	}
	return client, server
}

// suitesOf returns two suites of a class: the one that is chosen, and one that
// the attacker may put in its place.
func suitesOf(e spec.Exchange, m spec.Mode, v spec.Version) []spec.SuiteID {
	aead := m == spec.ModeAEAD && v >= spec.TLS12
	pick := func(gcm128, gcm256, cbc128, cbc256 spec.SuiteID) []spec.SuiteID {
		if aead {
			return []spec.SuiteID{gcm128, gcm256, cbc128, cbc256}
		}
		return []spec.SuiteID{cbc128, cbc256}
	}
	anonymous := pick(0x00a6, 0x00a7, 0x0034, 0x003a)
	ephemeral := pick(0xc02f, 0xc030, 0xc013, 0xc014)
	switch e {
	case spec.ExchangeRSA:
		return pick(0x009c, 0x009d, 0x002f, 0x0035)
	case spec.ExchangeAnonymous:
		return anonymous
	case spec.ExchangeAnonymousBeside:
		return append(ephemeral, anonymous...)
	}
	return ephemeral
}

// NamedSuite returns the suite that a callback names in a scenario, and 0 for
// none.
func NamedSuite(sc spec.Scenario, n spec.Named) spec.SuiteID {
	sc = sc.WithDefaults()
	v := min(sc.ClientVersion, sc.ServerVersion).Version()
	cbc := v < spec.TLS12 || sc.Mode == spec.ModeCBC
	either := func(aead, block spec.SuiteID) spec.SuiteID {
		if cbc {
			return block
		}
		return aead
	}
	switch n {
	case spec.NamedOffered:
		return suitesOf(sc.Exchange, sc.Mode, v)[1]
	case spec.NamedNotOffered:
		return either(0x009e, 0x0033)
	case spec.NamedNotOwn:
		return either(0x009f, 0x0039)
	case spec.NamedAnonymous:
		return suitesOf(spec.ExchangeAnonymous, sc.Mode, v)[0]
	case spec.NamedWrongVersion:
		return 0x009f
	case spec.NamedNotImplemented:
		return 0x000a // RSA_WITH_3DES_EDE_CBC_SHA
	}
	return 0
}

// suiteOf returns the suite that stands for a class in a scenario.
func suiteOf(sc spec.Scenario, s Suite, v spec.Version) spec.SuiteID {
	sc = sc.WithDefaults()
	switch s {
	case SuiteNormal:
		return suitesOf(sc.Exchange, sc.Mode, v)[0]
	case SuiteOther:
		return suitesOf(sc.Exchange, sc.Mode, v)[1]
	case SuiteNotOwn:
		return NamedSuite(sc, spec.NamedNotOwn)
	case SuiteNotOffered:
		return NamedSuite(sc, spec.NamedNotOffered)
	case SuiteAnonymous:
		return suitesOf(spec.ExchangeAnonymous, sc.Mode, v)[0]
	case SuiteWrongVersion:
		return NamedSuite(sc, spec.NamedWrongVersion)
	case SuiteNotImplemented:
		return NamedSuite(sc, spec.NamedNotImplemented)
	}
	return 0
}
