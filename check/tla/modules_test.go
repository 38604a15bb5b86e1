package tla

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sesame-tls/sesame/tla"
)

var (
	moduleLine  = regexp.MustCompile(`^-{4,} MODULE (\w+) -{4,}\n`)
	commentLine = regexp.MustCompile(`(?m)^\(\* +(.*?) *\*\)\n`)
	extendsLine = regexp.MustCompile(`(?m)^EXTENDS (.+)$`)
	instance    = regexp.MustCompile(`\bINSTANCE (\w+)`)
)

// module is what a .tla file says of itself.
type module struct {
	name string
	says string   // the comment below its name
	uses []string // what it extends or is an instance of
}

func readModule(text string) (m module) {
	if found := moduleLine.FindStringSubmatch(text); found != nil {
		m.name = found[1]
	}
	head, _, _ := strings.Cut(text, "EXTENDS ")
	for _, found := range commentLine.FindAllStringSubmatch(head, -1) {
		m.says = strings.TrimSpace(m.says + " " + found[1])
	}
	if found := extendsLine.FindStringSubmatch(text); found != nil {
		m.uses = strings.Split(found[1], ", ")
	}
	for _, found := range instance.FindAllStringSubmatch(text, -1) {
		m.uses = append(m.uses, found[1])
	}
	return m
}

// readModules reads the modules of a folder, by the names of their files.
func readModules(files fs.FS) (map[string]module, error) {
	names, err := fs.Glob(files, "*.tla")
	if err != nil {
		return nil, err
	}
	all := map[string]module{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(name, ".tla")] = readModule(string(text))
	}
	return all, nil
}

// misfits says what keeps `tlc2.TLC -config X.cfg X.tla` from being the way to
// run each configuration of the manifest, and what else the folder has that no
// configuration needs.
func misfits(files fs.FS, all []Config) (problems []string, err error) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	modules, err := readModules(files)
	if err != nil {
		return nil, err
	}
	listed, needed := map[string]bool{}, map[string]bool{}
	var need func(name string)
	need = func(name string) {
		if m, here := modules[name]; here && !needed[name] {
			needed[name] = true
			for _, used := range m.uses {
				need(used)
			}
		}
	}
	for _, c := range all {
		if listed[c.Name] {
			problem("%s is in the manifest twice", c.Name)
		}
		listed[c.Name] = true
		for _, ext := range []string{".cfg", ".tla"} {
			if _, err := fs.Stat(files, c.Name+ext); err != nil {
				problem("%s is in the manifest, and there is no %s%s", c.Name, c.Name, ext)
			}
		}
		if m, here := modules[c.Name]; here && (m.says == "" || c.Exit != ExitFine && !strings.HasPrefix(m.says, "Must violate "+c.Violates+". ")) {
			problem("%s.tla does not say what it shows: %q", c.Name, m.says)
		}
		if c.Mutant != "" && c.Name != "Fault"+Name(c.Mutant) {
			problem("%s has the mutant %s of another name", c.Name, c.Mutant)
		}
		need(c.Name)
	}
	configs, err := fs.Glob(files, "*.cfg")
	for _, file := range configs {
		if !listed[strings.TrimSuffix(file, path.Ext(file))] {
			problem("%s is not in the manifest", file)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		if name := modules[file].name; name != file {
			problem("%s.tla holds the module %q", file, name)
		}
		if !needed[file] {
			problem("no configuration needs %s.tla", file)
		}
	}
	return problems, err
}

// TestEveryConfigurationIsAModule: X.cfg goes with a module X, which stands in
// the manifest, and no module is left over.
func TestEveryConfigurationIsAModule(t *testing.T) {
	dir, all := load(t)
	problems, err := misfits(os.DirFS(dir), all)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	for _, c := range []struct {
		name, want string
		alter      func(files fstest.MapFS, all []Config) []Config
	}{
		{"no module", "there is no MC0.tla", func(files fstest.MapFS, all []Config) []Config {
			delete(files, "MC0.tla")
			return all
		}},
		{"no configuration", "there is no FaultNoEcho.cfg", func(files fstest.MapFS, all []Config) []Config {
			delete(files, "FaultNoEcho.cfg")
			return all
		}},
		{"not in the manifest", "MC0.cfg is not in the manifest", func(_ fstest.MapFS, all []Config) []Config { return all[1:] }},
		{"in it twice", "MC0 is in the manifest twice", func(_ fstest.MapFS, all []Config) []Config { return append(all, all[0]) }},
		{"another module", `MCWire.tla holds the module "MCCourse"`, func(files fstest.MapFS, all []Config) []Config {
			files["MCWire.tla"] = files["MCCourse.tla"]
			return all
		}},
		{"a module that is left over", "no configuration needs TLS2.tla", func(files fstest.MapFS, all []Config) []Config {
			files["TLS2.tla"] = &fstest.MapFile{Data: []byte("---- MODULE TLS2 ----\n(* More. *)\nEXTENDS TLS\n====\n")}
			return all
		}},
		{"a name that TLA+ has not", `TLS-2.tla holds the module ""`, func(files fstest.MapFS, all []Config) []Config {
			files["TLS-2.tla"] = &fstest.MapFile{Data: []byte("---- MODULE TLS-2 ----\n====\n")}
			return all
		}},
		{"another mutant's name", "MCCourse has the mutant no-echo of another name", func(_ fstest.MapFS, all []Config) []Config {
			i := slices.IndexFunc(all, func(c Config) bool { return c.Name == "MCCourse" })
			all[i].Mutant = "no-echo"
			return all
		}},
		{"another property", "FaultNoEcho.tla does not say", func(_ fstest.MapFS, all []Config) []Config {
			i := slices.IndexFunc(all, func(c Config) bool { return c.Name == "FaultNoEcho" })
			all[i].Violates = "Agreement"
			return all
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, name := range folder(t, tla.Files) {
				text, err := tla.Files.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				files[name] = &fstest.MapFile{Data: text}
			}
			problems, err := misfits(files, c.alter(files, slices.Clone(all)))
			if err != nil || !strings.Contains(strings.Join(problems, "\n"), c.want) {
				t.Errorf("%q, %v; want %q", problems, err, c.want)
			}
		})
	}
}

func folder(t *testing.T, files fs.FS) []string {
	t.Helper()
	names, err := fs.Glob(files, "*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestByHand runs TLC as the README of tla/ does, and with it the TLA+ Toolbox
// and the VS Code extension: nothing but X.cfg and X.tla, in a clean copy of the
// folder.
func TestByHand(t *testing.T) {
	needsTLC(t)
	jar, err := Jar()
	if err != nil {
		t.Fatal(err)
	}
	_, all := load(t)
	run := func(t *testing.T, name string, without ...string) (exit int, output string) {
		dir, scratch := t.TempDir(), t.TempDir()
		if err := os.CopyFS(dir, tla.Files); err != nil {
			t.Fatal(err)
		}
		for _, file := range without {
			if err := os.Remove(path.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.CommandContext(t.Context(), "java", "-cp", jar, "tlc2.TLC", "-config", name+".cfg", name+".tla")
		cmd.Dir = dir
		// TLC unpacks modules of its own there. The rest lets Java start fast.
		cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir="+scratch)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), string(out)
	}
	for _, name := range []string{"Trace", "MCTLS", "FaultNoEcho"} {
		t.Run(name, func(t *testing.T) {
			c, err := Find(all, name)
			if err != nil {
				t.Fatal(err)
			}
			exit, output := run(t, name)
			o := &Outcome{Exit: exit}
			for line := range strings.Lines(output) {
				o.read(strings.TrimSuffix(line, "\n"), nil)
			}
			if err := c.compare(o); err != nil {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
	t.Run("without its module", func(t *testing.T) {
		if exit, output := run(t, "FaultNoEcho", "FaultNoEcho.tla"); exit < exitFirstTrouble {
			t.Errorf("status %d\n%s", exit, output)
		}
	})
}
