package spec

// Secret is a master secret as a term: where it came from. It stands for the
// octets in the model, and in comparisons of the model with real runs.
type Secret uint8

// The secrets.
const (
	NoSecret     Secret = iota
	PAC                 // the session secret that the callback supplied
	OtherPAC            // a session secret under another PAC key than the client's
	Session             // the master secret of a resumed session
	KeyExchanged        // made by this handshake's key exchange
	OtherKeyExchanged
)

// String returns the term as it stands in scenarios and charts: none, pac,
// otherPAC, session, kx, otherKX.
func (s Secret) String() string {
	return nameOf([]string{"none", "pac", "otherPAC", "session", "kx", "otherKX"}, int(s), "Secret")
}

// Shortening is how a handshake came to be shortened.
type Shortening uint8

// The ways to resume. Full is a full handshake, ByTicket RFC 5077's,
// BySessionSecret the session-secret callback's.
const (
	Full Shortening = iota
	BySessionID
	ByTicket
	BySessionSecret
)

// String returns "none", "session-id", "ticket" or "session-secret".
func (r Shortening) String() string {
	return nameOf([]string{"none", "session-id", "ticket", "session-secret"}, int(r), "Shortening")
}
