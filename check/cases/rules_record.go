package cases

import (
	"cmp"
	"fmt"
	"slices"
)

func sortRules(all []rule) {
	slices.SortFunc(all, func(a, b rule) int { return cmp.Compare(a.id, b.id) })
}

// spelling is how either role says what the record layer is asked.
type spelling struct {
	system string
	setup  Setup   // that accepts a PAC, or has one
	first  []Step  // what comes before
	hello  Message // the player's first message
	begun  Outcome // and the answer, if a handshake under a PAC is begun
	cbc    func(v, suite string) (Setup, []Step, []Message)
}

// server is a server that is asked by a client.
func (spelling) server() spelling {
	return spelling{
		system: "server", setup: accepting, hello: offer(pac), begun: shortened(Answer{}),
		cbc: func(v, suite string) (Setup, []Step, []Message) {
			h := Hello{Ticket: "pac", Suites: []string{suite}, Version: v}
			return Setup{Callback: "accept", Min: v, Max: v, Suites: h.Suites, Tickets: true}, steps(step(shortened(Answer{}), offer(h))), nil
		},
	}
}

// client is a client that is answered by a server.
func (spelling) client() spelling {
	return spelling{
		system: "client", setup: withPAC, first: steps(offersPAC), hello: answer(Hello{}), begun: taken(),
		cbc: func(v, suite string) (Setup, []Step, []Message) {
			h := Hello{Version: v}
			return Setup{Callback: "accept", Ticket: "pac", Min: v, Max: v, Suites: []string{suite}}, steps(offersPAC), []Message{answer(h)}
		},
	}
}

// recordRules are about records, on either side.
func recordRules(s spelling) []Case {
	return play(s.system, slices.Concat(s.records(), s.fragments(), s.seals(), s.paddings())...)
}

func record(t uint8, e Edit) Message { return Message{Message: "Record", Type: t, Edit: &e} }

// records are records that nobody may send.
func (s spelling) records() (all []rule) {
	add := func(id, name string, reqs []string, grade Grade, why string, allow Outcome, m Message) {
		all = append(all, rule{id: "record/" + id, name: name, of: reqs, grade: grade, why: why, setup: s.setup, steps: steps(s.first, step(allow, m))})
	}
	add("unknown-type", "a record of a type that there is not", of("TLS-ALERT-01"), "", "", alerts("unexpected_message"), record(99, Edit{Append: "00"}))
	add("empty-alert", "an alert record without content", of("TLS-BASE-13"), NotRequired, "RFC 5246, Section 6.2.1 forbids to send it, and does not say what becomes of it",
		alerts("unexpected_message", "decode_error"), record(21, Edit{}))
	add("empty-change-cipher-spec", "a ChangeCipherSpec record without content", of("TLS-BASE-13"), NotRequired,
		"RFC 5246, Section 6.2.1 forbids to send it, and does not say what becomes of it",
		alerts("unexpected_message", "decode_error", "illegal_parameter"), record(20, Edit{}))
	add("half-alert", "half an alert", of("TLS-ALERT-07"), "", "", alerts("decode_error", "unexpected_message"), record(21, Edit{Append: "02"}))
	add("too-long", "a record of more than 2^14 octets", of("TLS-ALERT-03", "TLS-BASE-13"), "", "", alerts("record_overflow"), record(22, Edit{Append: "0b004650", Fill: 1<<14 + 1}))
	add("much-too-long", "a record of more than 2^14 + 2048 octets", of("TLS-ALERT-03", "TLS-BASE-13"), "", "", alerts("record_overflow"), record(22, Edit{Append: "0b004e20", Fill: 1<<14 + 2049}))
	ccs := func(id, name, body string) {
		all = append(all, rule{id: "record/" + id, name: name, of: of("FAST-TLS-22"), setup: s.setup,
			steps: steps(s.first, s.before(), step(alerts("unexpected_message", "decode_error", "illegal_parameter"), s.then(record(20, Edit{Append: body}))...))})
	}
	ccs("long-change-cipher-spec", "ChangeCipherSpec of two octets", "0101")
	ccs("other-change-cipher-spec", "ChangeCipherSpec that does not hold 1", "02")
	return all
}

// before and then begin a handshake under a PAC up to the player's
// ChangeCipherSpec: a client is answered before, a server says it in one flight.
func (s spelling) before() []Step {
	if s.system == "server" {
		return steps(step(s.begun, s.hello))
	}
	return nil
}

func (s spelling) then(more ...Message) []Message {
	if s.system == "server" {
		return more
	}
	return append([]Message{s.hello}, more...)
}

// fragments are messages that records cut or join.
func (s spelling) fragments() (all []rule) {
	for _, cut := range [][]int{{1}, {2}, {3}, {4}, {5}, {38}, {1, 1, 1, 1, 1, 1}} {
		hello := s.hello
		hello.Records = cut
		all = append(all, rule{id: fmt.Sprintf("fragments/%d-of-%d", len(cut), cut[0]), name: "a hello that is cut into records", of: of("TLS-BASE-14"),
			setup: s.setup, steps: s.whole(hello)})
	}
	finished := Message{Message: "Finished", Records: []int{3}}
	if s.system == "server" {
		all = append(all, rule{id: "fragments/finished", name: "Finished in two records", of: of("TLS-BASE-14"), setup: s.setup,
			steps: steps(step(s.begun, s.hello), step(outcome(heard("ApplicationData")...), Message{Message: "ChangeCipherSpec"}, finished, Message{Message: "ApplicationData"}))})
		return all
	}
	joined := say("Certificate", "ServerKeyExchange", "ServerHelloDone")
	for i := range joined {
		joined[i].Join = true
	}
	return append(all,
		rule{id: "fragments/finished", name: "Finished in two records", of: of("TLS-BASE-14"), setup: s.setup,
			steps: steps(s.first, step(s.begun, s.hello, Message{Message: "ChangeCipherSpec"}, finished), closing())},
		rule{id: "fragments/joined", name: "a server's flight in one record", of: of("TLS-BASE-14"), setup: s.setup,
			steps: steps(s.first, step(keyed(), append([]Message{s.hello}, joined...)...), closingFull())})
}

// whole is a handshake under a PAC that begins with this hello.
func (s spelling) whole(hello Message) []Step {
	if s.system == "server" {
		return steps(step(s.begun, hello), end())
	}
	return steps(s.first, step(s.begun, append([]Message{hello}, say("ChangeCipherSpec", "Finished")...)...), closing())
}

// seals are protected records that were changed on the way.
func (s spelling) seals() (all []rule) {
	for _, r := range []struct {
		id, version, suite string
		at                 int
		req                string
	}{
		{"cbc-1.2/mac", "1.2", "ECDHE_RSA_WITH_AES_128_CBC_SHA", 5, "TLS-ALERT-02"},
		{"cbc-1.2/padding", "1.2", "ECDHE_RSA_WITH_AES_128_CBC_SHA", -17, "TLS-BASE-16"},
		{"cbc-1.2/last-block", "1.2", "ECDHE_RSA_WITH_AES_128_CBC_SHA", -1, "TLS-BASE-16"},
		{"cbc-1.1/padding", "1.1", "ECDHE_RSA_WITH_AES_128_CBC_SHA", -17, "TLS-BASE-16"},
		{"cbc-1.0/padding", "1.0", "ECDHE_RSA_WITH_AES_128_CBC_SHA", -17, "TLS-BASE-16"},
		{"cbc-1.0/mac", "1.0", "ECDHE_RSA_WITH_AES_128_CBC_SHA", 5, "TLS-ALERT-02"},
		{"gcm/tag", "1.2", "ECDHE_RSA_WITH_AES_128_GCM_SHA256", -1, "TLS-ALERT-02"},
		{"gcm/nonce", "1.2", "ECDHE_RSA_WITH_AES_128_GCM_SHA256", 5, "TLS-ALERT-02"},
		{"chacha20/tag", "1.2", "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", -1, "TLS-ALERT-02"},
	} {
		setup, first, hello := s.cbc(r.version, r.suite)
		finished := Message{Message: "Finished", Sealed: &Edit{At: r.at, Xor: 1}}
		all = append(all, rule{id: "seal/" + r.id, name: "a protected record of which one bit was changed", of: of(r.req), setup: setup,
			steps: steps(first, step(alerts("bad_record_mac"), slices.Concat(hello, say("ChangeCipherSpec"), []Message{finished})...))})
	}
	setup, first, hello := s.cbc("1.2", "ECDHE_RSA_WITH_AES_128_CBC_SHA")
	cut := Message{Message: "Finished", Sealed: &Edit{Cut: 1, Length: true}}
	return append(all, rule{id: "seal/cbc-1.2/no-block-multiple", name: "ciphertext that is no multiple of the block", of: of("TLS-ALERT-02"), setup: setup,
		steps: steps(first, step(alerts("bad_record_mac"), slices.Concat(hello, say("ChangeCipherSpec"), []Message{cut})...))})
}

// paddings have CBC records with every length of padding, 0 to 255: of data of 1
// to 16 octets, so that the least one is of each length, and of all that is more.
func (s spelling) paddings() (all []rule) {
	var sizes []int
	for n := range 16 {
		sizes = append(sizes, n+1)
	}
	suite := []string{"ECDHE_RSA_WITH_AES_128_CBC_SHA"}
	for _, f := range []struct{ id, version, etm string }{{"cbc-1.2", "1.2", "off"}, {"cbc-1.0", "1.0", "off"}, {"encrypt-then-mac", "1.2", "on"}} {
		for more := range 16 {
			data := Message{Message: "ApplicationData", Padding: more, Records: sizes}
			one := rule{id: fmt.Sprintf("padding/%s/%d-blocks", f.id, more), name: "data under padding of so many blocks more than it needs", of: of("TLS-BASE-15", "TLS-BASE-16")}
			if s.system == "server" {
				one.setup = Setup{Callback: "accept", Min: f.version, Max: f.version, Suites: suite, Tickets: true}
				last := end()
				last.Send = append(say("ChangeCipherSpec", "Finished"), data)
				one.steps = steps(step(shortened(Answer{}), offer(Hello{Ticket: "pac", Suites: suite, Version: f.version, EtM: f.etm})), last)
			} else {
				one.setup = Setup{Callback: "accept", Ticket: "pac", Min: f.version, Max: f.version, Suites: suite}
				last := closing()
				last.Send = []Message{data}
				one.steps = steps(offersPAC, step(taken(), append([]Message{answer(Hello{Version: f.version, EtM: f.etm})}, say("ChangeCipherSpec", "Finished")...)...), last)
			}
			all = append(all, one)
		}
	}
	return all
}
