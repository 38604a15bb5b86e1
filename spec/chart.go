package spec

import (
	"fmt"
	"strings"
)

// Line returns the message as a line of a conversation, as sent by from:
//
//	C->S ClientHello sid=empty ticket=pac
//	S->C ServerHello sid=fresh suite=ECDHE_RSA_WITH_AES_128_GCM_SHA256
//	S->C Finished {pac}
//
// The secret in braces is what the record is sealed with.
func (s Sent) Line(from Role) string {
	var b strings.Builder
	b.WriteString(arrow(from) + s.Message.String())
	switch s.Message {
	case ClientHello:
		fmt.Fprintf(&b, " sid=%v ticket=%v", s.ID, s.Ticket)
	case ServerHello:
		fmt.Fprintf(&b, " sid=%v suite=%v", s.ID, s.Suite)
	case Alert:
		fmt.Fprintf(&b, " %v %v", s.Level, s.Alert)
	}
	if s.Keyed != NoSecret {
		fmt.Fprintf(&b, " {%v}", s.Keyed)
	}
	return b.String()
}

// ReadLine returns the message that the step took as a line of a conversation,
// with what the reader alone can say of it; empty if the step took none. Where
// both sides are seen, [Sent.Line] says more.
func (o Observation) ReadLine() string {
	from := o.Role.Peer()
	if o.Received != (AlertSeen{}) {
		return fmt.Sprintf("%s%v %v %v", arrow(from), Alert, o.Received.Level, o.Received.Description)
	}
	m := o.Event.Message()
	if m == NoMessage || m == EndOfStream {
		return ""
	}
	line := arrow(from) + m.String()
	if o.Read != NoSecret && m != ChangeCipherSpec {
		line += fmt.Sprintf(" {%v}", o.Read)
	}
	return line
}

// Message returns the message that an endpoint takes in e, and NoMessage for
// other events.
func (e Event) Message() Message {
	for _, byMessage := range receiveEvents {
		for m, event := range byMessage {
			if event == e {
				return m
			}
		}
	}
	return NoMessage
}

func arrow(from Role) string {
	if from == Server {
		return "S->C "
	}
	return "C->S "
}
