package cases

import "fmt"

var (
	offersPAC = began(Answer{Tickets: []string{"pac"}, SessionIDs: []string{"empty", "fresh"}})
	offersAny = began(Answer{})
)

// serverHelloRules are about ServerHello as a client reads it.
func serverHelloRules() []Case {
	var all []rule
	for _, v := range []string{"3.0", "1.0", "1.1", "0x0304", "0x0305", "0x0400"} {
		all = append(all, rule{id: "version/" + v, name: "a ServerHello of version " + v + " for a client of TLS 1.2", of: of("TLS-BASE-04", "TLS-ALERT-09"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("protocol_version"), answer(Hello{Version: v})))})
	}
	all[0].of = of("FAST-TLS-01", "TLS-ALERT-09")
	all[2].of = of("TLS-BASE-02", "TLS-BASE-04")
	for name, suite := range map[string]string{"not-offered": "ECDHE_RSA_WITH_AES_256_GCM_SHA384", "rc4": "0x0005", "signal": "EMPTY_RENEGOTIATION_INFO_SCSV", "unknown": "0xfefe"} {
		all = append(all, rule{id: "suite/" + name, name: "a suite that was not offered", of: of("TLS-BASE-07", "TLS-ALERT-06"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("illegal_parameter", "handshake_failure"), answer(Hello{Suite: suite})))})
	}
	sortRules(all)
	all = append(all,
		rule{id: "compression", name: "a compression that was not offered", of: of("TLS-BASE-07", "FAST-TLS-35"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("illegal_parameter", "handshake_failure"), answer(Hello{Compression: []int{1}})))},
		rule{id: "extension/unrequested", name: "an extension that was not asked for", of: of("TLS-BASE-06", "TLS-ALERT-12"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("unsupported_extension"), answer(Hello{ALPN: "unrequested"})))},
		rule{id: "extension/unknown", name: "an extension that nobody knows", of: of("TLS-BASE-06", "TLS-ALERT-12"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("unsupported_extension"), answer(Hello{Extra: []Extra{{Type: 0xfefe}}})))},
		rule{id: "extension/twice", name: "an extension that comes twice", of: of("TLS-BASE-06"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("decode_error", "illegal_parameter", "unsupported_extension"), answer(Hello{Extra: []Extra{{Type: 23}}})))},
		rule{id: "extension/no-point-formats", name: "ec_point_formats with an empty list", of: of("TLS-ALERT-07"), setup: Setup{},
			steps: steps(offersAny, step(alerts("decode_error", "illegal_parameter"), answer(Hello{Extra: []Extra{{Type: 11, Data: "00"}}})))},
		rule{id: "extension/point-formats", name: "ec_point_formats without uncompressed", of: of("TLS-ALERT-06"), grade: NotRequired,
			why: "RFC 8422, Section 5.2 demands it of the server, and does not say what becomes of it", setup: Setup{},
			steps: steps(offersAny, step(alerts("illegal_parameter", "decode_error"), answer(Hello{Extra: []Extra{{Type: 11, Data: "0101"}}})))},
		rule{id: "trailing", name: "an octet behind the extensions", of: of("TLS-ALERT-07"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("decode_error"), edited("ServerHello", Edit{Append: "00", Length: true})))},
		rule{id: "truncated", name: "a ServerHello that ends within its extensions", of: of("TLS-ALERT-07"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("decode_error"), edited("ServerHello", Edit{Cut: 1, Length: true})))},
		rule{id: "renegotiation-info/filled", name: "renegotiation_info that is not empty", of: of("TLS-BASE-20", "TLS-ALERT-04"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("handshake_failure"), answer(Hello{Renegotiation: "filled"})))},
		rule{id: "downgraded", name: "the mark of a server that could have done better", of: of("TLS-ALERT-06"), grade: NotRequired,
			why:   "RFC 8446, Section 4.1.3 recommends it to clients of TLS 1.2",
			setup: Setup{Callback: "accept", Ticket: "pac", Min: "1.0", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}},
			steps: steps(offersPAC, step(alerts("illegal_parameter"), answer(Hello{Version: "1.1", Downgraded: true})))},
	)
	for _, id := range []string{"", "other"} {
		name := "session-id/" + map[string]string{"": "empty", "other": "other"}[id]
		all = append(all,
			rule{id: name + "-accepted", name: "after a ServerHello with that Session ID, ChangeCipherSpec", of: of("FAST-TLS-09", "FAST-TLS-10"), setup: withPAC,
				steps: steps(offersPAC, step(taken(), append([]Message{answer(Hello{SessionID: id})}, say("ChangeCipherSpec", "Finished")...)...), closing())},
			rule{id: name + "-declined", name: "after a ServerHello with that Session ID, Certificate", of: of("FAST-TLS-09", "FAST-TLS-10", "FAST-TLS-19"), setup: withPAC,
				steps: steps(offersPAC, step(keyed(), append([]Message{answer(Hello{SessionID: id})}, say("Certificate", "ServerKeyExchange", "ServerHelloDone")...)...), closingFull())})
	}
	return play("client", all...)
}

// flightRules are about what follows ServerHello at a client.
func flightRules() []Case {
	after := func(setup Setup, id, name string, reqs []string, allow Outcome, send ...Message) rule {
		first := offersPAC
		if setup.Ticket == "" {
			first = offersAny
		}
		return rule{id: id, name: name, of: reqs, setup: setup, steps: steps(first, step(allow, append([]Message{answer(Hello{SessionID: "other"})}, send...)...))}
	}
	unexpected := alerts("unexpected_message")
	promised := Message{Message: "ServerHello", Hello: &Hello{Ticket: "empty"}}
	all := []rule{}
	for name, m := range map[string]string{
		"certificate-request": "CertificateRequest", "hello-done": "ServerHelloDone", "finished": "Finished", "data": "ApplicationData", "server-hello": "ServerHello",
	} {
		all = append(all, after(withPAC, "next/"+name, "after ServerHello, "+m, of("FAST-TLS-11", "TLS-ALERT-01"), unexpected, say(m)...))
	}
	sortRules(all)
	all = append(all,
		after(withPAC, "next/new-session-ticket", "NewSessionTicket that was not promised", of("FAST-TLS-28"), unexpected, say("NewSessionTicket")...),
		rule{id: "next/promised-ticket", name: "a promised NewSessionTicket before ChangeCipherSpec, which accepts the PAC", of: of("FAST-TLS-26", "FAST-TLS-28"), grade: Must, setup: withPAC,
			steps: steps(offersPAC, step(unexpected, append([]Message{promised}, say("NewSessionTicket", "ChangeCipherSpec", "Finished")...)...).or(taken()))},
		after(Setup{}, "ccs/without-pac", "ChangeCipherSpec that accepts what was not offered", of("FAST-TLS-12"), unexpected, say("ChangeCipherSpec")...),
		after(Setup{Callback: "accept"}, "ccs/callback-without-pac", "the same, with a callback", of("FAST-TLS-12"), unexpected, say("ChangeCipherSpec")...),
		after(Setup{Ticket: "pac"}, "ccs/pac-without-callback", "the same, with a PAC and no callback", of("FAST-TLS-12"), unexpected, say("ChangeCipherSpec")...),
		after(withPAC, "ccs/injected", "ChangeCipherSpec put before a declining server's Certificate", of("FAST-TLS-22", "TLS-ALERT-02"),
			alerts("bad_record_mac", "unexpected_message"), Message{Message: "ChangeCipherSpec"}, Message{Message: "Certificate", Clear: true}),
		after(withPAC, "ccs/twice", "a second ChangeCipherSpec, in the clear", of("TLS-ALERT-02", "FAST-TLS-22"),
			alerts("bad_record_mac", "unexpected_message"), Message{Message: "ChangeCipherSpec"}, Message{Message: "ChangeCipherSpec", Clear: true}),
		after(withPAC, "ccs/within-message", "ChangeCipherSpec within a handshake message", of("FAST-TLS-22"), unexpected,
			edited("Certificate", Edit{Cut: 20}), Message{Message: "ChangeCipherSpec"}),
		after(withPAC, "ccs/in-full-handshake", "ChangeCipherSpec after Certificate", of("FAST-TLS-22", "TLS-ALERT-01"), unexpected, say("Certificate", "ChangeCipherSpec")...),
		after(withPAC, "ccs/hello-request-between", "HelloRequest between ServerHello and ChangeCipherSpec", of("TLS-BASE-18"), taken(),
			say("HelloRequest", "ChangeCipherSpec", "Finished")...),
		after(withPAC, "finished/clear", "Finished in the clear after ChangeCipherSpec", of("FAST-TLS-22", "TLS-ALERT-02"), alerts("bad_record_mac", "unexpected_message"),
			Message{Message: "ChangeCipherSpec"}, Message{Message: "Finished", Clear: true}),
		after(Setup{Callback: "accept", Ticket: "pac", OtherKey: true}, "other-key", "the two ends have different PAC-Keys", of("TLS-ALERT-08", "FAST-TLS-21"),
			alerts("bad_record_mac", "decrypt_error"), say("ChangeCipherSpec", "Finished")...),
		after(withPAC, "hello-done/filled", "ServerHelloDone that is not empty", of("TLS-ALERT-07"), alerts("decode_error"),
			append(say("Certificate", "ServerKeyExchange"), edited("ServerHelloDone", Edit{Append: "00", Length: true}))...),
		after(withPAC, "certificate/empty", "a server's Certificate without one", of("TLS-ALERT-05"),
			alerts(ofCertificates...), Message{Message: "Certificate", Empty: true}),
	)
	for _, r := range []struct{ name, body string }{
		// Types, here ecdsa_sign; algorithms; authorities.
		{"odd-schemes", "0d000009" + "0140" + "0003040304" + "0000"}, {"long-schemes", "0d000006" + "0140" + "00100403"}, {"no-types", "0d000007" + "00" + "00020401" + "0000"},
	} {
		all = append(all, after(withPAC, "certificate-request/"+r.name, "CertificateRequest with lists of wrong lengths", of("TLS-ALERT-07"),
			alerts("decode_error", "illegal_parameter", "handshake_failure"), append(say("Certificate", "ServerKeyExchange"), record(22, Edit{Append: r.body}))...))
	}
	for _, r := range []struct{ name, ticket string }{{"empty", "0000"}, {"one-octet", "0001b7"}} {
		issued := append([]Message{edited("NewSessionTicket", Edit{Cut: 66, Append: r.ticket, Length: true})}, say("ChangeCipherSpec", "Finished")...)
		all = append(all, rule{id: "new-ticket/" + r.name, name: "a NewSessionTicket of few octets", of: of("FAST-TLS-28"), setup: Setup{Tickets: true},
			steps: steps(offersAny, step(keyed(), append([]Message{promised}, say("Certificate", "ServerKeyExchange", "ServerHelloDone")...)...),
				step(outcome(heard("ApplicationData")...), issued...), closing())})
	}
	for i := range 12 {
		all = append(all, after(withPAC, fmt.Sprintf("finished/octet-%d", i), "one octet of Finished is wrong", of("FAST-TLS-21", "TLS-ALERT-08"),
			alerts("decrypt_error"), Message{Message: "ChangeCipherSpec"}, edited("Finished", Edit{At: 4 + i, Xor: 1})))
	}
	all = append(all, certificateRules()...)
	return play("client", all...)
}

// certificateRules are about a server's proof.
func certificateRules() []rule {
	whole := append([]Message{answer(Hello{SessionID: "other"})}, say("Certificate", "ServerKeyExchange", "ServerHelloDone")...)
	proof := func(m Message) []Message {
		return append([]Message{answer(Hello{SessionID: "other"}), {Message: "Certificate"}, m}, say("ServerHelloDone")...)
	}
	dhe, rsa, anonymous := []string{"DHE_RSA_WITH_AES_128_GCM_SHA256"}, []string{"RSA_WITH_AES_128_GCM_SHA256"}, []string{"DH_anon_WITH_AES_128_GCM_SHA256", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"}
	withAnonymous := Setup{Callback: "accept", Ticket: "pac", Suites: anonymous}
	all := []rule{
		{id: "certificate/unknown-authority", name: "a certificate of an authority that the client does not know", of: of("FAST-TLS-37", "TLS-ALERT-05"),
			setup: Setup{Callback: "accept", Ticket: "pac", Untrusting: true},
			steps: steps(offersPAC, step(alerts("unknown_ca", "bad_certificate", "certificate_unknown"), whole...))},
		{id: "certificate/forged", name: "a certificate whose signature is wrong", of: of("FAST-TLS-37", "TLS-ALERT-05"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("bad_certificate", "unknown_ca", "certificate_unknown", "decrypt_error"),
				append([]Message{answer(Hello{SessionID: "other"}), edited("Certificate", Edit{At: -1, Xor: 1})}, say("ServerKeyExchange", "ServerHelloDone")...)...))},
		{id: "key-exchange/wrong-signature", name: "ServerKeyExchange that does not verify", of: of("TLS-ALERT-08"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("decrypt_error", "bad_certificate", "handshake_failure"), proof(Message{Message: "ServerKeyExchange", Wrong: true})...))},
		// The algorithm stands before the signature of 256 octets and its length.
		{id: "key-exchange/scheme-not-offered", name: "ServerKeyExchange signed as it was not offered", of: of("TLS-BASE-19"), setup: withPAC,
			steps: steps(offersPAC, step(alerts("illegal_parameter", "decrypt_error", "handshake_failure"),
				proof(edited("ServerKeyExchange", Edit{At: -260, Xor: 0x05}))...))},
		{id: "key-exchange/none-under-rsa", name: "ServerKeyExchange under RSA key transport", of: of("TLS-BASE-09", "TLS-ALERT-01"), setup: Setup{Suites: rsa},
			steps: steps(offersAny, step(alerts("unexpected_message"), answer(Hello{}), Message{Message: "Certificate"}, Message{Message: "ServerKeyExchange"}))},
		{id: "anonymous/certificate-request", name: "an anonymous server asks for a certificate", of: of("TLS-BASE-09", "TLS-ALERT-04"), setup: Setup{Suites: anonymous[:1]},
			steps: steps(offersAny, step(alerts("handshake_failure", "unexpected_message"), append([]Message{answer(Hello{Suite: anonymous[0]})}, say("ServerKeyExchange", "CertificateRequest", "ServerHelloDone")...)...))},
		{id: "anonymous/accepted", name: "DH_anon chosen for an accepted PAC", of: of("FAST-TLS-36"), why: "RFC 4851, Section 3.2 and RFC 5422, Section 3.1.2 recommend it",
			setup: withAnonymous, steps: steps(offersPAC, step(alerts("illegal_parameter", "handshake_failure"), append([]Message{answer(Hello{Suite: anonymous[0]})}, say("ChangeCipherSpec", "Finished")...)...))},
	}
	for _, y := range []string{"0", "1", "p-1", "p"} {
		all = append(all, rule{id: "dh-public/" + y, name: "a server's public value of " + y, of: of("TLS-BASE-11", "TLS-ALERT-06"), grade: Must, setup: Setup{Suites: dhe},
			steps: steps(offersAny, step(alerts("handshake_failure", "illegal_parameter", "decode_error"), proof(Message{Message: "ServerKeyExchange", Public: y})...))})
	}
	for _, p := range points {
		all = append(all, rule{id: "ec-public/" + p.word, name: "a server's public value that is " + p.name, of: of("TLS-ALERT-06"), setup: Setup{},
			steps: steps(offersAny, step(alerts(ofPoints...), proof(Message{Message: "ServerKeyExchange", Public: p.word})...))})
	}
	return all
}

// clientRules are about a client's own words, and about its callback.
func clientRules() []Case {
	accept := append([]Message{answer(Hello{SessionID: "other"})}, say("ChangeCipherSpec", "Finished")...)
	hello := func(id, name string, reqs []string, setup Setup, a Answer) rule {
		return rule{id: "hello/" + id, name: name, of: reqs, setup: setup, steps: steps(began(a))}
	}
	rc4 := []string{"0x0004", "0x0005", "0xc007", "0xc011", "0x0018"}
	old := Setup{Callback: "accept", Ticket: "pac", Min: "1.0", Max: "1.1", Suites: []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}}
	resuming := Setup{Session: "id"}
	resumingWithout := Setup{Session: "id-without-ems"}
	cached := began(Answer{SessionIDs: []string{"cached"}})
	resume := func(h Hello) []Message {
		h.SessionID = "echo"
		return append([]Message{answer(h)}, say("ChangeCipherSpec", "Finished")...)
	}
	two := resuming
	two.Suites = []string{"ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE_RSA_WITH_AES_256_GCM_SHA384"}
	all := []rule{
		hello("no-empty-ticket", "without a PAC there is no SessionTicket extension", of("FAST-TLS-03"), Setup{Callback: "accept"}, Answer{Tickets: []string{"none"}}),
		hello("no-empty-ticket-beside-tickets", "nor where tickets of RFC 5077 are on", of("FAST-TLS-03"), Setup{Callback: "accept", Tickets: true}, Answer{Tickets: []string{"none"}}),
		hello("pac", "the PAC-Opaque as it is, beside an empty Session ID", of("FAST-TLS-04", "FAST-TLS-05"), withPAC, Answer{Tickets: []string{"pac"}, SessionIDs: []string{"empty"}}),
		hello("suites", "beside a PAC, suites for a full handshake", of("FAST-TLS-18"), withPAC, Answer{Offers: []string{"ECDHE_RSA_WITH_AES_128_GCM_SHA256"}}),
		hello("no-rc4", "RC4 is not offered", of("TLS-BASE-01"), Setup{Suites: []string{"default"}}, Answer{Spares: rc4}),
		hello("renegotiation-info", "renegotiation_info or its signal, and not both", of("TLS-BASE-20"), withPAC, Answer{Renegotiation: []string{"info", "scsv"}}),
		hello("extended-master-secret", "extended_master_secret is offered", of("TLS-BASE-25"), withPAC, Answer{Has: []string{"extended_master_secret"}}),
		hello("no-schemes", "below TLS 1.2 signature_algorithms is not offered", of("TLS-BASE-19"), old, Answer{Lacks: []string{"signature_algorithms"}}),
		{id: "preferred", name: "the suite that the client's callback names decides nothing", of: of("FAST-TLS-16"), setup: Setup{Callback: "accept", Ticket: "pac", Suites: two.Suites, Named: two.Suites[1]},
			steps: steps(offersPAC, step(taken(), append([]Message{answer(Hello{SessionID: "other", Suite: two.Suites[0]})}, say("ChangeCipherSpec", "Finished")...)...), closing())},
		{id: "data-behind-finished", name: "a server's data in the same flight as its Finished", of: of("FAST-TLS-24"), grade: Must, setup: withPAC,
			steps: []Step{offersPAC,
				step(keyed(), append([]Message{answer(Hello{SessionID: "other"})}, say("Certificate", "ServerKeyExchange", "ServerHelloDone")...)...),
				{Send: say("ChangeCipherSpec", "Finished", "ApplicationData"), Echo: true,
					Allow: []Outcome{outcome(Answer{Message: "ApplicationData"}, Answer{Message: "Alert", Level: "warning", Alerts: []string{"close_notify"}})}}}},
		{id: "session-beside-pac", name: "a PAC and a session: another Session ID comes back, and then ChangeCipherSpec", of: of("FAST-TLS-10", "FAST-TLS-09"),
			setup: Setup{Callback: "accept", Ticket: "pac", Session: "id"}, steps: steps(began(Answer{Tickets: []string{"pac"}}), step(taken(), accept...), closing())},
		{id: "session/resumed", name: "a session is resumed by its ID", of: of("FAST-TLS-30"), setup: resuming, steps: steps(cached, step(taken(), resume(Hello{})...), closing())},
		{id: "session/declined", name: "a session is not resumed", of: of("FAST-TLS-30"), setup: resuming,
			steps: steps(cached, step(keyed(), append([]Message{answer(Hello{SessionID: "other"})}, say("Certificate", "ServerKeyExchange", "ServerHelloDone")...)...), closingFull())},
		{id: "session/other-id", name: "ChangeCipherSpec after a Session ID that was not offered", of: of("FAST-TLS-12", "FAST-TLS-22"), setup: resuming,
			steps: steps(cached, step(alerts("unexpected_message"), answer(Hello{SessionID: "other"}), Message{Message: "ChangeCipherSpec"}))},
		{id: "session/other-suite", name: "a resumed session under another suite", of: of("TLS-BASE-07", "TLS-ALERT-06"), setup: two,
			steps: steps(cached, step(alerts("illegal_parameter", "handshake_failure"), resume(Hello{Suite: two.Suites[1]})...))},
		{id: "session/ems-lost", name: "a session with extended_master_secret, resumed without", of: of("TLS-BASE-26", "TLS-ALERT-04"), setup: resuming,
			steps: steps(cached, step(alerts("handshake_failure"), resume(Hello{EMS: "off"})...))},
		{id: "session/ems-gained", name: "a session without extended_master_secret, resumed with", of: of("TLS-BASE-26", "TLS-ALERT-04"), setup: resumingWithout,
			steps: steps(began(Answer{}), step(alerts("handshake_failure", "unexpected_message"), resume(Hello{EMS: "on"})...))},
	}
	for _, length := range []string{"decline", "0", "-1", "1", "47", "49", "600", "untouched"} {
		all = append(all, rule{id: "secret-of/" + length, name: "a callback that fails, or a secret of another length than 48 octets", of: of("FAST-TLS-13"), grade: NotRequired,
			why: noCallback, setup: Setup{Callback: length, Ticket: "pac"}, steps: steps(offersPAC, step(alerts("internal_error", "handshake_failure"), accept...))})
	}
	return play("client", all...)
}
