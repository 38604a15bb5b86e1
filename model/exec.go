package model

import "github.com/sesame-tls/sesame/spec"

// exec carries out one move. Where the move depends on a dimension that has
// more than one value left, exec takes one side and puts the other on alts:
// whoever drives it runs the move again for each of them, and comes to the
// same question with the answer given. So a step is plain code, and each run
// of it is deterministic.
type exec struct {
	sys  *System
	st   State
	alts []space
	off  bool // the move is not possible here after all

	edge edge // of judgeEdge
	open bool // one endpoint alone: nobody reads what it sends
	role spec.Role
	me   *Endpoint
	in   input
	out  output
}

// newExec returns an exec for many moves. Its alternatives have room for what a
// step asks, in memory that no other worker writes to.
func newExec(s *System) exec { return exec{sys: s, alts: make([]space, 0, 64)} }

// input is one message as a class: all that an endpoint's step may look at
// besides its own fields.
type input struct {
	symbol
	class class
}

// class is what the keys, the transcript or a signature say about a message.
type class uint8

const (
	classGood      class = iota
	classBadMAC          // a protected record that does not open, or a clear one where keys are active
	classGarbage         // a protected record where no keys are active; an endpoint may also wait for more of it
	classBadVerify       // a Finished or a signature that does not verify
)

// output is what a step shows besides the states before and after it.
type output struct {
	event     spec.Event
	sent      [8]uint8
	sentKeyed [8]spec.Secret
	n         int
	call      spec.Callback // what the callback answered; CallbackOpen: it was not called
	cache     spec.CacheOp
	alert     spec.AlertSeen
	delivered bool
	refused   bool // a fatal alert is sent:
	refusal   spec.AlertDescription

	// Of ServerHello: extensions that do not follow from the negotiation.
	renegotiation bool
	serverName    bool
}

// is reports whether dimension d has a value in want. Where both answers are
// possible it narrows the scenario to yes, and leaves no for another run.
func (x *exec) is(d dim, want set) bool {
	have := x.st.space.get(d)
	yes := have & want
	switch {
	case yes == 0:
		return false
	case yes == have:
		return true
	}
	no := x.st.space
	no.put(d, have&^want)
	sp := x.st.space
	sp.put(d, yes)
	noPossible, yesPossible := no.settle(), sp.settle()
	if !yesPossible {
		x.st.space = no
		return false
	}
	if noPossible {
		x.alts = append(x.alts, no)
	}
	x.st.space = sp
	return true
}

// turn makes r the endpoint that acts.
func (x *exec) turn(r spec.Role) {
	x.role = r
	x.me = &x.st.Client
	if r == spec.Server {
		x.me = &x.st.Server
	}
}

// has reports whether the endpoints deviate in this way.
func (x *exec) has(f fault) bool { return x.sys.faults.has(f) }

// send puts a message on the stream to the peer. What a failed endpoint would
// read is thrown away.
func (x *exec) send(o uint8) {
	x.out.sent[x.out.n] = o
	if symbols[o].sealed {
		x.out.sentKeyed[x.out.n] = x.me.Secret
	}
	x.out.n++
	switch {
	case x.open:
	case x.st.TakenClient || x.st.TakenServer:
		// The attacker reads it, and knows what to do.
	case x.role == spec.Client && x.st.Server.State != spec.Failed:
		x.st.toServer = x.st.toServer.push(o)
	case x.role == spec.Server && x.st.Client.State != spec.Failed:
		x.st.toClient = x.st.toClient.push(o)
	}
}

// fail sends a fatal alert and closes.
func (x *exec) fail(a spec.AlertDescription) {
	x.out.event = spec.ServerReject
	if x.role == spec.Client {
		x.out.event = spec.ClientReject
	}
	x.out.refused, x.out.refusal = true, a
	x.send(fatalAlert(a, x.me.State.WriteProtected(x.role)))
	x.end(spec.FailureSentAlert)
	x.send(symEnd)
}

// end makes the endpoint that acts a failed one, and empties what it would
// have read.
func (x *exec) end(why spec.Failure) {
	// RFC 5246, Section 7.2.1: the end of the stream makes no session unusable.
	if why == spec.FailureSentAlert || why == spec.FailureReceivedAlert {
		x.forget()
	}
	x.me.State, x.me.Failure, x.me.Pending = spec.Failed, why, false
	x.st.Inserted[x.role] = false
	if x.role == spec.Client {
		x.st.toClient = 0
	} else {
		x.st.toServer = 0
	}
}

// forget removes a session from the server's cache whose connection ends badly.
func (x *exec) forget() {
	if x.role != spec.Server || x.out.cache != spec.CacheNone || x.has(faultSessionSurvives) {
		return
	}
	// RFC 5246, Section 7.2.2: a fatal alert makes the session unusable.
	if x.me.HasCached && x.me.Resumed == spec.BySessionID {
		x.me.HasCached, x.out.cache = false, spec.CacheRemove
	}
	if x.me.HasAdded {
		x.me.HasAdded, x.out.cache = false, spec.CacheRemove
	}
	if x.has(faultEchoEvicts) && x.me.Resumed == spec.BySessionSecret && x.me.HasCached && x.chIsCached() {
		x.me.HasCached, x.out.cache = false, spec.CacheRemove
	}
}

// deliver lets r read the head of its stream.
func (x *exec) deliver(r spec.Role) {
	x.turn(r)
	var o uint8
	if r == spec.Client {
		o, x.st.toClient = x.st.toClient.head(), x.st.toClient.pop()
	} else {
		o, x.st.toServer = x.st.toServer.head(), x.st.toServer.pop()
	}
	x.st.Inserted[r] = false
	x.in = input{symbol: symbols[o]}
	x.openHello()
	x.in.class = x.classify()
	x.step()
	if x.has(faultWarningNotConsumed) && x.in.level == spec.LevelWarning && x.me.State != spec.Failed {
		q := x.st.streamOf(r)
		*q = q.insert(o)
	}
}

// step is one endpoint's reaction to x.in. It looks at nothing of the peer but
// the hello that is read.
func (x *exec) step() {
	switch m := x.in.typ; {
	case len(x.sys.conducts[x.role]) > 0 && x.ownWay(false):
	case m == spec.EndOfStream:
		x.out.event = receive(x.role, m)
		x.end(spec.FailureEndOfStream)
		x.send(symEnd)
	case x.in.class == classBadMAC && x.has(faultWrongAlert):
		x.fail(spec.DecryptError)
	case x.in.class == classBadMAC && x.has(faultSecondCCSInternal) && x.role == spec.Client && m == spec.ChangeCipherSpec:
		x.fail(spec.InternalError)
	case x.in.class == classBadMAC:
		x.fail(spec.BadRecordMAC)
	case x.in.class == classGarbage && x.has(faultSilentDiscard):
		x.misplaced()
	case x.in.class == classGarbage:
		x.fail(spec.UnexpectedMessage)
	case m == spec.EmptyHandshake && x.ignoresEmpty():
		x.ignored()
	case m == spec.Alert:
		x.readAlert()
	case x.me.State == spec.Established:
		x.established()
	case x.role == spec.Client:
		x.client()
	default:
		x.server()
	}
}

func (x *exec) readAlert() {
	x.out.alert = spec.AlertSeen{Level: x.in.level, Description: x.in.alert}
	fatal, warning := spec.ClientReceiveFatalAlert, spec.ClientReceiveWarning
	if x.role == spec.Server {
		fatal, warning = spec.ServerReceiveFatalAlert, spec.ServerReceiveWarning
	}
	afterCCS := x.me.State == spec.AwaitFinished || x.me.State == spec.AwaitFinishedAbbreviated
	amiss := afterCCS && x.refusesAlertBetween() || x.has(faultAlertFirst) && x.me.State == spec.AwaitClientHello
	if amiss || x.in.level == spec.LevelWarning && afterCCS {
		// RFC 5246, Section 7.4.9: Finished comes right after ChangeCipherSpec.
		x.misplaced()
		return
	}
	if x.in.level == spec.LevelWarning {
		// RFC 5246, Section 7.2.2: a warning does not end the connection.
		x.out.event = warning
		x.me.Pending = x.me.Pending && !x.has(faultWarningDisarms)
		if x.has(faultWarningPingPong) {
			x.send(octet(x.in.symbol))
		}
		return
	}
	x.out.event = fatal
	x.end(spec.FailureReceivedAlert)
	x.send(symEnd)
}

// ignoresEmpty reports whether the endpoint that acts skips empty handshake
// records.
func (x *exec) ignoresEmpty() bool {
	if x.role == spec.Client {
		return x.has(faultClientEmptyIgnored)
	}
	return x.has(faultServerEmptyIgnored)
}

// refusesAlertBetween reports whether it takes a fatal alert between
// ChangeCipherSpec and Finished for a message out of place.
func (x *exec) refusesAlertBetween() bool {
	if x.role == spec.Client {
		return x.has(faultClientAlertBetween)
	}
	return x.has(faultServerAlertBetween)
}

// ignored is a step in which nothing comes of what was read: no event is nearer
// to it than that of a warning.
func (x *exec) ignored() {
	x.out.event = spec.ServerReceiveWarning
	if x.role == spec.Client {
		x.out.event = spec.ClientReceiveWarning
	}
}

// established is both roles' step after the handshake.
func (x *exec) established() {
	x.out.event = receive(x.role, x.in.typ)
	switch {
	case x.in.typ == spec.ApplicationData:
		x.me.Got, x.out.delivered = true, true
	case x.role == spec.Client && x.in.typ == spec.HelloRequest, x.role == spec.Server && x.in.typ == spec.ClientHello:
		// RFC 5746, Section 4.4: renegotiation is refused.
		x.send(symNoRenegotiation)
	default:
		x.misplaced()
	}
}

// sendData sends the one record of application data that each side may send.
func (x *exec) sendData(r spec.Role) {
	x.turn(r)
	x.out.event = spec.ClientSendApplicationData
	if r == spec.Server {
		x.out.event = spec.ServerSendApplicationData
	}
	x.me.Sent = true
	x.send(symData)
}

// timeout ends an endpoint that waits in vain. Its peer is gone, or will never
// know.
func (x *exec) timeout(r spec.Role) {
	x.turn(r)
	x.out.event = spec.ClientTimeout
	if r == spec.Server {
		x.out.event = spec.ServerTimeout
	}
	x.end(spec.FailureTimeout)
}
