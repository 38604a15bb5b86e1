package model

import (
	"fmt"
	"slices"
	"strings"
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
		{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept, ServerCallback: spec.CallbackAccept, Mode: spec.ModeCBC},
		{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept, ServerCallback: spec.CallbackAccept, Mode: spec.ModeCBC, ClientEtM: spec.On, ServerEtM: spec.On},
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

// TestOrder: what releases of wolfSSL that check little of the order of messages do
// with one that is out of place, and what the next release does.
func TestOrder(t *testing.T) {
	client := spec.Scenario{ServerTickets: spec.On}
	pac := spec.Scenario{Ticket: spec.TicketPAC, ClientCallback: spec.CallbackAccept}
	accepts := spec.Scenario{ServerCallback: spec.CallbackAccept}
	asks := spec.Scenario{ClientAuth: spec.ClientAuthRequest}
	insists := spec.Scenario{ClientAuth: spec.ClientAuthRequire}
	const hello, full = "ClientHello ticket=none sid=empty", "ServerHello sid=empty ticket-extension=off"
	for _, c := range []struct {
		profile  string
		role     spec.Role
		scenario spec.Scenario
		word     []string
		want     string // answers the last of them; empty: nothing
	}{
		{"wolfssl-5.7.4", spec.Client, pac, []string{full, "CertificateRequest"}, "Certificate, handshake_failure"},
		{"wolfssl-5.8.4", spec.Client, pac, []string{full, "CertificateRequest"}, "unexpected_message"},
		{"wolfssl-5.7.4", spec.Client, client, []string{full, "CertificateRequest"}, ""},
		{"wolfssl-5.7.4", spec.Client, client, []string{full, "CertificateRequest", "CertificateRequest"}, "unexpected_message"},
		{"wolfssl-5.7.4", spec.Client, client, []string{full, "CertificateRequest", "Certificate", "ServerKeyExchange", "ServerHelloDone"},
			"Certificate, ClientKeyExchange, ChangeCipherSpec, Finished"},
		{"wolfssl-5.7.4", spec.Client, client, []string{full, "NewSessionTicket"}, "handshake_failure"},
		{"wolfssl-5.7.4", spec.Client, client, []string{"ServerHello sid=empty ticket-extension=on", "NewSessionTicket"}, ""},
		{"wolfssl-5.8.4", spec.Client, client, []string{"ServerHello sid=empty ticket-extension=on", "NewSessionTicket"}, "unexpected_message"},
		{"wolfssl-5.7.4", spec.Server, spec.Scenario{}, []string{hello, "ClientKeyExchange", "Certificate"}, ""},
		{"wolfssl-5.7.4", spec.Server, spec.Scenario{}, []string{hello, "ClientKeyExchange", "Certificate", "Certificate"}, "unexpected_message"},
		{"wolfssl-5.8.4", spec.Server, spec.Scenario{}, []string{hello, "ClientKeyExchange", "Certificate"}, "unexpected_message"},
		{"wolfssl-5.7.4", spec.Server, spec.Scenario{}, []string{hello, "Certificate empty", "CertificateVerify"}, ""},
		{"wolfssl-5.7.4", spec.Server, spec.Scenario{}, []string{hello, "Certificate empty", "CertificateVerify", "CertificateVerify"}, "unexpected_message"},
		{"wolfssl-5.8.4", spec.Server, spec.Scenario{}, []string{hello, "Certificate empty", "CertificateVerify"}, "bad_certificate"},
		{"wolfssl-5.8.4", spec.Server, asks, []string{hello, "ClientKeyExchange"}, ""},
		{"wolfssl-5.7.4", spec.Server, asks, []string{hello, "ClientKeyExchange", "Certificate", "ChangeCipherSpec"}, ""},
		{"wolfssl-5.8.4", spec.Server, insists, []string{hello, "ClientKeyExchange"}, "handshake_failure"},
		{"wolfssl-5.9.1", spec.Server, asks, []string{hello, "ClientKeyExchange"}, "unexpected_message"},
		{"wolfssl-5.7.4", spec.Server, accepts, []string{"ChangeCipherSpec", hello, "ClientKeyExchange"}, ""},
		{"wolfssl-5.8.4", spec.Server, accepts, []string{"ChangeCipherSpec", hello, "ClientKeyExchange"}, "unexpected_message"},
		{"wolfssl-5.9.1", spec.Server, accepts, []string{"ChangeCipherSpec", hello}, ""}, // closed
		{"wolfssl-5.8.4", spec.Client, client, []string{full, "Certificate empty"}, ""},
		{"wolfssl-5.8.4", spec.Client, client, []string{full, "Certificate empty", "ServerKeyExchange"}, "handshake_failure"},
		{"wolfssl-5.9.1", spec.Client, client, []string{full, "Certificate empty"}, "decode_error"},
		{"wolfssl", spec.Client, client, []string{"HelloRequest"}, "no_renegotiation"},
		{"wolfssl", spec.Client, client, []string{"HelloRequest", "HelloRequest"}, "unexpected_message"},
		{"wolfssl", spec.Client, pac, []string{full, "NewSessionTicket"}, "handshake_failure"},
		{"wolfssl", spec.Client, pac, []string{"ServerHello sid=empty ticket-extension=on", "NewSessionTicket", "NewSessionTicket"}, "unexpected_message"},
	} {
		p, err := spec.ProfileByName(c.profile)
		if err != nil {
			t.Fatal(err)
		}
		m, err := NewMachine(c.role, c.scenario, Options{Profile: p.Only(c.role)})
		if err != nil {
			t.Fatal(err)
		}
		letters := map[string]Input{}
		for _, in := range m.Inputs() {
			letters[in.Name] = in
		}
		at, o := m.Initial()
		for _, name := range c.word {
			at, o = m.Step(at, letters[name])
		}
		if got := answer(o); got != c.want {
			t.Errorf("%s, %v: %q is answered by %q, want %q", c.profile, c.role, c.word, got, c.want)
		}
	}
}

func answer(o spec.Observation) string {
	var all []string
	for _, s := range o.Sent {
		if s.Message == spec.Alert {
			all = append(all, s.Alert.String())
		} else {
			all = append(all, s.Message.String())
		}
	}
	return strings.Join(all, ", ")
}
