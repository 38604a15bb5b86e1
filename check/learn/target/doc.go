// Package target has what package learn learns of TLS: endpoints of this
// implementation in process, any server at an address, and any client that
// connects; and what their machines are held against, the model's.
//
// Take a system, [NewImpl], [NewServer] or [NewClient], learn it, and compare:
//
//	system, err := target.NewImpl(spec.Server, spec.Scenario{ServerCallback: spec.CallbackAccept}, 1)
//	result, err := target.Learn(ctx, system, nil, target.Options{})
//	want, err := target.Expect(system, scenario, profile)
//	for _, conversation := range target.Differences(result.Machine, want, spec.Server) { … }
//
// Inputs are the names of package model's machine ([model.Machine.Inputs]),
// outputs the words of [graph.Wire]: the messages that were sent in answer, data
// where application data was delivered, closed from the step on after which the
// endpoint reads nothing more. [Silent] is an answer of nothing.
//
// # What cannot be seen from outside
//
// Of an endpoint at the other end of a socket nothing but octets is known. That
// it has delivered data does not show: [Project] leaves that out of a
// comparison. What its application writes after the handshake is no answer. That
// it will say nothing more shows in that it does not, for a while: [Pace] says
// for how long. A fatal alert counts as the end of the connection.
//
// A session is used up by a connection that fails, so that one is made anew
// before it is offered again. Where the server keeps none, or issues no ticket,
// the inputs that need one are left out, and the notes say so.
package target
