package tla

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/tla"
)

// Dir returns the folder tla of the source tree that the working directory is
// in; elsewhere, one in the user's cache folder with the same files, which this
// program carries along.
func Dir() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	for {
		dir := filepath.Join(at, "tla")
		if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err == nil {
			return dir, nil
		}
		if at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("tla: no folder tla with a manifest.json here or above, and nowhere to put one: %w", err)
	}
	return unpack(tla.Files, filepath.Join(cache, "sesame"))
}

// unpack writes files into a folder below cache that is named by their digest,
// unless that has been done.
func unpack(files fs.FS, cache string) (string, error) {
	names, err := fs.Glob(files, "*")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	dir := filepath.Join(cache, fmt.Sprintf("tla-%x", sum.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	// Whoever comes first has it whole: it is written beside and then renamed.
	beside, err := os.MkdirTemp(cache, "tla-new-")
	if err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	defer os.RemoveAll(beside)
	if err := errors.Join(os.CopyFS(beside, files), os.Chmod(beside, 0o755)); err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	if err := os.Rename(beside, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			return "", fmt.Errorf("tla: %w", err)
		}
	}
	return dir, nil
}
