package model

import "github.com/sesame-tls/sesame/spec"

// Attack is something that the protocol does not prevent, so that an
// exploration has to find it: a model in which it cannot happen is wrong.
type Attack struct {
	Name         string
	Text         string
	Requirements []string
	Budget       int // the attacker's moves that it takes
	Endpoint     bool

	state func(st *State) bool
	when  func(client, server spec.State) bool
}

var attacks = []Attack{
	{
		Name: "pac-key-opens-the-past",
		Text: "Who records a session under a PAC and learns the PAC-Key later can derive its secret: no forward secrecy. " +
			"The secret of a full handshake does not depend on the PAC-Key.",
		Requirements: []string{"FAST-SEC-04"},
		when:         bothEstablished,
		state: func(st *State) bool {
			// T-PRF needs the PAC-Key and the randoms, which are on the wire.
			return st.Client.Secret == spec.PAC
		},
	},
	{
		Name:         "tickets-link-sessions",
		Text:         "The same opaque ticket stands in the clear in two ClientHellos of a client: whoever sees both knows that they are the same client's.",
		Requirements: []string{"FAST-SEC-14"},
		when:         func(_, s spec.State) bool { return s == spec.AwaitChangeCipherSpecAbbreviated },
		Budget:       1,
		state: func(st *State) bool {
			return st.Server.Hello == Hello{Random: RandomRecorded} && st.Server.Resumed == spec.BySessionSecret
		},
	},
	{
		Name: "anonymous-man-in-the-middle",
		Text: "With an anonymous suite, or for a server that asks for nothing, the attacker can stand between two established " +
			"sides: what follows must prove who is there.",
		Requirements: []string{"FAST-SEC-09", "FAST-PAC-26"},
		when:         bothEstablished,
		Budget:       2,
		Endpoint:     true,
		state:        func(st *State) bool { return st.TakenClient && st.TakenServer },
	},
}

func bothEstablished(client, server spec.State) bool {
	return client == spec.Established && server == spec.Established
}

// Attacks returns what an exploration has to find.
func Attacks() []Attack { return append([]Attack(nil), attacks...) }
