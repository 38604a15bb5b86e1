package model

import (
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestAttackerMoves: with one move the attacker can do, to either side,
// everything that it is said to be able to do.
func TestAttackerMoves(t *testing.T) {
	events := map[spec.Event]bool{}
	injected, changed := map[spec.Message]bool{}, map[uint8]bool{}
	streams := map[spec.Role]map[kind]bool{spec.Client: {}, spec.Server: {}}
	splices, second := false, false
	for _, text := range append([]string{"client-version=1.1", "ticket=pac server=decline sid=fresh"}, reductionScenarios...) {
		sys := reductionSystem(t, text, 1)
		for st := range reachable(sys.Initial(), sys.successors) {
			if st.Budget == 0 {
				continue
			}
			for _, a := range sys.Enabled(st) {
				if a.Event.Role() != spec.Attacker {
					continue
				}
				events[a.Event] = true
				streams[a.To][a.move.kind] = true
				splices = splices || a.Splice
				second = second || a.Takes && a.Message.Hello.Ticket == TicketOtherPAC
				switch a.move.kind {
				case moveInject:
					injected[a.Message.Type] = true
				case moveChange:
					changed[a.move.change] = true
				}
			}
		}
	}
	for e := range spec.Event(spec.Events) {
		if e.Role() == spec.Attacker && !events[e] {
			t.Errorf("%v never happens", e)
		}
	}
	for r, kinds := range streams {
		for k := moveDrop; k <= moveTake; k++ {
			if !kinds[k] {
				t.Errorf("to the %v: no move of kind %d", r, k)
			}
		}
	}
	for _, m := range []spec.Message{
		spec.HelloRequest, spec.ClientHello, spec.ServerHello, spec.Certificate, spec.ServerKeyExchange,
		spec.CertificateRequest, spec.ServerHelloDone, spec.ClientKeyExchange, spec.CertificateVerify,
		spec.NewSessionTicket, spec.ChangeCipherSpec, spec.Finished, spec.Alert, spec.ApplicationData, spec.EmptyHandshake,
	} {
		if !injected[m] {
			t.Errorf("%v is never injected", m)
		}
	}
	if !splices || !second {
		t.Errorf("a message takes another's place: %v; the attacker is a client with a PAC of its own: %v", splices, second)
	}
	for i, c := range changes {
		if !changed[uint8(i)] {
			t.Errorf("%v of %v to %v is never made", c.event, c.hello, c.to)
		}
	}
}

// TestChangesAreSeen: whatever is changed in a hello, in no scenario are both
// sides established after it. What the attacker can change is in the
// transcript.
func TestChangesAreSeen(t *testing.T) {
	sys, err := New(Options{Budget: 1, WireOnly: true, Fix: small})
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	var begun []State
	for st := range reachable(sys.Initial(), sys.successors) {
		if st.Budget == 0 {
			continue
		}
		for _, a := range sys.Enabled(st) {
			if a.move.kind == moveChange {
				made++
				begun = append(begun, sys.Next(st, a))
			}
		}
	}
	for st := range reachable(begun, sys.successors) {
		if st.Client.State == spec.Established && st.Server.State == spec.Established {
			t.Fatalf("both established: %v", st)
		}
	}
	if made < len(changes) {
		t.Errorf("%d changes made", made)
	}
}
