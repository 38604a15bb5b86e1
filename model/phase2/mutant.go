package phase2

import "fmt"

// fault is a deviation of a side: planted as a mutant, or the quirk of a profile.
type fault uint8

// faults is a set of them.
type faults uint64

func (s faults) has(f fault) bool { return s>>f&1 != 0 }

const (
	noFault fault = iota
	faultResultUnawaited
	faultAnonymousAccess
	faultEarlyPAC
	faultAnyPACInAnonymous
	faultAsksUnbound
	faultIdentityUnchecked
	faultGTCInAnonymous
	faultUserPACAnywhere
	faultPACIsLogin
	faultUnboundSuccess
	faultNoBinding
	faultBindingUnchecked
	faultMethodsInParallel
	faultNoIntermediate
	faultKeyOfFailed
	faultObeysUnknown
	faultNAKBesideResult
	faultSurvivesFailure
	faultBelievesSuccess
	faultBelievesFailure
	faultVersionUnchecked
	faultProofUnchecked
	faultChallengesExchanged
	faultReadsDuplicates
	faultReadsOutside
	faultSilentDiscard
	faultKeysOfSeed
	faultRefusesSuccess

	// Quirks that are no mutants.
	quirkTrustsAnyCertificate
)

// Mutant is a fault that the properties must find.
type Mutant struct {
	Name string
	Text string // what is done wrong, in one sentence
	// Profile is the one under which the mutant shows; "" is rfc.
	Profile  string
	Violates []string // the names of the properties, exactly
	fault    fault
}

var mutants = []Mutant{
	{
		Name: "result-unawaited", Text: "The server ends with EAP-Success without the peer's Result.", fault: faultResultUnawaited,
		Violates: []string{"success-is-protected"},
	},
	{
		Name: "anonymous-access", Text: "A tunnel in which nobody was authenticated gives access.", fault: faultAnonymousAccess,
		Violates: []string{"anonymous-gives-no-access"},
	},
	{
		Name: "early-pac", Text: "The peer keeps a PAC that comes before success.", fault: faultEarlyPAC,
		Violates: []string{"provisioned-by-the-proved", "relaying-fails"},
	},
	{
		Name: "any-pac-in-anonymous", Text: "In an anonymous tunnel PACs of all types are given and kept.", fault: faultAnyPACInAnonymous,
		Violates: []string{"tunnel-pacs-in-anonymous-tunnels"},
	},
	{
		Name: "asks-unbound", Text: "The peer asks for a PAC before a Crypto-Binding has held.", fault: faultAsksUnbound,
		Violates: []string{"asked-after-binding"},
	},
	{
		Name: "identity-unchecked", Text: "The user need not be the one whom the PAC was issued to.", fault: faultIdentityUnchecked,
		Violates: []string{"user-of-the-pac"},
	},
	{
		Name: "gtc-in-anonymous", Text: "A password goes in the clear into an anonymous tunnel.", fault: faultGTCInAnonymous,
		Violates: []string{"provisioned-by-the-proved", "no-password-for-strangers"},
	},
	{
		Name: "user-pac-anywhere", Text: "A User Authorization PAC is shown to servers that were not authenticated.", fault: faultUserPACAnywhere,
		Violates: []string{"user-pac-for-the-authenticated"},
	},
	{
		Name: "pac-is-login", Text: "A Tunnel PAC alone gives access.", fault: faultPACIsLogin,
		Violates: []string{"a-pac-is-no-login"},
	},
	{
		Name: "unbound-success", Text: "The peer takes success without Crypto-Binding.", fault: faultUnboundSuccess,
		Violates: []string{"success-is-bound"},
	},
	{
		Name: "no-binding", Text: "The server sends success without Crypto-Binding.", fault: faultNoBinding,
		Violates: []string{"success-is-bound"},
	},
	{
		Name: "binding-unchecked", Text: "The server does not look at the peer's Crypto-Binding.", fault: faultBindingUnchecked, Profile: "hostap",
		Violates: []string{"success-is-bound", "relaying-fails"},
	},
	{
		Name: "methods-in-parallel", Text: "The second method begins before the first is bound.", fault: faultMethodsInParallel,
		Violates: []string{"one-method-after-the-other"},
	},
	{
		Name: "no-intermediate", Text: "Between two methods, and where Result is to follow, there is no Intermediate-Result.", fault: faultNoIntermediate,
		Violates: []string{"intermediate-result-between-methods"},
	},
	{
		Name: "key-of-failed", Text: "A method that has failed gives a link of the key chain.", fault: faultKeyOfFailed,
		Violates: []string{"failed-methods-give-no-key"},
	},
	{
		Name: "obeys-unknown", Text: "TLVs beside an unknown mandatory one are obeyed.", fault: faultObeysUnknown,
		Violates: []string{"unknown-mandatory-tlv"},
	},
	{
		Name: "nak-beside-result", Text: "NAK answers a message with Result.", fault: faultNAKBesideResult,
		Violates: []string{"unknown-mandatory-tlv"},
	},
	{
		Name: "survives-failure", Text: "A peer that has heard Result failure goes on.", fault: faultSurvivesFailure,
		Violates: []string{"fatal-errors-end", "quiet-means-ended"},
	},
	{
		Name: "believes-success", Text: "A clear-text Success is believed before a protected one.", fault: faultBelievesSuccess,
		Violates: []string{"success-is-protected", "anonymous-gives-no-access", "clear-text-ends-nothing"},
	},
	{
		Name: "believes-failure", Text: "A clear-text Failure is believed before a protected one.", fault: faultBelievesFailure,
		Violates: []string{"clear-text-ends-nothing"},
	},
	{
		Name: "version-unchecked", Text: "The received version in Crypto-Binding is not looked at.", fault: faultVersionUnchecked,
		Violates: []string{"success-is-bound", "version-rollback-is-found"},
	},
	{
		Name: "proof-unchecked", Text: "The peer does not verify that the server knows the password.", fault: faultProofUnchecked,
		Violates: []string{"server-knows-the-password"},
	},
	{
		Name: "challenges-exchanged", Text: "In an anonymous tunnel the challenges are those in the packets.", fault: faultChallengesExchanged,
		Violates: []string{"challenges-of-the-tunnel"},
	},
	{
		Name: "reads-duplicates", Text: "A request that comes again is read again.", fault: faultReadsDuplicates,
		Violates: []string{"provisioned-by-the-proved", "duplicates-change-nothing"},
	},
	{
		Name: "reads-outside", Text: "What comes outside the tunnel is read as if it had come in it.", fault: faultReadsOutside,
		Violates: []string{"nothing-outside-the-tunnel"},
	},
	{
		Name: "silent-discard", Text: "The server passes over what does not open.", fault: faultSilentDiscard,
		Violates: []string{"nothing-outside-the-tunnel", "quiet-means-ended"},
	},
	{
		Name: "keys-of-the-seed", Text: "The peer derives its keys from the tunnel alone.", fault: faultKeysOfSeed,
		Violates: []string{"both-hold-the-same-keys", "provisioned-by-the-proved"},
	},
	{
		Name: "refuses-success", Text: "The peer does not believe the Success that a protected one has announced.", fault: faultRefusesSuccess,
		Violates: []string{"both-end-alike"},
	},
}

// Mutants returns all mutants.
func Mutants() []Mutant { return append([]Mutant(nil), mutants...) }

func mutantByName(name string) (fault, error) {
	for _, m := range mutants {
		if m.Name == name {
			return m.fault, nil
		}
	}
	return 0, fmt.Errorf("phase2: %q is no mutant", name)
}
