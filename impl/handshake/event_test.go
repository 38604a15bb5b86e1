package handshake_test

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// TestEventNames: each event has a name of its own, and no other number one.
func TestEventNames(t *testing.T) {
	seen := map[string]bool{}
	for e := handshake.NeedInput; e <= handshake.CloseNotify; e++ {
		name := e.String()
		if name == "" || seen[name] || strings.Contains(name, "?") {
			t.Errorf("event %d is named %q", uint8(e), name)
		}
		seen[name] = true
	}
	if name := (handshake.CloseNotify + 1).String(); name != "Event(?)" {
		t.Errorf("an event that there is not is named %q", name)
	}
}

// TestTracedEnds: the event that a trace tells of a warning and of each way to
// fail, for either role.
func TestTracedEnds(t *testing.T) {
	send := func(typ spec.ContentType, content ...byte) func(*side) {
		return func(s *side) { s.step(inClear(typ, content)) }
	}
	for _, c := range []struct {
		name           string
		do             func(*side)
		client, server spec.Event
	}{
		{"a warning", send(spec.ContentAlert, 1, 90), spec.ClientReceiveWarning, spec.ServerReceiveWarning},
		{"close_notify within the handshake", send(spec.ContentAlert, 1, 0), spec.ClientReceiveWarning, spec.ServerReceiveWarning},
		{"a fatal alert", send(spec.ContentAlert, 2, 40), spec.ClientReceiveFatalAlert, spec.ServerReceiveFatalAlert},
		{"a message out of place", send(spec.ContentHandshake, 20, 0, 0, 0), spec.ClientReject, spec.ServerReject},
		{"the end of the transport", func(s *side) { s.EndOfStream() }, spec.ClientReceiveEndOfStream, spec.ServerReceiveEndOfStream},
	} {
		t.Run(c.name, func(t *testing.T) {
			var last [2]spec.Event
			tracer := func(o *spec.Observation) { last[o.Role] = o.Event }
			client, server := pair(t, &handshake.Config{Tracer: tracer}, &handshake.Config{Tracer: tracer}, &handshake.ClientParams{})
			client.step(nil)
			c.do(client)
			c.do(server)
			if want := [2]spec.Event{spec.Client: c.client, spec.Server: c.server}; last != want {
				t.Errorf("%v, want %v", last, want)
			}
		})
	}
}
