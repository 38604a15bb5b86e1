package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// example returns the body of a function, as a block of Go. Its source is a
// file of examples, which are compiled and run as tests.
func (k *book) example(file, name string) (string, error) {
	src, err := parseSource(k.source, file)
	if err != nil {
		return "", err
	}
	for _, d := range src.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
			body := src.text[src.offset(f.Body.Lbrace)+1 : src.offset(f.Body.Rbrace)]
			return fence("go", strings.Trim(dedent(string(body)), "\n")), nil
		}
	}
	return "", fmt.Errorf("%s has no function %s", file, name)
}

// region returns what stands between "// NAME begin" and "// NAME end" in a
// file, as a block of Go.
func (k *book) region(file, name string) (string, error) {
	text, err := fs.ReadFile(k.source, file)
	if err != nil {
		return "", err
	}
	part, err := between(text, "// "+name+" begin\n", "// "+name+" end")
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return fence("go", dedent(string(part))), nil
}

// dedent takes off the tabs that all lines have in common.
func dedent(code string) string {
	lines := strings.Split(strings.TrimRight(code, "\t\n"), "\n")
	common := -1
	for _, l := range lines {
		if tabs := len(l) - len(strings.TrimLeft(l, "\t")); l != "" && (common < 0 || tabs < common) {
			common = tabs
		}
	}
	for i, l := range lines {
		lines[i] = l[min(max(common, 0), len(l)):]
	}
	return strings.Join(lines, "\n") + "\n"
}

// goSource is a parsed file with its text.
type goSource struct {
	set  *token.FileSet
	file *ast.File
	text []byte
}

func parseSource(source fs.FS, file string) (*goSource, error) {
	text, err := fs.ReadFile(source, file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, text, parser.ParseComments)
	return &goSource{set, f, text}, err
}

func (s *goSource) offset(p token.Pos) int { return s.set.Position(p).Offset }

// lines returns the whole lines that a node stands on, with its doc comment.
func (s *goSource) lines(n ast.Node, doc *ast.CommentGroup) string {
	from := s.offset(n.Pos())
	if doc != nil {
		from = s.offset(doc.Pos())
	}
	from = bytes.LastIndexByte(s.text[:from], '\n') + 1
	to := s.offset(n.End())
	return dedent(string(s.text[from:to]))
}

// propertySources are the files in which the model's properties stand.
var propertySources = []string{"model/property_state.go", "model/property_edge.go", "model/property_conduct.go"}

// goProperties returns the definition of each property of the model by name,
// with the functions of the same files that it calls.
func goProperties(source fs.FS) (map[string]string, error) {
	all, helpers := map[string]string{}, map[string]string{}
	var files []*goSource
	for _, name := range propertySources {
		src, err := parseSource(source, name)
		if err != nil {
			return nil, err
		}
		files = append(files, src)
		for _, d := range src.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				helpers[f.Name.Name] = src.lines(f, f.Doc)
			}
		}
	}
	for _, src := range files {
		ast.Inspect(src.file, func(n ast.Node) bool {
			c, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			name := literalName(c)
			if name == "" {
				return true
			}
			text := src.lines(c, nil)
			for _, called := range calls(c) {
				if h, ok := helpers[called]; ok {
					text += "\n" + h
				}
			}
			all[name] = text
			return false
		})
	}
	return all, nil
}

// literalName returns the value of a literal's field Name, "" where it has none.
func literalName(c *ast.CompositeLit) string {
	for _, e := range c.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, _ := pair.Key.(*ast.Ident)
		value, _ := pair.Value.(*ast.BasicLit)
		if key != nil && key.Name == "Name" && value != nil {
			name, _ := strconv.Unquote(value.Value)
			return name
		}
	}
	return ""
}

// calls returns the names of the functions and methods that are called within
// n, in order.
func calls(n ast.Node) (names []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			name := ""
			switch f := c.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return true
	})
	return names
}

var tlaDefinition = regexp.MustCompile(`(?m)^(\w+)(\([^)]*\))? ==`)

// tlaProperties returns, for each operator of tla/Properties.tla, the paragraph
// that defines it.
func tlaProperties(source fs.FS) (map[string]string, error) {
	text, err := fs.ReadFile(source, "tla/Properties.tla")
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		for _, m := range tlaDefinition.FindAllStringSubmatch(paragraph, -1) {
			all[m[1]] = strings.Trim(paragraph, "\n") + "\n"
		}
	}
	return all, nil
}
