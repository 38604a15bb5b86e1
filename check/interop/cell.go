package interop

import (
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// Kind is a kind of handshake.
type Kind uint8

// The kinds. The last three offer a PAC; in the last its key is another at the
// server.
const (
	FullHandshake Kind = iota
	SessionID
	Ticket
	PACAccepted
	PACDeclined
	PACKeysDiffer
)

// Kinds are all kinds.
var Kinds = []Kind{FullHandshake, SessionID, Ticket, PACAccepted, PACDeclined, PACKeysDiffer}

var kindNames = []string{"full", "session-id", "ticket", "pac-accepted", "pac-declined", "pac-keys-differ"}

// String returns the kind's name, for instance "pac-accepted".
func (k Kind) String() string { return kindNames[k] }

// Choice is the rest of a cell: whether both sides are willing to use
// extended_master_secret and encrypt_then_mac, and the key of the client
// certificate that the server requires. With Ed25519, an ECDHE_ECDSA server has
// such a certificate too.
type Choice struct {
	EMS, EtM bool
	Client   KeyKind // NoKey: no certificate is asked for
}

// Choices are all choices. A choice's index is its bit in the manifest.
var Choices = func() []Choice {
	var all []Choice
	for _, key := range []KeyKind{NoKey, RSA2048, P256, Ed25519} {
		for _, etm := range []bool{false, true} {
			for _, ems := range []bool{false, true} {
				all = append(all, Choice{ems, etm, key})
			}
		}
	}
	return all
}()

// Cell is one cell of the matrix.
type Cell struct {
	Ours    spec.Role
	Peer    *PeerInfo
	Version spec.Version
	Suite   spec.SuiteID
	Kind    Kind
	Choice
}

// String names the cell in one line.
func (c Cell) String() string {
	return fmt.Sprintf("%v with %s, %v, %v, %v, EMS %v, EtM %v, client certificate %v",
		c.Ours, c.Peer.Name, c.Version, c.Suite, c.Kind, c.EMS, c.EtM, c.Client)
}

// PeerInfo is what a peer can do.
type PeerInfo struct {
	Name        string
	Callback    bool // has the session-secret callback
	SessionIDs  bool // resumes by Session ID
	EtM         bool
	EMSOff      bool           // can be told to go without extended_master_secret
	Suites      []spec.SuiteID // nil: all
	ReverseLine bool           // its server answers a line with its reverse
}

// The peers of the matrix.
var (
	OpenSSLCallback = &PeerInfo{Name: "openssl-callback", Callback: true, SessionIDs: true, EtM: true, EMSOff: true}
	OpenSSLStock    = &PeerInfo{Name: "openssl-s_client-s_server", SessionIDs: true, EtM: true, ReverseLine: true}
	CryptoTLS       = &PeerInfo{Name: "crypto-tls", Suites: GoSuites()}
)

// Peers are all peers.
var Peers = []*PeerInfo{OpenSSLCallback, OpenSSLStock, CryptoTLS}

// Group is a cell without its choice: what every run plays once.
type Group struct {
	Ours    spec.Role
	Peer    *PeerInfo
	Version spec.Version
	Suite   spec.SuiteID
	Kind    Kind
}

// Cell returns the group's cell with a choice.
func (g Group) Cell(c Choice) Cell { return Cell{g.Ours, g.Peer, g.Version, g.Suite, g.Kind, c} }

// Groups returns all groups, of every version, every suite that the version
// has, and every kind.
func Groups() []Group {
	var all []Group
	for _, peer := range Peers {
		for _, ours := range []spec.Role{spec.Client, spec.Server} {
			for _, version := range []spec.Version{spec.TLS12, spec.TLS11, spec.TLS10} {
				for _, s := range spec.Suites() {
					if s.MinVersion > version {
						continue
					}
					for _, kind := range Kinds {
						all = append(all, Group{ours, peer, version, s.ID, kind})
					}
				}
			}
		}
	}
	return all
}

// NotApplicable returns why the cell cannot be played, "" if it can.
func (c Cell) NotApplicable() string {
	s, _ := spec.SuiteByID(c.Suite)
	switch {
	case c.Peer.Suites != nil && !slices.Contains(c.Peer.Suites, c.Suite):
		return c.Peer.Name + " does not implement the suite"
	case c.Kind >= PACAccepted && !c.Peer.Callback:
		return c.Peer.Name + " has no session-secret callback"
	case c.Kind == SessionID && !c.Peer.SessionIDs:
		return c.Peer.Name + " does not resume by Session ID"
	case c.EtM && !c.Peer.EtM:
		return c.Peer.Name + " has no encrypt_then_mac"
	case c.Client != NoKey && s.KeyExchange.Anonymous():
		return "an anonymous server asks for no certificate (RFC 5246, Section 7.4.4)"
	case c.Client == Ed25519 && c.Version < spec.TLS12:
		return "Ed25519 needs TLS 1.2 (RFC 8422, Section 5.10)"
	}
	return ""
}
