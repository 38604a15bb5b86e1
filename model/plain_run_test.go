package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/model/plain"
	"github.com/sesame-tls/sesame/spec"
)

// plainRun is the plain model's client, server and streams.
type plainRun struct {
	config             spec.Scenario
	client, server     plain.Endpoint
	toClient, toServer []plain.Input
}

func newPlainRun(sc spec.Scenario) *plainRun {
	return &plainRun{
		config: sc, client: plain.Client(), server: plain.Server(),
		toServer: []plain.Input{{Message: spec.ClientHello, Ticket: sc.Ticket, ID: sc.SessionID}},
	}
}

// deliver lets r read, and returns what it sends.
func (p *plainRun) deliver(r spec.Role) []plain.Output {
	me, from, to, peer := &p.client, &p.toClient, &p.toServer, &p.server
	if r == spec.Server {
		me, from, to, peer = &p.server, &p.toServer, &p.toClient, &p.client
	}
	in := (*from)[0]
	*from = (*from)[1:]
	next, sent := me.Step(p.config, in)
	*me = next
	if me.Closed {
		*from = nil
	}
	if !peer.Closed {
		for _, o := range sent {
			*to = append(*to, asInput(o))
		}
	}
	return sent
}

// asInput is what the other side reads of an output.
func asInput(o plain.Output) plain.Input {
	in := plain.Input{Message: o.Message, Empty: o.Empty, ID: o.ID, Promise: o.Promise}
	if o.Message == spec.Alert {
		in.Level = spec.LevelFatal
	}
	return in
}

// compareRun runs the model and the plain one through every schedule of a
// scenario without an attacker, and says how their wires differ. same decides
// whether the two flights of a step are equal.
func compareRun(t *testing.T, sc spec.Scenario, plainTickets spec.Switch, same func([]spec.Sent, []plain.Output) bool) string {
	t.Helper()
	sys, err := New(Options{Fix: sc})
	if err != nil {
		t.Fatal(err)
	}
	config := sc
	config.ServerTickets = plainTickets
	st := sys.Initial()[0]
	st = sys.Next(st, sys.Enabled(st)[0])
	p := newPlainRun(config)
	// Half-duplex, and deterministic: one schedule stands for all, but for the
	// order of two ends, which no wire shows.
	for {
		r := spec.Client
		if st.stream(r) == 0 {
			r = spec.Server
		}
		if st.stream(r) == 0 {
			break
		}
		x := &exec{sys: sys, st: st}
		x.deliver(r)
		o := x.observe(r, *x.me)
		st = x.st
		if r == spec.Client && len(p.toClient) == 0 || r == spec.Server && len(p.toServer) == 0 {
			return fmt.Sprintf("%v has something to read, and plain has not", r)
		}
		if r == spec.Client && p.toClient[0].Message == spec.NewSessionTicket && x.in.typ != spec.NewSessionTicket {
			p.deliver(r) // which the other server has not sent
		}
		sent := p.deliver(r)
		if !same(o.Sent, sent) {
			return fmt.Sprintf("%v reads %v and sends %v, plain %v", r, x.in.typ, o.Sent, sent)
		}
		if x.me.State == spec.Failed && x.me.Failure == spec.FailureSentAlert {
			// The alert and the end of the stream are read at once.
			st = sys.readOut(st, r.Peer())
			p.deliver(r.Peer())
		}
	}
	c, s := st.Client.State == spec.Established, st.Server.State == spec.Established
	if c != p.client.Established || s != p.server.Established {
		return fmt.Sprintf("ends with %v and %v, plain with %v and %v", st.Client.State, st.Server.State, p.client.Established, p.server.Established)
	}
	return ""
}

// readOut lets r read until its stream is empty.
func (s *System) readOut(st State, r spec.Role) State {
	for st.stream(r) != 0 {
		x := &exec{sys: s, st: st}
		x.deliver(r)
		st = x.st
	}
	return st
}

func equalSent(a []spec.Sent, b []plain.Output) bool { return compareSent(a, b) == "" }

// equalButTickets compares two flights without what RFC 5077 adds to a full
// handshake: the SessionTicket extension and the empty Session ID that goes
// with it, and NewSessionTicket.
func equalButTickets(a []spec.Sent, b []plain.Output) bool {
	var left, right []string
	for _, s := range a {
		left = append(left, withoutTicket(wire(s)))
	}
	for _, o := range b {
		if o.Message != spec.NewSessionTicket {
			right = append(right, withoutTicket(plainWire(o)))
		}
	}
	return slices.Equal(left, right)
}

func withoutTicket(s string) string {
	if strings.HasPrefix(s, spec.ServerHello.String()) && !strings.Contains(s, spec.IDEcho.String()) {
		return "ServerHello"
	}
	return s
}

// without are the scenarios of both sides together, but for what plain TLS does
// not know and what only multiplies them.
func without() spec.Scenario {
	d := spec.Scenario{}.WithDefaults()
	return spec.Scenario{
		Keys: d.Keys, Named: d.Named, Preferred: d.Preferred, ClientVersion: d.ClientVersion, ServerVersion: d.ServerVersion,
		ClientEtM: d.ClientEtM, ServerEtM: d.ServerEtM, StandsIn: d.StandsIn, Mode: d.Mode,
	}
}

// TestConservativeRuns: with both callbacks unset every run is one of plain TLS.
func TestConservativeRuns(t *testing.T) {
	fix := without()
	fix.ServerCallback, fix.ClientCallback = spec.CallbackUnset, spec.CallbackUnset
	n := 0
	scenarios(t, fix, func(sc spec.Scenario) {
		n++
		if d := compareRun(t, sc, sc.ServerTickets, equalSent); d != "" && !t.Failed() {
			t.Errorf("%s\n%s", ScenarioString(sc), d)
		}
	})
	t.Logf("%d scenarios", n)
}

// TestConservativeDecline: a server whose callback declines is a plain server
// without tickets, to a client that has no callback or one that succeeds; and
// one with tickets but for what those add.
func TestConservativeDecline(t *testing.T) {
	fix := without()
	fix.ServerCallback = spec.CallbackDecline
	n := 0
	for _, fix.ClientCallback = range []spec.Callback{spec.CallbackUnset, spec.CallbackAccept} {
		scenarios(t, fix, func(sc spec.Scenario) {
			if sc.Ticket == spec.TicketSession {
				// A plain server would open it.
				return
			}
			n++
			for _, d := range []string{
				compareRun(t, sc, spec.Off, equalSent),
				compareRun(t, sc, spec.On, equalButTickets),
			} {
				if d != "" && !t.Failed() {
					t.Errorf("%s\n%s", ScenarioString(sc), d)
				}
			}
		})
	}
	t.Logf("%d scenarios", n)
}

// TestConservativeControls: a server that accepts is no plain server, and one
// that declines is not one with tickets.
func TestConservativeControls(t *testing.T) {
	pac := spec.Scenario{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept, ServerCallback: spec.CallbackAccept, ServerTickets: spec.On}
	if compareRun(t, pac.WithDefaults(), spec.Off, equalButTickets) == "" {
		t.Error("nothing tells a server that accepts from a plain one")
	}
	pac.ServerCallback = spec.CallbackDecline
	if compareRun(t, pac.WithDefaults(), spec.On, equalSent) == "" {
		t.Error("nothing tells a server that declines from one that issues tickets")
	}
}
