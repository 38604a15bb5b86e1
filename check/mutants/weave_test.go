package mutants

import (
	"os"
	"strings"
	"testing"
)

// TestParts: a patch is woven if all that it changes is the bodies of functions and
// the values of variables; ours do.
func TestParts(t *testing.T) {
	b := newBench(t)
	all, err := Faults()
	if err != nil {
		t.Fatal(err)
	}
	var alone []string
	for _, f := range all {
		parts, err := f.parts(b.root)
		if err != nil {
			t.Error(err)
		}
		if len(parts) == 0 {
			alone = append(alone, f.Name)
		}
	}
	if len(alone) > 0 {
		t.Errorf("built alone, and slowly: %s", strings.Join(alone, ", "))
	}
}

// change is a fault that replaces one line by another.
func change(t *testing.T, name, check, from, to string) *Fault {
	f, err := parseFault(name, difference(check, from, to))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestWoven: faults in one set of programs are found, or survive, as they are and
// do alone; those that are no change of a body are left to be built.
func TestWoven(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	b := newBench(t)
	caught, noop := change(t, "caught", "answers", labelled, misspelt), change(t, "noop", "answers", labelled, labelled+"; _ = 0")
	elsewhere := change(t, "elsewhere", "stack", labelled, misspelt)
	signature := "func (p *PRF) MasterSecret(out []byte, h Hash, premaster, clientRandom, serverRandom []byte) {"
	others := []*Fault{
		change(t, "stale", "answers", "\tno line of the source", "\tanother"),
		change(t, "broken", "answers", labelled, "\tthis is not Go"),
		change(t, "outside", "answers", signature, strings.Replace(signature, "clientRandom, serverRandom", "serverRandom, clientRandom", 1)),
	}
	var err error
	if b.woven, err = b.weave(t.Context(), append(others, caught, noop, elsewhere)); err != nil {
		t.Fatal(err)
	}
	for _, f := range others {
		if b.woven.has[f.Name] {
			t.Errorf("%s is woven", f.Name)
		}
	}
	for f, want := range map[*Fault]string{caught: "", noop: "noop survives", elsewhere: "elsewhere: stack does not find it, answers does"} {
		if !b.woven.has[f.Name] {
			t.Errorf("%s is not woven", f.Name)
		}
		if found, err := b.judge(t.Context(), f, false); want == "" && (err != nil || len(found) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: found by %v, %v", f.Name, found, err)
		}
	}
	if err := b.sound(t.Context()); err != nil {
		t.Error(err)
	}
	if all, err := os.ReadDir(b.dir); err != nil || len(all) != 1 {
		t.Errorf("other programs were built: %v, %v", all, err)
	}
}

// TestWovenTogether: a fault that does not build takes no other along.
func TestWovenTogether(t *testing.T) {
	b := newBench(t)
	w, err := b.weave(t.Context(), []*Fault{change(t, "caught", "answers", labelled, misspelt), change(t, "untyped", "answers", labelled, "\tnobody()")})
	if err != nil || len(w.has) > 0 {
		t.Errorf("woven: %v, %v", w.has, err)
	}
}
