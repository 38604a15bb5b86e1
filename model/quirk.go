package model

import "github.com/sesame-tls/sesame/spec"

// quirkFaults says what the quirks of spec's profiles are in the model.
var quirkFaults = map[spec.Quirk]fault{
	spec.QuirkCallbackWithoutTicket:  faultWithoutTicket,
	spec.QuirkNoSessionIDEcho:        faultNoEcho,
	spec.QuirkEmptyIDAnswered:        faultEmptyIDAnswered,
	spec.QuirkClientCallbackEarly:    faultCallbackEarly,
	spec.QuirkClientSessionTicket:    faultForSessionTicket,
	spec.QuirkClientIDDisarms:        faultIDDisarms,
	spec.QuirkNamedSuiteUnchecked:    faultUnofferedSuite,
	spec.QuirkSecretLengthFree:       faultLengthFree,
	spec.QuirkClientAuthWaived:       faultWaivesCertificate,
	spec.QuirkAnonymousSuite:         faultAnonymousPAC,
	spec.QuirkAnonymousTaken:         faultAnonymousTaken,
	spec.QuirkAcceptCrashes:          faultAcceptCrashes,
	spec.QuirkEchoEvicts:             faultEchoEvicts,
	spec.QuirkSecondCCSInternal:      faultSecondCCSInternal,
	spec.QuirkDeclineFatal:           faultDeclineAborts,
	spec.QuirkFailureAlert:           faultFailureAlert,
	spec.QuirkClientFailureAlert:     faultClientFailureAlert,
	spec.QuirkClientWithoutTicket:    faultClientWithoutTicket,
	spec.QuirkClientFailureSilent:    faultClientFailureSilent,
	spec.QuirkTicketAccepts:          faultTicketAccepts,
	spec.QuirkTicketsBeside:          faultTicketsBeside,
	spec.QuirkAnyMessageDeclines:     faultAnyMessageDeclines,
	spec.QuirkToldOfDecline:          faultToldOfDecline,
	spec.QuirkExtensionsUnchecked:    faultExtensionsUnchecked,
	spec.QuirkNoRenegotiationInfo:    faultNoRenegotiationInfo,
	spec.QuirkNoCommonSuiteIllegal:   faultNoCommonSuiteIllegal,
	spec.QuirkServerEmptyIgnored:     faultServerEmptyIgnored,
	spec.QuirkClientEmptyIgnored:     faultClientEmptyIgnored,
	spec.QuirkAlertFirst:             faultAlertFirst,
	spec.QuirkServerAlertBetween:     faultServerAlertBetween,
	spec.QuirkClientAlertBetween:     faultClientAlertBetween,
	spec.QuirkTicketBesideID:         faultTicketBesideID,
	spec.QuirkSSL3Failure:            faultSSL3Failure,
	spec.QuirkSessionSuiteIllegal:    faultSessionSuiteIllegal,
	spec.QuirkSessionEMSIllegal:      faultSessionEMSIllegal,
	spec.QuirkLegacyRefused:          faultLegacyRefused,
	spec.QuirkRenegotiationIllegal:   faultRenegotiationIllegal,
	spec.QuirkRenegotiationUnchecked: faultRenegotiationUnchecked,
	spec.QuirkSuiteFailure:           faultSuiteFailure,
	spec.QuirkTicketRenewed:          faultTicketRenewed,
	spec.QuirkNoTicketAfterBad:       faultNoTicketAfterBad,
	spec.QuirkIDBesideTicketIgnored:  faultIDBesideTicketIgnored,
	spec.QuirkTicketAwaited:          faultTicketAwaited,
	spec.QuirkCertificateUnasked:     faultCertificateUnasked,
	spec.QuirkIDLookedUpFirst:        faultIDLookedUpFirst,
	spec.QuirkNoTicketOtherVersion:   faultNoTicketOtherVersion,
	spec.QuirkEtMUnsolicitedTaken:    faultEtMUnsolicitedTaken,
	spec.QuirkCallbackFirst:          faultCallbackFirst,
	spec.QuirkEmptyClientCertificate: faultEmptyClientCertificate,
	spec.QuirkClientLengthFree:       faultClientLengthFree,
	spec.QuirkLooksUpBeside:          faultLooksUpBeside,
	spec.QuirkHelloCCSIgnored:        faultHelloCCSIgnored,
	spec.QuirkEmptyChainTaken:        faultEmptyChainTaken,
	spec.QuirkCertificateSkipped:     faultCertificateSkipped,
	spec.QuirkCertificateLate:        faultCertificateLate,
	spec.QuirkVerifyKeyless:          faultVerifyKeyless,
	spec.QuirkRequestAnywhere:        faultRequestAnywhere,
	spec.QuirkTicketAnywhere:         faultTicketAnywhere,
}

// quirksElsewhere are the quirks that no dimension of a scenario can show.
var quirksElsewhere = map[spec.Quirk]string{
	spec.QuirkEmptySecretDeclines: "A scenario's callback has a secret of another length, not an empty one.",
	spec.QuirkServerRenegotiates:  "The model does not speak of renegotiation.",
	spec.QuirkRenegotiates:        "The model does not speak of renegotiation.",
	spec.QuirkECDSAOnlyRefused:    "The kind of the server's certificate is no dimension.",
	spec.QuirkClientCurveUnlisted: "The curves of certificates are no dimension.",
}

func faultsOf(p spec.Profile) (s faults) {
	for _, q := range p.Quirks {
		if f, ok := quirkFaults[q]; ok {
			s = s.with(f)
		}
	}
	return s
}
