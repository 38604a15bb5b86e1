package house

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// accepted are the licences under which a module may be linked. The last two
// are those of what gonum.org/v1/plot draws with, in docs/gen alone; FTL is the
// FreeType License, a choice of the module's user.
var accepted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense", "CC-BY-4.0", "FTL"}

//go:embed licences.txt
var licenceList string

// TestLicences compares what is linked, tests included, with licences.txt.
func TestLicences(t *testing.T) {
	listed, err := readList(strings.NewReader(licenceList))
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]string{}
	for module, dir := range linkedModules(t) {
		if linked[module], err = licenceIn(dir); err != nil {
			t.Error(err)
		}
	}
	if len(linked) == 0 {
		t.Fatal("no linked module was found")
	}
	for _, problem := range compareLicences(linked, listed) {
		t.Error(problem)
	}
}

func TestLicenceProblemsAreFound(t *testing.T) {
	listed := map[string]string{"example.com/a": "MIT", "example.com/g": "GPL-3.0"}
	for name, linked := range map[string]map[string]string{
		"not listed":   {"example.com/a": "MIT", "example.com/g": "GPL-3.0", "example.com/b": "MIT"},
		"changed":      {"example.com/a": "Apache-2.0"},
		"not accepted": {"example.com/g": "GPL-3.0"},
	} {
		if len(compareLicences(linked, listed)) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if p := compareLicences(map[string]string{"example.com/a": "MIT"}, listed); len(p) != 0 {
		t.Error(p)
	}
	if _, err := readList(strings.NewReader("example.com/a MIT\nexample.com/b\n")); err == nil {
		t.Error("a line without a licence was read")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"none": "", "unknown": "You may do as you please."} {
		if text != "" {
			if err := os.WriteFile(filepath.Join(dir, "LICENSE"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := licenceIn(dir); err == nil {
			t.Errorf("%s: taken for %s", name, got)
		}
	}
}

func compareLicences(linked, listed map[string]string) (problems []string) {
	for module, licence := range linked {
		want, ok := listed[module]
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("%s (%s) is linked and not listed in licences.txt", module, licence))
		case want != licence:
			problems = append(problems, fmt.Sprintf("%s is listed as %s, and its licence reads like %s", module, want, licence))
		case !slices.Contains(accepted, licence):
			problems = append(problems, fmt.Sprintf("%s stands under %s, which is not accepted", module, licence))
		}
	}
	return problems
}

// readList reads lines of a module path and a licence; # begins a comment.
func readList(r io.Reader) (map[string]string, error) {
	list := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		switch f := strings.Fields(line); len(f) {
		case 0:
		case 2:
			list[f[0]] = f[1]
		default:
			return nil, fmt.Errorf("licences.txt: %q is not a module and a licence", line)
		}
	}
	return list, lines.Err()
}

// linkedModules returns the folders of the modules that any package or test of
// the project is compiled with.
func linkedModules(t *testing.T) map[string]string {
	cmd := exec.Command("go", "list", "-e", "-deps", "-test", "-json=Module", "./...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Module *struct {
				Path, Dir string
				Main      bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return dirs
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module != nil && !p.Module.Main {
			dirs[p.Module.Path] = p.Module.Dir
		}
	}
}

var (
	licenceFile = regexp.MustCompile(`(?i)^(un)?licen[sc]e(\.(txt|md))?$|^copying$`)
	space       = regexp.MustCompile(`\s+`)
)

// licenceIn names the licence whose text stands in a module's folder.
func licenceIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		if name := licenceOf(space.ReplaceAllString(string(text), " ")); name != "" {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: no licence that is known here", dir)
}

// licenceOf tells a licence by sentences that only it has.
func licenceOf(text string) string {
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("your choice of exactly one of the following two licenses: * The FreeType License"):
		return "FTL"
	case has("Creative Commons Attribution 4.0 International Public License"):
		return "CC-BY-4.0"
	case has("GNU GENERAL PUBLIC LICENSE"), has("GNU LESSER GENERAL PUBLIC LICENSE"):
		return "GPL"
	case has("Apache License Version 2.0"):
		return "Apache-2.0"
	case has("Mozilla Public License Version 2.0"), has("Mozilla Public License, version 2.0"):
		return "MPL-2.0"
	case has("This is free and unencumbered software released into the public domain"):
		return "Unlicense"
	case has("Redistributions of source code") && has("used to endorse or promote"):
		return "BSD-3-Clause"
	case has("Redistributions of source code"):
		return "BSD-2-Clause"
	case has("Permission is hereby granted, free of charge"):
		return "MIT"
	case has("Permission to use, copy, modify, and/or distribute this software"), has("Permission to use, copy, modify, and distribute this software"):
		return "ISC"
	}
	return ""
}
