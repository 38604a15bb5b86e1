package spec

// Conduct is a library's own answer to one message, where the RFCs have another:
// what a quirk is that changes no more than that.
type Conduct struct {
	Message Message
	Like    Like
	States  []State // where; nil: everywhere
	Does    Does
	Alert   AlertDescription // of Refuses
	Once    bool             // the second time it is out of place
}

// Like says what a message has to be like.
type Like uint8

// What it is like. LikeAny is every one that its keys open.
const (
	LikeAny        Like = iota
	LikeClearAEAD       // in the clear where the keys of an AEAD suite are active
	LikeUnderCBC        // it does not open, and the keys of a CBC suite are active, without encrypt-then-MAC
	LikeClearEtM        // in the clear where the keys of a CBC suite are active, with encrypt-then-MAC
	LikeUnverified      // a Finished or a signature that does not verify
	LikeMisplaced       // out of place: it would be unexpected_message
	LikeUnpromised      // out of place, with a secret of the callback's, no ticket promised and none taken
	LikeFirst           // out of place, and a ticket has not been taken
	LikeWarning         // an alert by its level
	LikeFatal
	LikeEmpty            // a Certificate without a certificate
	LikeAfterCertificate // out of place, after a client certificate or an empty one
)

// Does is what is done.
type Does uint8

// What is done. Warns answers by the warning no_renegotiation and goes on.
const (
	Refuses Does = iota
	Ignores
	Closes // without an alert
	Warns
)

// Conducts returns what a quirk is, if it is no more than answers to single
// messages; else nil.
func Conducts(q Quirk) []Conduct { return conducts[q] }

// The quirks that are no more than that, and others that an attacker's messages
// show.
const (
	QuirkSSL3Failure            Quirk = "ssl-3.0-is-handshake-failure"
	QuirkSessionSuiteIllegal    Quirk = "session-suite-not-offered-is-illegal-parameter"
	QuirkSessionEMSIllegal      Quirk = "session-ems-missing-is-illegal-parameter"
	QuirkLegacyRefused          Quirk = "server-without-renegotiation-info-refused"
	QuirkRenegotiationIllegal   Quirk = "renegotiation-info-is-illegal-parameter"
	QuirkRenegotiationUnchecked Quirk = "renegotiation-info-unchecked"
	QuirkSuiteFailure           Quirk = "suite-not-offered-is-handshake-failure"
	QuirkTicketRenewed          Quirk = "ticket-renewed-on-resumption"
	QuirkNoTicketAfterBad       Quirk = "no-ticket-beside-one-that-does-not-open"
	QuirkIDBesideTicketIgnored  Quirk = "session-id-ignored-beside-empty-ticket"
	QuirkLooksUpBeside          Quirk = "session-id-looked-up-beside-bad-ticket"
	QuirkServerEndDecodeError   Quirk = "server-answers-end-of-stream"
	QuirkClientEndDecodeError   Quirk = "client-answers-end-of-stream"
	QuirkServerClearInternal    Quirk = "server-clear-record-is-internal-error"
	QuirkClientClearInternal    Quirk = "client-clear-record-is-internal-error"
	QuirkTicketAwaited          Quirk = "promised-ticket-awaited-before-acceptance"
	QuirkCertificateUnasked     Quirk = "certificate-taken-unasked"
	QuirkServerEmptyAlert       Quirk = "server-empty-handshake-record-is-record-overflow"
	QuirkClientEmptyAlert       Quirk = "client-empty-handshake-record-is-record-overflow"
	QuirkServerEmptyKeyed       Quirk = "server-empty-handshake-record-under-keys-is-handshake-failure"
	QuirkClientEmptyKeyed       Quirk = "client-empty-handshake-record-under-keys-is-handshake-failure"
	QuirkHelloCCSIgnored        Quirk = "change-cipher-spec-before-client-hello-ignored"
	QuirkEmptyChainTaken        Quirk = "empty-server-certificate-taken"
	QuirkClientOrderMore        Quirk = "server-key-exchange-before-certificate-is-handshake-failure"
	QuirkServerOrderMore        Quirk = "certificate-verify-out-of-place-is-bad-certificate"
	QuirkEmptyClientCertificate Quirk = "required-certificate-missing-not-refused-at-once"
	QuirkServerCCSSilent        Quirk = "server-misplaced-change-cipher-spec-closes-silently"
	QuirkClientCCSSilent        Quirk = "client-misplaced-change-cipher-spec-closes-silently"
	QuirkServerOrderFailure     Quirk = "server-order-is-handshake-failure"
	QuirkClientOrderFailure     Quirk = "client-order-is-handshake-failure"
	QuirkSignatureFailure       Quirk = "server-signature-is-handshake-failure"
	QuirkVerifyBadCertificate   Quirk = "certificate-verify-is-bad-certificate"
	QuirkServerWarningBetween   Quirk = "server-takes-warning-before-finished"
	QuirkClientWarningBetween   Quirk = "client-takes-warning-before-finished"
	QuirkHelloRequestAnswered   Quirk = "hello-request-answered-during-handshake"
	QuirkRenegotiationFatal     Quirk = "renegotiation-is-unexpected-message"
	QuirkRenegotiates           Quirk = "client-renegotiates-on-any-message"
	QuirkClientLengthFree       Quirk = "client-secret-length-unchecked"
	QuirkServerRenegotiates     Quirk = "server-renegotiates-on-any-message"
	QuirkIDLookedUpFirst        Quirk = "session-id-looked-up-beside-ticket"
	QuirkNoTicketOtherVersion   Quirk = "no-ticket-beside-one-of-another-version"
	QuirkEtMUnsolicitedTaken    Quirk = "unrequested-encrypt-then-mac-taken"
	QuirkCallbackFirst          Quirk = "client-callback-before-unrequested-extensions"
	QuirkEmptyCertificateAlert  Quirk = "empty-certificate-is-certificate-unknown"
	QuirkHelloRequestSkipped    Quirk = "hello-request-skipped-before-finished"
	QuirkCertificateSkipped     Quirk = "requested-client-certificate-skipped"
	QuirkCertificateLate        Quirk = "certificate-taken-after-client-key-exchange"
	QuirkVerifyKeyless          Quirk = "certificate-verify-taken-without-certificate"
	QuirkRequestAnywhere        Quirk = "certificate-request-taken-anywhere"
	QuirkTicketAnywhere         Quirk = "new-session-ticket-taken-anywhere"
	QuirkServerEtMShort         Quirk = "server-short-record-under-encrypt-then-mac-is-decode-error"
	QuirkClientEtMShort         Quirk = "client-short-record-under-encrypt-then-mac-is-decode-error"
	QuirkServerDecryptionFailed Quirk = "server-partial-block-is-decryption-failed"
	QuirkClientDecryptionFailed Quirk = "client-partial-block-is-decryption-failed"
)

var conductQuirks = []QuirkInfo{
	{QuirkSSL3Failure, Server, "A client that offers SSL 3.0 at most is refused with handshake_failure.",
		"OpenSSL 3.0.19, run; s3_msg.c, ssl3_send_alert: SSL 3.0 has no protocol_version", []string{"TLS-ALERT-09"}},
	{QuirkSessionSuiteIllegal, Server, "A session whose suite is not offered ends in illegal_parameter, not in a full handshake.",
		"OpenSSL 3.0.19, wolfSSL 5.9.4, run", nil},
	{QuirkSessionEMSIllegal, Server, "A session with extended_master_secret that is offered without is refused with illegal_parameter.",
		"OpenSSL 1.1.1w, run", []string{"TLS-ALERT-04"}},
	{QuirkLegacyRefused, Client, "A server without renegotiation_info is refused.",
		"OpenSSL 3.0.19, run; RFC 5746, Section 4.1 leaves it open", nil},
	{QuirkRenegotiationIllegal, Client, "A renegotiation_info that is not empty is refused with illegal_parameter.",
		"OpenSSL 3.0.19, run", []string{"TLS-ALERT-04"}},
	{QuirkRenegotiationUnchecked, Server, "A renegotiation_info that is not empty is ignored.", "wolfSSL 5.9.4, run", []string{"TLS-BASE-21"}},
	{QuirkSuiteFailure, Client, "A suite that was not offered is refused with handshake_failure.", "wolfSSL 5.9.4, run", []string{"TLS-ALERT-06"}},
	{QuirkTicketRenewed, Server, "Resuming by a ticket, it issues another.", "wolfSSL 5.9.4, run; RFC 5077, Section 3.3 allows it", nil},
	{QuirkNoTicketAfterBad, Server, "Beside a ticket that does not open, none is issued.", "wolfSSL 5.9.4, run; RFC 5077 leaves it open", nil},
	{QuirkIDBesideTicketIgnored, Server, "Beside an empty SessionTicket extension the Session ID is not looked up.", "wolfSSL 5.9.4, run", nil},
	{QuirkLooksUpBeside, Server, "Beside a ticket that does not open, the Session ID is looked up.", "wolfSSL 5.9.4, run", []string{"FAST-TLS-08"}},
	{QuirkServerEndDecodeError, Server, "The end of the stream without close_notify is answered with decode_error.", "OpenSSL 3.0.19, run", nil},
	{QuirkClientEndDecodeError, Client, "The end of the stream without close_notify is answered with decode_error.", "OpenSSL 3.0.19, run", nil},
	{QuirkServerClearInternal, Server, "A record in the clear that is shorter than nonce and tag is answered with internal_error where keys for AES-GCM are active.",
		"OpenSSL 3.0.19, run", []string{"TLS-ALERT-02"}},
	{QuirkClientClearInternal, Client, "A record in the clear that is shorter than nonce and tag is answered with internal_error where keys for AES-GCM are active.",
		"OpenSSL 3.0.19, run", []string{"TLS-ALERT-02"}},
	{QuirkTicketAwaited, Client, "With a ticket pending, a ServerHello that promises a ticket must be followed by NewSessionTicket before ChangeCipherSpec.",
		"wolfSSL 5.9.4, run", []string{"FAST-TLS-11", "FAST-TLS-10"}},
	{QuirkCertificateUnasked, Server, "A client certificate that was not asked for is read, and ignored.", "wolfSSL 5.9.4, run", []string{"TLS-ALERT-01"}},
	{QuirkServerEmptyAlert, Server, "An empty handshake record in the clear is answered with record_overflow.",
		"wolfSSL 5.9.4, run", []string{"TLS-BASE-13"}},
	{QuirkClientEmptyAlert, Client, "An empty handshake record in the clear is answered with record_overflow.",
		"wolfSSL 5.9.4, run", []string{"TLS-BASE-13"}},
	{QuirkServerEmptyKeyed, Server, "An empty handshake record under keys is answered with handshake_failure.", "wolfSSL 5.9.4, run", []string{"TLS-BASE-13"}},
	{QuirkClientEmptyKeyed, Client, "An empty handshake record under keys is answered with handshake_failure.", "wolfSSL 5.9.4, run", []string{"TLS-BASE-13"}},
	{QuirkHelloCCSIgnored, Server, "With the callback set, one ChangeCipherSpec before ClientHello is ignored, and makes the one that is due a second one.",
		"wolfSSL 5.8.4, run; SanityCheckMsgReceived", []string{"TLS-ALERT-01"}},
	{QuirkEmptyChainTaken, Client, "A Certificate without a certificate is taken; the ServerKeyExchange after it is refused with handshake_failure.",
		"wolfSSL 5.8.4, run; wolfSSL/wolfssl#9651", []string{"TLS-ALERT-07"}},
	{QuirkClientOrderMore, Client, "ServerKeyExchange before Certificate is refused with handshake_failure.", "wolfSSL 5.8.4, run", []string{"TLS-ALERT-01"}},
	{QuirkServerOrderMore, Server, "CertificateVerify before ClientKeyExchange is read, and refused with bad_certificate.",
		"wolfSSL 5.8.4, run; SanityCheckMsgReceived", []string{"TLS-ALERT-01"}},
	{QuirkCertificateSkipped, Server, "ClientKeyExchange is taken although the Certificate that was asked for has not come; where one is required, it is refused then.",
		"wolfSSL 5.8.4, run; wolfSSL/wolfssl#9650", []string{"TLS-ALERT-01"}},
	{QuirkCertificateLate, Server, "A client certificate is taken after ClientKeyExchange.",
		"wolfSSL 5.7.4, run; fixed by wolfSSL/wolfssl#9267", []string{"TLS-ALERT-01"}},
	{QuirkVerifyKeyless, Server, "A CertificateVerify is taken where no certificate has a key to verify it by.",
		"wolfSSL 5.7.4, run; DoCertificateVerify", []string{"TLS-ALERT-01"}},
	{QuirkRequestAnywhere, Client, "One CertificateRequest is taken wherever it comes in the clear after ServerHello; with a ticket pending it declines, " +
		"and is answered at once by Certificate and, since no share has come, by handshake_failure.",
		"wolfSSL 5.7.4, run; wolfSSL/wolfssl#9198", []string{"TLS-ALERT-01", "FAST-TLS-11"}},
	{QuirkTicketAnywhere, Client, "A promised NewSessionTicket is taken wherever it comes in the clear after ServerHello; one that was not promised is refused with handshake_failure there.",
		"wolfSSL 5.7.4, run; fixed by wolfSSL/wolfssl#9267", []string{"TLS-ALERT-01"}},
	{QuirkEmptyClientCertificate, Server, "A required client certificate that is missing is refused at ClientKeyExchange.", "wolfSSL 5.8.4, run", nil},
	{QuirkServerCCSSilent, Server, "ChangeCipherSpec out of place ends the connection without an alert.", "wolfSSL 5.9.4, run", []string{"TLS-ALERT-13"}},
	{QuirkClientCCSSilent, Client, "ChangeCipherSpec out of place ends the connection without an alert.", "wolfSSL 5.9.4, run", []string{"TLS-ALERT-13"}},
	{QuirkServerOrderFailure, Server, "ServerKeyExchange, and ClientKeyExchange in a shortened handshake, are refused with handshake_failure.",
		"wolfSSL 5.9.4, run", []string{"TLS-ALERT-01"}},
	{QuirkClientOrderFailure, Client, "CertificateVerify, and NewSessionTicket that was not promised, are refused with handshake_failure.",
		"wolfSSL 5.9.4, run", []string{"TLS-ALERT-01"}},
	{QuirkSignatureFailure, Client, "A ServerKeyExchange whose signature does not verify is refused with handshake_failure.",
		"wolfSSL 5.9.4, run", []string{"TLS-ALERT-08"}},
	{QuirkVerifyBadCertificate, Server, "A CertificateVerify that does not verify is refused with bad_certificate.",
		"wolfSSL 5.9.4, run", []string{"TLS-ALERT-08"}},
	{QuirkServerWarningBetween, Server, "A warning between ChangeCipherSpec and Finished is taken.", "wolfSSL 5.9.4, run", []string{"FAST-TLS-22"}},
	{QuirkClientWarningBetween, Client, "A warning between ChangeCipherSpec and Finished is taken.", "wolfSSL 5.9.4, run", []string{"FAST-TLS-22"}},
	{QuirkHelloRequestAnswered, Client, "One HelloRequest is answered with no_renegotiation, before ServerHello, before Finished or later; a second one, and one in between, is refused.",
		"wolfSSL 5.9.4, run", []string{"TLS-BASE-18"}},
	{QuirkRenegotiationFatal, Server, "A second ClientHello is refused with unexpected_message, not with the warning no_renegotiation.",
		"wolfSSL 5.9.4, run", []string{"TLS-ALERT-11"}},
	{QuirkRenegotiates, Client, "After the handshake any message but data starts a renegotiation.", "OpenSSL 1.1.0i, run", nil},
	{QuirkClientLengthFree, Client, "The secret's length is not checked, but for one below 1.", "OpenSSL 3.0.19, run", nil},
	{QuirkServerRenegotiates, Server, "After the handshake any message but data is taken for the start of a renegotiation, and refused as such.",
		"OpenSSL 1.1.0i, run", nil},
	{QuirkIDLookedUpFirst, Server, "Beside any ticket the Session ID is looked up, before the callback is asked.",
		"OpenSSL 1.1.0i, run", []string{"FAST-TLS-08"}},
	{QuirkNoTicketOtherVersion, Server, "Beside a ticket of another version none is issued.", "OpenSSL 1.1.0i, run; RFC 5077 leaves it open", nil},
	{QuirkEtMUnsolicitedTaken, Client, "An encrypt_then_mac that was not asked for is ignored.", "OpenSSL 1.1.0i, run", []string{"TLS-BASE-06"}},
	{QuirkCallbackFirst, Client, "The callback runs before unrequested extensions are refused.", "OpenSSL 1.1.0i, run", nil},
	{QuirkEmptyCertificateAlert, Client, "A Certificate without a certificate is refused with certificate_unknown.",
		"OpenSSL 1.1.0i, run", []string{"TLS-ALERT-07"}},
	{QuirkServerEtMShort, Server, "With encrypt-then-MAC a record that is shorter than the MAC is answered with decode_error.",
		"OpenSSL 4.0.3, run; 1.1.0i to 3.6.3, read: ssl3_get_record", []string{"TLS-ALERT-02"}},
	{QuirkClientEtMShort, Client, "With encrypt-then-MAC a record that is shorter than the MAC is answered with decode_error.",
		"OpenSSL 4.0.3, run; 1.1.0i to 3.6.3, read: ssl3_get_record", []string{"TLS-ALERT-02"}},
	{QuirkServerDecryptionFailed, Server, "Under a CBC suite without encrypt-then-MAC a record whose length is no multiple of the block's is answered with decryption_failed.",
		"OpenSSL 1.1.0i, run; ssl3_get_record", []string{"TLS-ALERT-02"}},
	{QuirkClientDecryptionFailed, Client, "Under a CBC suite without encrypt-then-MAC a record whose length is no multiple of the block's is answered with decryption_failed.",
		"OpenSSL 1.1.0i, run; ssl3_get_record", []string{"TLS-ALERT-02"}},
	{QuirkHelloRequestSkipped, Client, "HelloRequest between ChangeCipherSpec and Finished is ignored.", "OpenSSL 3.0.19, run; tls_get_message_header",
		[]string{"FAST-TLS-22"}},
}

var (
	clientUnderWay   = clientInTheClear[1:] // ServerHello has come
	beforeFinished   = []State{AwaitFinished, AwaitFinishedAbbreviated}
	underKeys        = append([]State{Established}, beforeFinished...)
	serverInTheClear = []State{AwaitClientHello, AwaitClientCertificate, AwaitClientKeyExchange, AwaitClientKeyExchangeVerify,
		AwaitCertificateVerify, AwaitChangeCipherSpec, AwaitChangeCipherSpecAbbreviated}
	clientInTheClear = []State{AwaitServerHello, AwaitServerFlight, AwaitServerKeyExchange, AwaitCertificateRequest, AwaitServerHelloDone,
		AwaitNewSessionTicket, AwaitNewSessionTicketAbbreviated, AwaitChangeCipherSpec, AwaitChangeCipherSpecAbbreviated}
)

var conducts = map[Quirk][]Conduct{
	QuirkServerEndDecodeError: {{Message: EndOfStream, Does: Refuses, Alert: DecodeError}},
	QuirkClientEndDecodeError: {{Message: EndOfStream, Does: Refuses, Alert: DecodeError}},
	QuirkServerEmptyAlert: {
		{Message: EmptyHandshake, States: serverInTheClear, Does: Refuses, Alert: RecordOverflow},
	},
	QuirkClientEmptyAlert: {
		{Message: EmptyHandshake, States: clientInTheClear, Does: Refuses, Alert: RecordOverflow},
	},
	QuirkServerEmptyKeyed: {{Message: EmptyHandshake, States: underKeys, Does: Refuses, Alert: HandshakeFailure}},
	QuirkClientEmptyKeyed: {{Message: EmptyHandshake, States: underKeys, Does: Refuses, Alert: HandshakeFailure}},
	QuirkClientOrderMore:  {{Message: ServerKeyExchange, Like: LikeMisplaced, States: []State{AwaitServerFlight}, Does: Refuses, Alert: HandshakeFailure}},
	QuirkServerOrderMore: {
		{Message: CertificateVerify, Like: LikeAfterCertificate, States: []State{AwaitClientKeyExchange, AwaitClientKeyExchangeVerify, AwaitChangeCipherSpecAbbreviated},
			Does: Refuses, Alert: BadCertificate},
	},
	QuirkServerCCSSilent: {{Message: ChangeCipherSpec, Like: LikeMisplaced, Does: Closes}},
	QuirkClientCCSSilent: {{Message: ChangeCipherSpec, Like: LikeMisplaced, Does: Closes}},
	QuirkServerOrderFailure: {
		{Message: ServerKeyExchange, Like: LikeMisplaced, States: serverInTheClear, Does: Refuses, Alert: HandshakeFailure},
		{Message: ClientKeyExchange, Like: LikeMisplaced, States: []State{AwaitChangeCipherSpecAbbreviated}, Does: Refuses, Alert: HandshakeFailure},
	},
	QuirkClientOrderFailure: {
		{Message: CertificateVerify, Like: LikeMisplaced, States: clientInTheClear, Does: Refuses, Alert: HandshakeFailure},
		{Message: NewSessionTicket, Like: LikeUnpromised, States: []State{AwaitServerFlight}, Does: Refuses, Alert: HandshakeFailure},
		{Message: NewSessionTicket, Like: LikeFirst, States: []State{AwaitChangeCipherSpec}, Does: Refuses, Alert: HandshakeFailure},
	},
	QuirkSignatureFailure:     {{Message: ServerKeyExchange, Like: LikeUnverified, Does: Refuses, Alert: HandshakeFailure}},
	QuirkVerifyBadCertificate: {{Message: CertificateVerify, Like: LikeUnverified, Does: Refuses, Alert: BadCertificate}},
	QuirkServerWarningBetween: {{Message: Alert, Like: LikeWarning, States: beforeFinished, Does: Ignores}},
	QuirkClientWarningBetween: {{Message: Alert, Like: LikeWarning, States: beforeFinished, Does: Ignores}},
	QuirkHelloRequestAnswered: {
		{Message: HelloRequest, States: clientUnderWay, Does: Refuses, Alert: UnexpectedMessage},
		{Message: HelloRequest, States: append([]State{AwaitServerHello}, underKeys...), Does: Warns, Once: true},
	},
	QuirkRenegotiationFatal:     {{Message: ClientHello, States: []State{Established}, Does: Refuses, Alert: UnexpectedMessage}},
	QuirkEmptyCertificateAlert:  {{Message: Certificate, Like: LikeEmpty, States: []State{AwaitServerFlight}, Does: Refuses, Alert: CertificateUnknown}},
	QuirkServerClearInternal:    {{Message: Finished, Like: LikeClearAEAD, Does: Refuses, Alert: InternalError}},
	QuirkClientClearInternal:    {{Message: Finished, Like: LikeClearAEAD, Does: Refuses, Alert: InternalError}},
	QuirkServerEtMShort:         {{Message: Finished, Like: LikeClearEtM, Does: Refuses, Alert: DecodeError}},
	QuirkClientEtMShort:         {{Message: Finished, Like: LikeClearEtM, Does: Refuses, Alert: DecodeError}},
	QuirkServerDecryptionFailed: {{Message: Garbage, Like: LikeUnderCBC, Does: Refuses, Alert: DecryptionFailed}},
	QuirkClientDecryptionFailed: {{Message: Garbage, Like: LikeUnderCBC, Does: Refuses, Alert: DecryptionFailed}},
	QuirkHelloRequestSkipped:    {{Message: HelloRequest, States: beforeFinished, Does: Ignores}},
}
