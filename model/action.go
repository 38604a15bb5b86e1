package model

import "github.com/sesame-tls/sesame/spec"

// Action is one transition as a caller chooses it. For an endpoint's action
// Event says all. For the attacker's, To names the stream by the side that
// reads it, and the other fields say what happens to it.
type Action struct {
	Event spec.Event
	To    spec.Role // the side that acts, or that would read the stream that the attacker acts on

	// Message is what the attacker injects or replays. In a change it holds, in
	// Message.Hello, the one field that is changed, at its new value; the rest of
	// the hello stays as it is.
	Message Message
	// Splice: the replayed message takes the head's place instead of going before it.
	Splice bool

	// Takes: from this message on, the attacker plays the part of the side that
	// writes this stream. That side is cut off: what it sends is lost, and what
	// the other side sends goes to the attacker. Its further messages cost nothing.
	Takes bool

	move move
	// space is what the step narrows the scenario to.
	space space
}
