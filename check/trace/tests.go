package trace

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/spec/requirements"
)

const idPattern = `(?:FAST|TLS)-[A-Z]+-\d\d`

var (
	citationPattern = regexp.MustCompile(`\bChecks (` + idPattern + `(?:, ` + idPattern + `)*)(?: \(must fail: ([a-z0-9-]+(?:, [a-z0-9-]+)*)\))?`)
	anyID           = regexp.MustCompile(idPattern)
	testName        = regexp.MustCompile(`^(Test|Fuzz|Example)`)
)

// citing is one citation of a test function.
type citing struct {
	requirements.Citation
	ids []string
}

// citations reads the citations of every test file under root, in the files'
// order.
func citations(root fs.FS) (found []citing, err error) {
	err = fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || file != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		in, err := citationsIn(file, text)
		found = append(found, in...)
		return err
	})
	return found, err
}

// citationsIn reads the citations of one file. One that stands in no test
// function cites nothing, and is an error.
func citationsIn(file string, text []byte) (found []citing, err error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	for _, group := range parsed.Comments {
		// A citation may go on in the next line of the comment.
		comment := strings.Join(strings.Fields(group.Text()), " ")
		for _, m := range citationPattern.FindAllStringSubmatch(comment, -1) {
			test := testOf(parsed, group)
			if test == "" {
				return nil, fmt.Errorf("trace: %v: %q is in the comments of no test function", set.Position(group.Pos()), m[0])
			}
			c := citing{requirements.Citation{Kind: "test", Name: test, File: file}, strings.Split(m[1], ", ")}
			if m[2] != "" {
				c.MustFail = strings.Split(m[2], ", ")
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// testOf returns the test function whose doc or body a comment is in, or "".
func testOf(parsed *ast.File, group *ast.CommentGroup) string {
	i := slices.IndexFunc(parsed.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && testName.MatchString(f.Name.Name) &&
			(f.Doc == group || f.Pos() <= group.Pos() && group.End() <= f.End())
	})
	if i < 0 {
		return ""
	}
	return parsed.Decls[i].(*ast.FuncDecl).Name.Name
}
