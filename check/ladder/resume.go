package ladder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// checkpoint is a file that says how far an interrupted run of a rung has come.
type checkpoint struct {
	Build string          `json:"build"` // of the program: another one may do other work
	Seed  uint64          `json:"seed"`
	Long  bool            `json:"long"`
	State json.RawMessage `json:"state"`
}

// Restore reads into state what an interrupted run of the same work has kept,
// and reports whether there was any. What another build, seed or length has kept
// is not used, with a note. Without [Options.Resume] there is never any.
func (r *Run) Restore(state any) (bool, error) {
	if r.file == "" {
		return false, nil
	}
	text, err := os.ReadFile(r.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var kept checkpoint
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		return false, fmt.Errorf("%s does not say how far a run has come; remove it to begin anew: %w", r.file, err)
	}
	id, err := buildID()
	if err != nil {
		return false, err
	}
	if kept.Build != id || kept.Seed != r.Seed || kept.Long != r.Long {
		r.Notef("%s is of another build, seed or length: begun anew", r.file)
		return false, nil
	}
	if err := json.Unmarshal(kept.State, state); err != nil {
		return false, fmt.Errorf("%s does not say how far this rung has come; remove it to begin anew: %w", r.file, err)
	}
	return true, nil
}

// Keep writes how far the rung has come, for Restore. A run that is cut off
// leaves the last state that was kept whole.
func (r *Run) Keep(state any) error {
	if r.file == "" {
		return nil
	}
	kept := checkpoint{Seed: r.Seed, Long: r.Long}
	var err error
	if kept.Build, err = buildID(); err != nil {
		return err
	}
	if kept.State, err = json.Marshal(state); err != nil {
		return err
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.file+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(r.file+".new", r.file)
}

// resumeIn says where Keep writes.
func (r *Run) resumeIn(dir, rung string) {
	if dir != "" {
		r.file = filepath.Join(dir, fmt.Sprintf("%s-%d-of-%d.json", rung, r.Shard.Index, r.Shard.Count))
	}
}

// finished removes what was kept: there is nothing to go on with.
func (r *Run) finished() error {
	if r.file == "" {
		return nil
	}
	if err := os.Remove(r.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// buildID names the running program by its octets.
var buildID = sync.OnceValues(func() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
})
