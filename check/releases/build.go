package releases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/sesame-tls/sesame/check/cc"
)

// Options is how to build.
type Options struct {
	ASan bool // with AddressSanitizer
	Jobs int  // compilers at once; 0 is one

	// Progress is told of what is being done, and how many files have been
	// compiled. It may be nil.
	Progress func(files int, at string)
}

// Failure is a build that did not end well. Its text is one line.
type Failure struct {
	Name string
	Err  error
	Log  string // the file with what the programs printed
	Tail string // its last lines
}

// Error says which command failed, without what it had printed.
func (f *Failure) Error() string {
	return fmt.Sprintf("releases: %s: %v; what was printed is in %s; mend what it says, and build it again", f.Name, f.Err, f.Log)
}

// Unwrap returns why the command failed.
func (f *Failure) Unwrap() error { return f.Err }

// Build builds the release, unless it is there. Another process that builds the
// same is waited for. What an interrupted build has left is never used.
func (r Release) Build(ctx context.Context, o Options) (cc.Library, error) {
	if lib, err := r.Find(o.ASan); err == nil {
		return lib, nil
	}
	root, err := rootDir()
	if err != nil {
		return cc.Library{}, err
	}
	if err := r.tools(); err != nil {
		return cc.Library{}, err
	}
	work := filepath.Join(root, "work")
	if err := os.MkdirAll(work, 0o700); err != nil {
		return cc.Library{}, err
	}
	o.Jobs = max(1, o.Jobs)
	j := &job{release: r, Options: o, dir: filepath.Join(work, r.folder(o.ASan))}
	j.show("waiting for another build of it")
	unlock, err := lock(ctx, j.dir+".lock")
	if err != nil {
		return cc.Library{}, fmt.Errorf("releases: %s: %w", r.Name(), err)
	}
	defer unlock()
	if lib, err := r.Find(o.ASan); err == nil {
		return lib, nil
	}
	if err := j.make(ctx, filepath.Join(root, r.folder(o.ASan))); err != nil {
		return cc.Library{}, err
	}
	return r.Find(o.ASan)
}

// tools returns an error that names what is missing.
func (r Release) tools() error {
	for _, name := range append([]string{"cargo", "cc", "make"}, recipes[r.Library].tools...) {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("releases: %s: %w: the program %s; apt-get install cargo gcc make perl cmake", r.Name(), cc.ErrMissing, name)
		}
	}
	return nil
}

// lock takes a lock that other processes see. Waiting for it ends with ctx.
func lock(ctx context.Context, file string) (unlock func(), err error) {
	type result struct {
		unlock func()
		err    error
	}
	taken := make(chan result)
	go func() {
		unlock, err := lockedfile.MutexAt(file).Lock()
		select {
		case taken <- result{unlock, err}:
		case <-ctx.Done():
			if err == nil {
				unlock()
			}
		}
	}()
	select {
	case r := <-taken:
		return r.unlock, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// job is one build, in a folder of its own.
type job struct {
	Options
	release Release
	dir     string
	env     []string
	log     *os.File
	files   int // compiled so far
}

// make builds in the job's folder, and moves the result to its place in one
// step. A folder that holds a failed build's log is left.
func (j *job) make(ctx context.Context, place string) error {
	if err := errors.Join(os.RemoveAll(j.dir), os.MkdirAll(filepath.Join(j.dir, "src"), 0o700)); err != nil {
		return err
	}
	logName := filepath.Join(j.dir, "log")
	var err error
	if j.log, err = os.Create(logName); err != nil {
		return err
	}
	defer j.log.Close()
	if err := j.build(ctx); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("releases: %s: interrupted", j.release.Name())
		}
		return &Failure{Name: j.release.Name(), Err: err, Log: logName, Tail: tail(logName)}
	}
	if err := errors.Join(os.RemoveAll(place), os.Rename(filepath.Join(j.dir, "out", "install"), place)); err != nil {
		return err
	}
	return os.RemoveAll(j.dir)
}

func (j *job) build(ctx context.Context) error {
	r, recipe := j.release, recipes[j.release.Library]
	project := fmt.Sprintf("[package]\nname = \"sesame-release\"\nversion = \"0.0.0\"\nedition = \"2018\"\n\n[workspace]\n\n[dependencies]\n%s = \"=%s\"\n%s", r.Crate, r.At, recipe.pins)
	for name, text := range map[string]string{"Cargo.toml": project, filepath.Join("src", "main.rs"): recipe.main} {
		if err := os.WriteFile(filepath.Join(j.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	j.show("asking cargo for " + r.Crate + " " + r.At)
	if err := j.run(ctx, "cargo", "generate-lockfile", "--quiet"); err != nil {
		return err
	}
	lock, err := os.ReadFile(filepath.Join(j.dir, "Cargo.lock"))
	if err != nil {
		return err
	}
	if !strings.Contains(string(lock), `checksum = "`+r.Digest+`"`) {
		return fmt.Errorf("cargo's %s %s is not the crate that it should be (sha256 %s)", r.Crate, r.At, r.Digest)
	}
	if err := recipe.build(ctx, j); err != nil {
		return err
	}
	install := filepath.Join(j.dir, "out", "install")
	for _, lib := range recipe.libs {
		if _, err := os.Stat(filepath.Join(install, "lib", lib)); err != nil {
			return fmt.Errorf("the build ended well and has left no %s", lib)
		}
	}
	return os.WriteFile(filepath.Join(install, stampFile), r.stamp(j.ASan), 0o600)
}

func (j *job) cflags() string {
	if j.ASan {
		return asanFlags
	}
	return ""
}

func (j *job) show(at string) {
	if j.Progress != nil {
		j.Progress(j.files, at)
	}
}
