package trace

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/coverage"
	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/internal/atonce"
)

//go:embed faults/*.txt
var faultFiles embed.FS

// Faults returns what the citations must fail under.
func Faults() ([]fault.Fault, error) {
	files, err := fs.Glob(faultFiles, "faults/*.txt")
	if err != nil {
		return nil, err
	}
	var all strings.Builder
	for _, file := range files {
		text, err := faultFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all.Write(text)
		all.WriteByte('\n')
	}
	return fault.Parse(all.String())
}

// Twin is a test that must fail under a fault.
type Twin struct {
	Package string // from the module's root: "impl/wire"
	Test    string
	Fault   string
}

// twinsOf lists each test and fault once.
func twinsOf(root fs.FS) (twins []Twin, err error) {
	found, err := citations(root)
	for _, c := range found {
		for _, name := range c.MustFail {
			if t := (Twin{path.Dir(c.File), c.Name, name}); !slices.Contains(twins, t) {
				twins = append(twins, t)
			}
		}
	}
	return twins, err
}

// AliveError says that a test does not do what its citation says.
type AliveError struct {
	Twin          // Fault is "" where the test fails without one
	Output string // of the test
}

// Error says which test it is.
func (e *AliveError) Error() string {
	if e.Fault == "" {
		return fmt.Sprintf("%s: %s fails without any fault\n%s", e.Package, e.Test, e.Output)
	}
	return fmt.Sprintf("%s: %s passes under the fault %s, under which it must fail", e.Package, e.Test, e.Fault)
}

// String is for instance "impl/wire.TestRefuse/long-vector".
func (t Twin) String() string { return t.Package + "." + t.Test + "/" + t.Fault }

// Twins runs the citing tests of the module at root without a fault, when they
// must pass, as must all other tests of impl beside them, and under each of the
// faults that they name, when they must fail. Which says which to take. It calls
// done after each run, from several goroutines. Its error joins an [*AliveError]
// for each test that does otherwise.
func Twins(ctx context.Context, root string, which func(Twin) bool, workers int, done func(Twin)) error {
	faults, err := Faults()
	if err != nil {
		return err
	}
	twins, err := twinsOf(os.DirFS(root))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sesame-faults-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := fault.Overlay(root, dir, faults)
	if err != nil {
		return err
	}
	byPackage := map[string][]Twin{}
	for _, t := range twins {
		if which(t) {
			byPackage[t.Package] = append(byPackage[t.Package], t)
		}
	}
	packages := sortedKeys(byPackage)
	errs := make([]error, len(packages))
	atonce.Each(workers, len(packages), func(i int) {
		errs[i] = runTwins(ctx, root, overlay, packages[i], byPackage[packages[i]], done)
	})
	return errors.Join(errs...)
}

// whole reports whether all tests of a package are run without a fault, and not
// the citing ones alone: those of impl that the rung coverage does not run.
func whole(pkg string) bool {
	return strings.HasPrefix(pkg, "impl/") && !slices.Contains(coverage.Packages, pkg)
}

// runTwins runs the twins of one package.
func runTwins(ctx context.Context, root, overlay, pkg string, twins []Twin, done func(Twin)) error {
	binary, err := fault.Build(ctx, root, overlay, pkg)
	if err != nil {
		return err
	}
	var tests []string
	for _, t := range twins {
		if !slices.Contains(tests, t.Test) {
			tests = append(tests, t.Test)
		}
	}
	all := strings.Join(tests, "|")
	if whole(pkg) {
		all = ""
	}
	passed, output, err := binary.Run(ctx, all, "")
	if err != nil {
		return err
	}
	if !passed {
		return &AliveError{Twin{Package: pkg, Test: cmp.Or(all, "one of its tests")}, output}
	}
	var alive []error
	for _, t := range twins {
		passed, output, err := binary.Run(ctx, t.Test, t.Fault)
		switch {
		case err != nil:
			return errors.Join(append(alive, err)...)
		case passed:
			alive = append(alive, &AliveError{t, output})
		}
		done(t)
	}
	return errors.Join(alive...)
}
