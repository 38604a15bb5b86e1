package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-tls/sesame/check/trace"
)

// stale says which files under dir are not what would be written, and which
// generated ones nothing writes any more.
func stale(dir string, want map[string][]byte) (problems []string, err error) {
	for path, text := range want {
		have, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil || !bytes.Equal(have, text) {
			problems = append(problems, path+" is stale")
		}
	}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".md" {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if _, ok := want[filepath.ToSlash(rel)]; !ok && strings.HasPrefix(string(text), "<!-- Code generated") {
			problems = append(problems, rel+" is written by nothing")
		}
		return nil
	})
	return problems, err
}

// written is what would be written, made once for all tests.
var written = sync.OnceValues(func() (map[string][]byte, error) {
	source := os.DirFS("../..")
	c, err := trace.Read(source)
	if err != nil {
		return nil, err
	}
	return generate(source, c)
})

func TestPagesAreFresh(t *testing.T) {
	want, err := written()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := stale("..", want)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("docs/%s: run make docs", p)
	}
}

func TestStalePagesAreFound(t *testing.T) {
	dir := t.TempDir()
	want, err := written()
	if err != nil {
		t.Fatal(err)
	}
	if err := store(dir, want); err != nil {
		t.Fatal(err)
	}
	if problems, err := stale(dir, want); err != nil || len(problems) != 0 {
		t.Fatal(problems, err)
	}
	index := filepath.Join(dir, "README.md")
	if err := os.Rename(index, filepath.Join(dir, "other.md")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "requirements.md"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if problems, err := stale(dir, want); err != nil || len(problems) != 3 {
		t.Errorf("a missing, a changed and a left-over page: %v, %v", problems, err)
	}
}

func TestReadmeIsFresh(t *testing.T) {
	want, err := readme("../..")
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("README.md: run make docs")
	}
	if _, err := between(have, resultsBegin, resultsEnd); err != nil {
		t.Error("README.md shows no results:", err)
	}
}

func TestStaleReadmeIsFound(t *testing.T) {
	root := t.TempDir()
	source := "func Example() {\n\t" + exampleBegin + "\n\tx := 1\n\tif x > 0 {\n\t\tx++\n\t}\n\t" + exampleEnd + "\n}\n"
	for path, text := range map[string]string{
		exampleFile: source,
		"README.md": "before\n" + readmeBegin + "old\n" + readmeEnd + "after\n" + resultsBegin + "old results\n" + resultsEnd,
	} {
		file := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readme(root)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before\n" + readmeBegin + "x := 1\nif x > 0 {\n\tx++\n}\n" + readmeEnd + "after\n" + resultsBegin; !strings.HasPrefix(string(got), want) || strings.Contains(string(got), "old") {
		t.Errorf("got %q", got)
	}
}

func TestTableEscapesBars(t *testing.T) {
	var b bytes.Buffer
	table(&b, []string{"A", "B"}, [][]string{{"a|b", "c"}})
	if want := "| A | B |\n|---|---|\n| a\\|b | c |\n\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}
