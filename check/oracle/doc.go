// Package oracle holds other people's TLS libraries against the model. Each
// system under test (package sut) is driven along the tour of the machine of one
// endpoint, attackers' letters included, in every [Class] of scenarios, and along
// what an endpoint reads on random walks of the whole system under an attacker
// with a budget of 3.
//
// Two predictions are made of every word of inputs: profile rfc's, whose
// differences to what the library answers are its deviations, and that of the
// library's own profile, which has to be right, alert for alert: what it does not
// predict is unexplained. [Judge] does all of that for one system.
//
//	judged, err := oracle.Judge(ctx, system, oracle.Options{PKI: pki})
//
// [Player] plays single words.
package oracle
