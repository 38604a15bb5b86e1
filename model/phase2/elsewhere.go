package phase2

// Elsewhere is a requirement that asks for an invariant which this model cannot
// hold, and the place where it is tested.
type Elsewhere struct {
	Requirement string
	Place       string
	Reason      string
}

// Elsewheres returns the requirements of PACs, of packets, TLVs, methods, keys
// and the end, and of security, that live elsewhere.
func Elsewheres() []Elsewhere { return append([]Elsewhere(nil), elsewhere...) }

var elsewhere = []Elsewhere{
	{"FAST-PAC-01", "impl/fast", "How random a PAC-Key is cannot be modelled: keys are terms that nobody guesses."},
	{"FAST-PAC-02", "impl/fast", "What a PAC-Opaque reveals is a matter of its sealing; a term reveals nothing."},
	{"FAST-PAC-05", "impl/fast", "The store and its choice by A-ID come before the second phase; the model has one server."},
	{"FAST-PAC-09", "impl/fast", "The model has one A-ID; a PAC of another is a matter of content."},
	{"FAST-PAC-32", "impl/fast", "Whether the first phase may be anonymous is decided before ClientHello."},
	{"FAST-PAC-35", "impl/fast", "Server-Trusted-Root is not supported: it is passed over in every state."},
	{"FAST-PKT-11", "impl/eap", "A message is whole here; its fragments are the EAP layer's."},
}
