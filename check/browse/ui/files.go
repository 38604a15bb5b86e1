package ui

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/internal/taped"
	"github.com/sesame-tls/sesame/check/tla"
)

// files are what the page is given.
type files struct {
	dir     string
	trace   string // three runs of the implementation, in lockstep with the model
	capture string // a connection under a PAC, with its keys
	nothing string // of no kind that is known
}

// makeFiles makes them anew in a folder.
func makeFiles(ctx context.Context) (f files, err error) {
	if f.dir, err = os.MkdirTemp("", "sesame-files-*"); err != nil {
		return f, err
	}
	f.trace, f.capture, f.nothing = filepath.Join(f.dir, "run.ndjson"), filepath.Join(f.dir, "run.pcapng"), filepath.Join(f.dir, "notes.txt")
	traces, err := tla.Record(rand.New(rand.NewPCG(1, 2)), 3, 1)
	if err != nil {
		return f, err
	}
	var text bytes.Buffer
	if err := tla.WriteTraces(&text, traces); err != nil {
		return f, err
	}
	packets, err := taped.Handshake(ctx, true)
	if err != nil {
		return f, err
	}
	return f, errors.Join(os.WriteFile(f.trace, text.Bytes(), 0o600), os.WriteFile(f.capture, packets, 0o600), os.WriteFile(f.nothing, []byte("nothing"), 0o600))
}
