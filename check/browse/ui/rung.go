package ui

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/browse"
	"github.com/sesame-tls/sesame/check/ladder"
)

// Rung drives the page of `sesame explore` in a browser.
var Rung = ladder.Rung{
	Name:  "explorer-ui",
	Shows: "the model's page does all that it offers in a real browser, without an error and without a barrier",
	Needs: []ladder.Tool{Tool},
	Run:   climb,
}

// kept is where screenshots are left, seen from the root of a checkout; the
// folder is not a part of it.
const kept = "check/build"

func climb(ctx context.Context, r *ladder.Run) error {
	shots, err := folder()
	if err != nil {
		return err
	}
	files, err := makeFiles(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(files.dir)
	base, stop, err := serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	browser, quit, err := browser(ctx)
	if err != nil {
		return err
	}
	defer quit()
	all := features(files)
	for i, f := range all {
		r.Progress(i, len(all), f.name)
		if !r.Shard.Has(i) {
			continue
		}
		inspected, err := drive(browser, base, shots, f)
		r.Count("inspections by axe-core", inspected)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			return ladder.Differ("%s: %v\nscreenshots: %s", f.name, err, shots)
		}
		r.Count("features", 1)
	}
	r.Notef("screenshots: %s", shots)
	return nil
}

// drive runs one feature in a tab of its own. It returns how often the page was
// inspected.
func drive(browser context.Context, base, shots string, f feature) (int, error) {
	p, stop, err := openPage(browser, base, shots)
	if err != nil {
		return 0, err
	}
	defer stop()
	if err = f.script.run(p); err == nil {
		err = p.silent()
	}
	if err != nil {
		err = errors.Join(err, shot("failed "+f.name)(p)) // how it looked
	}
	return p.seen, err
}

// folder makes the folder for screenshots: in a checkout the one that is not
// kept under version control.
func folder() (string, error) {
	if _, err := os.Stat(filepath.Dir(kept)); err != nil {
		return os.MkdirTemp("", "sesame-explorer-ui-*")
	}
	dir := filepath.Join(kept, "explorer-ui")
	return dir, os.MkdirAll(dir, 0o755)
}

// serve serves the page on a free port.
func serve(ctx context.Context) (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- browse.Serve(ctx, l, browse.New()) }()
	return "http://" + l.Addr().String(), func() { cancel(); <-ended }, nil
}
