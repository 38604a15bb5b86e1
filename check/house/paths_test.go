package house

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pathInText is a path of the tree in backquotes: with a slash or an extension,
// and nothing that makes it a command or a pattern.
var pathInText = regexp.MustCompile("`([\\w./-]+)`")

// missingPaths says which paths of a text are not in the tree.
func missingPaths(tree fs.FS, text string) (missing []string, named int) {
	for _, m := range pathInText.FindAllStringSubmatch(text, -1) {
		p := path.Clean(m[1])
		if !strings.Contains(p, "/") && !strings.Contains(p, ".") {
			continue // a word
		}
		named++
		if _, err := fs.Stat(tree, p); err != nil {
			missing = append(missing, fmt.Sprintf("%s is not there", m[1]))
		}
	}
	return missing, named
}

// TestPathsInTextsExist: the files that CONTRIBUTING and the other texts at the
// root name are there.
func TestPathsInTextsExist(t *testing.T) {
	named := 0
	for _, file := range []string{"CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		missing, n := missingPaths(os.DirFS(root), string(text))
		named += n
		for _, m := range missing {
			t.Errorf("%s: %s", file, m)
		}
	}
	if named < 20 {
		t.Errorf("only %d paths were found", named)
	}
}

func TestMissingPathsAreFound(t *testing.T) {
	if missing, named := missingPaths(os.DirFS(root), "`spec/suite.go`, `spec/suites.go` and `make test` in `spec`"); len(missing) != 1 || named != 2 {
		t.Errorf("%q of %d", missing, named)
	}
}

// longRecipes says which sections have ten lines or more.
func longRecipes(text string) (long []string, all int) {
	for i, section := range strings.Split("\n"+text, "\n## ") {
		if i == 0 {
			continue // what stands before the first
		}
		all++
		title, body, _ := strings.Cut(section, "\n")
		if n := strings.Count(strings.TrimSpace(body), "\n") + 1; n >= 10 {
			long = append(long, fmt.Sprintf("%s has %d lines", title, n))
		}
	}
	return long, all
}

// TestRecipesAreShort: what one adds is added in under ten lines.
func TestRecipesAreShort(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	if long, all := longRecipes(string(text)); len(long) != 0 || all != 5 {
		t.Errorf("%q of %d", long, all)
	}
	if long, _ := longRecipes("## A thing\n\n" + strings.Repeat("1. Do it.\n", 10)); len(long) != 1 {
		t.Error("ten lines are not found")
	}
}
