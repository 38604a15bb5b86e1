package spec

import (
	"fmt"
	"slices"
)

// Profile is a named set of quirks: the ways in which a real library deviates
// from semantics that follow the RFCs. Profile "rfc" has none.
type Profile struct {
	Name   string
	Quirks []Quirk
}

// Quirk names one deviation.
type Quirk string

// Has reports whether the profile deviates in this way.
func (p Profile) Has(q Quirk) bool {
	for _, have := range p.Quirks {
		if have == q {
			return true
		}
	}
	return false
}

// QuirkInfo says what a quirk is and where it was seen.
type QuirkInfo struct {
	Quirk        Quirk
	Role         Role
	Text         string   // what the library does, in one sentence
	Source       string   // where that was read or run
	Requirements []string // what it deviates from; none where no RFC speaks of it
}

// The quirks of OpenSSL's callback path.
const (
	QuirkCallbackWithoutTicket Quirk = "callback-without-ticket"
	QuirkNoSessionIDEcho       Quirk = "no-session-id-echo"
	QuirkEmptyIDAnswered       Quirk = "empty-session-id-answered"
	QuirkClientCallbackEarly   Quirk = "client-callback-before-checks"
	QuirkClientSessionTicket   Quirk = "client-callback-for-session-ticket"
	QuirkClientIDDisarms       Quirk = "client-session-id-disarms"
	QuirkNamedSuiteUnchecked   Quirk = "named-suite-unchecked"
	QuirkEmptySecretDeclines   Quirk = "empty-secret-declines"
	QuirkSecretLengthFree      Quirk = "secret-length-unchecked"
	QuirkClientAuthWaived      Quirk = "client-authentication-waived"
	QuirkAnonymousSuite        Quirk = "anonymous-suite-accepted"
	QuirkECDSAOnlyRefused      Quirk = "ecdsa-only-refused"
	QuirkAcceptCrashes         Quirk = "accept-crashes"
	QuirkEchoEvicts            Quirk = "echoed-session-id-evicts"
	QuirkSecondCCSInternal     Quirk = "second-change-cipher-spec-internal-error"
)

// The quirks of OpenSSL outside of it.
const (
	QuirkClientCurveUnlisted Quirk = "client-curve-unlisted-refused"
	QuirkServerEmptyIgnored  Quirk = "server-ignores-empty-handshake-records"
	QuirkClientEmptyIgnored  Quirk = "client-ignores-empty-handshake-records"
	QuirkAlertFirst          Quirk = "alert-before-client-hello-refused"
	QuirkServerAlertBetween  Quirk = "server-refuses-alert-before-finished"
	QuirkClientAlertBetween  Quirk = "client-refuses-alert-before-finished"
	QuirkTicketBesideID      Quirk = "ticket-issued-on-session-id-resumption"
)

// The quirks of wolfSSL, LibreSSL and hostap's own TLS.
const (
	QuirkDeclineFatal         Quirk = "decline-is-fatal"
	QuirkFailureAlert         Quirk = "callback-failure-is-handshake-failure"
	QuirkClientWithoutTicket  Quirk = "client-callback-without-ticket"
	QuirkClientFailureSilent  Quirk = "client-callback-failure-silent"
	QuirkTicketAccepts        Quirk = "new-session-ticket-accepts"
	QuirkTicketsBeside        Quirk = "tickets-beside-callback"
	QuirkAnyMessageDeclines   Quirk = "any-message-declines"
	QuirkToldOfDecline        Quirk = "client-callback-told-of-decline"
	QuirkExtensionsUnchecked  Quirk = "server-hello-extensions-unchecked"
	QuirkNoRenegotiationInfo  Quirk = "no-renegotiation-info"
	QuirkNoCommonSuiteIllegal Quirk = "no-common-suite-is-illegal-parameter"
	QuirkClientFailureAlert   Quirk = "client-callback-failure-is-handshake-failure"
	QuirkAnonymousTaken       Quirk = "anonymous-suite-taken"
)

// Only returns the part of p that is about role r: what the library does when
// it has another one for a peer.
func (p Profile) Only(r Role) Profile {
	part := Profile{Name: p.Name}
	for _, q := range p.Quirks {
		for _, info := range quirks {
			if info.Quirk == q && info.Role == r {
				part.Quirks = append(part.Quirks, q)
			}
		}
	}
	return part
}

// Profiles returns every profile, "rfc" first.
func Profiles() []Profile {
	all := make([]Profile, len(profiles))
	copy(all, profiles)
	return all
}

// ProfileByName returns a profile, or an error that lists the names.
func ProfileByName(name string) (Profile, error) {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		if p.Name == name {
			return p, nil
		}
		names[i] = p.Name
	}
	return Profile{}, fmt.Errorf("spec: no profile is named %q; known are %q", name, names)
}

// Quirks returns what is known of every quirk.
func Quirks() []QuirkInfo {
	return slices.Clone(quirks)
}

// openssl returns the quirks that all releases of OpenSSL have, and more.
func openssl(more ...Quirk) []Quirk {
	return append([]Quirk{
		QuirkCallbackWithoutTicket, QuirkEmptyIDAnswered, QuirkClientCallbackEarly, QuirkClientSessionTicket,
		QuirkClientIDDisarms, QuirkNamedSuiteUnchecked, QuirkEmptySecretDeclines, QuirkSecretLengthFree,
		QuirkClientAuthWaived, QuirkAnonymousSuite, QuirkAnonymousTaken, QuirkServerEmptyIgnored, QuirkClientEmptyIgnored,
		QuirkAlertFirst, QuirkServerAlertBetween, QuirkClientAlertBetween, QuirkTicketBesideID, QuirkSessionSuiteIllegal,
		QuirkRenegotiationIllegal, QuirkHelloRequestSkipped, QuirkClientLengthFree, QuirkServerEtMShort, QuirkClientEtMShort,
	}, more...)
}

// openssl1 returns what all releases of 1.1 have.
func openssl1(more ...Quirk) []Quirk {
	return openssl(append([]Quirk{QuirkNoSessionIDEcho, QuirkECDSAOnlyRefused, QuirkSSL3Failure, QuirkServerClearInternal,
		QuirkClientClearInternal, QuirkSessionEMSIllegal}, more...)...)
}

// without returns the quirks that are not among others.
func without(quirks []Quirk, others ...Quirk) []Quirk {
	return slices.DeleteFunc(quirks, func(q Quirk) bool { return slices.Contains(others, q) })
}

// openssl3 returns what all releases of 3 have.
func openssl3(more ...Quirk) []Quirk {
	return openssl(append([]Quirk{QuirkLegacyRefused, QuirkServerEndDecodeError, QuirkClientEndDecodeError, QuirkSSL3Failure,
		QuirkServerClearInternal, QuirkClientClearInternal}, more...)...)
}

// wolfssl returns the quirks that all releases of wolfSSL have, and more.
func wolfssl(more ...Quirk) []Quirk {
	return append([]Quirk{
		QuirkDeclineFatal, QuirkFailureAlert, QuirkClientFailureAlert, QuirkClientSessionTicket, QuirkClientAuthWaived,
		QuirkTicketsBeside, QuirkExtensionsUnchecked, QuirkSessionSuiteIllegal, QuirkRenegotiationUnchecked, QuirkSuiteFailure,
		QuirkTicketRenewed, QuirkNoTicketAfterBad, QuirkIDBesideTicketIgnored, QuirkLooksUpBeside, QuirkTicketAwaited,
		QuirkCertificateUnasked, QuirkServerEmptyAlert, QuirkClientEmptyAlert, QuirkServerCCSSilent, QuirkClientCCSSilent,
		QuirkServerOrderFailure, QuirkClientOrderFailure, QuirkSignatureFailure, QuirkVerifyBadCertificate,
		QuirkServerWarningBetween, QuirkClientWarningBetween, QuirkHelloRequestAnswered, QuirkRenegotiationFatal,
	}, more...)
}

// wolfssl5 returns what releases of wolfSSL have that check less of the order of messages.
func wolfssl5(more ...Quirk) []Quirk {
	return wolfssl(append([]Quirk{QuirkSSL3Failure, QuirkHelloCCSIgnored, QuirkEmptyChainTaken, QuirkClientOrderMore, QuirkServerOrderMore,
		QuirkEmptyClientCertificate, QuirkCertificateSkipped}, more...)...)
}

// The profiles are named by what was run; libressl was read.
var profiles = []Profile{
	{Name: "rfc"},
	{Name: "openssl-1.1.0i", Quirks: without(openssl1(QuirkTicketsBeside, QuirkRenegotiates, QuirkServerRenegotiates, QuirkIDLookedUpFirst, QuirkNoTicketOtherVersion,
		QuirkEtMUnsolicitedTaken, QuirkCallbackFirst, QuirkEmptyCertificateAlert, QuirkServerDecryptionFailed, QuirkClientDecryptionFailed),
		QuirkSessionEMSIllegal, QuirkServerClearInternal, QuirkClientClearInternal, QuirkRenegotiationIllegal)},
	{Name: "openssl-1.1.1w", Quirks: openssl1(QuirkSecondCCSInternal)},
	{Name: "openssl-3.0.8", Quirks: openssl3(QuirkNoSessionIDEcho, QuirkECDSAOnlyRefused, QuirkClientCurveUnlisted, QuirkSessionEMSIllegal)},
	{Name: "openssl-3.0", Quirks: openssl3(QuirkNoSessionIDEcho, QuirkECDSAOnlyRefused, QuirkClientCurveUnlisted)},
	{Name: "openssl-3.2.1", Quirks: openssl3(QuirkNoSessionIDEcho, QuirkAcceptCrashes, QuirkSessionEMSIllegal)},
	{Name: "openssl-3.4.1", Quirks: openssl3(QuirkNoSessionIDEcho, QuirkSecondCCSInternal, QuirkSessionEMSIllegal)},
	{Name: "openssl-3.5.5", Quirks: openssl3(QuirkNoSessionIDEcho, QuirkSecondCCSInternal)},
	{Name: "openssl-3.6.3", Quirks: openssl3(QuirkEchoEvicts)},
	{Name: "openssl-4.0.3", Quirks: openssl(QuirkLegacyRefused, QuirkServerEndDecodeError, QuirkClientEndDecodeError, QuirkEchoEvicts)},
	{Name: "wolfssl-5.7.4", Quirks: wolfssl5(QuirkCertificateLate, QuirkVerifyKeyless, QuirkRequestAnywhere, QuirkTicketAnywhere)},
	{Name: "wolfssl-5.8.4", Quirks: wolfssl5()},
	{Name: "wolfssl-5.9.1", Quirks: wolfssl(QuirkSSL3Failure)},
	{Name: "wolfssl", Quirks: wolfssl(QuirkServerEmptyKeyed, QuirkClientEmptyKeyed)},
	{Name: "libressl", Quirks: []Quirk{
		QuirkDeclineFatal, QuirkClientWithoutTicket, QuirkClientFailureSilent, QuirkTicketAccepts, QuirkTicketsBeside,
		QuirkNamedSuiteUnchecked,
	}},
	{Name: "hostap", Quirks: []Quirk{
		QuirkNoSessionIDEcho, QuirkEmptyIDAnswered, QuirkFailureAlert, QuirkClientFailureAlert, QuirkAnyMessageDeclines,
		QuirkToldOfDecline, QuirkExtensionsUnchecked, QuirkNoRenegotiationInfo, QuirkNoCommonSuiteIllegal,
		QuirkClientAuthWaived, QuirkAnonymousSuite, QuirkAnonymousTaken,
	}},
}

var quirks = append(conductQuirks, []QuirkInfo{
	{QuirkCallbackWithoutTicket, Server, "The callback is called for a ClientHello without a SessionTicket extension too.",
		"OpenSSL 3.0.22, run", []string{"FAST-TLS-12"}},
	{QuirkNoSessionIDEcho, Server, "On acceptance a fresh 32-octet Session ID is sent instead of the client's.",
		"OpenSSL 3.0.22, run; fixed by PR 30695", []string{"FAST-TLS-07"}},
	{QuirkEmptyIDAnswered, Server, "On acceptance an empty Session ID is answered with a fresh one.",
		"OpenSSL 3.0.22, run", nil},
	{QuirkClientCallbackEarly, Client, "The callback runs before ServerHello's suite is checked and its extensions are read; only " +
		"one that was not asked for is refused before.",
		"OpenSSL 3.0.19, learned; statem_clnt.c", nil},
	{QuirkClientSessionTicket, Client, "The callback runs for a session's own RFC 5077 ticket too.",
		"OpenSSL 3.0.22, statem_clnt.c", nil},
	{QuirkClientIDDisarms, Client, "A non-empty Session ID that is not echoed makes ChangeCipherSpec an unexpected_message.",
		"OpenSSL 3.0.22, run", []string{"FAST-TLS-10"}},
	{QuirkNamedSuiteUnchecked, Server, "The suite that the callback names is used without any check.",
		"OpenSSL 3.0.22, run", []string{"FAST-TLS-16"}},
	{QuirkEmptySecretDeclines, Server, "A secret of length zero or less declines.",
		"OpenSSL 3.0.22, run", nil},
	{QuirkSecretLengthFree, Server, "The secret's length is not checked: what the callback leaves alone is the whole buffer.",
		"OpenSSL 3.0.22, run", nil},
	{QuirkClientAuthWaived, Server, "Acceptance skips a required client certificate.",
		"OpenSSL 3.0.22, run", nil},
	{QuirkAnonymousSuite, Server, "An anonymous suite may be chosen for an accepted ticket.",
		"OpenSSL 3.0.22, statem_srvr.c", []string{"FAST-TLS-36"}},
	{QuirkECDSAOnlyRefused, Server, "With ECDSA certificates alone and no named suite, acceptance ends in handshake_failure.",
		"OpenSSL 3.0.22, run", nil},
	{QuirkClientCurveUnlisted, Server, "Under TLS 1.2, a client's ECDSA certificate is refused with illegal_parameter if ClientHello lists groups " +
		"but not its curve: finite fields alone, where no elliptic suite is offered.", "OpenSSL 3.0.19, run", nil},
	{QuirkServerEmptyIgnored, Server, "Up to 32 empty handshake records in a row are ignored.", "OpenSSL 3.0.19, learned", nil},
	{QuirkClientEmptyIgnored, Client, "Up to 32 empty handshake records in a row are ignored.", "OpenSSL 3.0.19, learned", nil},
	{QuirkAlertFirst, Server, "An alert before ClientHello is answered with unexpected_message.", "OpenSSL 3.0.19, learned", nil},
	{QuirkServerAlertBetween, Server, "Between ChangeCipherSpec and Finished a fatal alert, too, is answered with unexpected_message.",
		"OpenSSL 3.0.19, learned; rec_layer_s3.c", []string{"TLS-ALERT-13"}},
	{QuirkClientAlertBetween, Client, "Between ChangeCipherSpec and Finished a fatal alert, too, is answered with unexpected_message.",
		"OpenSSL 3.0.19, learned; rec_layer_s3.c", []string{"TLS-ALERT-13"}},
	{QuirkTicketBesideID, Server, "Resuming by Session ID, it issues a ticket to a client that has sent an empty SessionTicket extension.",
		"OpenSSL 3.0.19, learned; RFC 5077, Section 3.1 leaves it open", nil},
	{QuirkAcceptCrashes, Server, "Acceptance without a named suite ends the process.",
		"OpenSSL 3.2.1 and 3.3.0, run; issue 24213", nil},
	{QuirkEchoEvicts, Server, "A handshake under a PAC that fails removes the cached session of the echoed Session ID.",
		"OpenSSL 4.0.3, SSL_CTX_remove_session, read", []string{"FAST-TLS-08"}},
	{QuirkSecondCCSInternal, Client, "A second ChangeCipherSpec is answered with internal_error.",
		"OpenSSL 1.1.1w, 3.4.1 and 3.5.5, run", []string{"TLS-ALERT-02"}},
	{QuirkAnonymousTaken, Client, "An anonymous suite is taken for an accepted ticket.",
		"OpenSSL 3.0.22, statem_clnt.c", []string{"FAST-TLS-36"}},
	{QuirkDeclineFatal, Server, "A callback that declines ends the handshake.",
		"wolfSSL 5.9.4, run; LibreSSL 84fda0b834, read", []string{"FAST-TLS-17"}},
	{QuirkFailureAlert, Server, "A callback that fails leads to handshake_failure, not to internal_error.",
		"hostap 2.10, tlsv1_server_write.c, read; wolfSSL 5.9.4", nil},
	{QuirkClientFailureAlert, Client, "A callback that fails leads to handshake_failure, not to internal_error.",
		"hostap 2.10, tlsv1_client_read.c, read; wolfSSL 5.9.4", nil},
	{QuirkClientWithoutTicket, Client, "The callback is called without a ticket too.",
		"LibreSSL, read", []string{"FAST-TLS-12"}},
	{QuirkClientFailureSilent, Client, "A callback that fails ends the handshake without an alert.",
		"LibreSSL, read", []string{"TLS-ALERT-13"}},
	{QuirkTicketAccepts, Client, "NewSessionTicket right after ServerHello means that the ticket was accepted.",
		"LibreSSL, ssl3_check_finished, read", []string{"FAST-TLS-11"}},
	{QuirkTicketsBeside, Server, "An empty SessionTicket extension is answered, and a ticket issued, while the callback is set.",
		"LibreSSL, read", []string{"FAST-TLS-26"}},
	{QuirkAnyMessageDeclines, Client, "With a ticket pending, any message but ChangeCipherSpec means that it was declined, HelloRequest included.",
		"hostap 2.10, tlsv1_client_read.c, read", []string{"FAST-TLS-11"}},
	{QuirkToldOfDecline, Client, "The callback is called once more when the server has declined.",
		"hostap 2.10, tlsv1_client_read.c, read", nil},
	{QuirkExtensionsUnchecked, Client, "Extensions of ServerHello that were not asked for are ignored.",
		"hostap 2.10, tlsv1_client_read.c, read", []string{"TLS-BASE-06"}},
	{QuirkNoRenegotiationInfo, Server, "ServerHello has no renegotiation_info.",
		"hostap 2.10, tlsv1_server_write.c, read", []string{"TLS-BASE-21", "FAST-TLS-39"}},
	{QuirkNoCommonSuiteIllegal, Server, "No common suite leads to illegal_parameter.",
		"hostap 2.10, tlsv1_server_read.c, read", []string{"TLS-ALERT-04"}},
}...)
