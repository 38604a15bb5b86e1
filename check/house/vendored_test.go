package house

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

//go:embed vendored.txt
var vendoredList string

// legal is what the file with a vendored file's licence is named after it.
const legal = ".LEGAL.txt"

// vendored is a file of others that stands in the tree as it was published.
type vendored struct{ file, module, version, licence, digest string }

// readVendored reads vendored.txt.
func readVendored(text string) (all []vendored, err error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		switch f := strings.Fields(line); len(f) {
		case 0:
		case 5:
			all = append(all, vendored{f[0], f[1], f[2], f[3], f[4]})
		default:
			return nil, fmt.Errorf("vendored.txt: %q has not five words", line)
		}
	}
	return all, lines.Err()
}

// isVendored reports whether a file, or the licence, is another's.
func isVendored(all []vendored, file string) bool {
	return slices.ContainsFunc(all, func(v vendored) bool { return file == v.file || file == v.file+legal })
}

// packaged is how files are named that somebody's build has made.
var packaged = regexp.MustCompile(`\.(min|esm|umd)\.(js|css)$`)

// problems says what is wrong with a vendored file.
func (v vendored) problems(file, licence []byte) (problems []string) {
	if got := fmt.Sprintf("%x", sha256.Sum256(file)); got != v.digest {
		problems = append(problems, fmt.Sprintf("%s is not the one of %s %s: its SHA-256 is %s", v.file, v.module, v.version, got))
	}
	if got := licenceOf(space.ReplaceAllString(string(licence), " ")); got != v.licence || !slices.Contains(accepted, got) {
		problems = append(problems, fmt.Sprintf("%s is listed as %s, and its licence reads like %q", v.file, v.licence, got))
	}
	return problems
}

// TestVendored: what is another's is listed, unchanged, and has its licence
// beside it.
func TestVendored(t *testing.T) {
	all, err := readVendored(vendoredList)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	for _, v := range all {
		file, err := os.ReadFile(filepath.Join(root, v.file))
		if err != nil {
			t.Error(err)
		}
		licence, err := os.ReadFile(filepath.Join(root, v.file+legal))
		if err != nil {
			t.Error(err)
		}
		for _, problem := range v.problems(file, licence) {
			t.Error(problem)
		}
	}
	walk(t, func(file string) {
		if packaged.MatchString(file) && !isVendored(all, file) {
			t.Errorf("%s looks like somebody's package, and is not in vendored.txt", file)
		}
	})
}

func TestVendoredProblemsAreFound(t *testing.T) {
	mit := []byte("Permission is hereby granted, free of charge, to any person")
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte("x")))
	for name, c := range map[string]struct {
		v             vendored
		file, licence string
		problems      int
	}{
		"right":           {vendored{"a.js", "a", "1", "MIT", digest}, "x", string(mit), 0},
		"changed":         {vendored{"a.js", "a", "1", "MIT", digest}, "y", string(mit), 1},
		"another licence": {vendored{"a.js", "a", "1", "ISC", digest}, "x", string(mit), 1},
		"no licence":      {vendored{"a.js", "a", "1", "MIT", digest}, "x", "", 1},
		"not accepted":    {vendored{"a.js", "a", "1", "GPL", digest}, "x", "GNU GENERAL PUBLIC LICENSE", 1},
	} {
		if got := c.v.problems([]byte(c.file), []byte(c.licence)); len(got) != c.problems {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, err := readVendored("a.js a 1 MIT"); err == nil {
		t.Error("a line of four words was read")
	}
}
