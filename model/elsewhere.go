package model

// Elsewhere is a requirement that is marked as an invariant and is none of this
// model's, with the place where it lives.
type Elsewhere struct {
	Requirement string
	Place       string   // a folder of the module, which cites it
	Reason      string   // why it is not here
	Instead     []string // of one that is out of scope: what is cited in its place
}

// Elsewheres returns the requirements of the handshake, of TLS and of security
// that ask for an invariant which this model cannot hold.
func Elsewheres() []Elsewhere { return append([]Elsewhere(nil), elsewhere...) }

var elsewhere = []Elsewhere{
	{"FAST-TLS-02", "impl/fast", "Which PAC is offered under which A-ID is decided before the handshake; the model has one PAC.", nil},
	{"FAST-TLS-29", "impl/fast", "The PAC store is the application's. The model shows what it relies on: a client takes a ticket for accepted only with client-established-with-server.", nil},
	{"FAST-TLS-34", "impl/fast", "The second phase runs inside the tunnel, after the model's last state.", nil},
	{"TLS-BASE-22", "impl/handshake", "Renegotiation is refused, and the refusal is what is checked.", []string{"TLS-BASE-23", "TLS-ALERT-11"}},
	{"TLS-BASE-24", "impl/handshake", "Renegotiation is refused, and the refusal is what is checked.", []string{"TLS-BASE-23", "TLS-ALERT-11"}},
	{"TLS-BASE-27", "impl/handshake", "Key export is a function of the established state: a test of the code, not a transition.", nil},
	{"FAST-SEC-07", "model/phase2", "EAP-FAST's version field is in EAP packets and in Crypto-Binding.", nil},
	{"FAST-SEC-08", "model/phase2", "Inner methods and their binding belong to the second phase.", nil},
	{"FAST-SEC-10", "model/phase2", "The derived challenges of MSCHAPv2 belong to the second phase.", nil},
	{"FAST-SEC-11", "model/phase2", "Access and exported keys are decided after the second phase.", nil},
	{"FAST-SEC-12", "model/phase2", "Identities are proved in the second phase.", nil},
	{"FAST-SEC-13", "model/phase2", "EAP Success and Failure are outside of TLS.", nil},
}
