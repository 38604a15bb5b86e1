package trace

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	idPattern   = regexp.MustCompile(`\b(?:FAST|TLS)-[A-Z]+-\d\d\b`)
	twinPattern = regexp.MustCompile(`[Mm]ust fail:\s+([\w-]+(?:,\s+[\w-]+)*)`)
	testName    = regexp.MustCompile(`^(Test|Fuzz|Example)`)
)

// aboutCitations are packages whose tests name requirements without checking
// them.
var aboutCitations = []string{"check/trace", "check/house", "spec/requirements"}

// function is one test function: what it cites, and its twins by name.
type function struct {
	name, file string
	ids, twins []string
}

// addTests adds the citations of every test file under root.
func (c Coverage) addTests(root fs.FS, mutants map[string]bool) error {
	byPackage := map[string][]function{}
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (slices.Contains(aboutCitations, file) || d.Name() == "testdata" || file != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		found, err := functions(root, file)
		byPackage[path.Dir(file)] = append(byPackage[path.Dir(file)], found...)
		return err
	})
	if err != nil {
		return err
	}
	for _, dir := range sortedKeys(byPackage) {
		for _, f := range byPackage[dir] {
			for _, twin := range f.twins {
				if !mutants[twin] && !slices.ContainsFunc(byPackage[dir], func(g function) bool { return g.name == twin && twin != f.name }) {
					return fmt.Errorf("trace: %s: %s names the twin %s, which is neither a test of its package nor a mutant of the model", f.file, f.name, twin)
				}
			}
			for _, id := range f.ids {
				c[id] = append(c[id], Check{"test", f.name, f.file, f.twins})
			}
		}
	}
	return nil
}

// functions reads the test functions of one file.
func functions(root fs.FS, file string) (found []function, err error) {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !testName.MatchString(f.Name.Name) {
			continue
		}
		from := f.Pos()
		if f.Doc != nil {
			from = f.Doc.Pos()
		}
		body := string(text[set.Position(from).Offset:set.Position(f.End()).Offset])
		var comments string
		for _, group := range parsed.Comments {
			if from <= group.Pos() && group.End() <= f.End() {
				comments += group.Text() + "\n"
			}
		}
		found = append(found, function{f.Name.Name, file, unique(idPattern.FindAllString(body, -1)), twins(comments)})
	}
	return found, nil
}

// twins finds the names after "Must fail:".
func twins(comments string) (names []string) {
	for _, m := range twinPattern.FindAllStringSubmatch(comments, -1) {
		for _, name := range strings.Split(m[1], ",") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return unique(names)
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
