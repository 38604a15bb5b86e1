package model

import (
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Hello is what the attacker has changed in a hello. A field that is zero is
// as its honest sender made it, so that the zero Hello is an unchanged one.
// Fields that do not belong to the message are zero.
type Hello struct {
	Version       Version     // ClientHello and ServerHello
	Ticket        Ticket      // ClientHello: the SessionTicket extension
	ID            spec.ID     // both: IDEmpty, IDFresh, IDCached, IDOther; ServerHello: IDEcho
	Suites        SuiteList   // ClientHello: the list
	Suite         Suite       // ServerHello: the choice
	TicketExt     spec.Switch // ServerHello: the SessionTicket extension, On or Off
	EMS           spec.Switch // both
	EtM           spec.Switch // both
	Renegotiation Renegotiation
	Random        Random
	Unrequested   bool // ServerHello: an extension that was not asked for
}

// Version is a changed version field.
type Version uint8

// The versions that a hello's field is changed to.
const (
	SameVersion Version = iota
	VersionSSL30
	VersionTLS10
	VersionTLS11
	VersionTLS12
)

// Version returns the version on the wire, and zero for SameVersion.
func (v Version) Version() spec.Version {
	if v == SameVersion {
		return 0
	}
	return spec.SSL30 + spec.Version(v-VersionSSL30)
}

// Ticket is a changed SessionTicket extension of ClientHello.
type Ticket uint8

// What the extension is changed to: nothing, a zero-length one, octets that
// open at nobody's server, a PAC that the server has issued to the attacker,
// the PAC of the scenario, and an RFC 5077 ticket of the scenario's session.
const (
	SameTicket Ticket = iota
	TicketStripped
	TicketEmptied
	TicketGarbage
	TicketOtherPAC
	TicketGood
	TicketOfSession
)

// SuiteList is a changed list of cipher suites.
type SuiteList uint8

// The lists: DH_anon suites alone; suites that nobody knows; the list with
// FALLBACK_SCSV added.
const (
	SameSuites SuiteList = iota
	SuitesAnonymous
	SuitesUnknown
	SuitesFallback
)

// Suite is a cipher suite as a class. SuiteNormal is what the scenario's key
// exchange and mode say; SuiteOther is another one of the same kind, which the
// client has offered too.
type Suite uint8

// The classes.
const (
	NoSuite Suite = iota
	SuiteNormal
	SuiteOther
	SuiteNotOwn
	SuiteNotOffered
	SuiteAnonymous
	SuiteWrongVersion
	SuiteNotImplemented
)

// Renegotiation is a changed renegotiation_info or SCSV (RFC 5746).
type Renegotiation uint8

// What the indication is changed to: nothing, or an extension that is not empty.
const (
	SameRenegotiation Renegotiation = iota
	RenegotiationStripped
	RenegotiationBad
)

// Random is a changed random, and with it the origin of a whole hello.
type Random uint8

// The randoms: RandomChanged has one octet flipped; RandomRecorded is a
// recorded session's, and so is the whole hello; RandomForeign is the
// attacker's own, who has made the whole hello.
const (
	SameRandom Random = iota
	RandomChanged
	RandomRecorded
	RandomForeign
)

var (
	versionNames       = [...]string{"", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"}
	ticketNames        = [...]string{"", "stripped", "emptied", "garbage", "other-pac", "pac", "session"}
	suitesNames        = [...]string{"", "anonymous", "unknown", "fallback-scsv"}
	suiteNames         = [...]string{"", "normal", "other", "not-own", "not-offered", "anonymous", "wrong-version", "not-implemented"}
	renegotiationNames = [...]string{"", "stripped", "bad"}
	randomNames        = [...]string{"", "changed", "recorded", "foreign"}
)

// String returns the version's name, empty for SameVersion.
func (v Version) String() string { return versionNames[v] }

// String returns the ticket's name, empty for SameTicket.
func (t Ticket) String() string { return ticketNames[t] }

// String returns the list's name, empty for SameSuites.
func (s SuiteList) String() string { return suitesNames[s] }

// String returns the class's name, empty for NoSuite.
func (s Suite) String() string { return suiteNames[s] }

// String returns the change's name, empty for SameRenegotiation.
func (r Renegotiation) String() string { return renegotiationNames[r] }

// String returns the change's name, empty for SameRandom.
func (r Random) String() string { return randomNames[r] }

// String lists the changes as field=value, separated by spaces.
func (h Hello) String() string {
	var b strings.Builder
	put := func(field, value string) {
		if value == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(field + "=" + value)
	}
	onOff := func(s spec.Switch) string {
		if s == spec.SwitchOpen {
			return ""
		}
		return s.String()
	}
	put("version", h.Version.String())
	put("ticket", h.Ticket.String())
	if h.ID != spec.IDOpen {
		put("sid", h.ID.String())
	}
	put("suites", h.Suites.String())
	put("suite", h.Suite.String())
	put("ticket-extension", onOff(h.TicketExt))
	put("ems", onOff(h.EMS))
	put("etm", onOff(h.EtM))
	put("renegotiation", h.Renegotiation.String())
	put("random", h.Random.String())
	if h.Unrequested {
		put("unrequested", "on")
	}
	return b.String()
}
