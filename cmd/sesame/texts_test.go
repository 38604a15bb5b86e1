package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesame-tls/sesame"
)

// texts calls f with each Markdown file of the documentation.
func texts(t *testing.T, f func(file, text string)) {
	t.Helper()
	err := fs.WalkDir(sesame.Docs, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".md" {
			return err
		}
		text, err := fs.ReadFile(sesame.Docs, file)
		f(file, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommandsInTexts runs every command that the README and the documentation
// show, each file's in a folder and a shell of its own, and compares what comes
// out. The scripts are made of the texts.
func TestCommandsInTexts(t *testing.T) {
	dir := t.TempDir()
	for _, e := range exempt {
		t.Logf("not run: %s: %s", e.what, e.reason)
	}
	shown := 0
	texts(t, func(file, text string) {
		all, err := commands(text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if len(all) == 0 {
			return
		}
		shown += len(all)
		script := fmt.Sprintf("# %s\ntry-text text.md\n-- text.md --\n%s", file, text)
		name := strings.NewReplacer("/", "-", ".md", ".txtar").Replace(file)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if shown < 40 {
		t.Errorf("only %d commands were found", shown)
	}
	testscript.Run(t, testscript.Params{
		Dir:   dir,
		Setup: func(env *testscript.Env) error { return setTextScene(env.WorkDir) },
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"try-text": tryText},
	})
}

// setTextScene puts into a folder what texts speak of as the reader's own: a
// server and a shim of the library that is judged.
func setTextScene(dir string) error {
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "server"), []byte("#!/bin/sh\nexec sesame serve \"$@\"\n"), 0o700),
		os.WriteFile(filepath.Join(dir, "shim"), []byte("#!/bin/sh\nexec sesame shim impl\n"), 0o700))
}

func textEnv(dir string) []string {
	return append(os.Environ(), "HOME="+dir, "CI=", "SSLKEYLOGFILE=")
}

// try-text FILE runs the commands of a Markdown file.
func tryText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: try-text FILE")
	}
	problems, ran, err := try(ts.ReadFile(args[0]), ts.MkAbs("."), textEnv(ts.MkAbs(".")))
	ts.Logf("%d commands", ran)
	ts.Check(err)
	if len(problems) > 0 {
		ts.Fatalf("%s", strings.Join(problems, "\n\n"))
	}
}

// TestWrongOutputsAreFound: the same, on texts that show what is not so.
func TestWrongOutputsAreFound(t *testing.T) {
	const right = "```console\n$ sesame help | head -1\nThe TLS handshake under EAP-FAST: modelled, implemented, checked\n$ X=one\n$ echo $X \\\n> two\none two\n```\n"
	const server = "```console\n$ ./server 127.0.0.1:4433 &\nlistening on 127.0.0.1:4433\n$ sesame connect 127.0.0.1:4433 --insecure | wc -c\n…\n0\n```\n"
	for _, c := range []struct {
		name, text string
		problems   int
	}{
		{"right", right, 0},
		{"other output", strings.Replace(right, "modelled", "muddled", 1), 1},
		{"a line more", strings.Replace(right, "one two\n", "one two\nthree\n", 1), 1},
		{"a line less", strings.Replace(right, "one two\n", "", 1), 1},
		{"elided", strings.Replace(right, "one two\n", "…\n", 1), 0},
		{"wrong flag", "```console\n$ sesame model list --colour\n```\n", 1},
		{"exempt", "```console\n$ make test\nwhatever\n```\n", 0},
		{"server", server, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := setTextScene(dir); err != nil {
				t.Fatal(err)
			}
			problems, _, err := try(c.text, dir, textEnv(dir))
			if err != nil || len(problems) != c.problems {
				t.Errorf("%v, %q", err, problems)
			}
		})
	}
	if plain("5.1 s at 3,000 states/s,  2 workers") != plain("17 ms at 12 M/s, 8 workers") || plain("12 states") == plain("13 states") {
		t.Error("what differs from run to run is told from what does not")
	}
}

// languages are those of blocks that are no commands, and what sees to them.
var languages = []string{
	"console", // TestCommandsInTexts
	"go",      // TestGoInTexts
	"mermaid", // docs/gen/site draws it, and only what it knows
	"tla",     // docs/gen takes it from tla/
	"c",       // declarations of other libraries
	"yaml",    // for other people's systems
	"",        // formulas
}

// strayCommand is a line that reads like a command, outside of a console block.
var strayCommand = regexp.MustCompile(`(?m)^(\$ |sesame |bin/sesame |make |go (build|run|test|install) )`)

func strayBlocks(text string) (problems []string) {
	for _, b := range blocks(text) {
		switch {
		case !slices.Contains(languages, b.language):
			problems = append(problems, "a block in "+b.language)
		case b.language != "console" && strayCommand.MatchString(b.text):
			problems = append(problems, "a command outside of a console block: "+strayCommand.FindString(b.text))
		}
	}
	return problems
}

func TestCommandsStandInConsoleBlocks(t *testing.T) {
	texts(t, func(file, text string) {
		for _, p := range strayBlocks(text) {
			t.Errorf("%s: %s", file, p)
		}
	})
	if len(strayBlocks("```\nsesame help\n```\n```python\nprint()\n```\n")) != 2 {
		t.Error("stray blocks are not found")
	}
}

// TestGoInTexts: every Go block is from a file of the tree that is compiled,
// and outside of the pages on properties from an example that is run.
func TestGoInTexts(t *testing.T) {
	examples, model := goSources(t)
	found := 0
	texts(t, func(file, text string) {
		for _, b := range blocks(text) {
			if b.language != "go" {
				continue
			}
			found++
			within, parts := examples, []string{b.text}
			if strings.HasPrefix(file, "docs/properties/") {
				within, parts = model, strings.Split(b.text, "\n\n") // a property and the functions that it calls
			}
			for _, part := range parts {
				if !strings.Contains(within, squeezed(part)) {
					t.Errorf("%s: this is in no source:\n%s", file, part)
				}
			}
		}
	})
	if found < 20 {
		t.Errorf("only %d blocks were found", found)
	}
	if strings.Contains(examples, squeezed("func Example() { return 1 }")) {
		t.Error("what is in no source was found")
	}
}

// squeezed is code without what its place in a file changes.
func squeezed(code string) string {
	return strings.TrimSuffix(strings.Join(strings.Fields(code), " "), ",")
}

// goSources returns the bodies of all examples with an output, and the model's
// source.
func goSources(t *testing.T) (examples, model string) {
	t.Helper()
	root := "../.."
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".go" {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if filepath.Dir(file) == filepath.Join(root, "model") {
			model += squeezed(string(text)) + "\n"
		}
		if !strings.HasPrefix(d.Name(), "example") || !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Example") {
				continue
			}
			body := string(text[set.Position(f.Body.Lbrace).Offset:set.Position(f.Body.Rbrace).Offset])
			if strings.Contains(body, "// Output:") {
				examples += squeezed(body) + "\n"
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return examples, model
}

// inline is a command of the program within a sentence.
var inline = regexp.MustCompile("`(sesame [^`]+)`")

// unknownInline says which commands within a text's sentences have a verb or a
// flag that does not exist.
func unknownInline(text string) (problems []string, found int) {
	for _, m := range inline.FindAllStringSubmatch(text, -1) {
		found++
		words := strings.Fields(m[1])[1:]
		root := newRoot()
		root.InitDefaultHelpCmd()
		cmd, rest, err := root.Find(words)
		if err != nil || cmd.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
			problems = append(problems, m[1]+": no such verb")
			continue
		}
		for _, w := range rest {
			if w == "--" {
				break // what follows is another program's
			}
			name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
			if strings.HasPrefix(w, "--") && name != "help" && cmd.Flags().Lookup(name) == nil {
				problems = append(problems, m[1]+": no such flag as "+w)
			}
		}
	}
	return problems, found
}

func TestInlineCommandsExist(t *testing.T) {
	found := 0
	texts(t, func(file, text string) {
		problems, n := unknownInline(text)
		found += n
		for _, p := range problems {
			t.Errorf("%s: %s", file, p)
		}
	})
	if found < 20 {
		t.Errorf("only %d were found", found)
	}
	if problems, _ := unknownInline("`sesame walk`, `sesame model walk`, `sesame model explore --colour red`, `sesame help`, `sesame learn client -- sesame --what`"); len(problems) != 3 {
		t.Errorf("%q", problems)
	}
}
