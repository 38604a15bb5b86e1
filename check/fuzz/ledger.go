package fuzz

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ledger remembers the CPU time that each target of a long run has had, so that
// one that was interrupted goes on where it was. It is about one state of the
// sources: with another, all begins anew.
type ledger struct {
	file string // "": nothing is kept

	Sources string                   // what digest returns
	Done    map[string]time.Duration // by target
}

// openLedger reads the ledger in the user's cache folder. One that cannot be
// read, or that is about other sources, is an empty one.
func openLedger(dir string) (*ledger, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("no cache folder: %w; set HOME or XDG_CACHE_HOME", err)
	}
	sources, err := digest(dir)
	if err != nil {
		return nil, err
	}
	return readLedger(filepath.Join(cache, "sesame", "fuzz.json"), sources), nil
}

func readLedger(file, sources string) *ledger {
	l := new(ledger)
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, l) != nil || l.Sources != sources || l.Done == nil {
		l = &ledger{Sources: sources, Done: map[string]time.Duration{}}
	}
	l.file = file
	return l
}

// left returns the CPU time that a target has yet to have.
func (l *ledger) left(t Target, each time.Duration) time.Duration {
	return max(0, each-l.Done[t.String()])
}

// add notes that a target has had so much CPU time more.
func (l *ledger) add(t Target, spent time.Duration) error {
	l.Done[t.String()] += spent
	if l.file == "" {
		return nil
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.file), 0o755); err != nil {
		return err
	}
	part := l.file + ".part"
	if err := os.WriteFile(part, text, 0o644); err != nil {
		return err
	}
	return os.Rename(part, l.file)
}

// finish forgets targets whose time is full: the next run begins anew.
func (l *ledger) finish(targets []Target) error {
	for _, t := range targets {
		delete(l.Done, t.String())
	}
	if len(l.Done) > 0 || l.file == "" {
		return nil
	}
	if err := os.Remove(l.file); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// digest identifies the module's Go sources.
func digest(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") && !strings.HasPrefix(d.Name(), "go."):
			return nil
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(h, "%d %s %d\n", len(path)-len(dir), path[len(dir):], len(text))
		h.Write(text)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}
