package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// uncommented says which exported names of a file have no doc comment, or one
// that does not begin with the name. Names of a group may share the group's.
func uncommented(file string, source []byte) (problems []string, exported int, err error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, 0, err
	}
	check := func(name *ast.Ident, begins bool, docs ...*ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		exported++
		for _, doc := range docs {
			if text := doc.Text(); text != "" && (!begins || beginsWith(text, name.Name)) {
				return
			}
		}
		problems = append(problems, fmt.Sprintf("%v: %s has no doc comment that begins with its name", set.Position(name.Pos()), name.Name))
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				check(d.Name, true, d.Doc)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					check(s.Name, true, s.Doc, d.Doc)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						check(name, false, s.Doc, s.Comment, d.Doc)
					}
				}
			}
		}
	}
	return problems, exported, nil
}

// beginsWith reports whether a comment begins with a name, an article before it
// or not.
func beginsWith(text, name string) bool {
	words := strings.Fields(text)
	if len(words) > 1 && (words[0] == "A" || words[0] == "An" || words[0] == "The") {
		words = words[1:]
	}
	return strings.TrimRight(words[0], ",.:'s") == strings.TrimRight(name, ",.:'s")
}

// receiver returns the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// TestExportedNamesHaveComments: whoever uses a package can read what each name
// of it is, and what the package is for.
func TestExportedNamesHaveComments(t *testing.T) {
	exported := 0
	documented := map[string]bool{} // by folder
	walk(t, func(file string) {
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "testdata/") {
			return
		}
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Error(err)
			return
		}
		problems, n, err := uncommented(file, source)
		if err != nil {
			t.Error(err)
			return
		}
		exported += n
		for _, p := range problems {
			t.Error(p)
		}
		doc := packageDoc(source)
		documented[path.Dir(file)] = documented[path.Dir(file)] || doc
	})
	if exported < 500 {
		t.Errorf("only %d exported names were found", exported)
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file has a package comment", dir)
		}
	}
}

func packageDoc(source []byte) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", source, parser.PackageClauseOnly|parser.ParseComments)
	return err == nil && f.Doc.Text() != ""
}

func TestMissingCommentsAreFound(t *testing.T) {
	const source = `package p

// Good does.
func Good() {}

func Bad() {}

// It does something.
func Vague() {}

// A Type is one.
type Type struct{}

func (Type) Method() {}

func (hidden) Method() {}

type hidden struct{}

// The colours.
const (
	Red = iota
	Green
)

const Alone = 1
`
	problems, exported, err := uncommented("p.go", []byte(source))
	if err != nil || exported != 8 || len(problems) != 4 {
		t.Errorf("%d of %d, %v: %q", len(problems), exported, err, problems)
	}
	if packageDoc([]byte(source)) || !packageDoc([]byte("// Package p is one.\n"+source)) {
		t.Error("package comments are not told")
	}
}
