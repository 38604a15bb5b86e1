package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// TestCompare: the RFCs' machines are their own, and a fault's are not.
func TestCompare(t *testing.T) {
	c, err := compare(model.Options{}, spec.Client, spec.Server)
	if err != nil || len(c.parted) != 0 || len(c.agreed[spec.Client]) < 10 || len(c.agreed[spec.Server]) < 10 {
		t.Errorf("%v: %d differences", err, len(c.parted))
	}
	c, err = compare(model.Options{Mutant: "no-echo"}, spec.Client, spec.Server)
	if err != nil || len(c.merged(spec.Server)) == 0 || len(c.merged(spec.Client)) != 0 {
		t.Errorf("%v: %+v", err, c.parted)
	}
}

// TestPACRun: a run whose keys are not what the page derives is refused, and the
// octets are the same each time.
func TestPACRun(t *testing.T) {
	run := func() *pacRun {
		r, err := newPACRun()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r, again := run(), run()
	for role := range r.sent {
		for i, rec := range r.sent[role] {
			if !bytes.Equal(rec.body, again.sent[role][i].body) {
				t.Errorf("record %d of %v differs from run to run", i, spec.Role(role))
			}
		}
	}
	r.key[0] ^= 1
	if err := r.derive(); err == nil {
		t.Error("another PAC-Key makes the same secret")
	}
	last := again.sent[spec.Server][len(again.sent[spec.Server])-1]
	last.body[len(last.body)-1] ^= 1
	if err := again.derive(); err == nil {
		t.Error("a Finished that was changed opens")
	}
}

func TestDissectionOfLess(t *testing.T) {
	r, err := newPACRun()
	if err != nil {
		t.Fatal(err)
	}
	first := r.sent[spec.Client][0]
	whole := append(bytes.Clone(first.header), first.body...)
	for _, n := range []int{0, 8, 60, len(whole) - 1} {
		w := &dissection{in: whole[:n]}
		if w.record(); w.err == nil {
			t.Errorf("%d octets of %d were taken for a hello", n, len(whole))
		}
	}
}

// TestSnippets: each property has its definitions, and what is not there is an
// error, not an empty block.
func TestSnippets(t *testing.T) {
	source := os.DirFS("../..")
	inGo, err := goProperties(source)
	if err != nil {
		t.Fatal(err)
	}
	inTLA, err := tlaProperties(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range model.Properties() {
		if !strings.Contains(inGo[p.Name], p.Name) || !strings.Contains(inTLA[tla.Name(p.Name)], tla.Name(p.Name)+" ==") {
			t.Errorf("%s: %q, %q", p.Name, inGo[p.Name], inTLA[tla.Name(p.Name)])
		}
	}
	k := &book{source: fstest.MapFS{"a_test.go": {Data: []byte("package a\n\nfunc Example() {\n\tif true {\n\t\tprintln()\n\t}\n}\n")}}}
	if text, err := k.example("a_test.go", "Example"); err != nil || text != "```go\nif true {\n\tprintln()\n}\n```\n" {
		t.Errorf("%q, %v", text, err)
	}
	for _, err := range []error{
		second(k.example("a_test.go", "Example_other")), second(k.example("b_test.go", "Example")), second(k.region("a_test.go", "README")),
	} {
		if err == nil {
			t.Error("what is not there was found")
		}
	}
}

func second(_ string, err error) error { return err }

// wrongExhibits says what is wrong with the exhibits: each is one of its kind,
// has something that anyone can look up, and says how it is found.
func wrongExhibits(all []exhibit) (problems []string) {
	names, last := map[string]bool{}, ""
	for _, x := range all {
		switch {
		case names[x.name]:
			problems = append(problems, x.name+" stands there twice")
		case len(x.refs) == 0:
			problems = append(problems, x.name+" has no public reference")
		case x.mutant == "" && x.elseHow == "" && x.finding == "":
			problems = append(problems, x.name+" does not say how it is found")
		case x.date[:4] < last:
			problems = append(problems, x.name+" is not by date")
		}
		names[x.name], last = true, x.date[:4]
	}
	return problems
}

func TestExhibits(t *testing.T) {
	for _, p := range wrongExhibits(exhibits) {
		t.Error(p)
	}
	wrong := []exhibit{{name: "a", date: "2018", refs: []string{"PR 1"}, mutant: "x"}, {name: "b", date: "2018", mutant: "x"},
		{name: "a", date: "2019", refs: []string{"PR 1"}, mutant: "x"}, {name: "c", date: "2020", refs: []string{"PR 1"}}, {name: "d", date: "2017", refs: []string{"PR 1"}, mutant: "x"}}
	if p := wrongExhibits(wrong); len(p) != 4 {
		t.Errorf("%q", p)
	}
}
