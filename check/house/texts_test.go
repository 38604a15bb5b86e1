package house

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A text of this project speaks of this project: it names no machine on which
// it was written, no host that a client program should choose by itself, and
// nothing about how the work was organised. The patterns are put together from
// halves, so that this file passes its own test.
var foreign = []struct {
	what    string
	hints   string // words of which a line that matches has one, in lower case
	pattern *regexp.Regexp
}{
	{"a path of one machine", "/work /root /home /users /private", regexp.MustCompile(`(^|[\s"'=(:])/(work|root|home|Users|private)/\w`)},
	{"a path out of the tree", "../", regexp.MustCompile(`\.\./` + `shared\b`)},
	{"a registry's host", "golang. registry. crates. pypi pythonhosted maven debian. ubuntu.", regexp.MustCompile(`\b(proxy|sum)\.golang` + `\.org|registry\.(npmjs|yarnpkg)\b|\b(static\.)?crates` +
		`\.io\b|\bpypi` + `\.org|pythonhosted` + `\.org|repo1?\.maven(\.apache)?\.org|(deb|security)\.debian` + `\.org|(archive|security)\.ubuntu` + `\.com`)},
	{"a note to oneself", "to" + "do fix" + "me xx" + "x", regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)},
	{"a word about the work", "l" + "lm sp" + "ine mile" + "stone ag" + "ent iss" + "ue own" + "er", regexp.MustCompile(`\bL` + `LM\b|(?i)\bsp` + `ine\b|\bmile` + `stones?\b|\bsub-?ag` + `ents?\b|\bag` + `ents?\b|\biss` + `ue #?\d{1,2}\b|\bow` + `ner [A-H]\b`)},
	{"a word about the work", "a" + "i", regexp.MustCompile(`\bA` + `I\b`)},
	{"a file that is not here", ".md", regexp.MustCompile(`\breference/[a-z-]+\.md\b|\b(seman` + `tics|sty` + `le|librar` + `ies|model` + `ling|outside-pro` + `grams|eap-fast-pe` + `ers)\.md\b`)},
}

// foreignLines says which lines of a text are foreign to the project.
func foreignLines(text []byte) (found []string) {
	lower := bytes.ToLower(text)
	for _, f := range foreign {
		hints := strings.Fields(f.hints)
		hinted := func(b []byte) bool {
			return slices.ContainsFunc(hints, func(h string) bool { return bytes.Contains(b, []byte(h)) })
		}
		if !hinted(lower) {
			continue
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if !hinted(bytes.ToLower(line)) {
				continue
			}
			if m := f.pattern.Find(line); m != nil {
				found = append(found, fmt.Sprintf("line %d has %s: %q", i+1, f.what, m))
			}
		}
	}
	return found
}

func TestTextsSpeakOfTheProject(t *testing.T) {
	elsewhere := []string{"LICENSE", "LICENSE-CC0", "go.sum", "tools/go.sum"} // not our words
	others, err := readVendored(vendoredList)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	walk(t, func(file string) {
		if slices.Contains(elsewhere, file) || isVendored(others, file) {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Error(err)
			return
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return // not a text
		}
		read++
		for _, problem := range foreignLines(text) {
			t.Errorf("%s: %s", file, problem)
		}
	})
	if read < 50 {
		t.Errorf("only %d texts were read", read)
	}
}

func TestForeignLinesAreFound(t *testing.T) {
	for _, line := range []string{
		"see /ro" + "ot/go/pkg", "cp x /wo" + "rk/main", "../sha" + "red/design", "GOPROXY=https://proxy.golang" + ".org",
		"// TO" + "DO: later", "written by an A" + "I", "the sp" + "ine", "as iss" + "ue 3 says", "an ag" + "ent did it", "see style" + ".md",
	} {
		if len(foreignLines([]byte("first\n"+line))) == 0 {
			t.Errorf("%q was not found", line)
		}
	}
	plain := strings.Join([]string{"OpenSSL's issue 24213", "/usr/bin/env sh", "golang.org/x/crypto", "a session's roots", "the inner work"}, "\n")
	if found := foreignLines([]byte(plain)); len(found) != 0 {
		t.Error(found)
	}
}
