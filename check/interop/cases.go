package interop

import "github.com/sesame-tls/sesame/spec"

// Short names for the table.
const (
	unset, accept, decline = spec.CallbackUnset, spec.CallbackAccept, spec.CallbackDecline
	fail, wrongLength      = spec.CallbackFail, spec.CallbackWrongLength
)

// pac is a scenario in which the client offers a PAC.
func pac(server, client spec.Callback, change ...func(*spec.Scenario)) spec.Scenario {
	s := spec.Scenario{ServerCallback: server, ClientCallback: client, Ticket: spec.TicketPAC}
	for _, f := range change {
		f(&s)
	}
	return s
}

func keysDiffer(s *spec.Scenario)   { s.Keys = spec.KeysDiffer }
func freshID(s *spec.Scenario)      { s.SessionID = spec.IDFresh }
func cachedID(s *spec.Scenario)     { s.SessionID = spec.IDCached }
func noTicketSent(s *spec.Scenario) { s.Ticket = spec.TicketAbsent }
func emptyTicket(s *spec.Scenario)  { s.Ticket = spec.TicketEmpty }
func issues(s *spec.Scenario)       { s.ServerTickets = spec.On }
func noClientEMS(s *spec.Scenario)  { s.ClientEMS = spec.Off }
func noServerEMS(s *spec.Scenario)  { s.ServerEMS = spec.Off }
func bothEtM(s *spec.Scenario)      { s.ClientEtM, s.ServerEtM = spec.On, spec.On }
func clientEtM(s *spec.Scenario)    { s.ClientEtM = spec.On }
func requires(s *spec.Scenario)     { s.ClientAuth, s.ClientCert = spec.ClientAuthRequire, spec.On }
func standsIn(s *spec.Scenario)     { s.StandsIn = spec.On }

func suites(ids ...spec.SuiteID) []spec.SuiteID { return ids }

// bySecret is a handshake that the PAC shortens, seen from either side.
var bySecret = established(spec.BySessionSecret, 1)

// full is a handshake in which the PAC was asked about and declined.
var full = established(spec.Full, 1)

// Cases returns the named cases, each of which plays once in every run.
func Cases() []Case {
	all := append(clientCases(), serverCases()...)
	for _, both := range bothRoles() {
		for _, role := range []spec.Role{spec.Client, spec.Server} {
			both.Ours = role
			all = append(all, both)
		}
	}
	return all
}

// bothRoles are the cases that look the same from either side.
func bothRoles() []Case {
	plain := func(name string, version spec.Version, change ...func(*spec.Scenario)) Case {
		return Case{Name: name, Version: version, Scenario: pac(accept, accept, change...), Want: bySecret, Theirs: bySecret}
	}
	on := func(c Case, ids ...spec.SuiteID) Case { c.Suites = ids; return c }
	alpn := plain("accepted with ALPN", spec.TLS12)
	alpn.ALPN = "interop"
	return []Case{
		on(plain("accepted, RSA and CBC", spec.TLS12), 0x002f),
		on(plain("accepted, RSA and AES-256-CBC", spec.TLS12), 0x0035),
		on(plain("accepted, RSA and GCM", spec.TLS12), 0x009c),
		on(plain("accepted, RSA and AES-256-GCM", spec.TLS12), 0x009d),
		on(plain("accepted, ECDHE_RSA and CBC", spec.TLS12), 0xc013),
		on(plain("accepted, ECDHE_RSA and AES-256-CBC", spec.TLS12), 0xc014),
		on(plain("accepted, ECDHE_RSA and AES-256-GCM", spec.TLS12), 0xc030),
		on(plain("accepted, TLS 1.1", spec.TLS11), 0xc013),
		on(plain("accepted, TLS 1.0", spec.TLS10), 0x002f),
		on(plain("accepted, encrypt-then-MAC", spec.TLS12, bothEtM), 0xc014),
		on(plain("accepted, encrypt-then-MAC is not answered for AEAD", spec.TLS12, bothEtM), 0xc02f),
		on(plain("accepted, encrypt-then-MAC offered alone", spec.TLS12, clientEtM), 0x002f),
		plain("accepted, no EMS at the client", spec.TLS12, noClientEMS),
		plain("accepted, no EMS at the server", spec.TLS12, noServerEMS),
		alpn,
		{Name: "declined, RSA key exchange", Suites: suites(0x009c), Scenario: pac(decline, accept), Want: full, Theirs: full},
		{Name: "declined, no EMS", Scenario: pac(decline, accept, noClientEMS), Want: full, Theirs: full},
		{Name: "declined, CBC with encrypt-then-MAC", Suites: suites(0xc013), Scenario: pac(decline, accept, bothEtM), Want: full, Theirs: full},
		{
			Name: "no callbacks and no ticket", Scenario: spec.Scenario{}, Want: established(spec.Full, 0), Theirs: established(spec.Full, 0),
			Rule: "without callbacks it is plain TLS",
		},
	}
}

// clientCases has our client and OpenSSL's server.
func clientCases() []Case {
	return []Case{
		{
			Name: "accepted", Ours: spec.Client, Scenario: pac(accept, accept), Want: bySecret, Theirs: bySecret,
			Echo: spec.IDFresh, Quirks: []spec.Quirk{spec.QuirkEmptyIDAnswered}, Rule: "FAST-TLS-09, FAST-TLS-10",
		},
		{Name: "declined", Ours: spec.Client, Scenario: pac(decline, accept), Want: full, Theirs: full, Rule: "FAST-TLS-17, FAST-TLS-19"},
		{
			Name: "the PAC keys differ", Ours: spec.Client, Scenario: pac(accept, accept, keysDiffer),
			Want: sends(spec.BadRecordMAC, 1), Theirs: receives(spec.BadRecordMAC, 1), Rule: "RFC 5246, Section 7.2.2",
		},
		{
			Name: "no ticket", Ours: spec.Client, Scenario: pac(accept, unset, noTicketSent),
			Want: established(spec.Full, 0), Theirs: full, Quirks: []spec.Quirk{spec.QuirkCallbackWithoutTicket},
		},
		{
			Name: "no ticket, and a server that accepts all the same", Ours: spec.Client, Blind: true, Scenario: pac(accept, unset, noTicketSent),
			Want: sends(spec.UnexpectedMessage, 0), Theirs: receives(spec.UnexpectedMessage, 1),
			Quirks: []spec.Quirk{spec.QuirkCallbackWithoutTicket}, Rule: "FAST-TLS-12",
		},
		{
			Name: "an empty ticket, and a server that accepts all the same", Ours: spec.Client, Blind: true, Scenario: pac(accept, unset, emptyTicket),
			Want: sends(spec.UnexpectedMessage, 0), Theirs: receives(spec.UnexpectedMessage, 1),
			Quirks: []spec.Quirk{spec.QuirkCallbackWithoutTicket}, Rule: "FAST-TLS-12",
		},
		{Name: "the server has no callback", Ours: spec.Client, Scenario: pac(unset, accept), Want: full, Theirs: established(spec.Full, 0)},
		{
			Name: "the server has no callback and issues a ticket", Ours: spec.Client, Scenario: pac(unset, accept, issues),
			Want: full, Theirs: established(spec.Full, 0), Rule: "FAST-TLS-28",
		},
		{
			Name: "our callback fails", Ours: spec.Client, Scenario: pac(accept, fail),
			Want: sends(spec.InternalError, 1), Theirs: receives(spec.InternalError, 1), Rule: "SSL_set_session_secret_cb(3)",
		},
		{
			Name: "our callback fails, and the server would have declined", Ours: spec.Client, Scenario: pac(decline, fail),
			Want: sends(spec.InternalError, 1), Theirs: receives(spec.InternalError, 1), Rule: "SSL_set_session_secret_cb(3)",
		},
		{
			Name: "our secret has 47 octets", Ours: spec.Client, Length: 47, Scenario: pac(accept, wrongLength),
			Want: sends(spec.InternalError, 1), Theirs: receives(spec.InternalError, 1), Rule: "RFC 5246, Section 8.1",
		},
		{
			Name: "the server's secret has 47 octets", Ours: spec.Client, Length: 47, Scenario: pac(wrongLength, accept),
			Want: sends(spec.BadRecordMAC, 1), Theirs: receives(spec.BadRecordMAC, 1), Quirks: []spec.Quirk{spec.QuirkSecretLengthFree},
		},
		{
			Name: "the server's secret is empty", Ours: spec.Client, Scenario: pac(wrongLength, accept), Want: full, Theirs: full,
			Quirks: []spec.Quirk{spec.QuirkEmptySecretDeclines},
		},
		{
			Name: "a fresh Session ID", Ours: spec.Client, Scenario: pac(accept, accept, freshID), Want: bySecret, Theirs: bySecret,
			Echo: spec.IDFresh, Quirks: []spec.Quirk{spec.QuirkNoSessionIDEcho}, Rule: "FAST-TLS-10",
		},
		{
			Name: "a fresh Session ID, declined", Ours: spec.Client, Scenario: pac(decline, accept, freshID), Want: full, Theirs: full,
			Rule: "FAST-TLS-10",
		},
		{
			Name: "the named suite is not on the server's list", Ours: spec.Client, Named: 0xc013, Suites: suites(0xc02f, 0xc013), Server: suites(0xc02f),
			Scenario: pac(accept, accept), Want: bySecret, Theirs: bySecret, Quirks: []spec.Quirk{spec.QuirkNamedSuiteUnchecked},
		},
		{
			Name: "the named suite is not offered", Ours: spec.Client, Named: 0xc030, Scenario: pac(accept, accept),
			Want: sends(spec.IllegalParameter, 0), Theirs: receives(spec.IllegalParameter, 1),
			Quirks: []spec.Quirk{spec.QuirkNamedSuiteUnchecked}, Rule: "FAST-TLS-16",
		},
		{
			Name: "the named suite is wrong for the version", Ours: spec.Client, Named: 0xc02f, Version: spec.TLS11, Suites: suites(0xc013, 0xc02f),
			Scenario: pac(accept, accept), Want: sends(spec.IllegalParameter, 0), Theirs: receives(spec.IllegalParameter, 1),
			Quirks: []spec.Quirk{spec.QuirkNamedSuiteUnchecked}, Rule: "FAST-TLS-16",
		},
		{
			Name: "the server takes an anonymous suite", Ours: spec.Client, Suites: suites(0x00a6, 0xc02f), Key: RSA2048,
			Scenario: pac(accept, accept), Want: sends(spec.IllegalParameter, 1), Theirs: receives(spec.IllegalParameter, 1),
			Quirks: []spec.Quirk{spec.QuirkAnonymousSuite}, Rule: "FAST-TLS-36",
		},
		{
			Name: "the server requires a certificate", Ours: spec.Client, Scenario: pac(accept, accept, requires), Want: bySecret, Theirs: bySecret,
			Quirks: []spec.Quirk{spec.QuirkClientAuthWaived},
		},
		{
			Name: "the server has an ECDSA certificate alone", Ours: spec.Client, Suites: suites(0xc02b), Scenario: pac(accept, accept),
			Want: receives(spec.HandshakeFailure, 0), Theirs: sends(spec.HandshakeFailure, 1), Quirks: []spec.Quirk{spec.QuirkECDSAOnlyRefused},
		},
		{
			Name: "the same, with a named suite", Ours: spec.Client, Suites: suites(0xc02b), Named: 0xc02b, Scenario: pac(accept, accept),
			Want: bySecret, Theirs: bySecret,
		},
	}
}

// serverCases has our server and OpenSSL's client.
func serverCases() []Case {
	return []Case{
		{
			Name: "accepted", Ours: spec.Server, Scenario: pac(accept, accept), Want: bySecret, Theirs: bySecret,
			Echo: spec.IDEmpty, Rule: "RFC 5077, Section 3.4",
		},
		{Name: "declined", Ours: spec.Server, Scenario: pac(decline, accept), Want: full, Theirs: full, Rule: "FAST-TLS-17, FAST-TLS-26"},
		{
			Name: "declined, and tickets are on", Ours: spec.Server, Scenario: pac(decline, accept, issues), Want: full, Theirs: full,
			Rule: "FAST-TLS-26, FAST-TLS-27",
		},
		{
			Name: "the PAC keys differ", Ours: spec.Server, Scenario: pac(accept, accept, keysDiffer),
			Want: receives(spec.BadRecordMAC, 1), Theirs: sends(spec.BadRecordMAC, 1),
		},
		{
			Name: "no ticket", Ours: spec.Server, Scenario: pac(accept, unset, noTicketSent),
			Want: established(spec.Full, 0), Theirs: established(spec.Full, 0), Rule: "FAST-TLS-12",
		},
		{
			Name: "an empty ticket", Ours: spec.Server, Scenario: pac(accept, unset, emptyTicket, issues),
			Want: established(spec.Full, 0), Theirs: established(spec.Full, 0), Rule: "FAST-TLS-27",
		},
		{Name: "our server has no callback", Ours: spec.Server, Scenario: pac(unset, accept), Want: established(spec.Full, 0), Theirs: full},
		{
			Name: "our server has no callback and issues a ticket", Ours: spec.Server, Scenario: pac(unset, accept, issues),
			Want: established(spec.Full, 0), Theirs: full, Rule: "RFC 5077, Section 3.3",
		},
		{
			Name: "the client has no callback", Ours: spec.Server, Scenario: pac(accept, unset),
			Want: receives(spec.UnexpectedMessage, 1), Theirs: sends(spec.UnexpectedMessage, 0),
		},
		{
			Name: "the client's callback fails", Ours: spec.Server, Scenario: pac(accept, fail),
			Want: receives(spec.InternalError, 1), Theirs: sends(spec.InternalError, 1),
		},
		{
			Name: "the client's callback fails, and our server declines", Ours: spec.Server, Scenario: pac(decline, fail),
			Want: receives(spec.InternalError, 1), Theirs: sends(spec.InternalError, 1),
		},
		{
			Name: "the client's secret is empty", Ours: spec.Server, Scenario: pac(accept, wrongLength),
			Want: receives(spec.InternalError, 1), Theirs: sends(spec.InternalError, 1),
		},
		{
			Name: "the client's secret has 47 octets", Ours: spec.Server, Length: 47, Scenario: pac(accept, wrongLength),
			Want: receives(spec.BadRecordMAC, 1), Theirs: sends(spec.BadRecordMAC, 1),
		},
		{
			Name: "our callback fails", Ours: spec.Server, Scenario: pac(fail, accept),
			Want: sends(spec.InternalError, 1), Theirs: receives(spec.InternalError, 0), Rule: "an error says that the server is broken",
		},
		{
			Name: "our secret has 47 octets", Ours: spec.Server, Length: 47, Scenario: pac(wrongLength, accept),
			Want: sends(spec.InternalError, 1), Theirs: receives(spec.InternalError, 0), Rule: "RFC 5246, Section 8.1",
		},
		{
			Name: "our secret is empty", Ours: spec.Server, Scenario: pac(wrongLength, accept),
			Want: sends(spec.InternalError, 1), Theirs: receives(spec.InternalError, 0), Rule: "RFC 5246, Section 8.1",
		},
		{
			Name: "a fresh Session ID", Ours: spec.Server, Scenario: pac(accept, accept, freshID), Want: bySecret, Theirs: bySecret,
			Echo: spec.IDEcho, Rule: "FAST-TLS-07",
		},
		{
			Name: "a fresh Session ID, declined", Ours: spec.Server, Scenario: pac(decline, accept, freshID), Want: full, Theirs: full,
			Echo: spec.IDFresh, Rule: "RFC 5246, Section 7.4.1.3",
		},
		{
			Name: "the Session ID of a cached session", Ours: spec.Server, Scenario: pac(accept, accept, cachedID), Want: bySecret, Theirs: bySecret,
			Echo: spec.IDEcho, Rule: "FAST-TLS-07, FAST-TLS-08",
		},
		{
			Name: "the Session ID of a cached session, declined", Ours: spec.Server, Scenario: pac(decline, accept, cachedID), Want: full, Theirs: full,
			Echo: spec.IDFresh, Rule: "FAST-TLS-08",
		},
		{
			Name: "our first suite is not offered", Ours: spec.Server, Suites: suites(0xc02f), Server: suites(0xc030, 0xc02f),
			Scenario: pac(accept, accept), Want: bySecret, Theirs: bySecret, Rule: "FAST-TLS-16",
		},
		{
			Name: "our first suite is not offered, declined", Ours: spec.Server, Suites: suites(0xc02f), Server: suites(0xc030, 0xc02f),
			Scenario: pac(decline, accept), Want: full, Theirs: full, Rule: "RFC 5246, Section 7.4.1.3",
		},
		{
			Name: "the named suite is offered", Ours: spec.Server, Named: 0xc030, Suites: suites(0xc02f, 0xc030), Scenario: pac(accept, accept),
			Want: bySecret, Theirs: bySecret,
		},
		{
			Name: "the named suite is not on our list", Ours: spec.Server, Named: 0xc030, Suites: suites(0xc02f, 0xc030), Server: suites(0xc02f),
			Scenario: pac(accept, accept), Want: bySecret, Theirs: bySecret, Rule: "a named suite stands above Config.CipherSuites",
		},
		{
			Name: "the named suite is not offered", Ours: spec.Server, Named: 0xc030, Scenario: pac(accept, accept),
			Want: sends(spec.HandshakeFailure, 1), Theirs: receives(spec.HandshakeFailure, 0), Rule: "FAST-TLS-16",
		},
		{
			Name: "the named suite is wrong for the version", Ours: spec.Server, Named: 0xc02f, Version: spec.TLS11, Suites: suites(0xc013, 0xc02f),
			Scenario: pac(accept, accept), Want: sends(spec.HandshakeFailure, 1), Theirs: receives(spec.HandshakeFailure, 0), Rule: "FAST-TLS-16",
		},
		{
			Name: "the named suite is anonymous", Ours: spec.Server, Named: 0x00a6, Suites: suites(0xc02f, 0x00a6), Scenario: pac(accept, accept),
			Want: sends(spec.HandshakeFailure, 1), Theirs: receives(spec.HandshakeFailure, 0), Rule: "FAST-TLS-36",
		},
		{
			Name: "an anonymous suite comes first", Ours: spec.Server, Suites: suites(0x00a6, 0xc02f), Key: RSA2048, Scenario: pac(accept, accept),
			Want: bySecret, Theirs: bySecret, Rule: "FAST-TLS-36",
		},
		{
			Name: "our server requires a certificate", Ours: spec.Server, Scenario: pac(accept, accept, requires),
			Want: established(spec.Full, 0), Theirs: full, Rule: "a required client certificate is never silently waived",
		},
		{
			Name: "our server requires a certificate, and the PAC stands in for it", Ours: spec.Server, Scenario: pac(accept, accept, requires, standsIn),
			Want: bySecret, Theirs: bySecret, Rule: "a required client certificate is never silently waived",
		},
		{
			Name: "our server has an ECDSA certificate alone", Ours: spec.Server, Suites: suites(0xc02b), Scenario: pac(accept, accept),
			Want: bySecret, Theirs: bySecret,
		},
		{
			Name: "our server has no certificate", Ours: spec.Server, Suites: suites(0xc02f), Key: NoKey, Scenario: pac(accept, accept),
			Want: bySecret, Theirs: bySecret, Rule: "a PAC handshake needs no certificate",
		},
	}
}
