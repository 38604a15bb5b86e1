package cases

import (
	"cmp"
	"slices"
)

// rules returns the cases that stand for one requirement each, in words that
// the model's machine has not.
func rules() []Case {
	return slices.Concat(helloRules(), ticketRules(), callbackRules(), exchangeRules(), sessionRules(), recordRules(spelling{}.server()), finishedRules(),
		serverHelloRules(), flightRules(), clientRules(), recordRules(spelling{}.client()))
}

// rule is a case as it is written down here.
type rule struct {
	id, name string
	of       []string // requirements
	grade    Grade    // "": by the first requirement's levels
	why      string
	setup    Setup
	steps    []Step
}

func (r rule) play(system string) Case {
	c := Case{
		ID: system + "/rule/" + r.id, Name: r.name, System: system, Requirements: r.of, Grade: r.grade, Why: r.why, Setup: r.setup, Steps: r.steps,
		Clear: clear(r.steps) && r.setup.Session == "",
	}
	if c.Grade == "" {
		grade, why := gradeOf(r.of[0])
		c.Grade, c.Why = grade, cmp.Or(c.Why, why)
	}
	return c
}

func play(system string, rules ...rule) (all []Case) {
	for _, r := range rules {
		all = append(all, r.play(system))
	}
	return all
}

func of(ids ...string) []string { return ids }

// Words of messages.
func say(names ...string) (all []Message) {
	for _, n := range names {
		all = append(all, Message{Message: n})
	}
	return all
}

func offer(h Hello) Message  { return Message{Message: "ClientHello", Hello: &h} }
func answer(h Hello) Message { return Message{Message: "ServerHello", Hello: &h} }

func edited(name string, e Edit) Message { return Message{Message: name, Edit: &e} }

// pac is the plainest hello with the PAC.
var pac = Hello{Ticket: "pac"}

// Words of outcomes.
func outcome(answers ...Answer) Outcome { return Outcome{Answers: answers} }

func alerts(names ...string) Outcome {
	return Outcome{Answers: []Answer{{Message: "Alert", Alerts: names}}, Closed: true}
}

func heard(names ...string) (all []Answer) {
	for _, n := range names {
		all = append(all, Answer{Message: n})
	}
	return all
}

func step(allow Outcome, send ...Message) Step { return Step{Send: send, Allow: []Outcome{allow}} }

// or adds outcomes that the RFCs allow as well.
func (s Step) or(more ...Outcome) Step {
	s.Allow = append(slices.Clone(s.Allow), more...)
	return s
}

var hasInfo = []string{"renegotiation_info"}

// shortened is the answer of a server that accepts.
func shortened(hello Answer) Outcome {
	hello.Message = "ServerHello"
	return outcome(append([]Answer{hello}, heard("ChangeCipherSpec", "Finished")...)...)
}

// full is the answer of a server that makes a full handshake.
func full(hello Answer) Outcome {
	hello.Message = "ServerHello"
	return outcome(append([]Answer{hello}, heard("Certificate", "ServerKeyExchange", "ServerHelloDone")...)...)
}

// end is how a client ends a shortened handshake, and that data passes then.
func end() Step {
	s := step(outcome(heard("ApplicationData")...), say("ChangeCipherSpec", "Finished", "ApplicationData")...)
	s.Echo = true
	return s
}

// endFull is how a client goes on in a full handshake.
func endFull() []Step {
	return []Step{
		step(outcome(heard("ChangeCipherSpec", "Finished")...), say("ClientKeyExchange", "ChangeCipherSpec", "Finished")...),
		{Send: say("ApplicationData"), Allow: []Outcome{outcome(heard("ApplicationData")...)}, Echo: true},
	}
}

// began is the first word of a client.
func began(a Answer) Step {
	a.Message = "ClientHello"
	return Step{Allow: []Outcome{outcome(a)}}
}

// taken is the answer of a client to an accepting server, and its first data.
func taken() Outcome { return outcome(heard("ChangeCipherSpec", "Finished", "ApplicationData")...) }

// keyed is the answer of a client to a server's whole flight.
func keyed() Outcome {
	return outcome(heard("ClientKeyExchange", "ChangeCipherSpec", "Finished")...)
}

// closing is how data passes at a client, which closes then.
func closing() Step {
	return Step{Send: say("ApplicationData"), Echo: true,
		Allow: []Outcome{outcome(Answer{Message: "Alert", Level: "warning", Alerts: []string{"close_notify"}})}}
}

// closingFull is the same after a full handshake.
func closingFull() []Step {
	return []Step{step(outcome(heard("ApplicationData")...), say("ChangeCipherSpec", "Finished")...), closing()}
}

func steps(first ...any) (all []Step) {
	for _, s := range first {
		switch s := s.(type) {
		case Step:
			all = append(all, s)
		case []Step:
			all = append(all, s...)
		}
	}
	return all
}

// points are public values of elliptic curves that RFC 8422, Section 5.11 has
// refused, and ofPoints the alerts for them.
var points = []struct{ word, name, group string }{
	{"empty", "of no octets", "0x0017"}, {"infinity", "the point at infinity", "0x0017"}, {"off-curve", "not on the curve", "0x0017"}, {"zero", "zero, of X25519", "0x001d"},
}
var ofPoints = []string{"illegal_parameter", "decode_error", "handshake_failure"}

// Setups.
var (
	accepting  = Setup{Callback: "accept", Tickets: true}
	unset      = Setup{}
	withPAC    = Setup{Callback: "accept", Ticket: "pac"}
	noCallback = "the RFCs do not know callbacks; what is not 48 octets long is no master secret (RFC 5246, Section 8.1)"
)
