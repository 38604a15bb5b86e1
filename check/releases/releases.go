package releases

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/check/cc"
)

// Release is a release of a TLS library, and the crate that carries its source.
type Release struct {
	Library string `json:"library"` // "openssl" or "wolfssl"
	Version string `json:"version"` // "3.2.1"
	Crate   string `json:"crate"`   // "openssl-src"
	At      string `json:"at"`      // the crate's version
	Digest  string `json:"digest"`  // the crate's SHA-256, as Cargo knows it
}

// Name returns the name that is used everywhere, such as "openssl-3.2.1".
func (r Release) Name() string { return r.Library + "-" + r.Version }

var releases = []Release{
	{"openssl", "1.1.0i", "openssl-src", "110.0.7", "c02d15268b7d1b3f0c83a2358f3d981139b54079440f1e2a29c60c1818ad5516"},
	{"openssl", "1.1.1w", "openssl-src", "111.28.2", "bb1830e20a48a975ca898ca8c1d036a36c3c6c5cb7dabc1c216706587857920f"},
	{"openssl", "3.0.8", "openssl-src", "300.0.13", "f00789a63ec8951fcda9adb0f2258582afdcfe1b2435e332d3a859896f814f0a"},
	{"openssl", "3.2.1", "openssl-src", "300.2.3", "5cff92b6f71555b61bb9315f7c64da3ca43d87531622120fea0195fc761b4843"},
	{"openssl", "3.3.0", "openssl-src", "300.3.0", "eba8804a1c5765b18c4b3f907e6897ebabeedebc9830e1a0046c4a4cf44663e1"},
	{"openssl", "3.4.1", "openssl-src", "300.4.2", "168ce4e058f975fe43e89d9ccf78ca668601887ae736090aacc23ae353c298e2"},
	{"openssl", "3.5.5", "openssl-src", "300.5.5", "3f1787d533e03597a7934fd0a765f0d28e94ecc5fb7789f8053b1e699a56f709"},
	{"openssl", "3.6.3", "openssl-src", "300.6.1", "46eb8fb9fb3b61ce1c0f8a026c4c1a0714d3a9e138e7fbde78753ce2babc3846"},
	{"openssl", "4.0.3", "openssl-src", "400.0.2", "d2093956673b8dbda85c87fa4fb78e70698ce6c5978a2837d1613f661d3bef76"},
	{"wolfssl", "5.7.4", "wolfssl-sys", "2.0.0", "2e02f2ef849bef7e9ad80f4cc287b78f9cd868b887ae2fe90d09ca70409515e1"},
	{"wolfssl", "5.8.4", "wolfssl-sys", "3.0.0", "bd8fe9bb8a03033cf6dea6409c4f81708213843718d56a609605d040da1eb97a"},
	{"wolfssl", "5.9.1", "wolfssl-sys", "4.0.0", "31d88954b68cf1b0360897f6847edcdc51e4e0f57298d0f87bc56917c39687ad"},
	{"wolfssl", "5.9.4", "wolfssl-sys", "5.3.0", "e04fb531435ec8ba1852ee9df66ab351cdb1e3aec1da4013787ae93efa3adac6"},
}

// Releases returns all releases, OpenSSL's first, each library's oldest first.
func Releases() []Release { return append([]Release(nil), releases...) }

// ByName returns a release by its name or, where that is no other library's
// too, by its version alone.
func ByName(name string) (Release, error) {
	var known []string
	for _, r := range releases {
		if name == r.Name() || name == r.Version {
			return r, nil
		}
		known = append(known, r.Name())
	}
	return Release{}, fmt.Errorf("releases: no release is named %q; known are %s", name, strings.Join(known, ", "))
}

// ErrNotBuilt is wrapped by errors for a release that is known and not built.
var ErrNotBuilt = errors.New("not built")

// Find returns a release's library, or the machine's own for [cc.System].
func Find(ctx context.Context, name string, asan bool) (cc.Library, error) {
	if name == cc.System {
		if asan {
			return cc.Library{}, errors.New("releases: the machine's own libssl has no build with AddressSanitizer; name a release")
		}
		return cc.FindSystem(ctx)
	}
	r, err := ByName(name)
	if err != nil {
		return cc.Library{}, err
	}
	return r.Find(asan)
}

// EveryRun is the release that short runs ask, too, beside the machine's libssl.
const EveryRun = "wolfssl-5.9.4"

// FindOrBuild is [Find] without AddressSanitizer, but builds [EveryRun] where it
// is not built, if that can be done.
func FindOrBuild(ctx context.Context, name string) (cc.Library, error) {
	lib, err := Find(ctx, name, false)
	if !errors.Is(err, ErrNotBuilt) || name != EveryRun {
		return lib, err
	}
	r, err := ByName(name)
	if err != nil {
		return lib, err
	}
	return r.Build(ctx, Options{Jobs: 2})
}

// Built returns the libraries that are there, in the order of [Releases].
func Built(asan bool) (libs []cc.Library) {
	for _, r := range releases {
		if lib, err := r.Find(asan); err == nil {
			libs = append(libs, lib)
		}
	}
	return libs
}

// Find returns the release's library if it has been built, with or without
// AddressSanitizer, and else an error that wraps [ErrNotBuilt].
func (r Release) Find(asan bool) (cc.Library, error) {
	dir, err := r.Dir(asan)
	if err != nil {
		return cc.Library{}, err
	}
	made, err := os.ReadFile(filepath.Join(dir, stampFile))
	if err != nil || string(made) != string(r.stamp(asan)) {
		flag := ""
		if asan {
			flag = " --asan"
		}
		return cc.Library{}, fmt.Errorf("releases: %s is %w; sesame releases build %s%s builds it", r.Name(), ErrNotBuilt, r.Name(), flag)
	}
	lib := cc.Library{Name: filepath.Base(dir), Kind: r.Library, Version: r.Version, Flags: []string{"-I" + filepath.Join(dir, "include")}, Stamp: string(made)}
	if info, err := os.Stat(filepath.Join(dir, stampFile)); err == nil {
		lib.Stamp += info.ModTime().UTC().String() // what was compiled against an earlier build is no longer good
	}
	for _, name := range recipes[r.Library].libs {
		lib.Libs = append(lib.Libs, filepath.Join(dir, "lib", name))
	}
	lib.Libs = append(lib.Libs, "-pthread", "-ldl", "-lm")
	if asan {
		lib.Flags = append(lib.Flags, strings.Fields(asanFlags)...)
	}
	return lib, nil
}

// Dir returns the folder that has, or will have, the release's include and lib.
func (r Release) Dir(asan bool) (string, error) {
	root, err := rootDir()
	return filepath.Join(root, r.folder(asan)), err
}

func (r Release) folder(asan bool) string {
	if asan {
		return r.Name() + "-asan"
	}
	return r.Name()
}

func rootDir() (string, error) {
	cache, err := cc.CacheDir()
	if err != nil {
		return "", fmt.Errorf("releases: %w", err)
	}
	root := filepath.Join(cache, "releases")
	return root, os.MkdirAll(root, 0o700)
}

// stampFile has what the release was made of: a build by another recipe is not
// taken for this one.
const stampFile = "release.json"

func (r Release) stamp(asan bool) []byte {
	text, err := json.Marshal(struct {
		Release
		ASan   bool `json:"asan"`
		Recipe int  `json:"recipe"`
	}{r, asan, recipes[r.Library].edition})
	if err != nil {
		panic(err) // strings and numbers
	}
	return text
}

// Compare orders names such as "openssl-3.2.1" by library and version: "3.0.22"
// comes after "3.0.8", "1.1.1w" after "1.1.1", and what is appended, as in
// "openssl-3.2.1-asan", comes last.
func Compare(a, b string) int {
	for a != "" && b != "" {
		x, restA := part(a)
		y, restB := part(b)
		numberX, errX := strconv.Atoi(x)
		numberY, errY := strconv.Atoi(y)
		c := strings.Compare(x, y)
		if errX == nil && errY == nil {
			c = cmp.Compare(numberX, numberY)
		}
		if c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return strings.Compare(a, b)
}

// part splits off a number, or what comes before the next one.
func part(s string) (first, rest string) {
	digit := func(r rune) bool { return '0' <= r && r <= '9' }
	number := digit(rune(s[0]))
	i := strings.IndexFunc(s, func(r rune) bool { return digit(r) != number })
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}
