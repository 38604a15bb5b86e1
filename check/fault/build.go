package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// Weave returns the files that hold the faults, by their names from the module's
// root: each in a copy of its function, which its name switches on. A fault that
// is in several functions is as many of one name.
func Weave(root string, faults []Fault) (map[string]string, error) {
	byFile := map[string][]Fault{}
	for _, f := range faults {
		byFile[f.File] = append(byFile[f.File], f)
	}
	texts := map[string]string{}
	for file, faults := range byFile {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return nil, fmt.Errorf("fault: %w", err)
		}
		woven, pkg, err := weave(file, string(source), faults)
		if err != nil {
			return nil, err
		}
		texts[file] = woven
		texts[path.Join(path.Dir(file), "fault_switch.go")] = fmt.Sprintf(switchFile, pkg, variable)
	}
	return texts, nil
}

// Overlay writes the sources that hold the faults to dir, and returns the file
// that tells the compiler of them.
func Overlay(root, dir string, faults []Fault) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	texts, err := Weave(root, faults)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range texts {
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		replace[filepath.Join(root, filepath.FromSlash(file))] = to
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return WriteOverlay(dir, replace)
}

// WriteOverlay writes to dir the file that tells the compiler which files stand
// for which, by their absolute names, and returns its name.
func WriteOverlay(dir string, replace map[string]string) (string, error) {
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// SwitchOn makes a program that was compiled with an [Overlay] run under one of its
// faults; "" is none.
func SwitchOn(cmd *exec.Cmd, fault string) { cmd.Env = append(cmd.Environ(), variable+"="+fault) }

// Binary is the test binary of one package with all faults in it.
type Binary struct {
	path   string
	folder string // of the package
}

// Build compiles the tests of a package, which is named from the module's root:
// "impl/wire".
func Build(ctx context.Context, root, overlay, pkg string) (*Binary, error) {
	to := filepath.Join(filepath.Dir(overlay), strings.ReplaceAll(pkg, "/", "_")+".test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", to, "./"+pkg)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("fault: %s with its faults does not build: %w\n%s", pkg, err, bytes.TrimSpace(out))
	}
	return &Binary{to, filepath.Join(root, filepath.FromSlash(pkg))}, nil
}

// Run runs the tests of these names, "" being those that RunAll runs, under a
// fault; "" is none. It reports whether they pass, and what was printed. A test
// that does not end counts as neither: it is an error.
func (b *Binary) Run(ctx context.Context, tests, fault string) (passed bool, output string, err error) {
	args := []string{"-test.run", "^(" + tests + ")$", "-test.timeout", "2m"}
	if tests == "" {
		args = append([]string{"-test.timeout", "10m"}, allTests...)
	}
	cmd := exec.CommandContext(ctx, b.path, args...)
	cmd.Dir = b.folder
	SwitchOn(cmd, fault)
	out, err := cmd.CombinedOutput()
	output = string(bytes.TrimSpace(out))
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, output, ctx.Err()
	case err == nil && strings.Contains(output, "no tests to run"):
		return false, output, fmt.Errorf("fault: there is no test %s in %s", tests, b.folder)
	case err == nil:
		return true, output, nil
	case errors.As(err, &exit) && !strings.Contains(output, "panic: test timed out"):
		return false, output, nil
	}
	return false, output, fmt.Errorf("fault: %s under %q: %w\n%s", tests, fault, err, output)
}
