package spec

// AlertLevel is the severity of an alert (RFC 5246, Section 7.2).
type AlertLevel uint8

// The two levels.
const (
	LevelNone    AlertLevel = 0
	LevelWarning AlertLevel = 1
	LevelFatal   AlertLevel = 2
)

// String returns "warning" or "fatal".
func (l AlertLevel) String() string {
	return nameOf([]string{"none", "warning", "fatal"}, int(l), "level")
}

// AlertDescription is an alert's code (RFC 5246, Section 7.2 and the IANA
// registry TLS Alerts). Zero is close_notify.
type AlertDescription uint8

// The alerts of TLS 1.0 to 1.2 and their extensions. AlertNone is not on any
// wire: it stands where no alert was sent or received.
const (
	CloseNotify                  AlertDescription = 0
	UnexpectedMessage            AlertDescription = 10
	BadRecordMAC                 AlertDescription = 20
	DecryptionFailed             AlertDescription = 21
	RecordOverflow               AlertDescription = 22
	DecompressionFailure         AlertDescription = 30
	HandshakeFailure             AlertDescription = 40
	NoCertificate                AlertDescription = 41
	BadCertificate               AlertDescription = 42
	UnsupportedCertificate       AlertDescription = 43
	CertificateRevoked           AlertDescription = 44
	CertificateExpired           AlertDescription = 45
	CertificateUnknown           AlertDescription = 46
	IllegalParameter             AlertDescription = 47
	UnknownCA                    AlertDescription = 48
	AccessDenied                 AlertDescription = 49
	DecodeError                  AlertDescription = 50
	DecryptError                 AlertDescription = 51
	ExportRestriction            AlertDescription = 60
	ProtocolVersion              AlertDescription = 70
	InsufficientSecurity         AlertDescription = 71
	InternalError                AlertDescription = 80
	InappropriateFallback        AlertDescription = 86
	UserCanceled                 AlertDescription = 90
	NoRenegotiation              AlertDescription = 100
	UnsupportedExtension         AlertDescription = 110
	CertificateUnobtainable      AlertDescription = 111
	UnrecognizedName             AlertDescription = 112
	BadCertificateStatusResponse AlertDescription = 113
	BadCertificateHashValue      AlertDescription = 114
	UnknownPSKIdentity           AlertDescription = 115
	NoApplicationProtocol        AlertDescription = 120
	AlertNone                    AlertDescription = 255
)

var alertNames = []string{
	CloseNotify: "close_notify", UnexpectedMessage: "unexpected_message", BadRecordMAC: "bad_record_mac",
	DecryptionFailed: "decryption_failed", RecordOverflow: "record_overflow", DecompressionFailure: "decompression_failure",
	HandshakeFailure: "handshake_failure", NoCertificate: "no_certificate", BadCertificate: "bad_certificate",
	UnsupportedCertificate: "unsupported_certificate", CertificateRevoked: "certificate_revoked",
	CertificateExpired: "certificate_expired", CertificateUnknown: "certificate_unknown",
	IllegalParameter: "illegal_parameter", UnknownCA: "unknown_ca", AccessDenied: "access_denied",
	DecodeError: "decode_error", DecryptError: "decrypt_error", ExportRestriction: "export_restriction",
	ProtocolVersion: "protocol_version", InsufficientSecurity: "insufficient_security", InternalError: "internal_error",
	InappropriateFallback: "inappropriate_fallback", UserCanceled: "user_canceled", NoRenegotiation: "no_renegotiation",
	UnsupportedExtension: "unsupported_extension", CertificateUnobtainable: "certificate_unobtainable",
	UnrecognizedName: "unrecognized_name", BadCertificateStatusResponse: "bad_certificate_status_response",
	BadCertificateHashValue: "bad_certificate_hash_value", UnknownPSKIdentity: "unknown_psk_identity",
	NoApplicationProtocol: "no_application_protocol", AlertNone: "none",
}

// String returns the alert's registered name, for instance "bad_record_mac".
func (a AlertDescription) String() string { return nameOf(alertNames, int(a), "alert") }

// ParseAlert is the inverse of [AlertDescription.String].
func ParseAlert(s string) (AlertDescription, error) {
	i, err := parseName(alertNames, s, "alert")
	return AlertDescription(i), err
}
