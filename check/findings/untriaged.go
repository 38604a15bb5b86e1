package findings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Untriaged returns the findings that are not public, from check/findings/untriaged
// in a checkout of the module; none if there is no such folder. It has a
// findings.json and reproducers in the form of those that are tracked.
func Untriaged(root string) ([]Finding, error) {
	list, err := read(layered{os.DirFS(filepath.Join(root, "check", "findings", "untriaged"))}, "findings.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

// layered is a folder over what is tracked: its programs begin with the same
// headers.
type layered struct{ fs.FS }

func (l layered) Open(name string) (fs.File, error) {
	f, err := l.FS.Open(name)
	if err != nil && strings.HasSuffix(name, ".h") {
		return tracked.Open(name)
	}
	return f, err
}

// Leaks returns where the files of a folder tell of a finding, by its id, its
// title or its words.
func Leaks(dir fs.FS, list []Finding) (leaks []string, err error) {
	err = fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		for _, f := range list {
			for _, words := range []string{f.ID, f.Title, f.Seen} {
				if words != "" && strings.Contains(string(text), words) {
					leaks = append(leaks, name+" tells of "+f.ID)
					break
				}
			}
		}
		return nil
	})
	return leaks, err
}
