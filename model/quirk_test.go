package model

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestQuirks: every quirk of every profile is something in the model, or is said
// to be nothing that it could show; and each changes something.
func TestQuirks(t *testing.T) {
	base, err := Run(Options{}, RunOptions{Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	used := map[spec.Quirk]bool{}
	for _, p := range spec.Profiles() {
		for _, q := range p.Quirks {
			used[q] = true
		}
	}
	for _, info := range spec.Quirks() {
		q := info.Quirk
		if !used[q] {
			t.Errorf("no profile has %s", q)
		}
		_, here := quirkFaults[q]
		here = here || spec.Conducts(q) != nil
		if reason := quirksElsewhere[q]; here == (reason != "") {
			t.Errorf("%s is in the model: %v; elsewhere: %q", q, here, reason)
		}
		if !here {
			continue
		}
		changed := false
		for budget := 0; budget <= 1 && !changed; budget++ {
			profile := spec.Profile{Name: "alone", Quirks: []spec.Quirk{q}}
			alone, err := Run(Options{Profile: profile, Budget: budget}, RunOptions{NoPaths: true})
			if err != nil {
				t.Fatal(err)
			}
			changed = len(alone.Violated()) > 0 || budget == 0 && (alone.States != base.States || alone.Transitions != base.Transitions)
		}
		if !changed {
			changed = changesMachine(t, info)
		}
		if !changed {
			t.Errorf("%s changes nothing", q)
		}
	}
}

// changesMachine reports whether a quirk shows in what one endpoint does with
// messages that no attacker of budget 1 can send.
func changesMachine(t *testing.T, info spec.QuirkInfo) bool {
	t.Helper()
	for _, sc := range []spec.Scenario{
		{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept, ServerCallback: spec.CallbackAccept, ServerTickets: spec.On},
		{Ticket: spec.TicketSession, SessionID: spec.IDFresh, ServerTickets: spec.On},
		{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept, ServerCallback: spec.CallbackAccept, ClientAuth: spec.ClientAuthRequire},
	} {
		if changesIn(t, info, sc) {
			return true
		}
	}
	return false
}

func changesIn(t *testing.T, info spec.QuirkInfo, sc spec.Scenario) bool {
	t.Helper()
	walk := func(p spec.Profile) (shown []string) {
		m, err := NewOpenMachine(info.Role, sc, Options{Profile: p})
		if err != nil {
			t.Fatal(err)
		}
		first, _ := m.Initial()
		seen := map[Endpoint]bool{first: true}
		for queue := []Endpoint{first}; len(queue) > 0; queue = queue[1:] {
			for _, in := range m.Inputs() {
				next, o := m.Step(queue[0], in)
				shown = append(shown, fmt.Sprint(o.State, o.Sent))
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
		return shown
	}
	return !slices.Equal(walk(spec.Profile{}), walk(spec.Profile{Name: "alone", Quirks: []spec.Quirk{info.Quirk}}))
}

// TestOnly: the two halves of a profile are the whole.
func TestOnly(t *testing.T) {
	for _, p := range spec.Profiles() {
		if n := len(p.Only(spec.Client).Quirks) + len(p.Only(spec.Server).Quirks); n != len(p.Quirks) {
			t.Errorf("%s has %d quirks, its halves %d", p.Name, len(p.Quirks), n)
		}
	}
}
