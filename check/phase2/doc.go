// Package phase2 drives the model of EAP-FAST's second phase and its
// implementation together: a real peer and a real server, or one of them
// against an attacker that is the other side and says whatever the model's
// does.
//
// Use [Walk] for one random run of a scenario, [Drive] for many. The first
// phase is a real handshake. From then on each message in the tunnel, each
// clear-text end and each side's state is held against the model's; the first
// difference is an error that tells the whole conversation.
//
// An attacker in the middle is not driven: it is both of the others at once,
// and knows less.
package phase2
