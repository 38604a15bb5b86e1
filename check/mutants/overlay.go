package mutants

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/fault"
)

// overlay is a set of changed files for the go command: the source itself stays
// as it is.
type overlay struct {
	root string
	dir  string // for the changed files and for what is built
	list map[string]string
}

// newOverlay returns an overlay without a change, in a folder of its own below
// dir.
func newOverlay(root, dir string) (*overlay, error) {
	own, err := os.MkdirTemp(dir, "overlay-")
	return &overlay{root: root, dir: own, list: map[string]string{}}, err
}

// remove deletes the overlay's folder.
func (o *overlay) remove() { os.RemoveAll(o.dir) }

// put changes, or adds, a file below the module's folder.
func (o *overlay) put(file string, text []byte) error {
	changed := filepath.Join(o.dir, fmt.Sprintf("%d-%s", len(o.list), filepath.Base(file)))
	o.list[filepath.Join(o.root, filepath.FromSlash(file))] = changed
	return os.WriteFile(changed, text, 0o600)
}

// patch puts a fault in.
func (o *overlay) patch(f *Fault) error {
	for _, p := range f.files {
		text, err := os.ReadFile(filepath.Join(o.root, filepath.FromSlash(p.file)))
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s does not apply: there is no %s", f.Name, p.file)
		} else if err != nil {
			return err
		}
		changed, err := p.apply(string(text))
		if err != nil {
			return fmt.Errorf("%s does not apply: %w", f.Name, err)
		}
		if err := o.put(p.file, []byte(changed)); err != nil {
			return err
		}
	}
	return nil
}

// buildError says that changed source does not build.
type buildError struct{ output string }

func (e *buildError) Error() string { return "it does not build:\n" + e.output }

// goCommand runs the go command with the overlay, and returns what it prints.
func (o *overlay) goCommand(ctx context.Context, verb string, args ...string) (string, error) {
	file, err := fault.WriteOverlay(o.dir, o.list)
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{verb, "-overlay=" + file}, args...)...)
	cmd.Dir = o.root
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", &buildError{string(bytes.TrimSpace(out))}
	}
	return string(out), err
}

// listing returns the compiler's listing of a package.
func (o *overlay) listing(ctx context.Context, pkg string) (string, error) {
	return o.goCommand(ctx, "build", "-gcflags=-S", "./"+pkg)
}

// buildCheckers builds some of the checker's programs with the overlay, at once:
// much of what the go command does is the same for all. It returns the files.
func (o *overlay) buildCheckers(ctx context.Context, names ...string) (programs []string, err error) {
	args := []string{"-ldflags=-s -w", "-o=" + o.dir + string(filepath.Separator)}
	for _, name := range names {
		args = append(args, "./check/mutants/checker/"+name)
		programs = append(programs, filepath.Join(o.dir, name))
	}
	_, err = o.goCommand(ctx, "build", args...)
	return programs, err
}

// buildChecker is buildCheckers for one.
func (o *overlay) buildChecker(ctx context.Context, name string) (string, error) {
	programs, err := o.buildCheckers(ctx, name)
	return programs[0], err
}

// isBuild reports whether changed source did not build.
func isBuild(err error) bool {
	var b *buildError
	return errors.As(err, &b)
}
