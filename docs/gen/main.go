// Command gen writes the documentation under docs/, and the README's example,
// from what the project is: its requirements, its vocabulary, its model and its
// code. It writes what checks each requirement into their data, too, and exports
// the cases of package cases. Run it by `make docs`; a test fails when a page is not what it would write.
//
// What is prose stands in pages/, as templates; what can be computed, a function
// here puts into them.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/trace"
)

func main() {
	root := flag.String("root", ".", "the module's `folder`")
	flag.Parse()
	if err := writeAll(*root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func writeAll(root string) error {
	text, err := readme(root)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "README.md"), text, 0o644); err != nil {
		return err
	}
	source := os.DirFS(root)
	coverage, err := trace.Read(source)
	if err != nil {
		return err
	}
	if text, err = coverage.JSON(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "spec", "requirements", "checks.json"), text, 0o644); err != nil {
		return err
	}
	var exported bytes.Buffer
	if err := cases.Write(&exported, cases.Chosen()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "check", "cases", "cases.json"), exported.Bytes(), 0o644); err != nil {
		return err
	}
	files, err := generate(source, coverage)
	if err != nil {
		return err
	}
	return store(filepath.Join(root, "docs"), files)
}

// store writes files below a folder.
func store(dir string, files map[string][]byte) error {
	for path, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
