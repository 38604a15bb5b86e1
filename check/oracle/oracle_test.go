package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/internal/faulty"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// shimName in the environment makes the test binary a shim.
const shimName = "SESAME_ORACLE_SHIM"

var testPKI *interop.PKI

func TestMain(m *testing.M) {
	if name := os.Getenv(shimName); name != "" {
		if err := interop.Serve(context.Background(), name, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "oracle-")
	if err == nil {
		testPKI, err = interop.NewPKI(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func start(t *testing.T, p sut.Program) *sut.System {
	t.Helper()
	s, err := sut.Start(context.WithoutCancel(t.Context()), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func own(t *testing.T, name string) *sut.System {
	return start(t, sut.Program{Name: name, Path: os.Args[0], Env: []string{shimName + "=" + name}})
}

var accepting = []Class{
	{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: spec.ExchangeEphemeral, Needs: []string{"callback"}},
	{Role: spec.Client, Callback: spec.CallbackAccept, Exchange: spec.ExchangeEphemeral, Needs: []string{"callback"}},
}

// TestImpl: this implementation, seen from outside, is as rfc: nothing deviates,
// and it keeps every property that is put to the test.
func TestImpl(t *testing.T) {
	classes := append(slices.Clone(accepting), Class{Role: spec.Client, Callback: spec.CallbackUnset, Exchange: spec.ExchangeEphemeral})
	for _, c := range Classes(true) {
		if c.Mode == spec.ModeCBC || c.Named == spec.NamedNotOffered || c.BesideID {
			classes = append(classes, c)
		}
	}
	j, err := Judge(t.Context(), own(t, "impl"), Options{PKI: testPKI, Classes: classes, Walks: 10, Seed: 1, Most: 5})
	if err != nil {
		t.Fatal(err)
	}
	if j.Classes != 7 || len(j.Skipped) != 0 || j.Words < 1000 || j.Deviating != 0 || len(j.Crashes) != 0 || j.Profile != "rfc" {
		t.Errorf("%+v", j)
	}
	if len(j.Properties) < 15 {
		t.Errorf("only %d properties were put to the test", len(j.Properties))
	}
	for name, p := range j.Properties {
		if p.Words == 0 || p.Broken != 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for _, u := range j.Unexplained {
		t.Error(u)
	}
}

// TestFaultsAreFound builds this implementation with faults, and wants the words
// that show each.
func TestFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		name string
		edit []faulty.Edit
		want []string
	}{
		{"ChangeCipherSpec after ServerHello without a ticket", []faulty.Edit{{File: "client_table.go",
			Right: "On: spec.ChangeCipherSpec, If: ticketPending, Do: do(useSessionSecret, activateRead)",
			Wrong: "On: spec.ChangeCipherSpec, Do: do(useSessionSecret, activateRead)"}},
			[]string{"Client, callback unset", "S->C ChangeCipherSpec\nanswered: Alert(internal_error) closed\nown profile: Alert(unexpected_message) closed"}},
		{"no echo of the Session ID", []faulty.Edit{{File: "server_hello.go",
			Right: "	m.idLen = copy(m.id[:], m.hello.SessionID)", Wrong: "	m.idLen = 0"}},
			[]string{"C->S ClientHello ticket=good sid=fresh\n", "answered: ServerHello(sid=empty) ChangeCipherSpec Finished"}},
		// Each of the three shows in a class of its own: encrypt-then-MAC that is written and not read, a named suite
		// that was not offered, a Session ID that disarms.
		{"three that show in one class each", []faulty.Edit{
			{File: "keys.go", Right: "m.read.PrepareRead(m.version, m.suite, peer, m.etm)", Wrong: "m.read.PrepareRead(m.version, m.suite, peer, false)"},
			{File: "server_hello.go", Right: "!m.permits(&s) || !m.hello.Suites.Contains(id)", Wrong: "!m.permits(&s)"},
			{File: "table.go", Right: "set(ticketPending, m.pending)", Wrong: "set(ticketPending, m.pending && (m.echoed || len(m.hello.SessionID) == 0))"},
		}, []string{
			"Server, callback accept, ephemeral, CBC with encrypt-then-MAC\nC->S ClientHello ticket=", "own profile: -", "answered: Alert(bad_record_mac) closed",
			"Server, callback accept, ephemeral, suite named: not-offered\n", "own profile: Alert(handshake_failure) closed",
			"Client, callback accept, ephemeral, Session ID beside the PAC\nS->C ServerHello sid=empty", "S->C ChangeCipherSpec\nanswered: Alert(unexpected_message) closed",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, err := faulty.Test(t, "../../impl/handshake", c.edit, "^TestImpl$")
			if err == nil {
				t.Fatal("not found")
			}
			plain := strings.ReplaceAll(out, "\n        ", "\n")
			for _, want := range c.want {
				if !strings.Contains(plain, want) {
					t.Errorf("it failed without %q:\n%s", want, out)
				}
			}
		})
	}
}

// TestNegativeControl: what has no callback is asked for none.
func TestNegativeControl(t *testing.T) {
	j, err := Judge(t.Context(), own(t, "crypto-tls"), Options{PKI: testPKI, Classes: accepting})
	if err != nil || j.Classes != 0 || len(j.Skipped) != 2 || !strings.Contains(j.Skipped[0], "it has no callback") {
		t.Errorf("%+v, %v", j, err)
	}
}

// TestSystem judges the machine's libssl in part, once with its own profile, and
// once with rfc's, which does not predict it.
func TestSystem(t *testing.T) {
	program, err := sut.BuildSystem(t.Context())
	if errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	system := start(t, sut.Program{Name: "system", Path: program})
	j, err := Judge(t.Context(), system, Options{PKI: testPKI, Classes: accepting[:1], Walks: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range j.Unexplained {
		t.Error(u)
	}
	if d := j.Deviations[spec.QuirkCallbackWithoutTicket]; d == nil || !strings.Contains(d.Example, "ticket=none") {
		t.Errorf("%+v", j.Deviations)
	}
	if p := j.Properties["acceptance-answers-an-offer"]; p == nil || p.Broken == 0 || p.Broken > p.Words || !strings.Contains(p.Example, "ticket=none") {
		t.Errorf("%+v", p)
	}
	if p := j.Properties["finished-in-order"]; p == nil || p.Words == 0 || p.Broken != 0 {
		t.Errorf("%+v", p)
	}
	player, err := NewPlayer(t.Context(), system, accepting[0], testPKI)
	if err != nil {
		t.Fatal(err)
	}
	word := []string{"ClientHello ticket=none sid=empty", "ChangeCipherSpec", "Finished wrong"}
	played, err := player.Play(t.Context(), word, nil, 0)
	want := []string{"ServerHello(sid=fresh) ChangeCipherSpec Finished", target.Silent, "Alert(decrypt_error) closed"}
	if err != nil || !slices.Equal(played.Answers, want) || played.Verdict.Kind != sut.Reported || played.Verdict.Report.Calls != 1 {
		t.Errorf("%q, %v, %v", played.Answers, played.Verdict, err)
	}
	rfc, err := player.Machine(spec.Profile{Name: "rfc"})
	if err != nil {
		t.Fatal(err)
	}
	if got := rfc.Run(word)[0]; got == want[0] {
		t.Errorf("rfc predicts %s, too", got)
	}
}

// TestTour: the tour takes every edge that can be taken, and ends each word with
// an answer.
func TestTour(t *testing.T) {
	for _, c := range Classes(true) {
		m, err := model.NewOpenMachine(c.Role, c.scenario(target.ScenarioOf(c.Role, c.Callback)), model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mealy := graph.NewMealy(m)
		machine := target.Project(&target.Machine{Inputs: mealy.Inputs, Next: mealy.Next, Out: silent(mealy.Output)})
		words := tour(machine)
		taken := map[[2]int]bool{}
		for _, word := range words {
			at, row := 0, 0
			for _, in := range word {
				i := slices.Index(machine.Inputs, in)
				taken[[2]int{at, i}] = true
				if row++; machine.Next[at][i] != at || in == "ApplicationData" {
					row = 0
				}
				if row > 4 && machine.Out[at][i] != graph.Closed {
					t.Errorf("%v: %q has more in a row that changes nothing than is taken", c, word)
				}
				at = machine.Next[at][i]
			}
			if out := machine.Run(word); out[len(out)-1] == target.Silent {
				t.Errorf("%v: %q ends in silence", c, word)
			}
		}
		all := &tourist{m: machine}
		for s := range machine.Next {
			for i, in := range machine.Inputs {
				if !all.ended(s) && !taken[[2]int{s, i}] {
					t.Errorf("%v: nobody gives s%d %s", c, s, in)
				}
			}
		}
	}
}

func silent(rows [][]string) [][]string {
	for _, row := range rows {
		for i, out := range row {
			if out == "" {
				row[i] = target.Silent
			}
		}
	}
	return rows
}

// TestClasses: no two classes are the same, and each names what it needs.
func TestClasses(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Classes(true) {
		if seen[c.String()] {
			t.Errorf("%v stands twice", c)
		}
		seen[c.String()] = true
		if c.Callback != spec.CallbackUnset && !slices.Contains(c.Needs, "callback") {
			t.Errorf("%v needs a callback", c)
		}
		for _, need := range c.Needs {
			if !slices.ContainsFunc(sut.Capabilities, func(d sut.Doc) bool { return d.Name == need }) {
				t.Errorf("%v needs %s, which nobody has", c, need)
			}
		}
	}
}
