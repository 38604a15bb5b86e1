package spec

// Extension is a hello extension's type (IANA registry TLS ExtensionType Values).
type Extension uint16

// The extensions that Sesame sends or understands.
const (
	ServerName           Extension = 0      // RFC 6066, Section 3
	SupportedGroups      Extension = 10     // RFC 7919, Section 2; RFC 8422, Section 5.1.1
	ECPointFormats       Extension = 11     // RFC 8422, Section 5.1.2
	SignatureAlgorithms  Extension = 13     // RFC 5246, Section 7.4.1.4.1
	ALPN                 Extension = 16     // RFC 7301, Section 3.1
	EncryptThenMAC       Extension = 22     // RFC 7366, Section 2
	ExtendedMasterSecret Extension = 23     // RFC 7627, Section 5.1
	SessionTicket        Extension = 35     // RFC 5077, Section 3.2
	RenegotiationInfo    Extension = 0xff01 // RFC 5746, Section 3.2
)

// String returns the extension's registered name, for instance "session_ticket".
func (e Extension) String() string {
	switch e {
	case ServerName:
		return "server_name"
	case SupportedGroups:
		return "supported_groups"
	case ECPointFormats:
		return "ec_point_formats"
	case SignatureAlgorithms:
		return "signature_algorithms"
	case ALPN:
		return "application_layer_protocol_negotiation"
	case EncryptThenMAC:
		return "encrypt_then_mac"
	case ExtendedMasterSecret:
		return "extended_master_secret"
	case SessionTicket:
		return "session_ticket"
	case RenegotiationInfo:
		return "renegotiation_info"
	}
	return nameOf(nil, int(e), "extension")
}

// Group is a named group (RFC 8422, Section 5.1.1; RFC 7919, Section 2).
type Group uint16

// The groups that Sesame speaks. FFDHE2048 to FFDHE8192 are RFC 7919's; RFC
// 3526's group 14 has no code point and is a server's custom group.
const (
	Secp256r1 Group = 23
	Secp384r1 Group = 24
	Secp521r1 Group = 25
	X25519    Group = 29
	FFDHE2048 Group = 256
	FFDHE3072 Group = 257
	FFDHE4096 Group = 258
	FFDHE6144 Group = 259
	FFDHE8192 Group = 260
)

// String returns the group's registered name.
func (g Group) String() string {
	switch g {
	case Secp256r1:
		return "secp256r1"
	case Secp384r1:
		return "secp384r1"
	case Secp521r1:
		return "secp521r1"
	case X25519:
		return "x25519"
	case FFDHE2048:
		return "ffdhe2048"
	case FFDHE3072:
		return "ffdhe3072"
	case FFDHE4096:
		return "ffdhe4096"
	case FFDHE6144:
		return "ffdhe6144"
	case FFDHE8192:
		return "ffdhe8192"
	}
	return nameOf(nil, int(g), "group")
}

// SignatureScheme is a SignatureAndHashAlgorithm of TLS 1.2 (RFC 5246, Section
// 7.4.1.4.1) under its SignatureScheme number (RFC 8446, Section 4.2.3).
type SignatureScheme uint16

// The signature schemes that Sesame speaks. MD5SHA1 is not on any wire: it
// names the fixed RSA signature of TLS 1.0 and 1.1 (RFC 4346, Section 7.4.3).
const (
	RSAPKCS1SHA1         SignatureScheme = 0x0201
	ECDSASHA1            SignatureScheme = 0x0203
	RSAPKCS1SHA256       SignatureScheme = 0x0401
	RSAPKCS1SHA384       SignatureScheme = 0x0501
	RSAPKCS1SHA512       SignatureScheme = 0x0601
	ECDSASecp256r1SHA256 SignatureScheme = 0x0403
	ECDSASecp384r1SHA384 SignatureScheme = 0x0503
	ECDSASecp521r1SHA512 SignatureScheme = 0x0603
	RSAPSSRSAESHA256     SignatureScheme = 0x0804
	RSAPSSRSAESHA384     SignatureScheme = 0x0805
	RSAPSSRSAESHA512     SignatureScheme = 0x0806
	Ed25519              SignatureScheme = 0x0807
	MD5SHA1              SignatureScheme = 0xffff
)

// String returns the scheme's registered name.
func (s SignatureScheme) String() string {
	switch s {
	case RSAPKCS1SHA1:
		return "rsa_pkcs1_sha1"
	case ECDSASHA1:
		return "ecdsa_sha1"
	case RSAPKCS1SHA256:
		return "rsa_pkcs1_sha256"
	case RSAPKCS1SHA384:
		return "rsa_pkcs1_sha384"
	case RSAPKCS1SHA512:
		return "rsa_pkcs1_sha512"
	case ECDSASecp256r1SHA256:
		return "ecdsa_secp256r1_sha256"
	case ECDSASecp384r1SHA384:
		return "ecdsa_secp384r1_sha384"
	case ECDSASecp521r1SHA512:
		return "ecdsa_secp521r1_sha512"
	case RSAPSSRSAESHA256:
		return "rsa_pss_rsae_sha256"
	case RSAPSSRSAESHA384:
		return "rsa_pss_rsae_sha384"
	case RSAPSSRSAESHA512:
		return "rsa_pss_rsae_sha512"
	case Ed25519:
		return "ed25519"
	case MD5SHA1:
		return "md5_sha1"
	}
	return nameOf(nil, int(s), "signature_scheme")
}
