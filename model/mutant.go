package model

import "fmt"

// fault is a deviation of an endpoint's step: planted as a mutant, or as a quirk
// of a profile.
type fault uint8

// faults is a set of them.
type faults [2]uint64

func (s *faults) has(f fault) bool { return s[f>>6]>>(f&63)&1 != 0 }

// with returns the set with f.
func (s faults) with(f fault) faults {
	s[f>>6] |= 1 << (f & 63)
	return s
}

// union returns what either set has.
func (s faults) union(t faults) faults { return faults{s[0] | t[0], s[1] | t[1]} }

const (
	noFault fault = iota
	faultEarlyCCS
	faultCCSRefused
	faultStickyCCS
	faultLostLookahead
	faultSessionMisses
	faultReplacesSession
	faultForcedResuming
	faultTicketAfterPAC
	faultNoEcho
	faultEchoEvicts
	faultSilentCrash
	faultKeepsSecret
	faultPeerAuthSurvives
	faultDeclineAborts
	faultCallbackUncalled
	faultWithoutTicket
	faultForgedTicket
	faultUnofferedSuite
	faultAnonymousPAC
	faultWaivesCertificate
	faultLooksUpBeside
	faultUnpromisedTicket
	faultEarlyData
	faultFinishedUnverified
	faultForgetsSessionID
	faultWarningPingPong
	faultSilentDiscard
	faultServerName
	faultOmitsRenegotiation
	faultEMSUnchecked
	faultSecretWithoutRandoms
	faultClearFinished
	faultFinishedFirst
	faultWarningDisarms
	faultSessionSurvives
	faultWrongAlert
	faultWarningNotConsumed
	faultSilentFailure

	// Quirks that are no mutants.
	firstQuirk
	faultEmptyIDAnswered
	faultCallbackEarly
	faultForSessionTicket
	faultIDDisarms
	faultLengthFree
	faultAnonymousTaken
	faultSecondCCSInternal
	faultFailureAlert
	faultClientFailureAlert
	faultClientWithoutTicket
	faultClientFailureSilent
	faultTicketAccepts
	faultTicketsBeside
	faultAnyMessageDeclines
	faultToldOfDecline
	faultExtensionsUnchecked
	faultNoRenegotiationInfo
	faultNoCommonSuiteIllegal
	faultServerEmptyIgnored
	faultClientEmptyIgnored
	faultAlertFirst
	faultServerAlertBetween
	faultClientAlertBetween
	faultTicketBesideID
	faultAcceptCrashes
	faultSSL3Failure
	faultSessionSuiteIllegal
	faultSessionEMSIllegal
	faultLegacyRefused
	faultRenegotiationIllegal
	faultRenegotiationUnchecked
	faultSuiteFailure
	faultTicketRenewed
	faultNoTicketAfterBad
	faultIDBesideTicketIgnored
	faultTicketAwaited
	faultClientLengthFree
	faultEmptyClientCertificate
	faultIDLookedUpFirst
	faultNoTicketOtherVersion
	faultEtMUnsolicitedTaken
	faultCallbackFirst
	faultCertificateUnasked
	faultCertificateSkipped
	faultCertificateLate
	faultVerifyKeyless
	faultRequestAnywhere
	faultTicketAnywhere
	faultEmptyChainTaken
	faultHelloCCSIgnored
)

// Mutant is a fault that can be planted into the model with Options.Mutant: a
// bug that a library has had, or one that keeps a property honest.
type Mutant struct {
	Name     string
	Text     string   // what is wrong, in one sentence
	Source   string   // where it was seen; empty where it was made up
	Budget   int      // the attacker's moves that it takes to show
	also     faults   // what belongs to it on the other side
	Violates []string // the properties that do not hold then, in the order of Properties
}

var mutants = [firstQuirk]Mutant{
	faultEarlyCCS: {Name: "early-change-cipher-spec", Budget: 1,
		Text:   "ChangeCipherSpec is taken wherever it comes, before there is a secret.",
		Source: "CVE-2014-0224, OpenSSL before 1.0.1h",
		Violates: []string{
			"keys-have-a-secret", "authenticated", "ends-alike", "change-cipher-spec-in-place",
			"no-needless-alert",
		}},
	faultCCSRefused: {Name: "change-cipher-spec-refused",
		Text:     "ChangeCipherSpec right after ServerHello is refused although a ticket is pending.",
		Source:   "OpenSSL 1.0.1h (c97e457d53) and the rewrite of 2015 (f6a2f2da58)",
		Violates: []string{"next-message-decides", "no-needless-alert"}},
	faultStickyCCS: {Name: "sticky-change-cipher-spec", Budget: 1,
		Text:   "The leave to take ChangeCipherSpec outlives the message that declines the ticket.",
		Source: "OpenSSL 1.0.1i and 1.0.1j, fixed by e94a6c0ede",
		Violates: []string{
			"keys-have-a-secret", "fallback-leaves-no-trace", "pending-is-one-shot",
			"quiet-means-ended", "change-cipher-spec-in-place", "next-message-decides",
		}},
	faultLostLookahead: {Name: "lost-lookahead",
		Text:     "A client whose callback succeeds takes the handshake for a shortened one, whatever follows.",
		Source:   "OpenSSL 1.0.1k to 1.0.1m and 1.0.2 (1eaccbef57), fixed by PR 250",
		Violates: []string{"suite-was-offered", "client-callback-when-due", "no-needless-alert"}},
	faultSessionMisses: {Name: "session-misses",
		Text:     "A client that offers a session's ticket takes the handshake for a resumption, whatever follows.",
		Source:   "BoringSSL 9eaeef81",
		Violates: []string{"no-needless-alert"}},
	faultReplacesSession: {Name: "replaces-session",
		Text:     "A client drops the callback's secret when its Session ID is not repeated.",
		Source:   "OpenSSL 3.0.22, ssl_get_new_session in tls_process_server_hello",
		Violates: []string{"client-callback-when-due"}},
	faultForcedResuming: {Name: "forced-resuming",
		Text:     "Setting the callback empties the Session ID and spoils the session's own ticket.",
		Source:   "wolfSSL, issue 263",
		Violates: []string{"no-needless-alert"}},
	faultTicketAfterPAC: {Name: "ticket-after-pac",
		Text:     "An accepted PAC is followed by NewSessionTicket.",
		Source:   "OpenSSL 1.1.1-pre7, issue 6395",
		Violates: []string{"no-new-session-ticket", "server-hello-extensions", "no-needless-alert"}},
	faultNoEcho: {Name: "no-echo",
		Text:     "An accepted ticket is answered with a fresh Session ID.",
		Source:   "OpenSSL before PR 30695, issue 29095",
		Violates: []string{"session-id-echoed"}},
	faultEchoEvicts: {Name: "echo-evicts", Budget: 1,
		Text:     "A handshake under a PAC that fails removes the session under the echoed ID.",
		Source:   "OpenSSL after PR 30695, SSL_CTX_remove_session, read",
		Violates: []string{"caches-left-alone"}},
	faultSilentCrash: {Name: "silent-crash",
		Text:     "Accepting without naming a suite ends the server without a word.",
		Source:   "OpenSSL 3.2.0, 3.2.1 and 3.3.0, issue 24213",
		Violates: []string{"quiet-means-ended", "server-callback-when-due"}},
	faultKeepsSecret: {Name: "keeps-secret",
		Text: "The callback's secret stays in force in the full handshake after a declined ticket.",
		Violates: []string{
			"keys-have-a-secret", "fallback-leaves-no-trace", "next-message-decides",
			"no-needless-alert",
		}},
	faultPeerAuthSurvives: {Name: "peer-authenticated-survives",
		Text:     "A client counts its peer as authenticated once the callback has succeeded, also after a fallback.",
		Source:   "wolfSSL, which has to take it back where it says Not resuming as thought",
		Violates: []string{"fallback-leaves-no-trace"}},
	faultDeclineAborts: {Name: "decline-aborts",
		Text:     "A server whose callback declines ends the handshake.",
		Source:   "LibreSSL 84fda0b834; wolfSSL",
		Violates: []string{"no-needless-alert"}},
	faultCallbackUncalled: {Name: "callback-skipped",
		Text:     "A set callback is not asked about a ticket.",
		Source:   "OpenSSL 4.0 with ECH keys, 6c3edd4f3a",
		Violates: []string{"server-callback-when-due"}},
	faultWithoutTicket: {Name: "callback-without-ticket",
		Text:     "The callback is called, and believed, without a ticket.",
		Source:   "OpenSSL 3.0.22, tls_early_post_process_client_hello",
		Violates: []string{"acceptance-answers-an-offer", "server-callback-when-due", "no-needless-alert"}},
	faultForgedTicket: {Name: "forged-ticket", Budget: 1,
		Text:     "A ticket that does not open is accepted.",
		Violates: []string{"acceptance-answers-an-offer", "no-needless-alert"}},
	faultUnofferedSuite: {Name: "unoffered-suite",
		Text:     "The suite that the callback names is used unchecked.",
		Source:   "OpenSSL 3.0.22",
		Violates: []string{"suite-was-offered", "no-needless-alert"}},
	faultAnonymousPAC: {Name: "anonymous-pac", also: faults{}.with(faultAnonymousTaken),
		Text:     "An anonymous suite is chosen, and taken, under a PAC.",
		Source:   "OpenSSL with aNULL suites on both sides",
		Violates: []string{"suite-was-offered"}},
	faultWaivesCertificate: {Name: "waives-certificate",
		Text:     "A ticket is accepted where a client certificate is required.",
		Source:   "OpenSSL 3.0.22 with SSL_VERIFY_FAIL_IF_NO_PEER_CERT",
		Violates: []string{"authenticated"}},
	faultLooksUpBeside: {Name: "looks-up-beside-ticket", Budget: 1,
		Text:     "Beside a declined ticket the Session ID is looked up.",
		Violates: []string{"agreement", "caches-left-alone"}},
	faultUnpromisedTicket: {Name: "unpromised-ticket",
		Text:     "NewSessionTicket is sent without the extension in ServerHello.",
		Violates: []string{"no-new-session-ticket", "new-session-ticket-as-promised", "no-needless-alert"}},
	faultEarlyData: {Name: "early-data",
		Text:     "A server sends application data under a PAC before the client's Finished.",
		Violates: []string{"data-after-finished"}},
	faultFinishedUnverified: {Name: "finished-unverified", Budget: 1,
		Text: "verify_data is not compared.",
		Violates: []string{
			"agreement", "client-established-with-server", "server-established-with-client",
			"finished-follows-change-cipher-spec",
		}},
	faultForgetsSessionID: {Name: "forgets-session-id", Budget: 1,
		Text:     "The transcript leaves the Session ID out.",
		Violates: []string{"agreement", "client-established-with-server", "server-established-with-client"}},
	faultWarningPingPong: {Name: "warning-ping-pong", Budget: 1,
		Text:     "A warning alert is answered with the same warning.",
		Violates: []string{"progress"}},
	faultSilentDiscard: {Name: "silent-discard",
		Text:     "A client says nothing to a message that is out of place.",
		Violates: []string{"quiet-means-ended", "failure-is-final", "alert-fits", "no-needless-alert"}},
	faultServerName: {Name: "server-name-answered",
		Text:     "ServerHello answers server_name under a PAC too.",
		Violates: []string{"server-hello-extensions"}},
	faultOmitsRenegotiation: {Name: "renegotiation-info-omitted",
		Text:     "ServerHello under a PAC has no renegotiation_info.",
		Violates: []string{"server-hello-extensions"}},
	faultEMSUnchecked: {Name: "ems-unchecked",
		Text:     "A session is resumed whether or not it was made with extended_master_secret.",
		Violates: []string{"resumption-keeps-ems", "no-needless-alert"}},
	faultSecretWithoutRandoms: {Name: "secret-without-randoms", Budget: 1,
		Text: "Secret, keys and Finished under a PAC do not depend on the randoms.",
		Violates: []string{
			"agreement", "client-established-with-server", "server-established-with-client",
			"replay-never-completes", "recorded-never-opens",
		}},
	faultClearFinished: {Name: "clear-finished", Budget: 1,
		Text:     "After ChangeCipherSpec a client still takes a Finished in the clear.",
		Violates: []string{"client-established-with-server", "finished-follows-change-cipher-spec"}},
	faultFinishedFirst: {Name: "client-finished-first",
		Text:     "Under a PAC the client sends ChangeCipherSpec and Finished as soon as it has read ChangeCipherSpec.",
		Violates: []string{"ends-alike", "finished-in-order"}},
	faultWarningDisarms: {Name: "warning-disarms", Budget: 1,
		Text:     "A warning or HelloRequest after ServerHello uses up the leave to take ChangeCipherSpec.",
		Violates: []string{"next-message-decides", "warnings-change-nothing"}},
	faultSessionSurvives: {Name: "session-survives", Budget: 1,
		Text:     "A session whose connection ends with a fatal alert can be resumed.",
		Violates: []string{"failure-is-final"}},
	faultWrongAlert: {Name: "wrong-alert",
		Text:     "A record that does not open is answered with decrypt_error.",
		Violates: []string{"alert-fits", "no-needless-alert"}},
	faultWarningNotConsumed: {Name: "warning-not-consumed", Budget: 1,
		Text:     "A warning alert is read again and again.",
		Violates: []string{"progress"}},
	faultSilentFailure: {Name: "silent-failure", also: faults{}.with(faultClientFailureSilent),
		Text:     "A client whose callback fails ends the handshake without an alert.",
		Source:   "LibreSSL, read",
		Violates: []string{"ends-alike", "client-callback-when-due", "no-needless-alert"}},
}

// Mutants returns every mutant.
func Mutants() []Mutant {
	return append([]Mutant(nil), mutants[1:]...)
}

func mutantByName(name string) (faults, error) {
	if name == "" {
		return faults{}, nil
	}
	known := make([]string, 0, len(mutants))
	for i, m := range mutants {
		if m.Name == name {
			return m.also.with(fault(i)), nil
		}
		if m.Name != "" {
			known = append(known, m.Name)
		}
	}
	return faults{}, fmt.Errorf("model: no mutant is named %q; known are %q", name, known)
}
