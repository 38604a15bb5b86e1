package probe

import (
	"bytes"
	"embed"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/interop"
)

//go:embed player/*.py
var playerFiles embed.FS

// WritePlayer writes the player in Python to a folder: its files, the cases that
// it can play, and fresh certificates. It needs Python 3.9 and nothing else.
func WritePlayer(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "pki"), 0o755); err != nil {
		return err
	}
	files, err := playerFiles.ReadDir("player")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := playerFiles.ReadFile("player/" + f.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), text, 0o755); err != nil {
			return err
		}
	}
	var exported bytes.Buffer
	if err := cases.Write(&exported, Clear(cases.Chosen())); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "cases.json"), exported.Bytes(), 0o644); err != nil {
		return err
	}
	_, err = interop.NewPKI(filepath.Join(dir, "pki"))
	return err
}

// Clear returns the cases that end before the first protected record.
func Clear(list []cases.Case) (clear []cases.Case) {
	for _, c := range list {
		if c.Clear {
			clear = append(clear, c)
		}
	}
	return clear
}
