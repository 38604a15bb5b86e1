package cc

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeCompiler stands in for cc: it leaves what it is given, and knows one
// library.
const fakeCompiler = `#!/bin/sh
echo called >>"$CALLS"
case "$*" in
*-E*) printf '#define OPENSSL_VERSION_TEXT "OpenSSL 3.0.22 1 Jan 2026"\n#define OPENSSL_VERSION_MAJOR 3\n#define UNRELATED\n' ;;
*) grep wrong program.c && exit 1; cat program.c >program; echo "$*" >>program ;;
esac
`

func fake(t *testing.T) (calls string) {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "cc"), []byte(fakeCompiler), 0o700); err != nil {
		t.Fatal(err)
	}
	calls = filepath.Join(bin, "calls")
	t.Setenv("CALLS", calls)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return calls
}

func TestCompile(t *testing.T) {
	calls := fake(t)
	program := Program{Name: "peer", Source: "int main;", Headers: map[string]string{"a.h": "1"}, Flags: []string{"-DX"}}
	lib := Library{Name: "openssl-3.2.1", Flags: []string{"-Iinclude"}, Libs: []string{"lib.a"}, Stamp: "one"}
	first, err := Compile(t.Context(), program, lib)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(first)
	if err != nil || !strings.Contains(string(text), "-DX -Iinclude -o program program.c lib.a") {
		t.Fatalf("it was compiled by %q; %v", text, err)
	}
	if again, err := Compile(t.Context(), program, lib); err != nil || again != first {
		t.Fatalf("the second time it is %s, %v", again, err)
	}
	if text, _ := os.ReadFile(calls); strings.Count(string(text), "called") != 1 {
		t.Fatal("it was compiled twice")
	}

	// Another program or library is another result.
	seen := map[string]bool{first: true}
	for name, change := range map[string]func(p *Program, l *Library){
		"source":  func(p *Program, _ *Library) { p.Source += " " },
		"header":  func(p *Program, _ *Library) { p.Headers = map[string]string{"a.h": "2"} },
		"flag":    func(p *Program, _ *Library) { p.Flags = nil },
		"library": func(_ *Program, l *Library) { l.Libs = []string{"other.a"} },
		"build":   func(_ *Program, l *Library) { l.Stamp = "two" },
	} {
		p, l := program, lib
		change(&p, &l)
		got, err := Compile(t.Context(), p, l)
		if err != nil || seen[got] {
			t.Errorf("another %s: the same program %s, %v", name, got, err)
		}
		seen[got] = true
	}
}

func TestCompileFails(t *testing.T) {
	fake(t)
	_, err := Compile(t.Context(), Program{Name: "peer", Source: "wrong"}, Library{Name: "x"})
	if err == nil || !strings.Contains(err.Error(), "wrong") {
		t.Fatalf("got %v", err)
	}
	dir, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it has left %v", left)
	}
}

func TestFindSystem(t *testing.T) {
	fake(t)
	lib, err := FindSystem(t.Context())
	if err != nil || lib.Version != "3.0.22" || lib.Kind != "openssl" || strings.Contains(lib.Stamp, "UNRELATED") || !strings.Contains(lib.Stamp, "MAJOR 3") {
		t.Errorf("it is %+v, %v", lib, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := FindSystem(t.Context()); !errors.Is(err, ErrMissing) {
		t.Errorf("without a compiler: %v", err)
	}
	if _, err := Compile(t.Context(), Program{}, lib); !errors.Is(err, ErrMissing) {
		t.Errorf("without a compiler: %v", err)
	}
}
