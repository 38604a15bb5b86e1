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
	Name  string
	Text  string // what is done wrong, in one sentence
	fault fault
	// profile is the one under which the mutant shows; "" is rfc.
	profile string
}

var mutants = []Mutant{
	{"result-unawaited", "The server ends with EAP-Success without the peer's Result.", faultResultUnawaited, ""},
	{"anonymous-access", "A tunnel in which nobody was authenticated gives access.", faultAnonymousAccess, ""},
	{"early-pac", "The peer keeps a PAC that comes before success.", faultEarlyPAC, ""},
	{"any-pac-in-anonymous", "In an anonymous tunnel PACs of all types are given and kept.", faultAnyPACInAnonymous, ""},
	{"asks-unbound", "The peer asks for a PAC before a Crypto-Binding has held.", faultAsksUnbound, ""},
	{"identity-unchecked", "The user need not be the one whom the PAC was issued to.", faultIdentityUnchecked, ""},
	{"gtc-in-anonymous", "A password goes in the clear into an anonymous tunnel.", faultGTCInAnonymous, ""},
	{"user-pac-anywhere", "A User Authorization PAC is shown to servers that were not authenticated.", faultUserPACAnywhere, ""},
	{"pac-is-login", "A Tunnel PAC alone gives access.", faultPACIsLogin, ""},
	{"unbound-success", "The peer takes success without Crypto-Binding.", faultUnboundSuccess, ""},
	{"no-binding", "The server sends success without Crypto-Binding.", faultNoBinding, ""},
	{"binding-unchecked", "The server does not look at the peer's Crypto-Binding.", faultBindingUnchecked, "hostap"},
	{"methods-in-parallel", "The second method begins before the first is bound.", faultMethodsInParallel, ""},
	{"no-intermediate", "Between two methods, and where Result is to follow, there is no Intermediate-Result.", faultNoIntermediate, ""},
	{"key-of-failed", "A method that has failed gives a link of the key chain.", faultKeyOfFailed, ""},
	{"obeys-unknown", "TLVs beside an unknown mandatory one are obeyed.", faultObeysUnknown, ""},
	{"nak-beside-result", "NAK answers a message with Result.", faultNAKBesideResult, ""},
	{"survives-failure", "A peer that has heard Result failure goes on.", faultSurvivesFailure, ""},
	{"believes-success", "A clear-text Success is believed before a protected one.", faultBelievesSuccess, ""},
	{"believes-failure", "A clear-text Failure is believed before a protected one.", faultBelievesFailure, ""},
	{"version-unchecked", "The received version in Crypto-Binding is not looked at.", faultVersionUnchecked, ""},
	{"proof-unchecked", "The peer does not verify that the server knows the password.", faultProofUnchecked, ""},
	{"challenges-exchanged", "In an anonymous tunnel the challenges are those in the packets.", faultChallengesExchanged, ""},
	{"reads-duplicates", "A request that comes again is read again.", faultReadsDuplicates, ""},
	{"reads-outside", "What comes outside the tunnel is read as if it had come in it.", faultReadsOutside, ""},
	{"silent-discard", "The server passes over what does not open.", faultSilentDiscard, ""},
	{"keys-of-the-seed", "The peer derives its keys from the tunnel alone.", faultKeysOfSeed, ""},
	{"refuses-success", "The peer does not believe the Success that a protected one has announced.", faultRefusesSuccess, ""},
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
