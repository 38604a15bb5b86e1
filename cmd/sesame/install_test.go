package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// basics are what each verb can do at least where there is nothing but the
// program. A verb that is not among them says what it does.
var basics = map[string][]basic{
	"serve":      {{args: "serve nowhere", status: 2, says: "HOST:PORT"}},
	"connect":    {{args: "connect", status: 2, says: "HOST:PORT"}},
	"check":      {{args: "check --list", says: "explore"}, {args: "check requirements", status: 2, says: "run it inside of one"}, {args: "check --rung coverage", says: "clone the module and run inside it"}},
	"verify":     {{args: "verify nothing", status: 2, says: "nothing"}},
	"model":      {{args: "model list", says: "no-echo"}, {args: "model explore", says: "holds +agreement"}},
	"learn":      {{args: "learn impl server --callback accept --profile rfc --equivalence model --walks 1", says: "equal to the model's machine"}},
	"tla":        {{args: "tla run NoSuchConfig", status: 2, says: "MCProperties0"}},
	"radius":     {{args: "radius --example", says: "provisioning"}},
	"explain":    {{args: "explain nothing", status: 2, says: "nothing"}},
	"supplicant": {{args: "supplicant", status: 2, says: "--identity"}},
	"pac":        {{args: "pac rotate --keys pac.keys", says: "seals now"}},
	"bench":      {{args: "bench --help", says: "--json"}},
	"releases":   {{args: "releases list", says: "openssl-3.2.1"}},
	"findings":   {{args: "findings show accept-crashes --reproducer", says: "SSL_set_session_secret_cb"}},
	"shim":       {{args: "shim impl", says: `"shim":1`}},
	"probe":      {{args: "probe --list", says: "FAST-TLS-07"}, {args: "probe", status: 2, says: "--shim"}},
	"explore":    {{args: "explore --http 0.0.0.0:8642", status: 2, says: "--public"}},
	"docs":       {{args: "docs --out site", says: "open site/index.html"}},
}

type basic struct {
	args   string
	status int
	says   string // a pattern
}

// TestProgramAlone builds the program as `go install` does, and runs it in an
// empty folder, without Go, a tree or a home that it knows.
func TestProgramAlone(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "bin", "sesame")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, verb := range verbs(newRoot()) {
		if verb == "help" {
			continue
		}
		all := basics[verb]
		if all == nil {
			all = []basic{{args: verb + " --help", says: "Usage"}}
		}
		for _, b := range all {
			t.Run(b.args, func(t *testing.T) {
				if problem := b.try(program, empty); problem != "" {
					t.Error(problem)
				}
			})
		}
	}
	if (basic{args: "model list", says: "no-such-mutant"}).try(program, empty) == "" || (basic{args: "bogus", says: "."}).try(program, empty) == "" {
		t.Error("what goes wrong is not found")
	}
}

// try runs the program in a folder and says what is wrong with what it does.
func (b basic) try(program, dir string) string {
	cmd := exec.Command(program, strings.Fields(b.args)...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "PATH=" + filepath.Dir(program)}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err.Error()
	}
	if got := cmd.ProcessState.ExitCode(); got != b.status {
		return strings.TrimSpace(out.String()) + ": another status than is due"
	}
	if b.status == 2 && strings.Count(out.String(), "\n") != 1 {
		return "not one line: " + out.String()
	}
	if !regexp.MustCompile(b.says).MatchString(out.String()) {
		return "it says " + out.String()
	}
	return ""
}
