package browse

import (
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// fields describes what r holds, and what of it the last step has changed.
func (w *walk) fields(r spec.Role) []Field {
	now := fieldsOf(w.end(), r)
	if len(w.steps) == 0 {
		return now
	}
	for i, before := range fieldsOf(w.at(len(w.steps)-1), r) {
		now[i].Changed = before.Value != now[i].Value
	}
	return now
}

// fieldsOf lists the same fields, in the same order, for every state.
func fieldsOf(st model.State, r spec.Role) []Field {
	e := st.Client
	if r == spec.Server {
		e = st.Server
	}
	clear := "in the clear"
	read, write := clear, clear
	if e.State.ReadProtected() {
		read = e.Secret.String()
	}
	if e.State.WriteProtected(r) {
		write = e.Secret.String()
	}
	suite, id := e.Suite.String(), "–"
	if suite == "" {
		suite = "–"
	}
	if e.ID != spec.IDOpen {
		id = e.ID.String()
	}
	all := []Field{
		{Name: "state", Value: e.State.String()}, {Name: "secret", Value: e.Secret.String()},
		{Name: "reads with", Value: read}, {Name: "writes with", Value: write},
		{Name: "shortened by", Value: e.Resumed.String()}, {Name: "suite", Value: suite}, {Name: "Session ID", Value: id},
		{Name: "peer authenticated", Value: yes(e.PeerAuth)}, {Name: "ticket promised", Value: yes(e.Promised)},
		{Name: "client certificate", Value: e.Cert.String()}, {Name: "data sent", Value: yes(e.Sent)}, {Name: "data received", Value: yes(e.Got)},
		{Name: "failure", Value: e.Failure.String()}, {Name: "hello changed", Value: orNone(e.Hello.String())},
	}
	if r == spec.Client {
		return append(all, Field{Name: "ticket pending", Value: yes(e.Pending)})
	}
	return append(all, Field{Name: "sessions cached", Value: cached(e)})
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func cached(e model.Endpoint) string {
	var all []string
	if e.HasCached {
		all = append(all, "the client's")
	}
	if e.HasAdded {
		all = append(all, "this one")
	}
	return orNone(strings.Join(all, ", "))
}
