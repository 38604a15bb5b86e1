package tla

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"order of variables", "/\\ b = 1\n/\\ a = TRUE", "/\\ a = TRUE\n/\\ b = 1\n"},
		{"order of fields and elements", `/\ r = [ b |-> {"y", "x"},` + "\n  a |->\n      << [c |-> 1] >> ]", `/\ r = [a|-><<[c|->1]>>,b|->{"x","y"}]` + "\n"},
		{"empty values", `/\ s = {} /\ q = <<>>`, "/\\ q = <<>>\n/\\ s = {}\n"},
		{"strings with spaces", `/\ s = "sent alert"`, "/\\ s = \"sent alert\"\n"},
		{"tuples in sets", `/\ s = {<<"b", "a">>, << "a","b" >>}`, `/\ s = {<<"a","b">>,<<"b","a">>}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Canonical(nil, []byte(c.in))
			if err != nil || string(got) != c.want {
				t.Errorf("%s\n%s, %v", got, c.want, err)
			}
		})
	}
	for _, bad := range []string{"x = 1", `/\ x 1`, `/\ x = [a 1]`, `/\ x = {1 2}`, `/\ x = "a`, `/\ x = `} {
		if got, err := Canonical(nil, []byte(bad)); err == nil {
			t.Errorf("%q is read as %q", bad, got)
		}
	}
}

// TestStatesPrintInOneForm reads the model's states as TLC's would be read.
func TestStatesPrintInOneForm(t *testing.T) {
	sys, err := model.New(model.Options{Budget: 1})
	if err != nil {
		t.Fatal(err)
	}
	st := sys.Initial()[0]
	for range 12 {
		text := st.AppendTLA(nil)
		again, err := Canonical(nil, text)
		if err != nil || string(again) != string(text) {
			t.Fatalf("%s\nis read as\n%s, %v", text, again, err)
		}
		enabled := sys.Enabled(st)
		if len(enabled) == 0 {
			break
		}
		st = sys.Next(st, enabled[len(enabled)/2])
	}
}

// dotOf writes a graph as TLC would, with one edge changed by alter.
func dotOf(t *testing.T, g *Graph, alter func(from, to int32, action string) (string, bool)) *Graph {
	t.Helper()
	var b strings.Builder
	b.WriteString("strict digraph DiskGraph {\n")
	for i := range g.keys {
		text, err := g.text(int32(i))
		if err != nil {
			t.Fatal(err)
		}
		end := `"]`
		if i == 0 {
			end = `",style = filled]`
		}
		b.WriteString(strconv.Itoa(i) + ` [label="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.TrimSpace(text)) + end + "\n")
	}
	for _, e := range g.Edges {
		if name, keep := alter(e.From, e.To, e.Action.String()); keep {
			b.WriteString(strconv.Itoa(int(e.From)) + " -> " + strconv.Itoa(int(e.To)) + ` [label="` + name + `",color="black",fontcolor="black"];` + "\n")
		}
	}
	b.WriteString("}\n")
	file := filepath.Join(t.TempDir(), "graph.dot")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := ReadDot(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestCompare(t *testing.T) {
	sc := spec.Scenario{Ticket: spec.TicketPAC, ServerCallback: spec.CallbackAccept, ClientCallback: spec.CallbackAccept}
	ours, err := Explore(model.Options{Fix: sc.WithDefaults()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	same := func(_, _ int32, name string) (string, bool) { return name, true }
	if err := Compare(ours, dotOf(t, ours, same)); err != nil {
		t.Errorf("a graph differs from itself: %v", err)
	}
	renamed := dotOf(t, ours, func(_, _ int32, name string) (string, bool) {
		return strings.Replace(name, "ServerReceiveFinished", "ServerReject", 1), true
	})
	var d *Difference
	if err := Compare(ours, renamed); !errors.As(err, &d) || !strings.Contains(d.What, "has a transition") || d.Path == "" {
		t.Errorf("an altered action: %v", err)
	}
	missing := dotOf(t, ours, func(_, _ int32, name string) (string, bool) { return name, name != "ClientSendApplicationData" })
	if err := Compare(ours, missing); !errors.As(err, &d) || !strings.Contains(d.What, "the Go model has a transition") {
		t.Errorf("a missing action: %v", err)
	}
	fewer, err := Explore(model.Options{Fix: sc.WithDefaults(), Mutant: "silent-crash"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Compare(fewer, ours); !errors.As(err, &d) || !strings.Contains(d.What, "reaches a state") || !strings.Contains(d.Path, "ClientStart") {
		t.Errorf("a missing state: %v", err)
	}
}
