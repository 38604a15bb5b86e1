package mutants

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// compilable tells which mutations of a package build, much faster than the
// compiler does.
type compilable struct {
	set    *token.FileSet
	files  map[string]*ast.File // by their names below the module's folder
	path   string
	config types.Config
}

func newCompilable(ctx context.Context, root, pkg string) (*compilable, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}} {{if not .DepOnly}}{{range .GoFiles}} {{.}}{{end}}{{end}}", "./"+pkg)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", pkg, err)
	}
	c := &compilable{set: token.NewFileSet(), files: map[string]*ast.File{}}
	exports := map[string]string{}
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		words := strings.Fields(in.Text())
		if len(words) > 1 {
			exports[words[0]] = words[1]
		}
		for _, name := range words[min(2, len(words)):] {
			c.path = words[0]
			file := pkg + "/" + name
			if c.files[file], err = parser.ParseFile(c.set, filepath.Join(root, filepath.FromSlash(file)), nil, parser.SkipObjectResolution); err != nil {
				return nil, err
			}
		}
	}
	c.config.Importer = importer.ForCompiler(c.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	c.config.Error = func(error) {}
	return c, c.check(c.files)
}

func (c *compilable) check(files map[string]*ast.File) error {
	var list []*ast.File
	for _, f := range files {
		list = append(list, f)
	}
	_, err := c.config.Check(c.path, c.set, list, nil)
	return err
}

// has reports whether a mutation builds.
func (c *compilable) has(m *mutation) bool {
	set := token.NewFileSet()
	changed, err := parser.ParseFile(set, m.File, m.edited, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	files := map[string]*ast.File{}
	for name, f := range c.files {
		files[name] = f
	}
	files[m.File] = changed
	return c.check(files) == nil
}
