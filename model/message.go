package model

import "github.com/sesame-tls/sesame/spec"

// Message is one message on a stream, as a symbol.
type Message struct {
	Type   spec.Message
	Origin Origin
	Keyed  spec.Secret // what the record is sealed with, as its sender names it; NoSecret: in the clear
	Level  spec.AlertLevel
	Alert  spec.AlertDescription // of an alert
	Empty  bool                  // a client's Certificate without a certificate
	Hello  Hello                 // of a hello: what the attacker has changed
}

// Origin says whose octets a message is made of. Messages that all would make
// alike (ChangeCipherSpec, ServerHelloDone, alerts in the clear, …) are Honest.
type Origin uint8

// The origins.
const (
	Honest   Origin = iota // the peer's, in this session
	Recorded               // a recorded session's between the same two endpoints, or reflected
	Forged                 // the attacker's own
)

// String returns "honest", "recorded" or "forged".
func (o Origin) String() string { return [...]string{"honest", "recorded", "forged"}[o] }
