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
	b.WriteString("(* Traces of real runs, written by `sesame tla trace`. *)\nEXTENDS Scenario\n\n")
	b.WriteString("\\* A step and an end with nothing to tell; what there is stands in its place.\n")
	fmt.Fprintf(b, "Quiet == %s\nUntouched == %s\n\nTraces == <<\n", recordOf(quietStep.fields()), recordOf(untouched.fields()))
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
	fmt.Fprintf(b, "[id |-> %q, budget |-> %d, sides |-> %s, quirks |-> %s, scenario |-> %s, steps |-> <<\n", t.ID, t.Budget, setOf(t.Sides), setOf(t.Quirks), space)
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

// entry is a field of a TLA+ record.
type entry struct{ name, value string }

func recordOf(all []entry) string {
	fields := make([]string, len(all))
	for i, e := range all {
		fields[i] = e.name + " |-> " + e.value
	}
	return "[" + strings.Join(fields, ", ") + "]"
}

// except writes a record as what differs in it from another one.
func except(name string, base, all []entry) string {
	var changes []string
	for i, e := range all {
		if e != base[i] {
			changes = append(changes, "!."+e.name+" = "+e.value)
		}
	}
	if len(changes) == 0 {
		return name
	}
	return "[" + name + " EXCEPT " + strings.Join(changes, ", ") + "]"
}

// quietStep and untouched are what steps and ends are mostly like.
var (
	quietStep = Step{
		Failure: none, Sent: []Sent{}, Received: none, Call: none, Named: none, Read: none, Write: none, Secret: none, Resumed: none,
		Pending: "false", Version: none, Suite: none, ID: none, Promised: "false", EMS: "false", EtM: "false", PeerAuth: "false",
		Cache: none, Delivered: "false",
	}
	untouched = Aside{Cert: none}
)

func (s Step) data(b *bytes.Buffer) error {
	if _, err := spec.ParseEvent(s.Event); err != nil {
		return err
	}
	b.WriteString("  " + except("Quiet", quietStep.fields(), s.fields()))
	return nil
}

func (s Step) fields() []entry {
	role := ""
	if e, err := spec.ParseEvent(s.Event); err == nil {
		role = e.Role().String()
	}
	// Sesame knows suites by their kind.
	anonymous, cbc := s.Suite, s.Suite
	if i := slices.IndexFunc(spec.Suites(), func(x spec.Suite) bool { return x.Name == s.Suite }); i >= 0 {
		suite := spec.Suites()[i]
		anonymous, cbc = FlagOf(suite.KeyExchange.Anonymous()).word(), FlagOf(!suite.Cipher.AEAD()).word()
	}
	variables := "{}"
	if s.Variables != nil {
		variables = "{" + s.Variables.data() + "}"
	}
	return []entry{
		{"event", word(s.Event)}, {"role", word(role)}, {"state", word(s.State)}, {"failure", word(s.Failure)},
		{"sent", messages(s.Sent)}, {"received", word(alertWord(s.Received))}, {"call", word(s.Call)}, {"named", word(s.Named)},
		{"read", word(s.Read)}, {"write", word(s.Write)}, {"secret", word(s.Secret)}, {"resumed", word(s.Resumed)},
		{"pending", word(s.Pending.word())}, {"version", word(s.Version)}, {"anonymous", word(anonymous)}, {"cbc", word(cbc)},
		{"id", word(s.ID)}, {"promised", word(s.Promised.word())}, {"ems", word(s.EMS.word())}, {"etm", word(s.EtM.word())},
		{"peerAuth", word(s.PeerAuth.word())}, {"cache", word(s.Cache)}, {"delivered", word(s.Delivered.word())},
		{"variables", variables},
	}
}

// alertWord names an alert as Sesame does. Which one an end sends about a
// certificate that it does not like is its own affair (RFC 5246, Section 7.2.2);
// Sesame has one for all of them.
func alertWord(name string) string {
	switch name {
	case spec.BadCertificate.String(), spec.UnsupportedCertificate.String(), spec.CertificateRevoked.String(),
		spec.CertificateExpired.String(), spec.CertificateUnknown.String():
		return spec.UnknownCA.String()
	}
	return name
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
		all[i] = fmt.Sprintf("[message |-> %q, alert |-> %q, level |-> %q, keyed |-> %s%s]", m.Message, alertWord(m.Alert), m.Level, word(m.Keyed), hello)
	}
	return "{<<" + strings.Join(all, ", ") + ">>}"
}

func (v *Variables) data() string {
	budget := ""
	if v.Budget != nil {
		budget = fmt.Sprint(*v.Budget)
	}
	inserted := setOf(v.Inserted)
	if v.Inserted == nil {
		inserted = `{"*"}`
	}
	return recordOf([]entry{
		{"client", v.Client.data()}, {"server", v.Server.data()}, {"toClient", passing(v.ToClient)}, {"toServer", passing(v.ToServer)},
		{"budget", word(budget)}, {"lost", word(v.Lost.word())}, {"inserted", inserted},
	})
}

func (a *Aside) data() string {
	if a == nil {
		return "{}"
	}
	return "{" + except("Untouched", untouched.fields(), a.fields()) + "}"
}

func (a *Aside) fields() []entry {
	hello := []entry{{"any", word("")}}
	for _, field := range slices.Sorted(maps.Keys(a.Hello)) {
		hello = append(hello, entry{field, word(a.Hello[field])})
	}
	flag := func(b bool) string { return FlagOf(b).word() }
	return []entry{
		{"cert", word(a.Cert)}, {"foreign", flag(a.Foreign)}, {"sent", flag(a.Sent)}, {"got", flag(a.Got)},
		{"cached", flag(a.Cached)}, {"added", flag(a.Added)}, {"hello", recordOf(hello)},
	}
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
