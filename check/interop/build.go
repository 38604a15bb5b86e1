package interop

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrMissing is wrapped by errors for an outside program that is not there. Its
// text names the packages to install.
var ErrMissing = errors.New("missing")

//go:embed peer
var peerSource embed.FS

// Build compiles the program that drives libssl through its callback API, and
// returns its path. The result is kept in a cache folder under a name made from
// the source, the compiler and libssl's version, so that it is compiled once.
func Build(ctx context.Context) (string, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", fmt.Errorf("interop: %w: a C compiler; install gcc and libssl-dev", ErrMissing)
	}
	// The macro says which libssl the headers belong to.
	version := exec.CommandContext(ctx, cc, "-E", "-dM", "-include", "openssl/opensslv.h", "-x", "c", os.DevNull)
	macros, err := version.Output()
	if err != nil {
		return "", fmt.Errorf("interop: %w: libssl's headers; install libssl-dev", ErrMissing)
	}
	source, err := peerFiles()
	if err != nil {
		return "", err
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	key := sha256.Sum256([]byte(cc + opensslMacros(macros) + source["openssl.c"] + source["shim.h"]))
	program := filepath.Join(dir, fmt.Sprintf("openssl-%x", key[:8]))
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	return program, compile(ctx, cc, source, program)
}

// compile builds in a folder of its own and renames, so that two builds at once
// do no harm to each other.
func compile(ctx context.Context, cc string, source map[string]string, program string) error {
	tmp, err := os.MkdirTemp(filepath.Dir(program), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for name, text := range source {
		if err := os.WriteFile(filepath.Join(tmp, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, cc, "-O1", "-Wno-deprecated-declarations", "-o", "openssl", "openssl.c", "-lssl", "-lcrypto")
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("interop: %s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return os.Rename(filepath.Join(tmp, "openssl"), program)
}

func peerFiles() (map[string]string, error) {
	source := map[string]string{}
	for _, name := range []string{"openssl.c", "shim.h"} {
		text, err := peerSource.ReadFile("peer/" + name)
		if err != nil {
			return nil, err
		}
		source[name] = string(text)
	}
	return source, nil
}

// opensslMacros keeps the lines that say which OpenSSL the headers are of.
func opensslMacros(macros []byte) string {
	var kept bytes.Buffer
	for line := range bytes.Lines(macros) {
		if bytes.Contains(line, []byte("OPENSSL_VERSION")) {
			kept.Write(line)
		}
	}
	return kept.String()
}

// cacheDir is check/build beside this package in a source tree, and the user's
// cache folder elsewhere.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err == nil {
		dir = filepath.Join(dir, "sesame")
	}
	if at, wdErr := os.Getwd(); wdErr == nil {
		for ; at != filepath.Dir(at); at = filepath.Dir(at) {
			if _, err := os.Stat(filepath.Join(at, "check", "interop", "peer")); err == nil {
				dir = filepath.Join(at, "check", "build")
				break
			}
		}
	}
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "sesame")
	}
	return dir, os.MkdirAll(dir, 0o700)
}
