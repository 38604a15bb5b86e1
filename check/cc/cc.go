// Package cc compiles C programs that drive other people's TLS libraries, and
// keeps each in the user's cache folder under a name that follows from all that
// it was made of, so that it is compiled once.
//
// The machine's own libssl is [System]; the releases that package releases
// builds are Libraries too.
package cc

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ErrMissing is wrapped by errors for an outside program or library that is not
// there. Their text says what to install.
var ErrMissing = errors.New("missing")

// Library is a TLS library to compile against.
type Library struct {
	Name    string   // "openssl-3.2.1"; "system" for the machine's libssl
	Kind    string   // "openssl" or "wolfssl"
	Version string   // "3.2.1"
	Flags   []string // for the compiler
	Libs    []string // for the linker, in its order
	Stamp   string   // another one for another build of the same
}

// System is the name of the machine's own libssl.
const System = "system"

// Program is what to compile: one C file, which may include the headers.
type Program struct {
	Name    string // of the result, within its cached name
	Source  string
	Headers map[string]string // by file name
	Flags   []string          // besides the library's
}

// FindSystem finds the machine's libssl by its headers.
func FindSystem(ctx context.Context) (Library, error) {
	cc, err := compiler()
	if err != nil {
		return Library{}, err
	}
	// The macros say which libssl the headers belong to.
	macros, err := exec.CommandContext(ctx, cc, "-E", "-dM", "-include", "openssl/opensslv.h", "-x", "c", os.DevNull).Output()
	if err != nil {
		return Library{}, fmt.Errorf("cc: %w: libssl's headers; install libssl-dev", ErrMissing)
	}
	lib := Library{Name: System, Kind: "openssl", Libs: []string{"-lssl", "-lcrypto"}}
	for line := range strings.Lines(string(macros)) {
		if strings.Contains(line, "OPENSSL_VERSION") {
			lib.Stamp += line
		}
		if m := versionText.FindStringSubmatch(line); m != nil {
			lib.Version = m[1]
		}
	}
	return lib, nil
}

var versionText = regexp.MustCompile(`define OPENSSL_VERSION_TEXT "OpenSSL ([^ "]+)`)

func compiler() (string, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", fmt.Errorf("cc: %w: a C compiler; install gcc and libssl-dev", ErrMissing)
	}
	return cc, nil
}

// Compile compiles a program against a library, unless that has been done, and
// returns the path of the result.
func Compile(ctx context.Context, p Program, lib Library) (string, error) {
	cc, err := compiler()
	if err != nil {
		return "", err
	}
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	args := slices.Concat([]string{"-O1", "-Wno-deprecated-declarations"}, p.Flags, lib.Flags, []string{"-o", "program", "program.c"}, lib.Libs)
	key := sha256.New()
	fmt.Fprintf(key, "%q%q%q%q", cc, args, lib.Stamp, p.Source)
	fmt.Fprintf(key, "%q", p.Headers) // in the order of the names
	program := filepath.Join(dir, fmt.Sprintf("%s-%s-%x", p.Name, lib.Name, key.Sum(nil)[:8]))
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	return program, compile(ctx, cc, args, p, program)
}

// compile builds in a folder of its own and renames, so that two builds at once
// do no harm to each other.
func compile(ctx context.Context, cc string, args []string, p Program, program string) error {
	tmp, err := os.MkdirTemp(filepath.Dir(program), "compile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for name, text := range p.Headers {
		if err := os.WriteFile(filepath.Join(tmp, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(tmp, "program.c"), []byte(p.Source), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, cc, args...)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cc: %s: %s: %w\n%s", p.Name, strings.Join(cmd.Args, " "), err, out)
	}
	return os.Rename(filepath.Join(tmp, "program"), program)
}

// CacheDir returns the folder in which everything is kept that is compiled from
// other people's code: sesame in the user's cache folder.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	dir = filepath.Join(dir, "sesame")
	return dir, os.MkdirAll(dir, 0o700)
}
