// Package spec is Sesame's vocabulary: roles, messages, alerts, extensions,
// cipher suites, states, events, scenarios, profiles and observations, under
// the names that the RFCs and the IANA registries give them.
//
// Everything that Sesame says about a handshake it says in these words: the
// explicit-state model, the TLA+ modules, the traces, the implementation's
// errors and the documentation. Use this package to read a trace, to name a
// [Scenario], or to compare two [Observation] values; use impl/tls to speak
// TLS, and model to explore it.
//
// Package spec imports the standard library only. The model and the
// implementation both import it, and never each other, so that their
// agreement says something.
package spec
