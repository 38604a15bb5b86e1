package spec

// Scenario is one point of the configuration space: all that both endpoints
// were told before the handshake began. The model, the lockstep harness and
// the command line share it.
//
// The zero value of each field means that it has not been chosen; the model
// chooses a field when it first matters, so that what cannot matter costs no
// states. [Scenario.WithDefaults] fills what was left open with the plainest
// choice.
type Scenario struct {
	ServerCallback Callback // what the server's session-secret callback does
	ClientCallback Callback // what the client's does; it cannot decline
	Ticket         Ticket   // the SessionTicket extension of ClientHello
	Keys           Keys     // whether both callbacks hold the same PAC key
	SessionID      ID       // the Session ID of ClientHello
	Named          Named    // the suite that the server's callback names
	Preferred      Named    // the suite that the client's callback names: recorded only

	ServerTickets Switch // the server issues and opens RFC 5077 tickets
	ClientVersion Offer  // the highest version that the client offers
	ServerVersion Offer  // the highest version that the server takes

	ClientEMS Switch // extended_master_secret (RFC 7627)
	ServerEMS Switch
	ClientEtM Switch // encrypt_then_mac (RFC 7366)
	ServerEtM Switch

	Exchange   Exchange   // the key exchange of a full handshake
	ClientAuth ClientAuth // what the server asks of the client
	ClientCert Switch     // the client has a certificate to send
	StandsIn   Switch     // TicketIsClientAuth: a PAC stands in for a required client certificate
	TrustRoot  Switch     // the client has a root that verifies the server's chain

	Mode       Mode   // the bulk ciphers that both list under TLS 1.2; CBC is all there is before it
	SessionEMS Switch // the session that the client may resume was made with extended_master_secret
}

// Callback is what a session-secret callback does when it is called.
type Callback uint8

// What a callback does. Decline is the server's only: (nil, nil) there.
const (
	CallbackOpen Callback = iota
	CallbackUnset
	CallbackAccept
	CallbackDecline
	CallbackFail
	CallbackWrongLength
)

// String returns the word that scenarios and charts use.
func (c Callback) String() string {
	return nameOf([]string{"?", "unset", "accept", "decline", "fail", "wrong-length"}, int(c), "Callback")
}

// Ticket is what ClientHello's SessionTicket extension holds.
type Ticket uint8

// The tickets. TicketSession is an RFC 5077 ticket of an earlier session.
const (
	TicketOpen Ticket = iota
	TicketAbsent
	TicketEmpty
	TicketPAC
	TicketSession
)

// String returns the word that scenarios and charts use.
func (t Ticket) String() string {
	return nameOf([]string{"?", "absent", "empty", "pac", "session"}, int(t), "Ticket")
}

// Keys says whether the two callbacks hold the same PAC key.
type Keys uint8

// The keys.
const (
	KeysOpen Keys = iota
	KeysAgree
	KeysDiffer
)

// String returns the word that scenarios and charts use.
func (k Keys) String() string { return nameOf([]string{"?", "agree", "differ"}, int(k), "Keys") }

// ID is the class of a Session ID (RFC 5246, Section 7.4.1.2).
type ID uint8

// The classes. IDFresh is random octets of its sender's making; IDEcho, in
// ServerHello only, repeats ClientHello's as the server received it; IDCached
// names a session that the server holds; IDOther is one that the attacker made.
const (
	IDOpen ID = iota
	IDEmpty
	IDFresh
	IDCached
	IDEcho
	IDOther
)

// String returns the word that scenarios and charts use.
func (i ID) String() string {
	return nameOf([]string{"?", "empty", "fresh", "cached", "echo", "other"}, int(i), "ID")
}

// Named is the suite that a callback names beside its secret.
type Named uint8

// The suites that a callback may name.
const (
	NamedOpen Named = iota
	NamedNone
	NamedOffered        // offered by the client and on the server's list
	NamedNotOffered     // implemented, but not offered
	NamedNotOwn         // offered, but not on the server's own list
	NamedAnonymous      // a DH_anon suite, offered
	NamedWrongVersion   // offered, but not for the negotiated version
	NamedNotImplemented // offered, but unknown to the implementation
	namedValues         = int(NamedNotImplemented) + 1
)

// String returns the word that scenarios and charts use.
func (n Named) String() string {
	names := [namedValues]string{"?", "none", "offered", "not-offered", "not-own", "anonymous", "wrong-version", "not-implemented"}
	return nameOf(names[:], int(n), "Named")
}

// Switch is on or off, once it has been chosen. Required is more than On where
// a setting may insist on the extension.
type Switch uint8

// The positions.
const (
	SwitchOpen Switch = iota
	Off
	On
	Required
)

// String returns the word that scenarios and charts use.
func (s Switch) String() string {
	return nameOf([]string{"?", "off", "on", "required"}, int(s), "Switch")
}

// Offer is the highest version that an endpoint offers or takes.
type Offer uint8

// The versions.
const (
	OfferOpen Offer = iota
	OfferTLS10
	OfferTLS11
	OfferTLS12
)

// String returns "1.0", "1.1" or "1.2".
func (o Offer) String() string { return nameOf([]string{"?", "1.0", "1.1", "1.2"}, int(o), "Offer") }

// Version returns the version on the wire.
func (o Offer) Version() Version { return SSL30 + Version(o) }

// Exchange is the key exchange of a full handshake, as a class.
type Exchange uint8

// The classes: a certificate with RSA key transport, a certificate with a
// signed ephemeral key, DH_anon alone, and DH_anon offered beside ephemeral
// certificate suites.
const (
	ExchangeOpen Exchange = iota
	ExchangeRSA
	ExchangeEphemeral
	ExchangeAnonymous
	ExchangeAnonymousBeside
)

// String returns the word that scenarios and charts use.
func (x Exchange) String() string {
	return nameOf([]string{"?", "rsa", "ephemeral", "anonymous", "anonymous-beside"}, int(x), "Exchange")
}

// Mode is the kind of bulk cipher of the suites that both endpoints list.
type Mode uint8

// The modes.
const (
	ModeOpen Mode = iota
	ModeAEAD
	ModeCBC
)

// String returns the word that scenarios and charts use.
func (m Mode) String() string { return nameOf([]string{"?", "aead", "cbc"}, int(m), "Mode") }

// ClientAuth is what a server asks of the client: the classes of crypto/tls's
// five values.
type ClientAuth uint8

// The classes.
const (
	ClientAuthOpen ClientAuth = iota
	ClientAuthOff
	ClientAuthRequest
	ClientAuthRequire
)

// String returns the word that scenarios and charts use.
func (c ClientAuth) String() string {
	return nameOf([]string{"?", "off", "request", "require"}, int(c), "ClientAuth")
}

// WithDefaults returns s with each open field set to the plainest choice: no
// callbacks, no ticket, an empty Session ID, TLS 1.2, EMS on both sides, an
// ephemeral AEAD certificate suite that the client trusts, no client
// certificate.
func (s Scenario) WithDefaults() Scenario {
	def(&s.ServerCallback, CallbackUnset)
	def(&s.ClientCallback, CallbackUnset)
	def(&s.Ticket, TicketAbsent)
	def(&s.Keys, KeysAgree)
	def(&s.SessionID, IDEmpty)
	def(&s.Named, NamedNone)
	def(&s.Preferred, NamedNone)
	def(&s.ServerTickets, Off)
	def(&s.ClientVersion, OfferTLS12)
	def(&s.ServerVersion, OfferTLS12)
	def(&s.ClientEMS, On)
	def(&s.ServerEMS, On)
	def(&s.ClientEtM, Off)
	def(&s.ServerEtM, Off)
	def(&s.Exchange, ExchangeEphemeral)
	def(&s.ClientAuth, ClientAuthOff)
	def(&s.ClientCert, Off)
	def(&s.StandsIn, Off)
	def(&s.TrustRoot, On)
	def(&s.Mode, ModeAEAD)
	def(&s.SessionEMS, On)
	return s
}

func def[T ~uint8](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
