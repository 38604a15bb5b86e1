package tla

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// appendData appends the TLA+ module TraceData with these traces.
func appendData(dst []byte, traces []Trace) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	b.WriteString("----------------------------- MODULE TraceData ------------------------------\n")
	b.WriteString("(* Traces of real runs, written by `sesame tla trace`. *)\nEXTENDS Scenario\n\nTraces == <<\n")
	for i, t := range traces {
		if i > 0 {
			b.WriteString(",\n")
		}
		if err := t.data(b); err != nil {
			return nil, err
		}
	}
	b.WriteString(">>\n\n=============================================================================\n")
	return b.Bytes(), nil
}

func (t Trace) data(b *bytes.Buffer) error {
	sc, err := model.ParseScenario(t.Scenario)
	if err != nil {
		return err
	}
	space, err := model.TLASpace(sc)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "[id |-> %q, budget |-> %d, sides |-> %s, scenario |-> %s, steps |-> <<\n", t.ID, t.Budget, setOf(t.Sides), space)
	for i, s := range t.Steps {
		if i > 0 {
			b.WriteString(",\n")
		}
		if err := s.data(b); err != nil {
			return err
		}
	}
	b.WriteString(">>, ways |-> {")
	for i, w := range t.ways {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(b, "[name |-> %q, step |->\n", w.name)
		if err := w.step.data(b); err != nil {
			return err
		}
		b.WriteString("]")
	}
	b.WriteString("}]")
	return nil
}

func (s Step) data(b *bytes.Buffer) error {
	e, err := spec.ParseEvent(s.Event)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "  [event |-> %q, role |-> %q", s.Event, e.Role())
	for _, f := range []struct{ name, value string }{
		{"state", s.State}, {"failure", s.Failure}, {"received", s.Received}, {"call", s.Call}, {"named", s.Named},
		{"read", s.Read}, {"write", s.Write}, {"secret", s.Secret}, {"resumed", s.Resumed}, {"pending", s.Pending.word()},
		{"version", s.Version}, {"id", s.ID}, {"promised", s.Promised.word()}, {"ems", s.EMS.word()}, {"etm", s.EtM.word()},
		{"peerAuth", s.PeerAuth.word()}, {"cache", s.Cache}, {"delivered", s.Delivered.word()},
	} {
		fmt.Fprintf(b, ", %s |-> %s", f.name, word(f.value))
	}
	// Sesame knows suites by their kind.
	anonymous, cbc := s.Suite, s.Suite
	if i := slices.IndexFunc(spec.Suites(), func(x spec.Suite) bool { return x.Name == s.Suite }); i >= 0 {
		suite := spec.Suites()[i]
		anonymous, cbc = FlagOf(suite.KeyExchange.Anonymous()).word(), FlagOf(!suite.Cipher.AEAD()).word()
	}
	fmt.Fprintf(b, ", anonymous |-> %s, cbc |-> %s, sent |-> %s, variables |-> {", word(anonymous), word(cbc), messages(s.Sent))
	if s.Variables != nil {
		s.Variables.data(b)
	}
	b.WriteString("}]")
	return nil
}

// word is a string of TLA+; "*" stands for what was not logged.
func word(v string) string {
	if v == "" {
		v = "*"
	}
	return `"` + v + `"`
}

func (f Flag) word() string { return strings.ToUpper(string(f)) }

func setOf(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = `"` + w + `"`
	}
	return "{" + strings.Join(all, ", ") + "}"
}

func messages(sent []Sent) string {
	if sent == nil {
		return "{}"
	}
	all := make([]string, len(sent))
	for i, m := range sent {
		hello := ""
		if m.Version != "" {
			hello = fmt.Sprintf(", hello |-> [version |-> %q, id |-> %s, ticket |-> %s, extensions |-> %s]", m.Version, word(m.ID), word(m.Ticket), setOf(m.Extensions))
		}
		all[i] = fmt.Sprintf("[message |-> %q, alert |-> %q, level |-> %q, keyed |-> %s%s]", m.Message, m.Alert, m.Level, word(m.Keyed), hello)
	}
	return "{<<" + strings.Join(all, ", ") + ">>}"
}

func (v *Variables) data(b *bytes.Buffer) {
	budget := "*"
	if v.Budget != nil {
		budget = fmt.Sprint(*v.Budget)
	}
	inserted := setOf(v.Inserted)
	if v.Inserted == nil {
		inserted = `{"*"}`
	}
	fmt.Fprintf(b, "[client |-> %s, server |-> %s, toClient |-> %s, toServer |-> %s, budget |-> %q, lost |-> %s, inserted |-> %s]",
		v.Client.data(), v.Server.data(), passing(v.ToClient), passing(v.ToServer), budget, word(v.Lost.word()), inserted)
}

func (a *Aside) data() string {
	if a == nil {
		return "{}"
	}
	hello := []string{`any |-> "*"`}
	for _, field := range slices.Sorted(maps.Keys(a.Hello)) {
		hello = append(hello, fmt.Sprintf("%s |-> %q", field, a.Hello[field]))
	}
	flag := func(b bool) string { return FlagOf(b).word() }
	return fmt.Sprintf("{[cert |-> %q, foreign |-> %s, sent |-> %s, got |-> %s, cached |-> %s, added |-> %s, hello |-> [%s]]}",
		a.Cert, flag(a.Foreign), flag(a.Sent), flag(a.Got), flag(a.Cached), flag(a.Added), strings.Join(hello, ", "))
}

func passing(q []Sent) string {
	if q == nil {
		return `<<<<"*", "", FALSE>>>>`
	}
	all := make([]string, len(q))
	for i, m := range q {
		all[i] = fmt.Sprintf("<<%q, %q, %s>>", m.Message, m.Alert, FlagOf(m.Keyed != none).word())
	}
	return "<<" + strings.Join(all, ", ") + ">>"
}
