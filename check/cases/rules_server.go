package cases

import (
	"fmt"
	"strings"
)

// helloRules are about ClientHello as a server reads it.
func helloRules() []Case {
	var all []rule
	// Versions.
	for _, v := range []string{"3.0", "1.0", "1.1"} {
		all = append(all, rule{id: "version/" + v, name: "a hello of version " + v + " at a server of TLS 1.2", of: of("TLS-BASE-02", "TLS-ALERT-09"), setup: accepting,
			steps: steps(step(alerts("protocol_version"), offer(Hello{Version: v, Ticket: "pac"})))})
	}
	// SSL 3.0 has no alert for it.
	all[0].of = of("FAST-TLS-01", "TLS-ALERT-09")
	all[0].steps = steps(step(alerts("protocol_version", "handshake_failure"), offer(Hello{Version: "3.0", Ticket: "pac"})))
	for _, v := range []string{"0x0304", "0x0305", "0x0400"} {
		all = append(all, rule{id: "version/" + v, name: "a hello of a version above all that there are", of: of("TLS-BASE-03"), setup: accepting,
			steps: steps(step(shortened(Answer{Versions: []string{"1.2"}}), offer(Hello{Version: v, Ticket: "pac"})), end())})
	}
	for _, v := range []string{"3.0", "1.0", "0x03ff"} {
		hello := offer(pac)
		hello.RecordVersion = v
		all = append(all, rule{id: "record-version/" + v, name: "ClientHello in a record of version " + v, of: of("TLS-BASE-02"), setup: accepting,
			steps: steps(step(shortened(Answer{}), hello), end())})
	}
	all = append(all,
		rule{id: "fallback-scsv", name: "a hello of TLS 1.1 with TLS_FALLBACK_SCSV at a server of TLS 1.2", of: of("TLS-ALERT-04"), grade: NotRequired,
			why: "RFC 7507 asks it of servers that know the signal", setup: Setup{Callback: "accept", Min: "1.0"},
			steps: steps(step(alerts("inappropriate_fallback"),
				offer(Hello{Version: "1.1", Ticket: "pac", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA", "FALLBACK_SCSV"}})))},
		rule{id: "downgrade-mark", name: "the mark in server_random of a server that could have done better", of: of("TLS-BASE-08"), grade: NotRequired,
			why:   "RFC 8446, Section 4.1.3 recommends it to servers of TLS 1.2",
			setup: Setup{Callback: "accept", Min: "1.0", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}},
			steps: steps(step(shortened(Answer{Versions: []string{"1.1"}, Downgrade: ptr(true)}),
				offer(Hello{Version: "1.1", Ticket: "pac", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}})), end())},
	)
	all = append(all, suiteRules()...)
	all = append(all, syntaxRules()...)
	all = append(all, renegotiationRules()...)
	return play("server", all...)
}

// syntaxRules are about extensions and lengths.
func syntaxRules() []rule {
	rsa := []string{"RSA_WITH_AES_128_CBC_SHA"}
	unknown := Hello{Ticket: "pac", Suites: []string{"0x0a0a", "ECDHE_RSA_WITH_AES_128_GCM_SHA256", "0xfefe"}, Extra: []Extra{{Type: 0x0a0a}, {Type: 0xfefe, Data: "00ff"}}}
	return []rule{
		{id: "unknown", name: "suites and extensions that nobody knows", of: of("TLS-BASE-05"), setup: accepting,
			steps: steps(step(shortened(Answer{}), offer(unknown)), end())},
		{id: "bare", name: "a hello without extensions", of: of("TLS-BASE-05"), setup: Setup{Callback: "accept", Tickets: true, Suites: rsa},
			steps: steps(step(outcome(append([]Answer{{Message: "ServerHello", Lacks: []string{"session_ticket", "extended_master_secret", "renegotiation_info"}}},
				heard("Certificate", "ServerHelloDone")...)...), offer(Hello{Bare: true, Suites: rsa})), endFull())},
		{id: "trailing", name: "an octet behind the extensions", of: of("TLS-BASE-05", "TLS-ALERT-07"), setup: accepting,
			steps: steps(step(alerts("decode_error"), Message{Message: "ClientHello", Hello: &Hello{Ticket: "pac"}, Edit: &Edit{Append: "00", Length: true}}))},
		{id: "truncated", name: "a hello that ends within its extensions", of: of("TLS-BASE-05", "TLS-ALERT-07"), setup: accepting,
			steps: steps(step(alerts("decode_error"), Message{Message: "ClientHello", Hello: &Hello{Ticket: "pac"}, Edit: &Edit{Cut: 1, Length: true}}))},
		{id: "extension-twice", name: "an extension that comes twice", of: of("TLS-BASE-06"), setup: accepting,
			steps: steps(step(alerts("decode_error", "illegal_parameter", "unsupported_extension"), offer(Hello{Ticket: "pac", Extra: []Extra{{Type: 23}}})))},
		{id: "point-formats", name: "ec_point_formats without uncompressed", of: of("TLS-ALERT-06"), setup: unset,
			steps: steps(step(alerts("illegal_parameter"), offer(Hello{PointFormats: []int{1, 2}})))}, // RFC 8422, Section 5.1.2
		{id: "session-id-too-long", name: "a Session ID of 33 octets", of: of("TLS-ALERT-07"), setup: accepting,
			steps: steps(step(alerts("decode_error", "illegal_parameter"), offer(Hello{Ticket: "pac", SessionID: "long"})))},
		{id: "compression-beside-null", name: "another compression beside null", of: of("FAST-TLS-35"), grade: Must, setup: accepting,
			steps: steps(step(shortened(Answer{}), offer(Hello{Ticket: "pac", Compression: []int{1, 0}})), end())},
		{id: "compression-without-null", name: "no null compression", of: of("FAST-TLS-35"), grade: Must, setup: accepting,
			steps: steps(step(alerts("illegal_parameter", "decode_error", "handshake_failure"), offer(Hello{Ticket: "pac", Compression: []int{1}})))},
		{id: "client-hello/trailing-key-exchange", name: "an octet behind the client's key", of: of("TLS-ALERT-07"), setup: unset,
			steps: steps(step(full(Answer{}), offer(Hello{})), step(alerts("decode_error"), edited("ClientKeyExchange", Edit{Append: "00", Length: true})))},
	}
}

// renegotiationRules are about the signal of secure renegotiation.
func renegotiationRules() (all []rule) {
	for _, r := range []struct{ word, ticket string }{{"", "pac"}, {"scsv", "pac"}, {"scsv", ""}, {"filled", "pac"}, {"filled", ""}, {"none", "pac"}} {
		h := Hello{Ticket: r.ticket, Renegotiation: r.word}
		id := "renegotiation-info/" + strings.TrimSuffix(r.word+"-"+r.ticket, "-")
		one := rule{id: id, name: "renegotiation_info in the answer", of: of("TLS-BASE-21", "FAST-TLS-39"), setup: accepting}
		want, then := shortened, []Step{end()}
		if r.ticket == "" {
			want, then = full, endFull()
		}
		switch r.word {
		case "filled":
			one.of = of("TLS-BASE-21", "TLS-ALERT-04")
			one.steps = steps(step(alerts("handshake_failure"), offer(h)))
		case "none":
			one.steps = steps(step(want(Answer{Lacks: hasInfo}), offer(h)), then)
		default:
			one.steps = steps(step(want(Answer{Has: hasInfo}), offer(h)), then)
		}
		all = append(all, one)
	}
	return all
}

func ptr(b bool) *bool { return &b }

// suiteRules are about what a server chooses.
func suiteRules() []rule {
	anonymous := []string{"DH_anon_WITH_AES_128_GCM_SHA256", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"}
	return []rule{
		{id: "rc4", name: "RC4 alone", of: of("TLS-BASE-01", "TLS-ALERT-10"), setup: accepting,
			steps: steps(step(alerts("handshake_failure", "insufficient_security"), offer(Hello{Ticket: "pac", Suites: []string{"0x0004", "0x0005", "0xc011"}})))},
		{id: "no-common-suite", name: "a PAC and no common suite", of: of("FAST-TLS-16", "TLS-ALERT-04"), setup: accepting,
			steps: steps(step(alerts("handshake_failure", "insufficient_security"), offer(Hello{Ticket: "pac", Suites: []string{"0xfefe"}})))},
		{id: "anonymous-listed", name: "DH_anon, listed first by both, beside a PAC", of: of("FAST-TLS-36"), setup: Setup{Callback: "accept", Suites: anonymous},
			why:   "RFC 4851, Section 3.2 and RFC 5422, Section 3.1.2 recommend it",
			steps: steps(step(shortened(Answer{Suites: anonymous[1:]}), offer(Hello{Ticket: "pac", Suites: anonymous})), end())},
		{id: "anonymous-named", name: "DH_anon, named by the callback", of: of("FAST-TLS-36"), why: "RFC 4851, Section 3.2 and RFC 5422, Section 3.1.2 recommend it",
			setup: Setup{Callback: "accept", Suites: anonymous, Named: anonymous[0]},
			steps: steps(step(alerts("handshake_failure"), offer(Hello{Ticket: "pac", Suites: anonymous})))},
	}
}

// ticketRules are about what becomes of a ticket.
func ticketRules() []Case {
	var all []rule
	for _, e := range []struct {
		name string
		edit Edit
	}{
		{"first-octet", Edit{At: 0, Xor: 1}}, {"last-but-one-octet", Edit{At: -2, Xor: 0x80}}, {"last-octet", Edit{At: -1, Xor: 1}},
		{"truncated", Edit{Cut: 1}}, {"longer", Edit{Append: "00"}}, {"one-octet", Edit{Cut: 1 << 16, Fill: 1}},
		{"three-octets", Edit{Cut: 1 << 16, Fill: 3}}, {"four-octets", Edit{Cut: 1 << 16, Fill: 4}}, {"300-octets", Edit{Fill: 250}},
		{"16000-octets", Edit{Cut: 1 << 16, Fill: 16000}}, {"65000-octets", Edit{Cut: 1 << 16, Fill: 65000}},
	} {
		all = append(all, rule{id: "ticket/" + e.name, name: "a PAC-Opaque that does not open: " + e.name, of: of("FAST-TLS-17"), setup: accepting,
			steps: steps(step(full(Answer{Lacks: []string{"session_ticket"}}), offer(Hello{Ticket: "pac", TicketEdit: &e.edit})), endFull())})
	}
	for _, id := range []string{"fresh", "short"} {
		all = append(all, rule{id: "echo-session-id/" + id, name: "the Session ID of a client whose PAC is accepted comes back", of: of("FAST-TLS-07"), setup: accepting,
			steps: steps(step(shortened(Answer{SessionIDs: []string{"echo"}}), offer(Hello{Ticket: "pac", SessionID: id})), end())})
	}
	all = append(all,
		rule{id: "ticket/prefixed", name: "a PAC-Opaque in the form of RFC 4507", of: of("FAST-TLS-04", "FAST-TLS-17"), setup: accepting,
			steps: steps(step(full(Answer{}), offer(Hello{Ticket: "prefixed"})).or(shortened(Answer{})))},
		rule{id: "ticket/accepted", name: "a PAC that is accepted", of: of("FAST-TLS-04", "FAST-TLS-27", "FAST-TLS-26", "FAST-TLS-20"), setup: accepting,
			steps: steps(step(shortened(Answer{Has: hasInfo, Lacks: []string{"session_ticket"}}), offer(pac)), end())},
		rule{id: "ticket/none-issued", name: "beside a callback no ticket of RFC 5077 is issued", of: of("FAST-TLS-26", "FAST-TLS-27"),
			setup: accepting,
			steps: steps(step(full(Answer{Lacks: []string{"session_ticket"}}), offer(Hello{Ticket: "empty"})), endFull())},
		rule{id: "ticket/accepted-without-tickets", name: "a PAC at a server that issues no tickets", of: of("FAST-TLS-27"), setup: Setup{Callback: "accept"},
			steps: steps(step(shortened(Answer{Lacks: []string{"session_ticket"}}), offer(pac)), end())},
		rule{id: "ticket/no-callback", name: "a PAC at a server without a callback", of: of("FAST-TLS-17"), setup: unset,
			steps: steps(step(full(Answer{}), offer(pac)), endFull())},
		rule{id: "ticket/declined", name: "a PAC that the callback declines", of: of("FAST-TLS-17", "FAST-TLS-19"), setup: Setup{Callback: "decline", Tickets: true},
			steps: steps(step(full(Answer{}), offer(pac)), endFull())},
		rule{id: "no-ticket", name: "no ticket, at a callback that would take it", of: of("FAST-TLS-12"), setup: Setup{Callback: "accept", Blind: true},
			steps: steps(step(full(Answer{}), offer(Hello{})), endFull())},
		rule{id: "empty-ticket", name: "an empty SessionTicket extension, at a callback that would take it", of: of("FAST-TLS-12"), setup: Setup{Callback: "accept", Blind: true},
			steps: steps(step(full(Answer{}), offer(Hello{Ticket: "empty"})), endFull())},
	)
	return play("server", all...)
}

// callbackRules are about what a server's callback says.
func callbackRules() []Case {
	var all []rule
	for _, length := range []string{"0", "-5", "1", "47", "49", "600", "untouched"} {
		all = append(all, rule{id: "secret-of/" + length, name: "a secret of another length than 48 octets", of: of("FAST-TLS-13"), grade: NotRequired,
			why: noCallback, setup: Setup{Callback: length, Tickets: true}, steps: steps(step(alerts("internal_error"), offer(pac)))})
	}
	offered := []string{"ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE_RSA_WITH_AES_256_GCM_SHA384"}
	ecdsa := Setup{Callback: "accept", Certificate: "ecdsa", Suites: []string{"ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}}
	ecdsaDeclining := ecdsa
	ecdsaDeclining.Callback = "decline"
	all = append(all,
		rule{id: "named/offered", name: "the callback names an offered suite", of: of("FAST-TLS-16"), setup: Setup{Callback: "accept", Suites: offered, Named: offered[1]},
			steps: steps(step(shortened(Answer{Suites: offered[1:]}), offer(Hello{Ticket: "pac", Suites: offered})), end())},
		rule{id: "named/not-own", name: "the callback names a suite that the server has not listed", of: of("FAST-TLS-16"),
			setup: Setup{Callback: "accept", Suites: offered[:1], Named: offered[1]},
			steps: steps(step(shortened(Answer{Suites: offered[1:]}), offer(Hello{Ticket: "pac", Suites: offered})), end())},
		rule{id: "named/not-offered", name: "the callback names a suite that was not offered", of: of("FAST-TLS-16"),
			setup: Setup{Callback: "accept", Suites: offered, Named: offered[1]},
			steps: steps(step(alerts("handshake_failure", "internal_error"), offer(Hello{Ticket: "pac", Suites: offered[:1]})))},
		rule{id: "named/wrong-version", name: "the callback names a suite of TLS 1.2 under TLS 1.1", of: of("FAST-TLS-16"),
			setup: Setup{Callback: "accept", Min: "1.1", Max: "1.1", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}, Named: offered[0]},
			steps: steps(step(alerts("handshake_failure", "internal_error"),
				offer(Hello{Version: "1.1", Ticket: "pac", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA", offered[0]}})))},
		rule{id: "ecdsa-only", name: "a PAC at a server that has an ECDSA certificate alone", of: of("FAST-TLS-16"), setup: ecdsa,
			steps: steps(step(shortened(Answer{Suites: ecdsa.Suites}), offer(Hello{Ticket: "pac", Suites: ecdsa.Suites})), end())},
		rule{id: "ecdsa-only-declined", name: "the same, and the callback declines", of: of("FAST-TLS-17"), setup: ecdsaDeclining,
			steps: steps(step(full(Answer{Suites: ecdsa.Suites}), offer(Hello{Ticket: "pac", Suites: ecdsa.Suites})), endFull())},
		rule{id: "pac-without-common-schemes", name: "a PAC, and no common signature algorithm", of: of("FAST-TLS-16"), grade: NotRequired,
			why:   "nothing is signed under a PAC; RFC 5246, Section 7.4.1.4.1 speaks of certificates",
			setup: accepting, steps: steps(step(shortened(Answer{}), offer(Hello{Ticket: "pac", Schemes: []string{"0x0403"}})), end())},
		rule{id: "client-authentication", name: "a PAC at a server that requires a client certificate", of: of("FAST-TLS-31"), grade: NotRequired,
			why: "no RFC says that a PAC does not stand in for a client certificate that is required; here it does not", setup: Setup{Callback: "accept", Verify: "require"},
			steps: steps(step(outcome(heard("ServerHello", "Certificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone")...), offer(pac)),
				step(outcome(heard("ChangeCipherSpec", "Finished")...), say("Certificate", "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec", "Finished")...))},
		rule{id: "other-key", name: "the two ends have different PAC-Keys", of: of("TLS-ALERT-08", "FAST-TLS-21"), setup: Setup{Callback: "accept", OtherKey: true},
			// The player cannot read what the system says under its key.
			steps: steps(step(outcome(heard("ServerHello", "ChangeCipherSpec", "Garbage")...), offer(pac)),
				step(Outcome{Answers: heard("Garbage"), Closed: true}, say("ChangeCipherSpec", "Finished")...))},
	)
	return play("server", all...)
}

// exchangeRules are about key exchanges and signatures at a server.
func exchangeRules() []Case {
	var all []rule
	dhe, rsa := []string{"DHE_RSA_WITH_AES_128_GCM_SHA256"}, []string{"RSA_WITH_AES_128_CBC_SHA"}
	for _, y := range []string{"0", "1", "p-1", "p"} {
		all = append(all, rule{id: "dh-public/" + y, name: "a client's public value of " + y, of: of("TLS-BASE-11", "TLS-ALERT-06"), grade: Must, setup: Setup{Suites: dhe},
			steps: steps(step(full(Answer{}), offer(Hello{Suites: dhe})),
				step(alerts("handshake_failure", "illegal_parameter", "decode_error"), Message{Message: "ClientKeyExchange", Public: y}))})
	}
	// RFC 8422, Section 5.11.
	for _, p := range points {
		all = append(all, rule{id: "ec-public/" + p.word, name: "a client's public value that is " + p.name, of: of("TLS-ALERT-06"), setup: unset,
			steps: steps(step(full(Answer{}), offer(Hello{Groups: []string{p.group}})), step(alerts(ofPoints...), Message{Message: "ClientKeyExchange", Public: p.word}))})
	}
	short := func(a Answer) Outcome {
		a.Message = "ServerHello"
		return outcome(append([]Answer{a}, heard("Certificate", "ServerHelloDone")...)...)
	}
	for _, p := range []string{"version", "padding", "short"} {
		all = append(all, rule{id: "premaster/" + p, name: "an encrypted premaster secret with a wrong " + p, of: of("TLS-BASE-12"), setup: Setup{Suites: rsa},
			steps: steps(step(short(Answer{}), offer(Hello{Suites: rsa})),
				step(alerts("bad_record_mac"), Message{Message: "ClientKeyExchange", Premaster: p}, Message{Message: "ChangeCipherSpec"}, Message{Message: "Finished"}))})
	}
	for scheme, hash := range map[string]string{"0x0401": "sha256", "0x0501": "sha384", "0x0601": "sha512"} {
		hello := full(Answer{})
		hello.Answers[2].Schemes = []string{scheme}
		all = append(all, rule{id: "scheme/" + hash, name: "the only signature algorithm offered is the one used", of: of("TLS-BASE-19"), setup: unset,
			steps: steps(step(hello, offer(Hello{Schemes: []string{scheme}})), endFull())})
	}
	sortRules(all)
	require := Setup{Verify: "require"}
	asked := outcome(heard("ServerHello", "Certificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone")...)
	all = append(all,
		rule{id: "scheme/none-common", name: "no common signature algorithm", of: of("TLS-BASE-19", "TLS-ALERT-04"), setup: unset,
			steps: steps(step(alerts("handshake_failure", "insufficient_security"), offer(Hello{Schemes: []string{"0x0403"}})))},
		rule{id: "client-certificate/none", name: "a required certificate that does not come", of: of("TLS-ALERT-04", "FAST-TLS-31"), setup: require,
			steps: steps(step(asked, offer(Hello{})), step(alerts("handshake_failure", "bad_certificate"), Message{Message: "Certificate", Empty: true}))},
		rule{id: "client-certificate/forged", name: "a client's certificate whose signature is wrong", of: of("TLS-ALERT-05"), setup: require,
			steps: steps(step(asked, offer(Hello{})), step(alerts("bad_certificate", "unknown_ca", "certificate_unknown", "decrypt_error", "unsupported_certificate"),
				append([]Message{edited("Certificate", Edit{At: -1, Xor: 1})}, say("ClientKeyExchange")...)...))},
		rule{id: "client-certificate/unproved", name: "CertificateVerify that does not verify", of: of("TLS-ALERT-08", "FAST-TLS-31"), setup: require,
			steps: steps(step(asked, offer(Hello{})), step(alerts("decrypt_error", "bad_certificate"),
				append(say("Certificate", "ClientKeyExchange"), Message{Message: "CertificateVerify", Wrong: true})...))},
		rule{id: "client-certificate/verify-first", name: "CertificateVerify before ClientKeyExchange", of: of("TLS-ALERT-01", "FAST-TLS-31"), setup: require,
			steps: steps(step(asked, offer(Hello{})), step(alerts("unexpected_message"), say("Certificate", "CertificateVerify")...))},
	)
	for _, peer := range []string{"", "ecdsa"} {
		all = append(all, rule{id: "client-certificate/unlisted-hash" + map[string]string{"ecdsa": "/ecdsa"}[peer], name: "CertificateVerify by a hash that was not asked for",
			of: of("TLS-BASE-19", "FAST-TLS-31"), setup: Setup{Verify: "require", Peer: peer},
			steps: steps(step(asked, offer(Hello{})), step(alerts("illegal_parameter", "decrypt_error", "handshake_failure", "bad_certificate"),
				append(say("Certificate", "ClientKeyExchange"), Message{Message: "CertificateVerify", Scheme: "unlisted"})...))})
	}
	return play("server", all...)
}

// sessionRules are about sessions of Session IDs and of tickets at a server.
func sessionRules() []Case {
	resumed := shortened(Answer{SessionIDs: []string{"echo"}})
	fresh := full(Answer{SessionIDs: []string{"fresh", "empty"}})
	cached := func(h Hello) Message { h.SessionID = "cached"; return offer(h) }
	session := func(callback, how string) Setup {
		return Setup{Callback: callback, Session: how, Tickets: callback != ""}
	}
	cbc := []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}
	return play("server",
		rule{id: "session/id", name: "a session is resumed by its ID", of: of("FAST-TLS-30"), setup: session("", "id"), steps: steps(step(resumed, cached(Hello{})), end())},
		rule{id: "session/id-beside-callback", name: "the same beside a callback, without a ticket", of: of("FAST-TLS-30"), setup: session("accept", "id"),
			steps: steps(step(resumed, cached(Hello{})), end())},
		rule{id: "session/id-beside-pac", name: "a PAC goes before a Session ID that the server knows, and the ID comes back", of: of("FAST-TLS-08", "FAST-TLS-07"),
			setup: session("accept", "id"), steps: steps(step(resumed, cached(pac)), end())},
		rule{id: "session/id-beside-declined", name: "beside a PAC that is declined the Session ID is not looked up", of: of("FAST-TLS-08"), setup: session("decline", "id"),
			steps: steps(step(fresh, cached(pac)), endFull())},
		rule{id: "session/id-beside-declined-without-tickets", name: "nor at a server that issues no tickets", of: of("FAST-TLS-08"),
			setup: Setup{Callback: "decline", Session: "id"}, steps: steps(step(fresh, cached(pac)), endFull())},
		rule{id: "session/id-after-alert", name: "a session whose connection ended with a fatal alert is not resumed", of: of("TLS-ALERT-13"), setup: session("", "id-after-alert"),
			steps: steps(step(fresh, cached(Hello{})), endFull())},
		rule{id: "session/id-beside-failed-pac", name: "a PAC handshake that has failed beside a session's ID leaves the session", of: of("FAST-TLS-08"),
			setup: session("accept", "id-beside-failed-pac"), steps: steps(step(resumed, cached(Hello{})), end())},
		rule{id: "session/ems-lost", name: "a session with extended_master_secret, offered without", of: of("TLS-BASE-26", "TLS-ALERT-04"), setup: session("", "id"),
			steps: steps(step(alerts("handshake_failure"), cached(Hello{EMS: "off"})))},
		rule{id: "session/ems-gained", name: "a session without extended_master_secret, offered with", of: of("TLS-BASE-26"), setup: session("", "id-without-ems"),
			steps: steps(step(fresh, cached(Hello{})), endFull())},
		rule{id: "session/ems-never", name: "a session without extended_master_secret, offered without", of: of("TLS-BASE-26"), setup: session("", "id-without-ems"),
			steps: steps(step(fresh, cached(Hello{EMS: "off"})).or(resumed))},
		rule{id: "session/same-name", name: "a session is resumed under its server_name", of: of("FAST-TLS-30"), setup: session("", "id-by-name"),
			steps: steps(step(resumed, cached(Hello{Name: "server.test"})), end())},
		rule{id: "session/other-name", name: "a session is not resumed under another server_name", of: of("FAST-TLS-30"), setup: session("", "id-by-name"),
			steps: steps(step(fresh, cached(Hello{Name: "other.test"})), endFull())}, // RFC 6066, Section 3
		rule{id: "session/unknown-beside-etm", name: "a Session ID that the server does not know, beside encrypt_then_mac", of: of("TLS-BASE-15"), grade: NotRequired,
			why:   "RFC 7366, Section 2 leaves it to the server, which has encrypt-then-MAC for all other hellos",
			setup: Setup{Suites: cbc}, steps: steps(step(full(Answer{SessionIDs: []string{"fresh", "empty"}, Has: []string{"encrypt_then_mac"}}),
				offer(Hello{SessionID: "fresh", EtM: "on", Suites: cbc})), endFull())},
		rule{id: "session/ticket", name: "a session is resumed by its ticket", of: of("FAST-TLS-30"), setup: Setup{Tickets: true, Session: "ticket"},
			steps: steps(step(outcome(heard("ServerHello", "ChangeCipherSpec", "Finished")...), offer(Hello{Ticket: "session"})).or(
				outcome(heard("ServerHello", "NewSessionTicket", "ChangeCipherSpec", "Finished")...)), end())},
	)
}

// finishedRules are about the end of the handshake at a server.
func finishedRules() []Case {
	begun := step(shortened(Answer{}), offer(pac))
	var all []rule
	for i := range 12 {
		all = append(all, rule{id: fmt.Sprintf("finished/octet-%d", i), name: "one octet of Finished is wrong", of: of("FAST-TLS-21", "TLS-ALERT-08"), setup: accepting,
			steps: steps(begun, step(alerts("decrypt_error"), Message{Message: "ChangeCipherSpec"}, edited("Finished", Edit{At: 4 + i, Xor: 1})))})
	}
	all = append(all,
		rule{id: "data-behind-finished", name: "data in the same flight as Finished", of: of("FAST-TLS-25", "FAST-TLS-23"), grade: Must, setup: accepting, steps: steps(begun, end())},
		rule{id: "data-before-finished", name: "data in the place of ChangeCipherSpec", of: of("FAST-TLS-23", "TLS-ALERT-01"), setup: accepting,
			steps: steps(begun, step(alerts("unexpected_message"), say("ApplicationData")...))},
		rule{id: "renegotiation", name: "a second ClientHello under the tunnel", of: of("TLS-BASE-23", "TLS-ALERT-11"), setup: accepting,
			steps: steps(begun, step(outcome(Answer{Message: "Alert", Level: "warning", Alerts: []string{"no_renegotiation"}}),
				append(say("ChangeCipherSpec", "Finished"), offer(Hello{}))...).or(alerts("handshake_failure", "unexpected_message", "no_renegotiation")))},
		rule{id: "close-notify", name: "close_notify", of: of("TLS-BASE-28"), setup: accepting,
			steps: steps(begun, end(), step(outcome(Answer{Message: "Alert", Level: "warning", Alerts: []string{"close_notify"}}),
				Message{Message: "Alert", Level: "warning", Alert: "close_notify"}).or(Outcome{Closed: true}))},
	)
	return play("server", all...)
}
