package eap

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// lineage is a build of hostap's two programs.
type lineage struct {
	name      string
	hostapd   string
	eapolTest string
	internal  bool // on hostap's own TLS
}

// debian is what the packages have: hostap on OpenSSL.
var debian = &lineage{name: "OpenSSL", hostapd: "hostapd", eapolTest: "eapol_test"}

// buildTime bounds the download and the build of hostap.
const buildTime = 5 * time.Minute

//go:embed hostap.sh
var hostapScript string

// internalTLS returns hostap on its own TLS: a third implementation of the
// callback, beside OpenSSL's and Sesame's. It is built once, in half a minute.
func internalTLS(ctx context.Context) (*lineage, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "sesame", "hostap-internal-1")
	l := &lineage{name: "hostap's own TLS", hostapd: filepath.Join(dir, "hostapd"), eapolTest: filepath.Join(dir, "eapol_test"), internal: true}
	if l.there() {
		return l, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "hostap-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh)
	bounded, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	script := exec.CommandContext(bounded, "sh", "-s", fresh)
	script.Stdin = strings.NewReader(hostapScript)
	script.WaitDelay = time.Second // what it has begun may hold its output
	if out, err := script.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("it cannot be built: %w: %s", err, lastLine(string(out)))
	}
	if err := os.Rename(fresh, dir); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *lineage) there() bool {
	for _, program := range []string{l.hostapd, l.eapolTest} {
		if _, err := exec.LookPath(program); err != nil {
			return false
		}
	}
	return true
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
