package fault

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	faults, err := Parse("# a comment\n\none-off p/x.go\n-\ta :=\n-\t\tb\n+\ta := c\n\nnothing-left p/y.go\n-\tcall()\n")
	if err != nil || len(faults) != 2 {
		t.Fatal(faults, err)
	}
	if want := (Fault{"one-off", "p/x.go", "a :=\n\t\tb", "a := c"}); faults[0] != want {
		t.Errorf("%+v", faults[0])
	}
	if want := (Fault{"nothing-left", "p/y.go", "call()", ""}); faults[1] != want {
		t.Errorf("%+v", faults[1])
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no heading":         "-a\n+b\n",
		"no file":            "one\n-a\n+b\n",
		"twice":              "one x.go\n-a\n+b\none x.go\n-c\n+d\n",
		"nothing replaced":   "one x.go\n",
		"nothing changed":    "one x.go\n-a\n+a\n",
		"new before old":     "one x.go\n+a\n",
		"old again":          "one x.go\n-a\n+b\n-c\n",
		"a name like a path": "a/b x.go\n-a\n+b\n",
	} {
		if faults, err := Parse(text); err == nil {
			t.Errorf("%s: %+v", name, faults)
		}
	}
}

const source = `package p

type box[T any] struct{ v T }

func (box[T]) two(_ int, xs ...int) (n int) {
	n = 2
	return n + len(xs)
}

func set(p *int) {
	*p = 1
}

func pair(int, string) (int, error) { return 3, nil }

func generic[T any](x T) T { return x }

var outside = 4

var (
	typed uint8 = 9
	table       = []int{
		1, // one
		2,
	}
)

const fixed = 5
`

const sourceTest = `package p

import "testing"

func TestAll(t *testing.T) {
	n := 0
	set(&n)
	m, err := pair(0, "")
	if n != 1 || m != 3 || err != nil || generic(5) != 5 || outside != 4 || typed != 9 || len(table) != 2 || (box[int]{}).two(0, 1, 2) != 4 {
		t.Error("wrong")
	}
}
`

var someFaults = []Fault{
	{"two", "p/p.go", "n = 2", "n = 7"}, {"two-again", "p/p.go", "len(xs)", "xs[0]"}, {"set", "p/p.go", "*p = 1", ""},
	{"pair", "p/p.go", "func pair(int, string) (int, error) { return 3,", "func pair(int, string) (int, error) { return 4,"},
	{"generic", "p/p.go", "return x }", "var y T; return y }"}, {"same", "p/p.go", "*p = 1", "*p = 2 - 1"},
	{"variable", "p/p.go", "4", "5"}, {"type", "p/p.go", "9", "8"},
	{"row", "p/p.go", "1, // one", "1, 3, // one"}, {"less", "p/p.go", "2,\n\t}", "}"}, {"equal", "p/p.go", "2,\n\t}", "1 + 1,\n\t}"},
	{"both", "p/p.go", "n = 2", "n = 2 + 0"}, {"both", "p/p.go", "*p = 1", ""}, // in two functions, and only one of them shows
}

// Every kind of function takes its fault, one at a time, and none without.
func TestFaultsOneAtATime(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example\n\ngo 1.26\n", "p/p.go": source, "p/p_test.go": sourceTest} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := Overlay(root, dir, someFaults)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(t.Context(), root, overlay, "p")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(someFaults, Fault{}) {
		passed, output, err := b.Run(t.Context(), "TestAll", f.Name)
		if err != nil || passed != (f.Name == "" || f.Name == "same" || f.Name == "equal") {
			t.Errorf("%q: passed %v, %v\n%s", f.Name, passed, err, output)
		}
	}
	if _, _, err := b.Run(t.Context(), "TestNone", ""); err == nil {
		t.Error("a test that does not exist passes")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.Run(ctx, "TestAll", ""); err == nil {
		t.Error("a run that was given up counts")
	}
	if left, err := os.ReadFile(filepath.Join(root, "p", "p.go")); err != nil || string(left) != source {
		t.Error("the source itself was changed")
	}
	broken := Fault{"broken", "p/p.go", "n = 2", "n = nobody"}
	if overlay, err = Overlay(root, dir, []Fault{broken}); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), root, overlay, "p"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("a fault that does not build: %v", err)
	}
}

func TestFaultsThatHaveNoPlace(t *testing.T) {
	for name, f := range map[string]Fault{
		"not there":   {"x", "p.go", "n = 9", "n = 8"},
		"twice":       {"x", "p.go", "return", "panic"},
		"no function": {"x", "p.go", "outside = 4", "outside = 5"},
		"a constant":  {"x", "p.go", "fixed = 5", "fixed = 6"},
	} {
		if _, _, err := weave("p.go", source, []Fault{f}); err == nil || !strings.Contains(err.Error(), "x replaces stands") && !strings.Contains(err.Error(), "not within a function or") {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := []Fault{{"x", "p.go", "n = 2", "n = 3"}, {"x", "p.go", "len(xs)", "0"}}
	if _, _, err := weave("p.go", source, again); err == nil || !strings.Contains(err.Error(), "x is twice in one function or") {
		t.Errorf("twice in one function: %v", err)
	}
	if _, _, err := weave("p.go", "package", someFaults[:1]); err == nil {
		t.Error("what is no Go was woven")
	}
	if _, err := Overlay(t.TempDir(), t.TempDir(), someFaults); err == nil {
		t.Error("a file that is not there has faults")
	}
}
