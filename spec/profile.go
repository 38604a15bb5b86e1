package spec

import "fmt"

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
)

// A quirk of OpenSSL outside of it.
const QuirkClientCurveUnlisted Quirk = "client-curve-unlisted-refused"

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
	all := make([]QuirkInfo, len(quirks))
	copy(all, quirks)
	return all
}

var profiles = []Profile{
	{Name: "rfc"},
	{Name: "openssl-3.0", Quirks: []Quirk{
		QuirkCallbackWithoutTicket, QuirkNoSessionIDEcho, QuirkEmptyIDAnswered, QuirkClientCallbackEarly,
		QuirkClientSessionTicket, QuirkClientIDDisarms, QuirkNamedSuiteUnchecked, QuirkEmptySecretDeclines,
		QuirkSecretLengthFree, QuirkClientAuthWaived, QuirkAnonymousSuite, QuirkECDSAOnlyRefused,
		QuirkClientCurveUnlisted,
	}},
}

var quirks = []QuirkInfo{
	{QuirkCallbackWithoutTicket, Server, "The callback is called for a ClientHello without a SessionTicket extension too.",
		"OpenSSL 3.0.22, run", []string{"FAST-TLS-12"}},
	{QuirkNoSessionIDEcho, Server, "On acceptance a fresh 32-octet Session ID is sent instead of the client's.",
		"OpenSSL 3.0.22, run; fixed by PR 30695", []string{"FAST-TLS-07"}},
	{QuirkEmptyIDAnswered, Server, "On acceptance an empty Session ID is answered with a fresh one.",
		"OpenSSL 3.0.22, run", nil},
	{QuirkClientCallbackEarly, Client, "The callback runs before ServerHello's suite and extensions are checked.",
		"OpenSSL 3.0.22, statem_clnt.c", nil},
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
}
