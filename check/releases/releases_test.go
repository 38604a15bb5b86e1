package releases

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-tls/sesame/check/cc"
)

// fakes puts programs that stand in for cargo and others before all others, and
// an empty cache folder in the place of the user's.
type fakes struct{ calls, cache string }

func newFakes(t *testing.T, digest string) fakes {
	t.Helper()
	bin, err := filepath.Abs("testdata/bin")
	if err != nil {
		t.Fatal(err)
	}
	f := fakes{filepath.Join(t.TempDir(), "calls"), t.TempDir()}
	crate := t.TempDir()
	for _, name := range []string{"wolfssl-src/wolfssl/ssl.h", "wolfssl-src/CMakeLists.txt"} {
		file := filepath.Join(crate, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"PATH": bin + string(filepath.ListSeparator) + os.Getenv("PATH"), "XDG_CACHE_HOME": f.cache, "CALLS": f.calls,
		"CRATE": crate, "DIGEST": digest, "BROKEN": "", "CFLAGS": "-the-users-own",
	} {
		t.Setenv(name, value)
	}
	return f
}

// count returns how often a program was called.
func (f fakes) count(t *testing.T, call string) (n int) {
	t.Helper()
	text, err := os.ReadFile(f.calls)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line == call+"\n" {
			n++
		}
	}
	return n
}

func release(t *testing.T, name string) Release {
	t.Helper()
	r, err := ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBuild(t *testing.T) {
	for _, tt := range []struct {
		name, crate string
		asan        bool
	}{
		{"openssl-3.2.1", "cargo build", false},
		{"openssl-3.2.1", "cargo build", true},
		{"wolfssl-5.9.4", "cargo metadata", false},
	} {
		t.Run(tt.name+map[bool]string{true: "-asan"}[tt.asan], func(t *testing.T) {
			r := release(t, tt.name)
			f := newFakes(t, r.Digest)
			if _, err := Find(t.Context(), tt.name, tt.asan); !errors.Is(err, ErrNotBuilt) {
				t.Fatalf("found before it was built: %v", err)
			}
			for range 2 { // the second finds it
				lib, err := r.Build(t.Context(), Options{ASan: tt.asan})
				if err != nil {
					t.Fatal(err)
				}
				if lib.Version != r.Version || lib.Kind != r.Library || slices.Contains(lib.Flags, "-fsanitize=address") != tt.asan {
					t.Fatalf("it is %+v", lib)
				}
				if _, err := os.Stat(lib.Libs[0]); err != nil {
					t.Fatal(err)
				}
			}
			if n := f.count(t, tt.crate); n != 1 {
				t.Fatalf("%s was called %d times", tt.crate, n)
			}
			if _, err := Find(t.Context(), tt.name, !tt.asan); !errors.Is(err, ErrNotBuilt) {
				t.Fatalf("the other build is there too: %v", err)
			}
			if got := len(Built(tt.asan)); got != 1 {
				t.Fatalf("%d releases are built", got)
			}
		})
	}
}

// The user's own flags must not make another library of it.
func TestBuildFlags(t *testing.T) {
	r := release(t, "openssl-4.0.3")
	newFakes(t, r.Digest)
	for asan, want := range map[bool]string{false: " -j1\n", true: asanFlags + " -j3\n"} {
		lib, err := r.Build(t.Context(), Options{ASan: asan, Jobs: map[bool]int{true: 3}[asan]})
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(lib.Libs[1]) // the stand-in writes what it was told there
		if err != nil || string(got) != want {
			t.Errorf("asan %v: built with %q, want %q; %v", asan, got, want, err)
		}
	}
}

// What must not be taken for a build.
func TestBuildRefuses(t *testing.T) {
	r := release(t, "openssl-3.2.1")
	for _, tt := range []struct {
		name, digest, broken, want string
	}{
		{"another crate", strings.Repeat("0", 64), "", "is not the crate that it should be"},
		{"failing build", r.Digest, "yes", "sesame-release: exit status 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			newFakes(t, tt.digest)
			t.Setenv("BROKEN", tt.broken)
			_, err := r.Build(t.Context(), Options{})
			var failure *Failure
			if !errors.As(err, &failure) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v", err)
			}
			if tt.broken != "" && !strings.Contains(failure.Tail, "no such luck") {
				t.Errorf("the log's last lines are %q", failure.Tail)
			}
			if _, err := os.Stat(failure.Log); err != nil {
				t.Error(err)
			}
			if _, err := r.Find(false); !errors.Is(err, ErrNotBuilt) {
				t.Errorf("it is taken for built: %v", err)
			}
			// Mended, the same command builds it.
			t.Setenv("BROKEN", "")
			t.Setenv("DIGEST", r.Digest)
			if _, err := r.Build(t.Context(), Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// A folder that something else has made is built anew: one without a stamp, and
// one by another recipe.
func TestBuildAnew(t *testing.T) {
	r := release(t, "openssl-3.2.1")
	for name, stamp := range map[string]string{"half": "", "other recipe": `{"library":"openssl"}`} {
		t.Run(name, func(t *testing.T) {
			newFakes(t, r.Digest)
			dir, err := r.Dir(false)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, "lib"), 0o700); err != nil {
				t.Fatal(err)
			}
			if stamp != "" {
				if err := os.WriteFile(filepath.Join(dir, stampFile), []byte(stamp), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := r.Find(false); !errors.Is(err, ErrNotBuilt) {
				t.Fatalf("it is taken for built: %v", err)
			}
			if _, err := r.Build(t.Context(), Options{}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Two that build the same at once build it once.
func TestBuildTogether(t *testing.T) {
	r := release(t, "openssl-3.2.1")
	f := newFakes(t, r.Digest)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := r.Build(t.Context(), Options{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := f.count(t, "cargo build"); n != 1 {
		t.Fatalf("it was built %d times", n)
	}
}

func TestBuildInterrupted(t *testing.T) {
	r := release(t, "openssl-3.2.1")
	newFakes(t, r.Digest)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.Build(ctx, Options{Progress: func(_ int, at string) {
		if at == "sesame-release" {
			cancel()
		}
	}})
	if err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Fatalf("got %v", err)
	}
	if _, err := r.Find(false); !errors.Is(err, ErrNotBuilt) {
		t.Fatalf("it is taken for built: %v", err)
	}
}

func TestBuildMissing(t *testing.T) {
	newFakes(t, "")
	t.Setenv("PATH", t.TempDir())
	_, err := release(t, "wolfssl-5.9.4").Build(t.Context(), Options{})
	if !errors.Is(err, cc.ErrMissing) || !strings.Contains(err.Error(), "apt-get install") {
		t.Fatalf("got %v", err)
	}
}

func TestByName(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Releases() {
		for _, name := range []string{r.Name(), r.Version} {
			if names[name] {
				t.Errorf("two releases are named %s", name)
			}
			names[name] = true
			if got, err := ByName(name); err != nil || got != r {
				t.Errorf("%s is %v, %v", name, got, err)
			}
		}
	}
	if _, err := ByName("3.2"); err == nil || !strings.Contains(err.Error(), "openssl-3.2.1") {
		t.Errorf("an unknown name: %v", err)
	}
	if _, err := Find(t.Context(), cc.System, true); err == nil {
		t.Error("the machine's libssl has a build with AddressSanitizer")
	}
}

func TestCompare(t *testing.T) {
	want := []string{"openssl-1.1.0i", "openssl-1.1.1", "openssl-1.1.1w", "openssl-3.0.8", "openssl-3.0.22", "openssl-3.2.1", "openssl-3.2.1-asan", "openssl-4.0.3", "wolfssl-5.9.4"}
	for i, a := range want {
		for j, b := range want {
			if got := Compare(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s, %s: %d", a, b, got)
			}
		}
	}
}
