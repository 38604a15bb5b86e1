package model

import (
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// reachable returns the states of a small system, by a plain search. next emits
// the successors of a state.
func reachable(initial []State, next func(State, func(State))) map[State]bool {
	seen := map[State]bool{}
	var queue []State
	add := func(s State) {
		if !seen[s] {
			seen[s] = true
			queue = append(queue, s)
		}
	}
	for _, s := range initial {
		add(s)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		next(queue[0], add)
	}
	return seen
}

// successors emits what the system's moves lead to.
func (s *System) successors(st State, emit func(State)) {
	x := &exec{sys: s}
	s.moves(&st, func(m move) { x.run(&st, m, func() { emit(x.st) }) })
}

// small leaves open what the handshake's kind depends on.
var small = spec.Scenario{
	Named: spec.NamedNone, Preferred: spec.NamedNone, ClientVersion: spec.OfferTLS12, ServerVersion: spec.OfferTLS12,
	ClientEtM: spec.On, ServerEtM: spec.Off, ClientEMS: spec.On, ServerEMS: spec.On, SessionEMS: spec.On,
	Exchange: spec.ExchangeEphemeral, Mode: spec.ModeAEAD, ClientAuth: spec.ClientAuthOff, ClientCert: spec.Off,
	StandsIn: spec.Off, TrustRoot: spec.On, ServerTickets: spec.On,
}

// TestLazyEqualsUpFront: choosing a dimension when it matters reaches the same
// states, scenario by scenario, as choosing all of them at the start.
func TestLazyEqualsUpFront(t *testing.T) {
	extensions := spec.Scenario{
		Ticket: spec.TicketPAC, ServerCallback: spec.CallbackDecline, ClientCallback: spec.CallbackUnset, Keys: spec.KeysAgree,
		SessionID: spec.IDEmpty, Named: spec.NamedNone, Preferred: spec.NamedNone, ServerTickets: spec.Off,
		Exchange: spec.ExchangeRSA, ClientAuth: spec.ClientAuthOff, ClientCert: spec.Off, StandsIn: spec.Off, TrustRoot: spec.On,
		SessionEMS: spec.On, ServerVersion: spec.OfferTLS12, ServerEtM: spec.On, ServerEMS: spec.On,
	}
	for _, c := range []struct {
		name   string
		fix    spec.Scenario
		budget int
	}{
		{"kinds of handshake, budget 1", small, 1},
		{"extensions and versions, budget 1", extensions, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			lazy, err := New(Options{Fix: c.fix, Budget: c.budget})
			if err != nil {
				t.Fatal(err)
			}
			upFront, err := New(Options{Fix: c.fix, Budget: c.budget, UpFront: true})
			if err != nil {
				t.Fatal(err)
			}
			want := reachable(upFront.Initial(), upFront.successors)
			states := reachable(lazy.Initial(), lazy.successors)
			got := map[State]bool{}
			for s := range states {
				s.space.each(func(one space) {
					s.space = one
					got[s] = true
				})
			}
			for s := range got {
				if !want[s] {
					t.Fatalf("reached only when chosen late: %v", s)
				}
			}
			for s := range want {
				if !got[s] {
					t.Fatalf("reached only when chosen up front: %v", s)
				}
			}
			t.Logf("%d states chosen late stand for %d", len(states), len(want))
			if len(states)*2 > len(want) {
				t.Error("choosing late saves nothing")
			}
		})
	}
}

// ends is what a run has made of the endpoints.
type ends struct{ client, server Endpoint }

// project returns the ends of some states; blur removes from an end what does
// not matter.
func project(states map[State]bool, blur func(*State) bool) map[ends]bool {
	all := map[ends]bool{}
	for s := range states {
		if blur(&s) {
			all[ends{s.Client, s.Server}] = true
		}
	}
	return all
}

func sharp(*State) bool { return true }

// sameEnds compares two sets of ends.
func sameEnds(t *testing.T, name string, reduced, whole map[ends]bool) {
	t.Helper()
	for e := range whole {
		if !reduced[e] {
			t.Fatalf("%s: only without the reduction: %v, %v", name, &e.client, &e.server)
		}
	}
	for e := range reduced {
		if !whole[e] {
			t.Fatalf("%s: only with the reduction: %v, %v", name, &e.client, &e.server)
		}
	}
}

var reductionScenarios = []string{
	"ticket=pac server=accept client=accept",
	"ticket=pac server=decline client=accept client-auth=request client-cert=on",
	"ticket=session tickets=on sid=fresh",
	"ticket=empty tickets=on exchange=anonymous",
}

func reductionSystem(t *testing.T, text string, budget int) *System {
	t.Helper()
	fix, err := ParseScenario(text)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := New(Options{Fix: fix.WithDefaults(), Budget: budget})
	if err != nil {
		t.Fatal(err)
	}
	return sys
}

// TestReductions: with each reduction turned off the endpoints come to nothing
// that they do not come to with it.
func TestReductions(t *testing.T) {
	for _, c := range []struct {
		name    string
		without reductions
		blur    func(*State) bool
	}{
		{"client starts first", reductions{startFirst: true}, func(s *State) bool { return s.Client.State != spec.Start }},
		{"records in the clear", reductions{clearRecords: true}, sharp},
		{"data to a failed side", reductions{noDeadData: true}, func(s *State) bool {
			// Whether it was sent is all that it changes; it saves transitions alone.
			s.Client.Sent = s.Client.Sent && s.Server.State != spec.Failed
			s.Server.Sent = s.Server.Sent && s.Client.State != spec.Failed
			return true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range reductionScenarios {
				for budget := 1; budget <= 2; budget++ {
					sys := reductionSystem(t, text, budget)
					reduced := reachable(sys.Initial(), sys.successors)
					sys.without = c.without
					whole := reachable(sys.Initial(), sys.successors)
					sameEnds(t, text, project(reduced, c.blur), project(whole, c.blur))
					if len(whole) < len(reduced) {
						t.Errorf("%s: %d states without the reduction, %d with it", text, len(whole), len(reduced))
					}
				}
			}
		})
	}
}

// anywhere emits what the attacker could do if it acted at any place of a
// stream, and also before what it has put there has been read.
func (s *System) anywhere(st State, emit func(State)) {
	x := &exec{sys: s}
	for _, r := range roles {
		q := st.stream(r)
		for place := range q.len() + 1 {
			front := q & (1<<(8*place) - 1)
			behind := st
			behind.Inserted = [2]bool{}
			*behind.streamOf(r) = q >> (8 * place)
			s.attacks(&behind, func(m move) {
				if m.to != r || m.kind == moveTake {
					return
				}
				x.run(&behind, m, func() {
					after := x.st
					after.Inserted = [2]bool{}
					rest := after.streamOf(r)
					*rest = *rest<<(8*place) | front
					emit(after)
				})
			})
		}
	}
}

// TestHeadIsEnough: what the endpoints can come to is the same whether the
// attacker acts on the heads of the streams or anywhere on them.
func TestHeadIsEnough(t *testing.T) {
	for _, text := range reductionScenarios {
		for budget := 1; budget <= 2; budget++ {
			sys := reductionSystem(t, text, budget)
			sys.options.WireOnly = true
			head := reachable(sys.Initial(), sys.successors)
			all := reachable(sys.Initial(), func(st State, emit func(State)) {
				free := st
				free.Budget = 0
				sys.successors(free, func(next State) {
					next.Budget = st.Budget
					next.Inserted = [2]bool{}
					emit(next)
				})
				if st.Budget > 0 && st.Client.State != spec.Start {
					sys.anywhere(st, emit)
				}
			})
			sameEnds(t, text, project(head, sharp), project(all, sharp))
			t.Logf("%s, budget %d: %d states instead of %d", text, budget, len(head), len(all))
		}
	}
}
