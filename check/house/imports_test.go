package house

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sesame-tls/sesame"

// layers says what each layer may import besides itself and other modules.
// Model and implementation are written independently, so that their agreement
// says something; a shared vocabulary is all that they have in common.
//
// The root and tla hold texts of the project, embedded for programs.
var layers = map[string][]string{
	".":          {},
	"tla":        {},
	"spec":       {},
	"model":      {"spec"},
	"impl":       {"spec"},
	"check":      {"spec", "model", "impl", "tla"},
	"bench":      {"spec", "model", "impl"},
	"docs/gen":   {".", "tla", "spec", "model", "impl", "check", "bench"},
	"cmd/sesame": {".", "tla", "spec", "model", "impl", "check", "bench", "docs/gen"},
}

// edge is one import by one file.
type edge struct{ file, imports string }

func layerOf(p string) string {
	for name := range layers {
		if p == name || strings.HasPrefix(p, name+"/") {
			return name
		}
	}
	return "" // no layer: of the root only the root itself is one
}

// forbidden says what is wrong with an edge, or nothing.
func forbidden(e edge) string {
	from := layerOf(path.Dir(e.file))
	if from == "" {
		return fmt.Sprintf("%s is in no layer", e.file)
	}
	inner, own := strings.CutPrefix(e.imports, module+"/")
	if e.imports == module {
		inner, own = ".", true
	}
	if !own {
		first, _, _ := strings.Cut(e.imports, "/")
		if from == "spec" && strings.Contains(first, ".") {
			return fmt.Sprintf("%s imports %s: spec imports the standard library only", e.file, e.imports)
		}
		return ""
	}
	if to := layerOf(inner); to != from && !slices.Contains(layers[from], to) {
		return fmt.Sprintf("%s imports %s: %s may import %v", e.file, e.imports, from, layers[from])
	}
	return ""
}

// edges reads the imports of every Go file of the module, tests and files for
// other systems included.
func edges(t *testing.T) []edge {
	var all []edge
	walk(t, func(file string) {
		if path.Ext(file) != ".go" {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, spec := range parsed.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Error(err)
			}
			all = append(all, edge{file, p})
		}
	})
	return all
}

func TestImports(t *testing.T) {
	all := edges(t)
	if len(all) < 100 {
		t.Fatalf("only %d imports were found", len(all))
	}
	for _, e := range all {
		if problem := forbidden(e); problem != "" {
			t.Error(problem)
		}
	}
}

func TestForbiddenImportsAreFound(t *testing.T) {
	for _, e := range []edge{
		{"model/machine.go", module + "/impl/tls"},
		{"model/machine_test.go", module + "/impl/wire"},
		{"impl/tls/conn.go", module + "/model"},
		{"impl/tls/conn_test.go", module + "/check/lockstep"},
		{"spec/suite.go", module + "/model"},
		{"spec/suite.go", "golang.org/x/crypto/cryptobyte"},
		{"spec/vectors/vectors_test.go", "pgregory.net/rapid"},
		{"check/ladder/climb.go", module + "/docs/gen"},
		{"check/ladder/climb.go", module + "/cmd/sesame"},
		{"docs/gen/main.go", module + "/cmd/sesame"},
		{"bench/prf_test.go", module + "/check/ladder"},
		{"util/strings.go", "strings"},
		{"embed.go", module + "/spec"},
		{"model/machine.go", module},
		{"impl/tls/conn.go", module + "/tla"},
		{"specials/x.go", "strings"},
	} {
		if forbidden(e) == "" {
			t.Errorf("%s may import %s", e.file, e.imports)
		}
	}
	for _, e := range []edge{
		{"spec/suite.go", "slices"},
		{"impl/tls/conn.go", module + "/impl/handshake"},
		{"impl/wire/hello.go", "golang.org/x/crypto/cryptobyte"},
		{"check/explore/explore.go", module + "/model"},
		{"cmd/sesame/main.go", module + "/docs/gen"},
	} {
		if problem := forbidden(e); problem != "" {
			t.Error(problem)
		}
	}
}

// generators are modules that docs/gen draws with. They are large, and one does
// much in its init: the program that people install does without.
var generators = []string{"github.com/goccy/go-graphviz", "gonum.org/v1/plot"}

// generatorsIn returns which of them a package links.
func generatorsIn(t *testing.T, pkg string) (linked []string) {
	cmd := exec.Command("go", "list", "-deps", pkg)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range generators {
		if strings.Contains(string(out), g) {
			linked = append(linked, g)
		}
	}
	return linked
}

func TestProgramLinksNoGenerator(t *testing.T) {
	if linked := generatorsIn(t, "./cmd/sesame"); len(linked) != 0 {
		t.Errorf("cmd/sesame links %q", linked)
	}
	if linked := generatorsIn(t, "./docs/gen"); len(linked) != len(generators) {
		t.Errorf("docs/gen links %q alone", linked)
	}
}

// root is the module's root, seen from this package.
const root = "../.."

// walk calls f for each file of the project, by its slashed path from the
// root. What is built or downloaded is left out, and so are fuzzing corpora.
func walk(t *testing.T, f func(file string)) {
	t.Helper()
	skip := []string{".git", ".cache", "bin", "check/build"} // as .gitignore has it
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && slices.Contains(skip, rel):
			return filepath.SkipDir
		case d.IsDir() && strings.HasSuffix(rel, "testdata/fuzz"):
			return filepath.SkipDir
		case d.Type().IsRegular() && rel != ".git": // a linked checkout has a file of that name
			f(rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
