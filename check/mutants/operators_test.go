package mutants

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/results"
)

// fixture is a module with a package that is half tested, and a checker that
// finds nothing.
var fixture = map[string]string{
	"go.mod":                                "module example\n\ngo 1.26\n",
	"check/mutants/checker/answers/main.go": "package main\n\nimport _ \"example/impl/x\"\n\nfunc main() {}\n",
	"impl/x/x.go": `package x

// Less is tested.
func Less(a, b int) bool { return a < b }

// Same is not, and one operator on it changes nothing.
func Same(a int) int { return a + 0 }

// Fails is not looked into.
func Fails() (int, error) { return 0, errFails }

var errFails error

// Loop is tested.
func Loop(n int) (sum int) {
	for n > 0 {
		sum++
		n--
	}
	return sum
}
`,
	"impl/x/x_test.go": `package x

import "testing"

func TestAll(t *testing.T) {
	if !Less(1, 2) || Less(2, 1) || Less(2, 2) || Loop(3) != 3 || Loop(0) != 0 {
		t.Fail()
	}
}
`,
}

func writeFixture(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range fixture {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMutations(t *testing.T) {
	dir := writeFixture(t)
	all, err := mutations(dir, "impl/x")
	if err != nil {
		t.Fatal(err)
	}
	builds, err := newCompilable(t.Context(), dir, "impl/x")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		what := m.function + ": " + m.operator
		if !builds.has(m) {
			what += " (does not build)"
		}
		got = append(got, what)
		if !strings.Contains(m.source[m.column-1:], strings.Fields(m.operator)[0]) && m.operator != "return at once" &&
			!strings.HasPrefix(m.operator, "negate") && !strings.HasPrefix(m.operator, "delete") {
			t.Errorf("%s does not stand at %d of %q", m.operator, m.column, m.source)
		}
	}
	want := []string{
		"Less: return at once", "Less: < becomes <=",
		"Same: return at once", "Same: + becomes -", "Same: 0 becomes 1",
		"Fails: return at once",
		"Loop: return at once", "Loop: negate n > 0", "Loop: > becomes >=", "Loop: 0 becomes 1",
		"Loop: ++ becomes --", "Loop: delete sum++", "Loop: -- becomes ++", "Loop: delete n--",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestOperate: what no test finds survives, and fails the rung where it is too
// much; what is the same machine code does not count.
func TestOperate(t *testing.T) {
	b := &bench{root: writeFixture(t), dir: t.TempDir(), patience: 4 * time.Second}
	var into results.Operators
	err := b.operate(t.Context(), ladder.NewRun(1), operated{"impl/x", "answers"}, &into)
	if err == nil || !strings.Contains(err.Error(), "impl/x: 10 of 13 changes are found") {
		t.Error(err)
	}
	if len(into.Packages) != 1 || into.Packages[0].Equal != 1 || into.Packages[0].Hung == 0 || into.Packages[0].Ran != 14 {
		t.Errorf("%+v", into.Packages)
	}
	want := []string{
		"impl/x/x.go Fails: func Fails() (int, error) { return 0, errFails }: at 28, return at once",
		"impl/x/x.go Same: func Same(a int) int { return a + 0 }: at 23, return at once",
		"impl/x/x.go Same: func Same(a int) int { return a + 0 }: at 35, 0 becomes 1",
	}
	if !slices.Equal(into.Survivors, want) {
		t.Errorf("%q, want %q", into.Survivors, want)
	}
}

// TestShards: what the shards draw is everything, and nothing twice.
func TestShards(t *testing.T) {
	b := &bench{root: writeFixture(t), dir: t.TempDir()}
	seen := map[string]bool{}
	for i := range 3 {
		r := ladder.NewRun(1)
		r.Shard = ladder.Shard{Index: i, Count: 3}
		s := sampler{bench: b, run: r, p: &results.Package{Name: "impl/x"}}
		drawn, err := s.draw(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range drawn {
			if seen[m.where()] {
				t.Errorf("%s is drawn twice", m.where())
			}
			seen[m.where()] = true
		}
	}
	if len(seen) != 14 {
		t.Errorf("the shards draw %d changes of 14", len(seen))
	}
}
