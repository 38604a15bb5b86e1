package model

import "github.com/sesame-tls/sesame/spec"

var stateProperties = []Property{
	{
		Name: "agreement",
		Text: "When both sides are established, and the client has authenticated its peer or the attacker has taken nobody's " +
			"part, they agree on randoms, version, suite, Session ID, extensions, secret and kind of handshake.",
		Requirements: []string{"FAST-SEC-01", "FAST-SEC-06", "FAST-TLS-21", "TLS-BASE-08"},
		when:         bothEstablished,
		state: func(_ *System, st *State) (bool, bool) {
			c, s := &st.Client, &st.Server
			taken := st.TakenClient || st.TakenServer
			return c.State == spec.Established && s.State == spec.Established && (c.PeerAuth || !taken),
				!taken && sameView(st) && c.Secret == s.Secret && samePAC(st, c) && c.Resumed == s.Resumed &&
					c.Suite == s.Suite && c.Promised == s.Promised && c.ID == s.ID
		},
	},
	{
		Name: "client-established-with-server",
		Text: "A client that is established under a PAC shares secret, randoms and transcript with a server that has opened " +
			"this very ticket.",
		Requirements: []string{"FAST-SEC-01", "FAST-SEC-16", "FAST-TLS-37"},
		when:         func(c, _ spec.State) bool { return c == spec.Established },
		state: func(_ *System, st *State) (bool, bool) {
			c, s := &st.Client, &st.Server
			return c.State == spec.Established && c.Resumed == spec.BySessionSecret, samePACRun(st, c, s)
		},
	},
	{
		Name: "server-established-with-client",
		Text: "A server that is established under a PAC shares secret, randoms and transcript with the client that it has issued the " +
			"PAC to.",
		Requirements: []string{"FAST-SEC-01", "FAST-SEC-02", "FAST-SEC-16"},
		when:         func(_, s spec.State) bool { return s == spec.Established },
		state: func(_ *System, st *State) (bool, bool) {
			c, s := &st.Client, &st.Server
			return s.State == spec.Established && s.Secret == spec.PAC, samePACRun(st, s, c)
		},
	},
	{
		Name:         "replay-never-completes",
		Budget:       1,
		Text:         "A server is never established on a recorded ClientHello: each of its runs matches one run of a client.",
		Requirements: []string{"FAST-SEC-02", "FAST-SEC-05"},
		when:         func(_, s spec.State) bool { return s != spec.AwaitClientHello },
		state: func(_ *System, st *State) (bool, bool) {
			h := st.Server.Hello.Random
			return h == RandomRecorded && st.Server.State != spec.AwaitClientHello, st.Server.State != spec.Established
		},
	},
	{
		Name:         "keys-have-a-secret",
		Text:         "Where records are protected, a secret is set, and it is the one that this kind of handshake has.",
		Requirements: []string{"FAST-SEC-19", "FAST-SEC-20", "FAST-TLS-19"},
		Local:        true,
		when: func(c, s spec.State) bool {
			return c.ReadProtected() || c.WriteProtected(spec.Client) || s.ReadProtected() || s.WriteProtected(spec.Server)
		},
		state: func(_ *System, st *State) (bool, bool) {
			c, okC := secretFits(&st.Client, spec.Client)
			s, okS := secretFits(&st.Server, spec.Server)
			return c || s, okC && okS
		},
	},
	{
		Name: "fallback-leaves-no-trace",
		Text: "Once a full handshake has begun, nothing is left of a secret from the callback, and nobody is authenticated " +
			"that has not shown a certificate.",
		Requirements: []string{"FAST-TLS-19", "FAST-SEC-20"},
		Local:        true,
		when:         func(c, s spec.State) bool { return inFullHandshake(c) || inFullHandshake(s) },
		state: func(_ *System, st *State) (bool, bool) {
			c, okC := nothingLeft(st, &st.Client)
			s, okS := nothingLeft(st, &st.Server)
			return c || s, okC && okS
		},
	},
	{
		Name:         "pending-is-one-shot",
		Text:         "A ticket is pending only between ServerHello and the next message, and only with a secret from the callback.",
		Requirements: []string{"FAST-TLS-10", "FAST-TLS-12"},
		Local:        true,
		needs:        needPending,
		clientsAlone: true,
		state: func(_ *System, st *State) (bool, bool) {
			c := &st.Client
			return true, c.State == spec.AwaitServerFlight && c.Secret == spec.PAC && c.Resumed == spec.Full
		},
	},
	{
		Name: "authenticated",
		Text: "A client is established only with a server that has proved itself, unless the suite is anonymous, which both " +
			"must have allowed; a server that requires a certificate only with one, or under a PAC that may stand in for it.",
		Requirements: []string{"FAST-TLS-37", "FAST-SEC-06", "FAST-TLS-31"},
		Local:        true,
		when:         func(c, s spec.State) bool { return c == spec.Established || s == spec.Established },
		state: func(_ *System, st *State) (bool, bool) {
			c, s := &st.Client, &st.Server
			ok := true
			if c.State == spec.Established && !c.PeerAuth {
				ok = c.Resumed == spec.Full && anonymousAllowed(st, c)
			}
			if s.State == spec.Established && st.possible(dimClientAuth, of(spec.ClientAuthRequire)) {
				ok = ok && (s.Resumed == spec.Full && s.PeerAuth && s.Cert == CertGood ||
					s.Resumed == spec.BySessionSecret && st.certain(dimStandsIn, of(spec.On)) ||
					s.Resumed == spec.BySessionID || s.Resumed == spec.ByTicket)
			}
			return c.State == spec.Established || s.State == spec.Established, ok
		},
	},
	{
		Name:         "quiet-means-ended",
		Text:         "Where nothing can happen any more, both sides are established or have failed, unless the attacker has taken something away.",
		Requirements: []string{"TLS-ALERT-13"},
		needs:        needQuiet,
		when:         func(c, _ spec.State) bool { return c != spec.Start },
		state: func(_ *System, st *State) (bool, bool) {
			return st.Client.State != spec.Start && !st.Lost,
				st.Client.State.Ended() && st.Server.State.Ended()
		},
	},
	{
		Name: "ends-alike",
		Text: "On an unchanged wire every run ends with both sides established, or with a fatal alert that one has sent and " +
			"the other received.",
		Requirements: []string{"TLS-ALERT-13", "FAST-TLS-33"},
		needs:        needQuiet,
		when:         func(c, s spec.State) bool { return c.Ended() && s.Ended() },
		state: func(sys *System, st *State) (bool, bool) {
			c, s := &st.Client, &st.Server
			established := c.State == spec.Established && s.State == spec.Established
			told := c.Failure == spec.FailureSentAlert && s.Failure == spec.FailureReceivedAlert ||
				s.Failure == spec.FailureSentAlert && c.Failure == spec.FailureReceivedAlert
			return sys.untouched(st), established || told
		},
	},
}

// sameView reports whether both sides have seen the same hellos and the same
// messages after them.
func sameView(st *State) bool {
	c, s := &st.Client, &st.Server
	return c.Hello == (Hello{}) && s.Hello == (Hello{}) && c.Cert == s.Cert && !c.Foreign && !s.Foreign
}

// samePAC reports whether e's secret, if it comes from a PAC, is the peer's too.
func samePAC(st *State, e *Endpoint) bool {
	return e.Secret != spec.PAC || st.certain(dimKeys, of(spec.KeysAgree))
}

// samePACRun reports whether me, which is established under a PAC, and peer are
// in the same run.
func samePACRun(st *State, me, peer *Endpoint) bool {
	return !st.TakenClient && !st.TakenServer && me.Secret == spec.PAC && peer.Secret == spec.PAC &&
		peer.Resumed == spec.BySessionSecret && samePAC(st, me) && sameView(st)
}

// secretFits reports whether an endpoint protects records, and whether its
// secret is the right one.
func secretFits(e *Endpoint, r spec.Role) (premise, holds bool) {
	if !e.State.ReadProtected() && !e.State.WriteProtected(r) {
		return false, true
	}
	switch e.Resumed {
	case spec.Full:
		return true, e.Secret == spec.KeyExchanged || e.Secret == spec.OtherKeyExchanged
	case spec.BySessionSecret:
		return true, e.Secret == spec.PAC || e.Secret == spec.OtherPAC
	}
	return true, e.Secret == spec.Session
}

// inFullHandshake reports whether a state belongs to a full handshake alone.
func inFullHandshake(s spec.State) bool {
	switch s {
	case spec.AwaitServerKeyExchange, spec.AwaitCertificateRequest, spec.AwaitServerHelloDone, spec.AwaitClientCertificate,
		spec.AwaitClientKeyExchange, spec.AwaitClientKeyExchangeVerify, spec.AwaitCertificateVerify,
		spec.AwaitNewSessionTicket, spec.AwaitChangeCipherSpec, spec.AwaitFinished:
		return true
	}
	return false
}

// nothingLeft reports whether an endpoint is in the course of a full handshake,
// and whether it holds nothing from a shortened one.
func nothingLeft(st *State, e *Endpoint) (premise, holds bool) {
	switch e.State {
	case spec.AwaitServerKeyExchange, spec.AwaitCertificateRequest, spec.AwaitServerHelloDone:
		return true, e.Secret == spec.NoSecret && !e.Pending && e.Resumed == spec.Full &&
			(!e.PeerAuth || !anonymousAllowed(st, e))
	case spec.AwaitClientCertificate, spec.AwaitClientKeyExchange, spec.AwaitClientKeyExchangeVerify:
		return true, e.Secret == spec.NoSecret && e.Resumed == spec.Full && !e.PeerAuth
	case spec.AwaitCertificateVerify:
		return true, e.Resumed == spec.Full && !e.PeerAuth
	case spec.AwaitNewSessionTicket, spec.AwaitChangeCipherSpec, spec.AwaitFinished:
		return true, e.Secret != spec.PAC && e.Secret != spec.OtherPAC && e.Resumed != spec.BySessionSecret
	}
	return false, true
}

// anonymousAllowed reports whether the suite is one of the DH_anon suites that
// the scenario's client offers.
func anonymousAllowed(st *State, e *Endpoint) bool {
	if e.Suite == SuiteAnonymous {
		return st.certain(dimExchange, of(spec.ExchangeAnonymous, spec.ExchangeAnonymousBeside))
	}
	return st.certain(dimExchange, of(spec.ExchangeAnonymous))
}
