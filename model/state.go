package model

import "github.com/sesame-tls/sesame/spec"

// State is one state of the system: both endpoints, both streams, what the
// attacker has left, and the scenarios that are still possible. States compare
// with ==.
type State struct {
	Client, Server Endpoint

	space    space
	toClient queue
	toServer queue

	Budget uint8 // moves that the attacker has left
	Lost   bool  // the attacker has taken something off a stream, so that waiting may be in vain
	// Inserted says of the stream to the client, and of that to the server, that
	// its head is a message that the attacker has put there. It is read next.
	Inserted [2]bool
	// Taken says whose part the attacker plays from now on: to the server the
	// client's, or to the client the server's. The honest one is cut off.
	TakenClient, TakenServer bool
}

// Endpoint is what one side holds. The fields that stand for configuration are
// in the scenario, not here.
type Endpoint struct {
	State    spec.State
	Secret   spec.Secret     // the master secret, once there is one
	Resumed  spec.Shortening // how the handshake is being shortened, as far as decided
	Failure  spec.Failure
	Suite    Suite   // chosen, or taken from ServerHello
	ID       spec.ID // of ServerHello: as sent, or as received by the client
	Pending  bool    // client: the callback's secret waits for the next message
	PeerAuth bool    // the peer is authenticated
	Promised bool    // ServerHello had the SessionTicket extension
	Cert     Cert    // the client's certificate: as sent, or as taken by the server
	Foreign  bool    // a message that the peer did not make is in the transcript
	Sent     bool    // application data
	Got      bool    // application data

	// Hello is what the attacker has changed in the hello that this endpoint
	// reads, before and after it has been read.
	Hello Hello

	// Session cache of the server: the entry that the client may name, and the
	// entry that this handshake has added.
	HasCached, HasAdded bool

	// What some quirks remember: that what is taken once out of its place has come,
	// and that NewSessionTicket has.
	Heard, Ticketed bool
}

// Cert is a client's Certificate message.
type Cert uint8

// The certificates: none was sent, an empty one, the client's, an empty one and a
// CertificateVerify.
const (
	NoCert Cert = iota
	CertEmpty
	CertGood
	CertEmptyVerified
)

// String returns "none", "empty", "good" or "empty, verified".
func (c Cert) String() string {
	return [...]string{NoCert: "none", CertEmpty: "empty", CertGood: "good", CertEmptyVerified: "empty, verified"}[c]
}
